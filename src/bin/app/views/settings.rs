//! What the user may set: lists, look-ups, beginnings of user agents, formats; to take along and to reset.

mod tuning;

use leptos::{html, prelude::*};
use logloupe::settings::{Lookup, Settings, to_toml};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use self::tuning::{TuningLists, TuningTexts};
use crate::components::card::Card;
use crate::components::list_editor::{ListEditor, entries};
use crate::components::notice::Notice;
use crate::state::route::Page;
use crate::state::session::use_loupe;
use crate::state::store::use_store;
use crate::state::{download, link, settings};
use crate::views::rules::RulesCard;

/// The lists as text, one entry a line.
#[derive(Clone, Copy)]
struct Texts {
    banned_hosts: RwSignal<String>,
    banned_ports: RwSignal<String>,
    bad_addresses: RwSignal<String>,
    restricted_hosts: RwSignal<String>,
    lookups: RwSignal<String>,
    prefixes: RwSignal<String>,
    formats: RwSignal<String>,
    tuning: TuningTexts,
}

/// The settings, kept in this browser; nothing of a log is among them but what the user puts on a list.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let texts = Texts::of(&store.settings.get_untracked());
    // What is taken back elsewhere, or comes from a link, shows here too.
    // The limits are no text: a box that is ticked leaves what is being typed alone.
    let listed = Memo::new(move |_| store.settings.with(|settings| Settings { unlimited: false, ..settings.clone() }));
    Effect::new(move |_| listed.with(|settings| texts.set(settings)));
    let said = RwSignal::new(None::<(&'static str, String)>);
    let file = NodeRef::<html::Input>::new();
    let put = move |settings: Settings, message: &str| {
        texts.set(&settings);
        store.undo.set(None);
        store.settings.set(settings);
        said.set(Some(("info", message.to_owned())));
        loupe.refresh();
    };
    let apply = move |_| {
        let mut settings = texts.apply(store.settings.get_untracked());
        match texts.tuning.apply(&mut settings) {
            0 => put(settings, "The settings are applied and kept in this browser."),
            1 => put(settings, "The settings are applied, but for one entry that does not hold."),
            wrong => put(settings, &format!("The settings are applied, but for {wrong} entries that do not hold.")),
        }
    };
    let reset = move |_| put(Settings::shipped(), "The settings are those that Logloupe ships.");
    let export = move |_| {
        let text = store.settings.with_untracked(settings::to_json);
        download::save("logloupe-settings.json", "application/json", text.as_bytes());
    };
    let export_toml = move |_| match to_toml(&store.settings_now()) {
        Ok(text) => download::save("logloupe.toml", "application/toml", text.as_bytes()),
        Err(message) => said.set(Some(("wrong", format!("No file was made: {message}.")))),
    };
    let made = RwSignal::new(None::<String>);
    let copy_link = move |_| {
        spawn_local(async move {
            match link::copied(store).await {
                Ok((sentence, link)) => {
                    made.set(Some(link));
                    said.set(Some(("info", sentence)));
                }
                Err(sentence) => said.set(Some(("wrong", sentence))),
            }
        });
    };
    let import = move |_| {
        let chosen = file.get_untracked().and_then(|input| input.files()).and_then(|files| files.get(0));
        let Some(chosen) = chosen else { return };
        spawn_local(async move {
            let text = JsFuture::from(chosen.text()).await.ok().and_then(|text| text.as_string()).unwrap_or_default();
            match settings::from_json(&text) {
                Ok(settings) => put(settings, "The settings of the file are applied."),
                Err(message) => said.set(Some(("wrong", format!("Nothing was changed: {message}.")))),
            }
        });
    };
    view! {
        <section class="view" data-view=Page::Settings.name() aria-labelledby="view-title">
            <header class="view-head">
                <h1 id="view-title">"Settings"</h1>
                <p>"Lists that checks compare with, and what is looked for. Kept in this browser; nothing of a log is among them but what you put on a list."</p>
            </header>
            <RulesCard />
            <Limits />
            <Lists texts=texts />
            <TuningLists texts=texts.tuning />
            <p class="actions">
                <button type="button" class="primary" on:click=apply>"Apply"</button>
                <button type="button" on:click=export>"Export"</button>
                <button type="button" on:click=move |_| { if let Some(input) = file.get_untracked() { input.click() } }>"Import"</button>
                <button type="button" on:click=export_toml>"Save for the command line (TOML)"</button>
                <button type="button" on:click=copy_link>"Copy a link with these settings"</button>
                <button type="button" on:click=reset>"Reset"</button>
                <label class="unseen" for="settings-file">"Settings file"</label>
                <input id="settings-file" class="unseen" tabindex="-1" type="file" accept=".json" node_ref=file on:change=import />
            </p>
            <div role="status">
                {move || said.get().map(|(tone, text)| view! { <Notice tone=tone><p>{text}</p></Notice> })}
            </div>
            {move || made.get().map(|link| view! {
                <label class="unseen" for="link-made">"The link"</label>
                <input id="link-made" class="link-made" type="text" readonly prop:value=link />
            })}
        </section>
    }
}

/// Whether what is compressed may expand without limit; it holds at once, for files that are opened from now on.
#[component]
fn Limits() -> impl IntoView {
    let store = use_store();
    let set = move |event| store.settings.update(|settings| settings.unlimited = event_target_checked(&event));
    view! {
        <Card title="What compressed files may do".to_owned() subtitle="A small file can be made to expand until a machine has no room left".to_owned()>
            <label class="inline-field">
                <input type="checkbox" prop:checked=move || store.settings.with(|settings| settings.unlimited) on:change=set />
                <span>"No limits: read what is compressed however far it expands"</span>
            </label>
            <p class="muted">
                "Otherwise reading stops at 16 GB, or at 200 bytes for one once 64 MB came out; the numbers are shown then, and a single
                file can be read on. It holds for files that are opened from now on."
            </p>
        </Card>
    }
}

/// The editors.
#[component]
fn Lists(
    /// The lists as text.
    texts: Texts,
) -> impl IntoView {
    view! {
        <Card title="What the checks compare with".to_owned() subtitle="One entry a line; an empty list switches its check off".to_owned()>
            <div class="form">
                <ListEditor label="Banned hosts" hint="Hosts that nobody here should ask: the name and names below it." text=texts.banned_hosts check=host />
                <ListEditor label="Restricted hosts" hint="Hosts whose use is worth a note." text=texts.restricted_hosts check=host />
                <ListEditor label="Banned ports" hint="Destination ports that nobody here should use, 0 to 65535." text=texts.banned_ports check=port />
                <ListEditor label="Bad addresses" hint="Addresses or blocks such as 203.0.113.0/24." text=texts.bad_addresses check=address />
            </div>
        </Card>
        <Card title="Formats of your own".to_owned() subtitle="One a line: a name, an equals sign, a format string of nginx or Apache; used for files opened from now on".to_owned()>
            <ListEditor label="Formats" hint="They are made where a file is described: before it is read, or on the page Quality." text=texts.formats check=format />
        </Card>
        <Card title="What is looked for in each folder".to_owned() subtitle="One entry a line".to_owned()>
            <div class="form">
                <ListEditor label="Look-ups" hint="A part of a host name; “name = part” gives it a name of its own." text=texts.lookups check=anything />
                <ListEditor label="User agents" hint="Beginnings of user agents to count, such as Mozilla/4.0." text=texts.prefixes check=anything />
            </div>
        </Card>
    }
}

impl Texts {
    fn of(settings: &Settings) -> Self {
        let empty = || RwSignal::new(String::new());
        let texts = Self {
            banned_hosts: empty(),
            banned_ports: empty(),
            bad_addresses: empty(),
            restricted_hosts: empty(),
            lookups: empty(),
            prefixes: empty(),
            formats: empty(),
            tuning: TuningTexts::of(settings),
        };
        texts.set(settings);
        texts
    }

    fn set(self, settings: &Settings) {
        self.tuning.set(settings);
        let lists = &settings.lists;
        self.banned_hosts.set(lists.banned_hosts.join("\n"));
        self.banned_ports.set(lists.banned_ports.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
        self.bad_addresses.set(lists.bad_addresses.join("\n"));
        self.restricted_hosts.set(lists.restricted_hosts.join("\n"));
        self.lookups.set(settings.lookups.iter().map(written).collect::<Vec<_>>().join("\n"));
        self.prefixes.set(settings.user_agent_prefixes.join("\n"));
        let formats = settings.formats.iter().map(|(name, pattern)| format!("{name} = {pattern}"));
        self.formats.set(formats.collect::<Vec<_>>().join("\n"));
    }

    /// `settings` with these lists; entries that do not hold are left out.
    fn apply(self, mut settings: Settings) -> Settings {
        let of = |text: RwSignal<String>, check: fn(&str) -> Option<String>| {
            let text = text.get_untracked();
            entries(&text).filter(|entry| check(entry).is_none()).map(str::to_owned).collect::<Vec<_>>()
        };
        settings.lists.banned_hosts = of(self.banned_hosts, host);
        settings.lists.banned_ports = of(self.banned_ports, port).iter().filter_map(|port| port.parse().ok()).collect();
        settings.lists.bad_addresses = of(self.bad_addresses, address);
        settings.lists.restricted_hosts = of(self.restricted_hosts, host);
        settings.lookups = of(self.lookups, anything).iter().map(|line| read(line)).collect();
        settings.user_agent_prefixes = of(self.prefixes, anything);
        let named =
            |line: &String| line.split_once('=').map(|(name, pattern)| (name.trim().into(), pattern.trim().into()));
        settings.formats = of(self.formats, format).iter().filter_map(named).collect();
        settings
    }
}

fn written(lookup: &Lookup) -> String {
    if lookup.name == lookup.pattern { lookup.name.clone() } else { format!("{} = {}", lookup.name, lookup.pattern) }
}

fn read(line: &str) -> Lookup {
    let (name, pattern) = line.split_once('=').unwrap_or((line, line));
    Lookup::new(name.trim(), pattern.trim())
}

fn format(entry: &str) -> Option<String> {
    let holds =
        entry.split_once('=').is_some_and(|(name, pattern)| !name.trim().is_empty() && !pattern.trim().is_empty());
    (!holds).then(|| format!("“{entry}” is no name, an equals sign and a format string"))
}

fn anything(_: &str) -> Option<String> {
    None
}

fn host(entry: &str) -> Option<String> {
    let is_wrong = entry.contains(|letter: char| letter.is_whitespace() || letter == '/');
    is_wrong.then(|| format!("“{entry}” is no host name"))
}

fn port(entry: &str) -> Option<String> {
    entry.parse::<u16>().is_err().then(|| format!("“{entry}” is no port from 0 to 65535"))
}

fn address(entry: &str) -> Option<String> {
    let (address, bits) = entry.split_once('/').unwrap_or((entry, "0"));
    let parsed = address.parse::<std::net::IpAddr>().ok();
    let most = parsed.map_or(0, |address| if address.is_ipv4() { 32 } else { 128 });
    let holds = parsed.is_some() && bits.parse::<u8>().is_ok_and(|bits| bits <= most);
    (!holds).then(|| format!("“{entry}” is no address and no block of addresses"))
}
