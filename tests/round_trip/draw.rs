//! Rows of chance: addresses, times, requests and texts as logs have them, with what makes reading hard.

use logloupe::units::Micros;

/// Numbers of chance, the same for a seed (`SplitMix64`).
pub struct Draw(pub u64);

impl Draw {
    /// A number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }

    /// True once in `n`.
    pub fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of a list.
    pub fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }

    /// The value, or nothing once in four.
    pub fn perhaps<T>(&mut self, value: T) -> Option<T> {
        (!self.once_in(4)).then_some(value)
    }

    fn octet(&mut self) -> u64 {
        self.below(256)
    }

    fn address(&mut self) -> String {
        match self.below(6) {
            0 => format!("2001:db8::{:x}", self.below(65_536)),
            1 => format!("2001:db8:1:{:x}:3:4:5:{:x}", self.octet(), self.octet()),
            2 => format!("::ffff:192.0.2.{}", self.octet()),
            _ => format!("{}.{}", self.one(&["192.0.2", "198.51.100", "203.0.113", "10.0.0"]), self.octet()),
        }
    }

    fn size(&mut self) -> i64 {
        match self.below(4) {
            0 => self.one(&[0, 1, 65_535, 2_147_483_648, 4_294_967_297, i64::MAX]),
            _ => self.below(100_000) as i64,
        }
    }

    /// Several of a list, one after the other.
    fn several(&mut self, parts: &[&str], between: &str, most: u64) -> String {
        let n = self.below(most) + 1;
        (0..n).map(|_| self.one(parts)).collect::<Vec<_>>().join(between)
    }
}

/// What a line may say.
#[derive(Clone, Debug)]
pub struct Row {
    pub number: u64,
    pub time: Time,
    pub client: String,
    pub client_port: u64,
    pub server: String,
    pub server_port: u64,
    pub host: &'static str,
    pub user: Option<&'static str>,
    pub method: &'static str,
    pub path: String,
    pub query: Option<String>,
    pub version: &'static str,
    pub status: i64,
    pub request_bytes: i64,
    pub response_bytes: Option<i64>,
    pub duration_ms: i64,
    pub referrer: Option<&'static str>,
    pub agent: Option<&'static str>,
    pub id: String,
    pub word: &'static str,
}

const SEGMENTS: [&str; 14] = [
    "index.html",
    "a%20b",
    "%22x%22",
    "~anna",
    "für",
    "..",
    "(x)",
    "it's",
    "{id}",
    "b;v=1",
    "@c:d",
    "a+b",
    "日本",
    "%00",
];
const QUERIES: [&str; 11] = [
    "a=1",
    "q=%20x",
    "e=",
    "f=\"g\"",
    "h=\\i",
    "j=<k>",
    "l=m&n",
    "o[]=[1]",
    "ü=é",
    "r=https://www.example.com/?s",
    "t=a|b",
];
const AGENTS: [&str; 10] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)",
    "ExampleBot/1.0 (+https://bot.example.com/about)",
    "curl/8.5.0",
    "() { :; }; /bin/true",
    "a \"quoted\" agent",
    "x\" 200 5 \"y\" 404 7 \"z",
    "back\\slash\\",
    "Агент/1.0 [ü] {é}",
    "${jndi:ldap://192.0.2.9/a}",
];
const REFERRERS: [&str; 5] = [
    "https://www.example.com/",
    "https://www.example.com/a?b=\"c\"&d=e",
    "http://192.0.2.9:8080/x",
    "android-app://com.example/",
    "https://example.com/für",
];

impl Row {
    /// The row of that number.
    pub fn new(number: u64, draw: &mut Draw) -> Self {
        let path = if draw.once_in(8) { "/".into() } else { format!("/{}", draw.several(&SEGMENTS, "/", 4)) };
        let query = draw.several(&QUERIES, "&", 3);
        Self {
            number,
            time: Time::new(draw),
            client: draw.address(),
            client_port: draw.one(&[0, 1, 443, 40_000, 65_535]),
            server: draw.address(),
            server_port: draw.one(&[22, 80, 443, 8443]),
            host: draw.one(&["www.example.com", "api.example.net", "xn--bcher-kva.example", "a-b.c-d.example.org"]),
            user: draw.perhaps(()).and(draw.one(&[None, Some("anna"), Some("bob@example.com"), Some("EXAMPLE\\carl")])),
            method: draw.one(&["GET", "GET", "POST", "HEAD", "PUT", "OPTIONS", "PROPFIND"]),
            path,
            query: draw.perhaps(query),
            version: draw.one(&["1.0", "1.1", "2.0", "3.0"]),
            status: draw.one(&[100, 200, 204, 206, 301, 304, 400, 401, 403, 404, 408, 429, 499, 500, 502, 599]),
            request_bytes: draw.size(),
            response_bytes: Some(draw.size()),
            duration_ms: draw.one(&[0, 1, 9, 1000, 123_456, 86_400_001]),
            referrer: Some(draw.one(&REFERRERS)).filter(|_| !draw.once_in(3)),
            agent: Some(draw.one(&AGENTS)).filter(|_| !draw.once_in(8)),
            id: format!("{:032x}", u128::from(draw.below(u64::MAX)) << 32 | u128::from(number)),
            word: draw.one(&["web", "db-1", "a_b.c", "x"]),
        }
    }

    /// Path and query, as the request line has them.
    pub fn target(&self) -> String {
        self.query.as_ref().map_or(self.path.clone(), |query| format!("{}?{query}", self.path))
    }

    /// The row without the response's size, as servers write it where they answered nothing.
    pub fn silent(mut self) -> Self {
        self.response_bytes = None;
        self
    }

