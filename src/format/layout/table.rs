//! Lines of words in a fixed order, as tables: what each word is, and the column that it becomes.
//!
//! A [`Word`] is written once in a format's table, or made from a header's names; a [`Step`] is that word with the places
//! of its columns looked up. One loop fills records of every format that is written so.

use memchr::memchr;

use crate::schema::{ColumnSpec, Field, Kind, Record, Value};
use crate::units::Micros;
use crate::units::time::civil;

use super::super::numbers::{digits, float, integer, seconds_scaled};
use super::super::timestamp;
use super::columns::{Col, DESTINATION, SOURCE, place};
use super::words::{Words, authority, end, host_and_port, request, url};
use crate::format::set_text;

/// What a word is. `-` and nothing are null in each.
#[derive(Clone, Copy, Debug)]
pub enum Is {
    /// Not kept.
    Nothing,
    /// These bytes, not kept.
    Exactly(&'static str),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// No word: every row has this text.
    Says(&'static str),
    /// Text, in the second column too.
    Text,
    /// A list: words that end in a comma, and the next one.
    List,
    /// A whole number, in the second column too; a negative one stands for none.
    Integer,
    /// A number with decimals; a negative one stands for none.
    Float,
    /// A point in time, UTC where it has no offset; in the second column too.
    Time,
    /// A time without an offset.
    Local,
    /// The date of a time of day.
    Date,
    /// The date of a time of day as `12/31/26` or `12/31/2026`.
    MonthDayYear,
    /// A time of day in UTC.
    Clock,
    /// A time of day without an offset.
    LocalClock,
    /// A duration in milliseconds, also `2ms`.
    Millis,
    /// A duration in seconds with decimals, also `0.001s`.
    Seconds,
    /// A part of the duration in seconds: its own column, and added to `event.duration`.
    Part,
    /// The one who asked: host, perhaps with a port; the column says which kind of address it is.
    Source,
    /// The one who asked, with a port in any case.
    Client,
    /// The first one of a list of hosts is the one who asked.
    Forwarded,
    /// The one who was asked: host, perhaps with a scheme and a port.
    Destination,
    /// An address in the first column and its port in the second.
    AddressPort,
    /// The target of a request.
    Url,
    /// A whole URL; host and port of a tunnel.
    Target,
    /// The status that was answered; 0 stands for none.
    Status,
    /// `GET /path HTTP/1.1`; the second column says `http` where it is one.
    Request,
    /// `HTTP/1.1`.
    Protocol,
    /// A host that was asked, perhaps with a port.
    Authority,
    /// A transport's number, in the second column its name.
    Transport,
    /// Text and a status: `TCP_MISS/200`.
    Result,
    /// Text and who was asked: `DIRECT/192.0.2.1`.
    Peer,
    /// A name with its root's dot.
    Name,
}

/// A word of a line.
#[derive(Clone, Copy, Debug)]
pub struct Word<'n> {
    /// What it is.
    pub is: Is,
    /// Its column; empty where what it is tells the columns.
    pub name: &'n str,
    /// The second column; empty where there is none.
    pub also: &'n str,
    /// What it begins with, which is left out; a word that begins otherwise is another one.
    pub tag: &'static str,
    /// It may be left out.
    pub is_optional: bool,
}

impl Word<'_> {
    /// The second column, which for durations is what they add to.
    fn second(&self) -> &str {
        if matches!(self.is, Is::Millis | Is::Seconds | Is::Part) { Field::EventDuration.name() } else { self.also }
    }
}

/// A word that becomes this column.
pub const fn word(is: Is, name: &str) -> Word<'_> {
    Word { is, name, also: "", tag: "", is_optional: false }
}

/// A word that becomes these two columns.
pub const fn both<'n>(is: Is, name: &'n str, also: &'n str) -> Word<'n> {
    Word { also, ..word(is, name) }
}

/// A word behind a tag.
pub const fn tagged<'n>(tag: &'static str, is: Is, name: &'n str) -> Word<'n> {
    Word { tag, ..word(is, name) }
}

/// A word behind a tag, which may be missing.
pub const fn perhaps<'n>(tag: &'static str, is: Is, name: &'n str) -> Word<'n> {
    Word { is_optional: true, ..tagged(tag, is, name) }
}

