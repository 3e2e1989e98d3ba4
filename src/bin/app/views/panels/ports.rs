//! Which ports were asked.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::Report;

use crate::charts::BarChart;
use crate::charts::data::{Bar, BarsData, Role, Unit};
use crate::components::card::Card;
use crate::state::filter::Condition;
use crate::state::store::{MenuTarget, use_store};
use crate::text::answers;

const PORTS: usize = 10;

/// A card with destination ports and what they are for; unusual ones stand out.
#[component]
pub fn PortsPanel(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let store = use_store();
    let data = Memo::new(move |_| report.with(|report| data(report)));
    let title = Signal::derive(move || report.with(|report| answers::ports(report)));
    let on_pick = Callback::new(move |(key, excluding): (String, bool)| {
        store.pick(&Condition::new("destination.port", &key), excluding);
    });
    let on_menu = Callback::new(move |(key, x, y): (String, f64, f64)| {
        let condition = Condition::new("destination.port", &key);
        store.menu.set(Some(MenuTarget { condition, at: (x, y) }));
    });
    view! {
        <Card title=title subtitle="Rows by destination port; “!” marks ports that servers do not usually have".to_owned()>
            <BarChart data=data label="Rows by destination port".to_owned() empty="These logs name no ports.".to_owned() on_pick=on_pick
                on_menu=on_menu />
        </Card>
    }
}

fn data(report: &Report) -> BarsData {
    let bar = |port: &logloupe::report::Port| {
        let mark = if port.standard { "" } else { " !" };
        Bar {
            key: port.port.to_string(),
            label: format!("{} {}{mark}", port.port, port.service.as_deref().unwrap_or("unnamed")),
            value: port.count as f64,
            role: if port.standard { Role::Accent } else { Role::Careful },
            detail: port.meaning.clone(),
        }
    };
    BarsData { bars: report.network.ports.iter().take(PORTS).map(bar).collect(), unit: Unit::count("rows") }
}
