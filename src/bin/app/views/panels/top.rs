//! The most frequent values of a column as bars.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::query::TopValues;
use logloupe::report::Report;

use crate::charts::BarChart;
use crate::charts::data::{Bar, BarsData, Role, Unit};
use crate::components::card::Card;
use crate::components::display;
use crate::state::filter::Condition;
use crate::state::store::{MenuTarget, use_store};
use crate::text::{answers, fields, numbers, statuses};

/// What rows without a value are called as a key: no value of a log has a control character in front.
const NONE: &str = "\u{0}none";

/// Which values, and how they are called.
#[derive(Clone, Copy)]
pub struct Top {
    /// The column.
    pub field: &'static str,
    /// Where the report has its values.
    pub select: fn(&Report) -> &TopValues,
    /// One of them: `path`.
    pub thing: &'static str,
    /// Why there are none, if there are none.
    pub empty: &'static str,
    /// How many bars.
    pub limit: usize,
}

/// A card with bars; a click filters by the value.
#[component]
pub fn TopPanel(
    /// The report.
    report: Signal<Arc<Report>>,
    /// Which values.
    top: Top,
) -> impl IntoView {
    let store = use_store();
    let data = Memo::new(move |_| report.with(|report| bars((top.select)(report), top)));
    let title = Signal::derive(move || report.with(|report| answers::leading((top.select)(report), top.thing)));
    let subtitle = Signal::derive(move || report.with(|report| answers::measure((top.select)(report), top.thing)));
    let foot = Signal::derive(move || report.with(|report| answers::of_rows((top.select)(report).rows, report)));
    let condition =
        move |key: &str| if key == NONE { Condition::none(top.field) } else { Condition::new(top.field, key) };
    let on_pick = Callback::new(move |(key, excluding): (String, bool)| store.pick(&condition(&key), excluding));
    let on_menu = Callback::new(move |(key, x, y): (String, f64, f64)| {
        store.menu.set(Some(MenuTarget { condition: condition(&key), at: (x, y) }));
    });
    let label = format!("Rows by {}", fields::plain(top.field));
    view! {
        <Card title=title subtitle=subtitle foot=foot>
            <BarChart data=data label=label empty=top.empty.to_owned() on_pick=on_pick on_menu=on_menu />
        </Card>
    }
}

fn bars(values: &TopValues, top: Top) -> BarsData {
    let bar = |value: &logloupe::query::ValueCount| {
        let text = display::text(value.value.as_deref());
        let share = format!("{} of the rows that have one", numbers::share(value.count, values.rows));
        Bar {
            key: value.value.clone().unwrap_or_else(|| NONE.to_owned()),
            label: labelled(top.field, &text),
            value: value.count as f64,
            role: role(top.field, &text),
            detail: Some(share),
        }
    };
    BarsData { bars: values.values.iter().take(top.limit).map(bar).collect(), unit: Unit::count("rows") }
}

fn labelled(field: &str, text: &str) -> String {
    match (field, statuses::meaning(text)) {
        ("http.response.status_code", meaning) if !meaning.is_empty() => format!("{text} {meaning}"),
        _ => text.to_owned(),
    }
}

fn role(field: &str, text: &str) -> Role {
    match (field, statuses::class(text)) {
        ("http.response.status_code", Some(class)) => Role::Status(class),
        _ => Role::Accent,
    }
}

/// Source addresses.
pub const SOURCES: Top = Top {
    field: "source.ip",
    select: |report| &report.network.sources,
    thing: "source address",
    empty: "These logs name no source addresses.",
    limit: 10,
};

/// Paths.
pub const PATHS: Top = Top {
    field: "url.path",
    select: |report| &report.traffic.paths,
    thing: "path",
    empty: "These logs name no paths.",
    limit: 10,
};

/// Answer statuses.
pub const STATUSES: Top = Top {
    field: "http.response.status_code",
    select: |report| &report.traffic.statuses,
    thing: "status",
    empty: "These logs have no answer statuses.",
    limit: 10,
};

/// Request methods.
pub const METHODS: Top = Top {
    field: "http.request.method",
    select: |report| &report.traffic.methods,
    thing: "method",
    empty: "These logs have no request methods.",
    limit: 10,
};

/// User agents.
pub const AGENTS: Top = Top {
    field: "user_agent.original",
    select: |report| &report.traffic.user_agents,
    thing: "user agent",
    empty: "These logs name no user agents.",
    limit: 10,
};

/// Countries.
pub const COUNTRIES: Top = Top {
    field: "source.geo.country_iso_code",
    select: |report| &report.network.countries,
    thing: "country",
    empty: "These logs do not say which country an address is in, and this version looks none up.",
    limit: 12,
};

/// Logs.
pub const DATASETS: Top = Top {
    field: "event.dataset",
    select: |report| &report.traffic.datasets,
    thing: "log",
    empty: "There are no rows.",
    limit: 12,
};

/// Hosts asked.
pub const DOMAINS: Top = Top {
    field: "url.domain",
    select: |report| &report.traffic.domains,
    thing: "host",
    empty: "These logs do not say which host was asked.",
    limit: 10,
};

/// Protocols.
pub const PROTOCOLS: Top = Top {
    field: "network.protocol",
    select: |report| &report.network.protocols,
    thing: "protocol",
    empty: "These logs name no protocols.",
    limit: 10,
};

/// HTTP versions.
pub const VERSIONS: Top = Top {
    field: "http.version",
    select: |report| &report.traffic.versions,
    thing: "HTTP version",
    empty: "These logs do not say which HTTP version was spoken.",
    limit: 6,
};

/// Destination addresses.
pub const DESTINATIONS: Top = Top {
    field: "destination.ip",
    select: |report| &report.network.destinations,
    thing: "destination address",
    empty: "These logs name no destination addresses.",
    limit: 10,
};

/// Referrers.
pub const REFERRERS: Top = Top {
    field: "http.request.referrer",
    select: |report| &report.traffic.referrers,
    thing: "referrer",
    empty: "These logs do not say where requests came from.",
    limit: 10,
};

/// Hosts asked that are addresses.
pub const UNKNOWN_HOSTS: Top = Top {
    field: "url.domain",
    select: |report| &report.network.unknown_hosts,
    thing: "host without a name",
    empty: "No request asked a host by its address.",
    limit: 10,
};

/// Names looked up.
pub const DNS_NAMES: Top = Top {
    field: "dns.question.name",
    select: |report| &report.network.dns.names,
    thing: "name looked up",
    empty: "There are no look-ups of names in these logs.",
    limit: 10,
};

/// Record types looked up.
pub const DNS_TYPES: Top = Top {
    field: "dns.question.type",
    select: |report| &report.network.dns.types,
    thing: "record type",
    empty: "There are no look-ups of names in these logs.",
    limit: 10,
};

/// How look-ups ended.
pub const DNS_RESPONSES: Top = Top {
    field: "dns.response_code",
    select: |report| &report.network.dns.responses,
    thing: "look-up result",
    empty: "There are no look-ups of names in these logs.",
    limit: 10,
};