/// A word and the places of its columns.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    is: Is,
    at: Option<usize>,
    also: Option<usize>,
    tag: &'static [u8],
    is_optional: bool,
}

impl Step {
    /// The word's step; columns that are not there yet are added.
    pub fn new(word: &Word<'_>, columns: &mut Vec<ColumnSpec>) -> Self {
        let (kind, also_kind) = match word.is {
            Is::Integer | Is::Millis | Is::Seconds => (Kind::Integer, Kind::Integer),
            Is::Float => (Kind::Float, Kind::Float),
            Is::Part => (Kind::Float, Kind::Integer),
            Is::Time | Is::Local => (Kind::Time, Kind::Time),
            Is::AddressPort => (Kind::Ip, Kind::Integer),
            _ => (Kind::Keyword, Kind::Keyword),
        };
        let mut column = |name: &str, kind| {
            let spec = Field::from_name(name).map_or_else(|| ColumnSpec::own(name, kind), ColumnSpec::ecs);
            (!name.is_empty()).then(|| place(columns, spec))
        };
        let (at, also) = (column(word.name, kind), column(word.second(), also_kind));
        Self { is: word.is, at, also, tag: word.tag.as_bytes(), is_optional: word.is_optional }
    }

    /// The word's step among columns that are there; a word whose column is not is not kept.
    pub fn known(word: &Word<'_>, columns: &[ColumnSpec]) -> Self {
        let find = |name: &str| columns.iter().position(|column| column.name.as_str() == name);
        let (at, also) = (find(word.name), find(word.second()));
        let is = if at.is_none() && !word.name.is_empty() { Is::Nothing } else { word.is };
        Self { is, at, also, tag: word.tag.as_bytes(), is_optional: word.is_optional }
    }
}

/// Sets the columns of these steps to null again.
pub fn forget(steps: &[Step], record: &mut Record<'_>) {
    steps.iter().flat_map(|step| [step.at, step.also]).flatten().for_each(|at| record.set(at, Value::Null));
}

/// Why a word is not what it should be, and its number.
pub type Misfit = (usize, &'static str);

/// Fills the record from words; gives how many steps found one. `day` is the date, in µs, of a time of day whose line has
/// none.
///
/// # Errors
/// The first word that is not what its step expects.
pub fn fill<'a>(
    steps: &[Step],
    words: &mut Words<'a>,
    day: Option<i64>,
    record: &mut Record<'a>,
) -> Result<usize, Misfit> {
    let mut moment = Moment { day, clock: None };
    let mut n_found = 0;
    for step in steps {
        if let Is::Says(text) = step.is {
            step.text(text.as_bytes(), record);
            n_found += 1;
            continue;
        }
        let before = step.is_optional.then(|| words.clone());
        let Some(mut word) = (if matches!(step.is, Is::List) { words.list() } else { words.next() }) else { break };
        if !step.tag.is_empty() {
            match (word.strip_prefix(step.tag), before) {
                (Some(rest), _) => word = rest.trim_ascii_start(),
                (None, Some(before)) => {
                    *words = before;
                    n_found += 1;
                    continue;
                }
                (None, None) => return Err((n_found, "a word has not the name that is expected")),
            }
        }
        step.take(word, &mut moment, record).map_err(|reason| (n_found, reason))?;
        n_found += 1;
    }
    moment.settle(record);
    Ok(n_found)
}

/// A date and a time of day, which are two words.
struct Moment {
    day: Option<i64>,
    clock: Option<(i64, bool)>,
}

impl Moment {
    fn settle(&self, record: &mut Record<'_>) {
        if let (Some(day), Some((clock, is_utc))) = (self.day, self.clock) {
            let time = Micros(day + clock);
            record.set(Col::Time as usize, if is_utc { Value::Time(time) } else { Value::Local(time) });
        }
    }
}

const NO_NUMBER: &str = "a word is no number";
const NO_TIME: &str = "time is not understood";

