//! The crawler's name that a user agent gives, found by plain texts: no regular expression that a line can blow up.
//!
//! `crawlers.txt` is the list: a comment line, then a text that the user agent contains, a tab, the crawler's name, a
//! tab, its kind. A text that begins with `^` stands at the beginning of the user agent, one that ends with `$` at its
//! end. The first line that matches wins: the list has longer texts first. Upper and lower case differ, as they do in
//! the list's source. Says who a client claims to be, not who it is.

use crate::units::order;
use std::sync::LazyLock;

/// The list that is shipped.
const SHIPPED: &str = include_str!("crawlers.txt");

/// Texts are looked up by their first bytes, as many as the shortest useful text has.
const GRAM: usize = 3;

/// Bits of the filter before the look-up; 2¹⁶ bits stay in the fastest cache and are 2 % full.
const FILTER_BITS: usize = 1 << 16;

/// A crawler: its name, and what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crawler<'a> {
    /// Such as `Googlebot`.
    pub name: &'a str,
    /// Such as `search-engine`, `seo`, `monitoring`, `scanner`.
    pub kind: &'a str,
}

/// The crawler that a user agent names; none for browsers and unknown programs.
///
/// **Cost**: about a nanosecond a byte of the user agent; ask once for each dictionary entry.
///
/// ```
/// use logloupe::enrich::crawler::crawler_of;
/// let agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
/// assert_eq!(crawler_of(agent).map(|c| c.name), Some("Googlebot"));
/// ```
pub fn crawler_of(user_agent: &str) -> Option<Crawler<'static>> {
    static SHIPPED_LIST: LazyLock<CrawlerList<'static>> = LazyLock::new(|| CrawlerList::new(SHIPPED));
    SHIPPED_LIST.find(user_agent)
}

/// A list of crawlers, ready to be searched.
#[derive(Clone, Debug)]
pub struct CrawlerList<'a> {
    /// **Order**: as in the list, where the first match wins.
    patterns: Vec<Pattern<'a>>,
    /// The first bytes of each text, and its place. **Order**: by bytes, then by place.
    grams: Vec<(u32, u32)>,
    filter: Vec<u64>,
    /// Texts too short to have first bytes enough; tried one by one.
    short: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Pattern<'a> {
    text: &'a [u8],
    at_start: bool,
    at_end: bool,
    crawler: Crawler<'a>,
}

impl<'a> CrawlerList<'a> {
    /// Reads a list. Lines that are comments, or have no text or no name, are left out.
    pub fn new(list: &'a str) -> Self {
        let patterns: Vec<Pattern<'a>> = list.lines().filter_map(Pattern::of_line).collect();
        let mut this = Self { patterns, grams: Vec::new(), filter: vec![0; FILTER_BITS / 64], short: Vec::new() };
        for (place, pattern) in this.patterns.iter().enumerate() {
            let Some(gram) = pattern.text.first_chunk().copied().map(gram_of) else {
                this.short.push(place as u32);
                continue;
            };
            this.grams.push((gram, place as u32));
            let (word, bit) = filter_place(gram);
            if let Some(word) = this.filter.get_mut(word) {
                *word |= bit;
            }
        }
        order::sort(&mut this.grams);
        this
    }

    /// The first crawler of the list whose text stands in the user agent.
    pub fn find(&self, user_agent: &str) -> Option<Crawler<'a>> {
        let agent = user_agent.as_bytes();
        let mut best: Option<u32> = None;
        let mut offer = |place: u32, at: usize| {
            let fits = self.patterns.get(place as usize).is_some_and(|p| p.stands_at(agent, at));
            if fits && best.is_none_or(|known| place < known) {
                best = Some(place);
            }
        };
        for (at, gram) in agent.windows(GRAM).enumerate() {
            let gram = gram.first_chunk().copied().map_or(0, gram_of);
            let (word, bit) = filter_place(gram);
            if self.filter.get(word).is_some_and(|w| w & bit != 0) {
                let from = self.grams.partition_point(|&(known, _)| known < gram);
                let same = self.grams.iter().skip(from).take_while(|&&(known, _)| known == gram);
                same.for_each(|&(_, place)| offer(place, at));
            }
        }
        for &place in &self.short {
            (0..agent.len()).for_each(|at| offer(place, at));
        }
        best.and_then(|place| self.patterns.get(place as usize)).map(|pattern| pattern.crawler)
    }
}

impl<'a> Pattern<'a> {
    fn of_line(line: &'a str) -> Option<Self> {
        if line.starts_with('#') {
            return None;
        }
        let mut parts = line.split('\t');
        let (text, name) = (parts.next()?, parts.next()?);
        let (text, at_start) = text.strip_prefix('^').map_or((text, false), |rest| (rest, true));
        let (text, at_end) = text.strip_suffix('$').map_or((text, false), |rest| (rest, true));
        let crawler = Crawler { name, kind: parts.next().unwrap_or_default() };
        (!text.is_empty() && !name.is_empty()).then_some(Self { text: text.as_bytes(), at_start, at_end, crawler })
    }

    fn stands_at(&self, agent: &[u8], at: usize) -> bool {
        let Some(rest) = agent.get(at..) else { return false };
        rest.starts_with(self.text) && (!self.at_start || at == 0) && (!self.at_end || rest.len() == self.text.len())
    }
}

fn gram_of([a, b, c]: [u8; GRAM]) -> u32 {
    u32::from_le_bytes([a, b, c, 0])
}

/// Word and bit of the filter; the multiplier is 2³² over the golden ratio, which spreads neighbours.
fn filter_place(gram: u32) -> (usize, u64) {
    let bit = gram.wrapping_mul(0x9E37_79B1) >> 16;
    ((bit / 64) as usize, 1 << (bit % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "# a comment\nGooglebot-Image\tGooglebot-Image\tsearch-engine\nGooglebot\tGooglebot\tsearch-engine\n\
                        ^curl\tcurl\thttp-library\nxy\tXY\tseo\n; bot$\tbot\tseo\n\tnameless\tseo\nbroken line\n";

    fn check(agent: &str, expected: Option<&str>) {
        assert_eq!(CrawlerList::new(LIST).find(agent).map(|c| c.name), expected, "{agent}");
    }

    #[test]
    fn the_first_line_that_matches_wins() {
        check("Googlebot-Image/1.0", Some("Googlebot-Image"));
        check("Mozilla/5.0 (compatible; Googlebot/2.1)", Some("Googlebot"));
        check("Googlebot/2.1 Googlebot-Image/1.0", Some("Googlebot-Image"));
        check("Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0", None);
        check("googlebot", None);
        check("", None);
    }

    #[test]
    fn a_text_stands_where_its_line_says() {
        check("curl/8.5.0", Some("curl"));
        check("libcurl/8.5.0", None);
        check("a; bot", Some("bot"));
        check("a; bot/1", None);
        check("xy", Some("XY"));
        check("é xyz", Some("XY"));
    }

    #[test]
    fn the_shipped_list_names_the_usual_ones() {
        assert!(SHIPPED.starts_with('#'));
        let name = |agent| crawler_of(agent).map(|c| c.name);
        assert_eq!(name("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"), Some("bingbot"));
        assert_eq!(
            name("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"),
            None
        );
    }
}
