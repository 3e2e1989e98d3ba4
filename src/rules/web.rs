//! Checks that look for texts in paths, queries, user agents, referrers and request lines. Which texts, `catalog` says.

use crate::schema::Field;
use crate::table::{Dictionary, Selection};
use crate::units::order;

use super::catalog::{Check, How, Pattern, Place, checks};
use super::columns::Column;
use super::filter::quoted;
use super::plan::{Condition, Plan, matching};
use super::texts::{Folded, Hit, Texts};

/// Checks of sources use their texts themselves.
const OF_SOURCES: [&str; 2] = ["http.brute_force", "web.login_only"];

/// The checks of this file, ready for a store.
pub(super) fn plans(selection: Selection<'_>) -> Vec<Plan> {
    let with_texts = || checks().iter().filter(|c| !c.patterns.is_empty() && !OF_SOURCES.contains(&c.id));
    let mut conditions: Vec<Vec<Condition>> = with_texts().map(|_| Vec::new()).collect();
    for field in TEXT_FIELDS {
        let patterns: Vec<Vec<&Pattern>> = with_texts().map(|c| patterns_of(c, field)).collect();
        let hits = search(selection, field, &patterns);
        for (conditions, hits) in conditions.iter_mut().zip(hits) {
            conditions.push(Condition::text(Column::Text(field.into()), hits));
        }
    }
    let texts = with_texts().zip(conditions).map(|(check, found)| text_plan(check, selection, found));
    texts.collect()
}

/// The columns that texts are looked for in.
const TEXT_FIELDS: [Field; 5] =
    [Field::UrlPath, Field::UrlQuery, Field::UserAgentOriginal, Field::HttpRequestReferrer, Field::HttpRequestLine];

/// Which texts of the column's dictionary match the check's patterns for that column.
///
/// **Shape**: one mark a code. **Cost**: one pass over the distinct texts.
pub(super) fn texts_matching(selection: Selection<'_>, check: &Check, field: Field) -> Vec<bool> {
    search(selection, field, &[patterns_of(check, field)]).pop().unwrap_or_default()
}

fn patterns_of(check: &Check, field: Field) -> Vec<&Pattern> {
    let stands_in = |place: Place| match field {
        Field::UrlPath => matches!(place, Place::Path | Place::Url),
        Field::UrlQuery => place == Place::Url,
        Field::UserAgentOriginal => place == Place::Agent,
        Field::HttpRequestReferrer => place == Place::Referrer,
        _ => place == Place::Line,
    };
    check.patterns.iter().filter(|pattern| stands_in(pattern.place)).collect()
}

/// For each list of patterns, which texts of the column match one of it.
fn search(selection: Selection<'_>, field: Field, lists: &[Vec<&Pattern>]) -> Vec<Vec<bool>> {
    let owners: Vec<(usize, &Pattern)> =
        lists.iter().enumerate().flat_map(|(owner, list)| list.iter().map(move |p| (owner, *p))).collect();
    let Some(dictionary) = selection.dictionary(&field.into()).filter(|_| !owners.is_empty()) else {
        return lists.iter().map(|_| Vec::new()).collect();
    };
    let mut marks: Vec<Vec<bool>> = lists.iter().map(|_| Vec::new()).collect();
    let texts = Texts::new(owners.iter().map(|(_, pattern)| pattern.text.clone()).collect());
    let mut folded = Folded::default();
    for (code, value) in dictionary.iter() {
        folded.each(value, |text| {
            texts.find(text, |hit| {
                let fits = owners.get(hit.pattern).filter(|(_, pattern)| stands(pattern.how, hit, text.len()));
                if let Some(marks) = fits.and_then(|(owner, _)| marks.get_mut(*owner)) {
                    mark(marks, code, dictionary);
                }
            });
        });
    }
    marks
}

fn mark(marks: &mut Vec<bool>, code: u32, dictionary: &Dictionary) {
    marks.resize(dictionary.len(), false);
    if let Some(mark) = marks.get_mut(code as usize) {
        *mark = true;
    }
}

fn stands(how: How, hit: Hit, len: usize) -> bool {
    match how {
        How::Contains => true,
        How::Starts => hit.start == 0,
        How::Ends => hit.end == len,
        How::Is => hit.start == 0 && hit.end == len,
    }
}

fn text_plan(check: &'static Check, selection: Selection<'_>, found: Vec<Condition>) -> Plan {
    let shown = TEXT_FIELDS.map(|field| Column::Text(field.into())).to_vec();
    let condition = Condition::all([Condition::any(found)].into_iter().chain(answers(check, selection)).collect());
    let shown = if condition.is_never() { Vec::new() } else { shown };
    Plan { fallback: anywhere(check), also: also(check), ..Plan::new(check, condition, shown) }
}

/// What the check asks of method and status.
fn answers(check: &'static Check, selection: Selection<'_>) -> Vec<Condition> {
    let status = check.status.map(|(first, last)| {
        Condition::Number(Field::HttpResponseStatusCode, Box::new(move |status| (first..=last).contains(&status)))
    });
    let method = check.method.map(|method| {
        let hits = matching(selection, Field::HttpRequestMethod, |text| text == method);
        Condition::text(Column::Text(Field::HttpRequestMethod.into()), hits)
    });
    status.into_iter().chain(method).collect()
}

/// Method and status as a filter.
fn also(check: &Check) -> String {
    let method = check.method.map(|method| format!("http.request.method: \"{method}\""));
    let status = check
        .status
        .map(|(first, last)| format!("http.response.status_code >= {first} and http.response.status_code <= {last}"));
    method.into_iter().chain(status).collect::<Vec<_>>().join(" and ")
}

/// A filter for the check's texts anywhere in a row: shows what is written plainly, not what is escaped.
fn anywhere(check: &Check) -> String {
    let mut texts: Vec<String> =
        check.patterns.iter().filter_map(|pattern| Some(quoted(std::str::from_utf8(&pattern.text).ok()?))).collect();
    order::sort(&mut texts);
    texts.dedup();
    texts.join(" or ")
}