impl Step {
    fn text<'a>(&self, text: &'a [u8], record: &mut Record<'a>) {
        for at in [self.at, self.also].into_iter().flatten() {
            set_text(record, at, text);
        }
    }

    fn value<'a>(&self, value: Value<'a>, record: &mut Record<'a>) {
        for at in [self.at, self.also].into_iter().flatten() {
            record.set(at, value);
        }
    }

    fn take<'a>(&self, word: &'a [u8], moment: &mut Moment, record: &mut Record<'a>) -> Result<(), &'static str> {
        // What must stand there may be `-` itself.
        match self.is {
            Is::Nothing | Is::Says(_) => return Ok(()),
            Is::Exactly(text) => {
                return if word == text.as_bytes() { Ok(()) } else { Err("a word is not as expected") };
            }
            Is::OneOf(texts) if !texts.iter().any(|text| word == text.as_bytes()) => {
                return Err("a word is none of those expected");
            }
            _ if matches!(word, b"" | b"-") => return Ok(()),
            _ => {}
        }
        match self.is {
            Is::Nothing | Is::Says(_) | Is::Exactly(_) => {}
            Is::Text | Is::OneOf(_) | Is::List => self.text(word, record),
            Is::Name => self.text(word.strip_suffix(b".").filter(|name| !name.is_empty()).unwrap_or(word), record),
            Is::Integer | Is::Float | Is::Millis | Is::Seconds | Is::Part | Is::Transport => {
                self.number(word, record).ok_or(NO_NUMBER)?;
            }
            Is::Time => self.time(word, record).ok_or(NO_TIME)?,
            Is::Local => self.value(Value::Local(timestamp::parse(word).ok_or(NO_TIME)?.time), record),
            Is::Date => moment.day = Some(timestamp::parse(word).filter(|_| word.len() == 10).ok_or(NO_TIME)?.time.0),
            Is::MonthDayYear => moment.day = Some(month_day_year(word).ok_or(NO_TIME)?),
            Is::Clock => moment.clock = Some((clock(word).ok_or(NO_TIME)?, true)),
            Is::LocalClock => moment.clock = Some((clock(word).ok_or(NO_TIME)?, false)),
            Is::Source => {
                let (name, port) = host_and_port(word);
                end((name, port), SOURCE, record);
                self.text(if memchr(b':', name).is_some() { b"ipv6" } else { b"ipv4" }, record);
            }
            Is::Client => match host_and_port(word) {
                (_, None) => return Err("no client:port"),
                client => end(client, SOURCE, record),
            },
            Is::Forwarded => {
                self.text(word, record);
                let first = memchr(b',', word).and_then(|at| word.get(..at)).unwrap_or(word);
                end(host_and_port(first.trim_ascii()), SOURCE, record);
            }
            Is::Destination => {
                let at = memchr::memmem::find(word.get(..8.min(word.len())).unwrap_or_default(), b"://")
                    .map_or(0, |at| at + 3);
                end(host_and_port(word.get(at..).unwrap_or_default()), DESTINATION, record);
            }
            Is::AddressPort => self.address_and_port(word, record),
            Is::Url => url(word, record),
            Is::Target => target(word, record),
            Is::Status => status(word, record).ok_or(NO_NUMBER)?,
            Is::Request => {
                if request(word, record) {
                    self.text(b"http", record);
                }
            }
            Is::Protocol => {
                let version = memchr(b'/', word).and_then(|at| word.get(at + 1..)).unwrap_or(word);
                set_text(record, Col::Version as usize, version);
            }
            Is::Authority => authority(word, record),
            Is::Result => self.result(word, record).ok_or("no result/status")?,
            Is::Peer => {
                let (text, peer) = halves(word, b'/').ok_or("no hierarchy/peer")?;
                self.text(text, record);
                if peer != b"-" {
                    end(host_and_port(peer), DESTINATION, record);
                }
            }
        }
        Ok(())
    }

    fn number(&self, word: &[u8], record: &mut Record<'_>) -> Option<()> {
        match self.is {
            Is::Integer => match integer(word)? {
                ..0 => {}
                number => self.value(Value::Integer(number), record),
            },
            Is::Float => match float(word)? {
                ..0.0 => {}
                number => self.value(Value::Float(number), record),
            },
            Is::Millis => {
                let nanos = seconds_scaled(word.strip_suffix(b"ms").unwrap_or(word), 6)?;
                self.lasts(nanos, record);
            }
            Is::Seconds => self.lasts(seconds_scaled(word.strip_suffix(b"s").unwrap_or(word), 9)?, record),
            Is::Part => {
                let nanos = seconds_scaled(word, 9)?;
                if let Some(at) = self.at.filter(|_| nanos >= 0) {
                    record.set(at, Value::Float(float(word)?));
                }
                self.lasts(nanos, record);
            }
            _ => {
                let number = digits(word)?;
                if let Some(at) = self.at {
                    record.set(at, Value::Integer(number));
                }
                if let (Some(at), Some(name)) = (self.also, transport(number)) {
                    record.set(at, Value::Text(name.as_bytes()));
                }
            }
        }
        Some(())
    }

    /// Adds to the duration; a negative one stands for none.
    fn lasts(&self, nanos: i64, record: &mut Record<'_>) {
        let Some(at) = self.also.filter(|_| nanos >= 0) else { return };
        let so_far = match record.values.get(at) {
            Some(&Value::Integer(so_far)) => so_far,
            _ => 0,
        };
        record.set(at, Value::Integer(so_far.saturating_add(nanos)));
    }

    fn time<'a>(&self, word: &'a [u8], record: &mut Record<'a>) -> Option<()> {
        let stamp = timestamp::parse(word)?;
        self.value(Value::Time(stamp.time), record);
        if let Some(offset) = stamp.offset.filter(|offset| !offset.starts_with(b"Z")) {
            record.set(Col::Timezone as usize, Value::Text(offset));
        }
        Some(())
    }

    fn address_and_port<'a>(&self, word: &'a [u8], record: &mut Record<'a>) {
        let (name, port) = host_and_port(word);
        if let Some(at) = self.at {
            set_text(record, at, name);
        }
        if let (Some(at), Some(port)) = (self.also, port) {
            record.set(at, Value::Integer(port));
        }
    }

    fn result<'a>(&self, word: &'a [u8], record: &mut Record<'a>) -> Option<()> {
        let (text, answered) = halves(word, b'/')?;
        self.text(text, record);
        status(answered, record)
    }
}

