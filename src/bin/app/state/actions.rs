//! Everything that can be done from the keyboard by name: what is on offer now, and what of it fits what was typed. Pure.

use logloupe::units::order;

use super::route::Page;

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Go to a page.
    Go(Page),
    /// Begin a condition on a column.
    Filter(String),
    /// Back to the filter before.
    Undo,
    /// On to the filter that was undone.
    Redo,
    /// Show all rows.
    Clear,
    /// Choose files to open, or to add to those that are open.
    Files,
    /// The same with a folder.
    Folder,
    /// Choose files of Sigma rules.
    Rules,
    /// Stop a model that is being made.
    StopModel,
    /// Stop reading, or close the files.
    Close,
    /// Take the report away.
    Report,
    /// Take the rows away as CSV.
    RowsCsv,
    /// Take the rows away as NDJSON.
    RowsNdjson,
    /// Copy a link with the settings.
    Link,
    /// Print.
    Print,
    /// Light, dark, or as the system has it.
    Theme,
    /// Show the list of keys.
    Keys,
}

/// An action as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What it does.
    pub action: Action,
    /// How it is called.
    pub title: String,
    /// The key that does it too; empty where there is none.
    pub key: String,
}

/// How the session's files are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Files {
    /// There are none.
    #[default]
    None,
    /// They are being read.
    Busy,
    /// Nothing is under way.
    Open,
}

/// What the list depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// How the files are.
    pub files: Files,
    /// Whether a model is being made.
    pub is_modelling: bool,
    /// Whether there is a filter before this one, and one after it.
    pub history: (bool, bool),
    /// Whether a filter holds.
    pub has_filter: bool,
    /// The columns of the report; empty where there is none.
    pub fields: Vec<String>,
}

/// Every action that can be done now.
pub fn offered(situation: &Situation) -> Vec<Offer> {
    let has_report = !situation.fields.is_empty();
    let (has_files, is_busy) = (situation.files != Files::None, situation.files == Files::Busy);
    let (files, folder) =
        if has_files { ("Add files …", "Add a folder …") } else { ("Open files …", "Open a folder …") };
    let close = if is_busy { "Stop reading, and close the files" } else { "Close the files" };
    let single = [
        (!is_busy, Action::Files, files, ""),
        (!is_busy, Action::Folder, folder, ""),
        (true, Action::Rules, "Add Sigma rules …", ""),
        (situation.is_modelling, Action::StopModel, "Stop the model that is being made", ""),
        (has_files, Action::Close, close, ""),
        (situation.history.0, Action::Undo, "Undo the last filter", "u"),
        (situation.history.1, Action::Redo, "Redo the filter", "U"),
        (situation.has_filter, Action::Clear, "Clear the filter: show all rows", "x"),
        (has_report, Action::Report, "Export the report (JSON)", ""),
        (has_report, Action::RowsCsv, "Export the rows (CSV)", ""),
        (has_report, Action::RowsNdjson, "Export the rows (NDJSON)", ""),
        (has_report, Action::Print, "Print", ""),
        (true, Action::Link, "Copy a link with these settings", ""),
        (true, Action::Theme, "Switch the theme: light, dark, or as the system has it", "d"),
        (true, Action::Keys, "List the keys", "?"),
    ];
    let offer = |action: Action, title: &str, key: &str| Offer { action, title: title.to_owned(), key: key.to_owned() };
    let pages = Page::ALL.into_iter();
    let mut offers: Vec<Offer> = pages
        .map(|page| offer(Action::Go(page), &format!("Go to {}", page.title()), &format!("g {}", page.key())))
        .collect();
    offers.extend(
        single.into_iter().filter(|(holds, ..)| *holds).map(|(_, action, title, key)| offer(action, title, key)),
    );
    let filters = situation.fields.iter();
    offers.extend(filters.map(|field| offer(Action::Filter(field.clone()), &format!("Filter by {field}"), "")));
    offers
}

/// The offers in whose names every word of `text` is; those that begin with it first.
pub fn matching(offers: Vec<Offer>, text: &str) -> Vec<Offer> {
    let text = text.trim().to_lowercase();
    let fits = |offer: &Offer| {
        let title = offer.title.to_lowercase();
        text.split_whitespace().all(|word| title.contains(word)).then(|| {
            let begins = title.split([' ', '.']).any(|word| word.starts_with(&text));
            (!title.starts_with(&text), !begins)
        })
    };
    let mut found: Vec<((bool, bool), Offer)> =
        offers.into_iter().filter_map(|offer| Some((fits(&offer)?, offer))).collect();
    order::sort_by_key(&mut found, |(rank, _)| *rank);
    found.into_iter().map(|(_, offer)| offer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(situation: &Situation, text: &str) -> Vec<String> {
        matching(offered(situation), text).into_iter().map(|offer| offer.title).collect()
    }

    #[test]
    fn what_cannot_be_done_is_not_offered() {
        let empty = titles(&Situation::default(), "");
        assert!(empty.contains(&"Open files …".to_owned()));
        assert!(!empty.iter().any(|title| title.starts_with("Export") || title.starts_with("Close")));
        let busy = Situation { files: Files::Busy, ..Situation::default() };
        let busy = titles(&busy, "");
        assert!(busy.contains(&"Stop reading, and close the files".to_owned()));
        assert!(!busy.contains(&"Add files …".to_owned()));
    }

    #[test]
    fn words_are_found_in_any_order_and_beginnings_come_first() {
        let fields = vec!["source.ip".to_owned(), "url.path".to_owned()];
        let ready = Situation { files: Files::Open, fields, ..Situation::default() };
        assert_eq!(titles(&ready, "ip filter"), ["Filter by source.ip"]);
        assert_eq!(titles(&ready, "go to ne"), ["Go to Network"]);
        assert_eq!(titles(&ready, "path"), ["Filter by url.path"]);
        assert_eq!(titles(&ready, "re")[0], "Go to Report");
        assert_eq!(titles(&ready, "zzz"), [""; 0]);
    }
}
