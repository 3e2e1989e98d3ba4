//! One row: its line with those around it, and all its values.

use leptos::{html, prelude::*};
use logloupe::schema::FieldName;

use super::pages::{OpenRow, Pages};
use super::why_not::WhyNotPanel;
use crate::components::icon::Icon;
use crate::components::raw_lines::{RawLine, RawLines};
use crate::components::value::Value;
use crate::state::filter::Condition;
use crate::state::keys;
use crate::state::session::{Loupe, use_loupe};
use crate::state::store::use_store;
use crate::text::{fields, numbers};

/// Bytes looked at before and after the line, for the lines around it.
const AROUND: u32 = 2048;

/// Lines shown before and after.
const NEIGHBOURS: usize = 2;

/// The row's line in its file, and its values to filter by or to exclude.
#[component]
pub fn Detail(
    /// The row.
    row: OpenRow,
    /// The list that it is from.
    pages: Pages,
) -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let panel = NodeRef::<html::Aside>::new();
    let path = store.files.with_untracked(|files| files.get(row.row.file as usize).map(|file| file.path.clone()));
    let title = format!("{}, line {}", path.unwrap_or_default(), numbers::count(row.row.line));
    let label = title.clone();
    let place =
        format!("{} from byte {}", numbers::counted(u64::from(row.row.length), "byte"), numbers::count(row.row.byte));
    let (file, line, byte, length) = (row.row.file, row.row.line, row.row.byte, row.row.length);
    let lines = LocalResource::new(move || lines_around(loupe, file, line, byte, length));
    let close = move || {
        pages.open.set(None);
        keys::focus("rows-list");
    };
    let values = row
        .columns
        .iter()
        .zip(row.row.values)
        .filter_map(|(column, value)| value.map(|value| field(column, &value)))
        .collect_view();
    Effect::new(move |_| {
        if let Some(panel) = panel.get() {
            // A panel that cannot take the focus leaves it in the list.
            let _ = panel.focus();
        }
    });
    view! {
        <aside class="detail" aria-label=label tabindex="-1" node_ref=panel
            on:keydown=move |event| { if event.key() == "Escape" { close() } }>
            <header class="detail-head">
                <h2>{title}</h2>
                <button type="button" class="quiet" disabled={row.at == 0} on:click=move |_| pages.open_row(row.at.saturating_sub(1)) title="The row before">"↑"</button>
                <button type="button" class="quiet" on:click=move |_| pages.open_row(row.at + 1) title="The row after">"↓"</button>
                <button type="button" class="quiet" on:click=move |_| close() title="Close (Escape)"><Icon name="close" /></button>
            </header>
            <p class="muted">{place}</p>
            {move || match lines.get() {
                None => view! { <p class="muted">"Reading the line …"</p> }.into_any(),
                Some(Ok(lines)) => view! { <RawLines lines=lines /> }.into_any(),
                Some(Err(why)) => view! { <p class="tone-wrong">{why}</p> }.into_any(),
            }}
            <WhyNotPanel file=file byte=byte />
            <dl class="fields">{values}</dl>
        </aside>
    }
}

fn field(column: &FieldName, value: &str) -> impl IntoView + use<> {
    let store = use_store();
    let name = column.as_str().to_owned();
    let plain = fields::plain(&name).to_owned();
    let condition = Condition::new(&name, value);
    let excluded = condition.clone();
    view! {
        <dt title=name>{plain}</dt>
        <dd>
            <Value condition=condition />
            <button type="button" class="quiet" title="Exclude this value" on:click=move |_| store.pick(&excluded, true)>"exclude"</button>
        </dd>
    }
}

async fn lines_around(loupe: Loupe, file: u32, line: u64, byte: u64, length: u32) -> Result<Vec<RawLine>, String> {
    let before = byte.min(u64::from(AROUND)) as u32;
    let spans = vec![(byte - u64::from(before), before), (byte, length), (byte + u64::from(length), AROUND)];
    let texts = loupe.session().lines(file, spans).await.map_err(|trouble| trouble.sentence())?;
    let text = |at: usize| texts.get(at).map(String::as_str).unwrap_or_default();
    Ok(around(line, before == AROUND, [text(0), text(1), text(2)]))
}

/// The line with whole lines before and after it; `cut` says that the text before begins inside of a line.
fn around(line: u64, cut: bool, [before, own, after]: [&str; 3]) -> Vec<RawLine> {
    let raw = |number: u64, text: &str, is_meant| RawLine {
        place: numbers::count(number),
        text: text.trim_end_matches('\r').to_owned(),
        is_meant,
    };
    let mut earlier: Vec<&str> = before.strip_suffix('\n').unwrap_or(before).split('\n').collect();
    if cut || before.is_empty() {
        earlier.remove(0);
    }
    let skipped = earlier.len().saturating_sub(NEIGHBOURS);
    let earlier = earlier.into_iter().skip(skipped).collect::<Vec<_>>();
    let first = line.saturating_sub(earlier.len() as u64);
    let later = after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n')).unwrap_or(after);
    let whole = later.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let later = whole.split('\n').filter(|_| !whole.is_empty()).take(NEIGHBOURS);
    let numbered = earlier.iter().zip(first..).map(|(text, number)| raw(number, text, false));
    let later = later.zip(line + 1..).map(|(text, number)| raw(number, text, false));
    numbered.chain([raw(line, own.trim_end_matches('\n'), true)]).chain(later).collect()
}