/// Sets the status; proxies write 0 where no answer was sent.
fn status(word: &[u8], record: &mut Record<'_>) -> Option<()> {
    let status = integer(word)?;
    if status > 0 {
        record.set(Col::Status as usize, Value::Integer(status));
    }
    Some(())
}

/// A URL; what has neither scheme nor path is the host of a tunnel, and `error:…` is none.
fn target<'a>(word: &'a [u8], record: &mut Record<'a>) {
    if word.starts_with(b"error:") {
        set_text(record, Col::RequestLine as usize, word);
    } else if word.first() == Some(&b'/') || memchr::memmem::find(word, b"://").is_some() {
        url(word, record);
    } else {
        authority(word, record);
    }
}

fn halves(word: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr(at, word)?;
    Some((word.get(..at)?, word.get(at + 1..)?))
}

/// `7:55:20`, `07:55:20.123` as µs of the day.
fn clock(word: &[u8]) -> Option<i64> {
    let (hours, rest) = halves(word, b':')?;
    let (minutes, seconds) = halves(rest, b':')?;
    let (hours, minutes, micros) = (digits(hours)?, digits(minutes)?, seconds_scaled(seconds, 6)?);
    let is_real = hours < 24 && minutes < 60 && (0..61_000_000).contains(&micros);
    is_real.then(|| (hours * 3600 + minutes * 60) * Micros::PER_SECOND + micros)
}

/// `12/31/26`, `12/31/2026` as µs since 1970.
fn month_day_year(word: &[u8]) -> Option<i64> {
    let (month, rest) = halves(word, b'/')?;
    let (day, year) = halves(rest, b'/')?;
    let century = match year.len() {
        2 => 2000,
        4 => 0,
        _ => return None,
    };
    let seconds = civil(digits(year)? + century, digits(month)?, digits(day)?, (0, 0, 0))?;
    Some(seconds * Micros::PER_SECOND)
}

/// The transport of that number at IANA, where logs have it mostly.
fn transport(number: i64) -> Option<&'static str> {
    Some(match number {
        1 => "icmp",
        2 => "igmp",
        6 => "tcp",
        17 => "udp",
        47 => "gre",
        50 => "esp",
        51 => "ah",
        58 => "ipv6-icmp",
        89 => "ospf",
        132 => "sctp",
        _ => return None,
    })
}
