//! What the checks leave alone, and how each rule speaks.

use leptos::prelude::*;
use logloupe::settings::{Settings, mistake, tuning_line, tuning_of_line};

use crate::components::card::Card;
use crate::components::field::NumberField;
use crate::components::list_editor::{ListEditor, entries};

/// Hours after which what a source does may be another case: a year at most.
const QUIET_HOURS: (f64, f64, f64) = (1.0, 8760.0, 1.0);

/// The lists as text, one entry a line, and numbers.
#[derive(Clone, Copy)]
pub struct TuningTexts {
    addresses: RwSignal<String>,
    domains: RwSignal<String>,
    paths: RwSignal<String>,
    user_agents: RwSignal<String>,
    rules: RwSignal<String>,
    tuning: RwSignal<String>,
    quiet_hours: RwSignal<f64>,
}

/// The editors.
#[component]
pub fn TuningLists(
    /// The lists as text.
    texts: TuningTexts,
) -> impl IntoView {
    view! {
        <Card title="What the checks leave alone".to_owned() subtitle="One entry a line; the rows stay in every other figure, and the findings say how many were left out".to_owned()>
            <div class="form">
                <ListEditor label="Allowed addresses" hint="Source or destination: single ones or blocks such as 192.0.2.0/24." text=texts.addresses check=address />
                <ListEditor label="Allowed domains" hint="Hosts that ask or are asked: the name and names below it." text=texts.domains check=domain />
                <ListEditor label="Allowed paths" hint="Paths such as /health*; * stands for anything." text=texts.paths check=path />
                <ListEditor label="Allowed user agents" hint="User agents such as Monitor/*; * stands for anything." text=texts.user_agents check=agent />
                <ListEditor label="Rules switched off" hint="Ids of rules such as web.xss; * stands for anything." text=texts.rules check=nothing />
            </div>
        </Card>
        <Card title="How rules speak".to_owned() subtitle="One rule a line: its id, an equals sign, then a severity, from how many rows on it is reported, or off".to_owned()>
            <ListEditor label="Rules" hint="Such as “web.xss = low, 10” or “http.* = off”; the more exact line wins." text=texts.tuning check=line />
        </Card>
        <Card title="When hits belong to one case".to_owned() subtitle="A case is what one source did, or several that acted alike, without a long pause".to_owned()>
            <div class="form">
                <NumberField label="Hours of quiet" hint="After so many hours without a hit, what a source does next is another case." limits=QUIET_HOURS value=texts.quiet_hours />
            </div>
        </Card>
    }
}

impl TuningTexts {
    /// The lists of the settings.
    pub fn of(settings: &Settings) -> Self {
        let empty = || RwSignal::new(String::new());
        let texts = Self {
            addresses: empty(),
            domains: empty(),
            paths: empty(),
            user_agents: empty(),
            rules: empty(),
            tuning: empty(),
            quiet_hours: RwSignal::new(0.0),
        };
        texts.set(settings);
        texts
    }

    fn lists(self) -> [RwSignal<String>; 5] {
        [self.addresses, self.domains, self.paths, self.user_agents, self.rules]
    }

    /// Shows the lists of the settings.
    pub fn set(self, settings: &Settings) {
        for (text, (_, entries)) in self.lists().into_iter().zip(settings.allow.lists()) {
            text.set(entries.join("\n"));
        }
        let lines: Vec<String> = settings.tuning.iter().map(|(rule, said)| tuning_line(rule, said)).collect();
        self.tuning.set(lines.join("\n"));
        self.quiet_hours.set(f64::from(settings.cases.quiet_hours));
    }

    /// Puts the lists into the settings; entries that do not hold are left out, and it is said how many.
    pub fn apply(self, settings: &mut Settings) -> usize {
        let names = settings.allow.lists().map(|(name, _)| name);
        let mut wrong = 0;
        let mut of = |text: RwSignal<String>, list: &str| {
            let text = text.get_untracked();
            let (valid, other): (Vec<&str>, Vec<&str>) =
                entries(&text).partition(|entry| mistake(list, entry).is_none());
            wrong += other.len();
            valid.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let [addresses, domains, paths, user_agents, rules] = names;
        settings.allow.addresses = of(self.addresses, addresses);
        settings.allow.domains = of(self.domains, domains);
        settings.allow.paths = of(self.paths, paths);
        settings.allow.user_agents = of(self.user_agents, user_agents);
        settings.allow.rules = of(self.rules, rules);
        let text = self.tuning.get_untracked();
        let (said, other): (Vec<_>, Vec<_>) = entries(&text).map(tuning_of_line).partition(Result::is_ok);
        settings.cases.quiet_hours = self.quiet_hours.get_untracked() as u32;
        settings.tuning = said.into_iter().flatten().collect();
        wrong + other.len()
    }
}

fn address(entry: &str) -> Option<String> {
    mistake("addresses", entry)
}

fn domain(entry: &str) -> Option<String> {
    mistake("domains", entry)
}

fn path(entry: &str) -> Option<String> {
    mistake("paths", entry)
}

fn agent(entry: &str) -> Option<String> {
    mistake("user_agents", entry)
}

fn nothing(_: &str) -> Option<String> {
    None
}

fn line(entry: &str) -> Option<String> {
    tuning_of_line(entry).err()
}
