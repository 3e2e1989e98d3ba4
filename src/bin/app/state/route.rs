//! The address of a view: page, filter and number of workers in the fragment, `#/rows?filter=…&workers=2`.
//!
//! Pure: `navigation` reads and writes the browser's address. A fragment never leaves the browser.

use std::fmt::Write;

/// A page of the app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Page {
    /// What matters, at one glance.
    #[default]
    Overview,
    /// What the data is fit for.
    Quality,
    /// What was asked and answered.
    Traffic,
    /// Who asked.
    Visitors,
    /// From where to where.
    Network,
    /// What the checks say.
    Findings,
    /// What the models say.
    Models,
    /// The rows and their lines.
    Rows,
    /// Everything in words, and to take away.
    Report,
    /// Lists, look-ups, appearance.
    Settings,
    /// How to use all of it.
    Guide,
}

impl Page {
    /// Every page in the order of the rail; the guide stands at its foot.
    pub const ALL: [Self; 11] = [
        Self::Overview,
        Self::Quality,
        Self::Traffic,
        Self::Visitors,
        Self::Network,
        Self::Findings,
        Self::Models,
        Self::Rows,
        Self::Report,
        Self::Settings,
        Self::Guide,
    ];

    /// The name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Quality => "quality",
            Self::Traffic => "traffic",
            Self::Visitors => "visitors",
            Self::Network => "network",
            Self::Findings => "findings",
            Self::Models => "models",
            Self::Rows => "rows",
            Self::Report => "report",
            Self::Settings => "settings",
            Self::Guide => "guide",
        }
    }

    /// The name in the rail.
    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Quality => "Quality",
            Self::Traffic => "Traffic",
            Self::Visitors => "Visitors",
            Self::Network => "Network",
            Self::Findings => "Findings",
            Self::Models => "Models",
            Self::Rows => "Rows",
            Self::Report => "Report",
            Self::Settings => "Settings",
            Self::Guide => "Guide",
        }
    }

    /// The key that leads here after `g`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Overview => "o",
            Self::Quality => "q",
            Self::Traffic => "t",
            Self::Visitors => "v",
            Self::Network => "n",
            Self::Findings => "f",
            Self::Models => "m",
            Self::Rows => "r",
            Self::Report => "e",
            Self::Settings => "s",
            Self::Guide => "h",
        }
    }

    /// The page of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.name() == name)
    }
}

/// What an address says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// The page.
    pub page: Page,
    /// The filter that every figure stands under.
    pub filter: String,
    /// How many workers to use, where the address says so.
    pub workers: Option<u32>,
}

impl Route {
    /// Reads a fragment, with or without `#`. What it does not know it leaves at its default.
    pub fn parse(fragment: &str) -> Self {
        let text = fragment.trim_start_matches('#').trim_start_matches('/');
        let (page, query) = text.split_once('?').unwrap_or((text, ""));
        let mut route = Self { page: Page::from_name(page).unwrap_or_default(), ..Self::default() };
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "filter" => route.filter = decoded(value),
                "workers" => route.workers = value.parse().ok().filter(|count| (1..=64).contains(count)),
                _ => {}
            }
        }
        route
    }

    /// The fragment, with `#`.
    pub fn to_fragment(&self) -> String {
        let mut pairs = Vec::new();
        if !self.filter.is_empty() {
            pairs.push(format!("filter={}", encoded(&self.filter)));
        }
        if let Some(workers) = self.workers {
            pairs.push(format!("workers={workers}"));
        }
        let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
        format!("#/{}{query}", self.page.name())
    }

    /// The same filter and workers on another page.
    pub fn on(&self, page: Page) -> Self {
        Self { page, ..self.clone() }
    }
}

/// The value of a parameter of a fragment that is no part of a route. **Null**: none where it is not there.
pub fn parameter(fragment: &str, name: &str) -> Option<String> {
    let (_, query) = fragment.split_once('?')?;
    let pair = |pair: &str| pair.split_once('=').filter(|(known, _)| *known == name).map(|(_, value)| decoded(value));
    query.split('&').find_map(pair)
}

/// A text as a parameter's value.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~:@*/,()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match hex.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                out.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(if *first == b'+' { b' ' } else { *first });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_goes_both_ways() {
        let route =
            Route { page: Page::Rows, filter: "url.path: \"/a b&c=d+e%\" and قهوه: *".into(), workers: Some(2) };
        assert_eq!(Route::parse(&route.to_fragment()), route);
        assert_eq!(Route::default().to_fragment(), "#/overview");
    }

    #[test]
    fn a_parameter_beside_the_route_is_found() {
        let text = r#"{"a": "b&c=%?"}"#;
        let fragment = format!("#/overview?filter=x&tuning={}", encoded(text));
        assert_eq!(parameter(&fragment, "tuning").as_deref(), Some(text));
        assert_eq!(Route::parse(&fragment).filter, "x");
        assert_eq!(parameter("#/overview", "tuning"), None);
    }

    #[test]
    fn what_is_unknown_is_left_out() {
        assert_eq!(Route::parse("#/nowhere?workers=0&x=1&filter"), Route::default());
        assert_eq!(Route::parse(""), Route::default());
        assert_eq!(Route::parse("#/rows?filter=%zz%4").filter, "%zz%4");
    }

    #[test]
    fn keys_of_pages_differ() {
        let mut keys: Vec<_> = Page::ALL.iter().map(|page| page.key()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), Page::ALL.len());
    }
}