    /// The row with these changes to its texts.
    pub fn with_texts(mut self, change: fn(&str) -> String) -> Self {
        let leak = |text: &'static str| -> &'static str { change(text).leak() };
        self.path = change(&self.path);
        self.query = self.query.map(|query| change(&query));
        self.agent = self.agent.map(leak);
        self.referrer = self.referrer.map(leak);
        self
    }

    /// `a:1`, an IPv6 address in brackets.
    pub fn client_and_port(&self) -> String {
        bracketed(&self.client, self.client_port)
    }

    /// The same of the server.
    pub fn server_and_port(&self) -> String {
        bracketed(&self.server, self.server_port)
    }
}

fn bracketed(address: &str, port: u64) -> String {
    if address.contains(':') { format!("[{address}]:{port}") } else { format!("{address}:{port}") }
}

/// What stands for nothing.
pub fn dash(text: Option<&str>) -> &str {
    text.unwrap_or("-")
}

/// A number, or what stands for none.
pub fn number(value: Option<i64>) -> String {
    value.map_or("-".into(), |value| value.to_string())
}

/// As Apache writes what is quoted.
pub fn backslashed(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// As nginx writes what is quoted.
pub fn hex_escaped(text: &str) -> String {
    text.replace('\\', "\\x5C").replace('"', "\\x22")
}

/// Without quotes, for formats that do not escape theirs: what ends is not to be told then.
pub fn unquoted(text: &str) -> String {
    text.replace('"', "%22")
}

/// An instant and an offset to write it with.
#[derive(Clone, Copy, Debug)]
pub struct Time {
    pub micros: i64,
    /// Minutes east of UTC.
    pub offset: i64,
}

/// A time in its parts.
pub struct Parts {
    /// `2026-05-17`
    pub date: String,
    /// `10:05:03`
    pub clock: String,
    pub year: String,
    pub month: &'static str,
    pub day: String,
    pub weekday: &'static str,
    /// Digits of µs.
    pub micros: String,
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Time {
    fn new(draw: &mut Draw) -> Self {
        // 2001-09-10 to 2033-05-17: as seconds they have ten digits and begin with 1, as logs of our days.
        let seconds = 1_000_080_000 + draw.below(999_900_000) as i64;
        let micros = draw.one(&[0, 1, 500_000, 120_000, 123_000, 123_456, 999_999]);
        Self { micros: seconds * 1_000_000 + micros, offset: draw.one(&[0, 60, -300, 330, 765, -720]) }
    }

    /// Cut to whole seconds.
    pub fn seconds(self) -> Self {
        Self { micros: self.micros / 1_000_000 * 1_000_000, ..self }
    }

    /// Cut to ms.
    pub fn millis(self) -> Self {
        Self { micros: self.micros / 1000 * 1000, ..self }
    }

    /// The same in UTC.
    pub fn in_utc(self) -> Self {
        Self { offset: 0, ..self }
    }

    /// The same day of the year in 2026, for formats without a year.
    pub fn of_2026(self) -> Self {
        let into_year = self.micros.rem_euclid(360 * Micros::PER_DAY);
        Self { micros: 1_767_312_000_000_000 + into_year, ..self }.seconds()
    }

    /// As the reader shows it.
    pub fn shown(self) -> String {
        Micros(self.micros).to_rfc3339()
    }

    pub fn parts(self) -> Parts {
        let local = self.micros + self.offset * 60_000_000;
        let text = Micros(local).to_rfc3339();
        let month: usize = text[5..7].parse().expect("a month");
        let weekday = (local.div_euclid(Micros::PER_DAY) + 4).rem_euclid(7) as usize;
        Parts {
            date: text[..10].into(),
            clock: text[11..19].into(),
            year: text[..4].into(),
            month: MONTHS[month - 1],
            day: text[8..10].into(),
            weekday: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][weekday],
            micros: format!("{:06}", local.rem_euclid(1_000_000)),
        }
    }

    /// `+0530`
    pub fn zone(self) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        format!("{sign}{:02}{:02}", self.offset.abs() / 60, self.offset.abs() % 60)
    }

    /// `17/May/2026:10:05:03 +0530`
    pub fn common(self) -> String {
        let at = self.parts();
        format!("{}/{}/{}:{} {}", at.day, at.month, at.year, at.clock, self.zone())
    }

    /// `2026-05-17T10:05:03.123456+05:30`
    pub fn iso(self) -> String {
        let (at, zone) = (self.parts(), self.zone());
        let zone = if self.offset == 0 { "Z".into() } else { format!("{}:{}", &zone[..3], &zone[3..]) };
        let decimals = if self.micros % 1_000_000 == 0 { String::new() } else { format!(".{}", at.micros) };
        format!("{}T{}{decimals}{zone}", at.date, at.clock)
    }

    /// A time as applications write it, and what of it is written.
    pub fn anyhow(self, draw: &mut Draw) -> (String, Self) {
        let at = self.in_utc().parts();
        match draw.below(7) {
            0 => (self.seconds().epoch()[..10].into(), self.seconds()),
            1 => ((self.micros / 1000).to_string(), self.millis()),
            2 => (self.micros.to_string(), self),
            3 => (format!("{} {}.{}", at.date, at.clock, at.micros), self),
            4 => (format!("{} {}", at.date.replace('-', "/"), at.clock), self.seconds()),
            5 => (self.common(), self.seconds()),
            _ => (self.iso(), self),
        }
    }

    /// `1779012303.123456`
    pub fn epoch(self) -> String {
        format!("{}.{:06}", self.micros / 1_000_000, self.micros % 1_000_000)
    }
}
