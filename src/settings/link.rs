//! Settings as a link carries them: what differs from the defaults, as JSON, in the letters that a fragment may have.
//!
//! `1.…` is version 1 as it is, `1z.…` the same compressed by raw DEFLATE, which is the browser's affair. A link carries
//! nothing that lifts a limit of the machine that opens it, and no filter, which has a place of its own in an address.

use super::{FileReading, Settings, carried};

/// Characters of a link's settings, at most: more gets lost in mails and messages.
pub const LINK_CHARACTERS_AT_MOST: usize = 32_768;

/// Bytes of settings that a link may expand to, at most.
pub const LINK_BYTES_AT_MOST: usize = 262_144;

/// Before what is as it is, and before what is compressed.
const PLAIN: &str = "1.";
const COMPRESSED: &str = "1z.";

/// The letters of Base64 for addresses (RFC 4648, section 5).
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What a link holds, its letters read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packed {
    /// The settings' JSON.
    Plain(Vec<u8>),
    /// The same, compressed by raw DEFLATE.
    Compressed(Vec<u8>),
}

impl Packed {
    /// The parameter of a link.
    ///
    /// # Errors
    /// More characters than a link should have, in a sentence without its end.
    pub fn to_parameter(&self) -> Result<String, String> {
        let (kind, bytes) = match self {
            Self::Plain(bytes) => (PLAIN, bytes),
            Self::Compressed(bytes) => (COMPRESSED, bytes),
        };
        let text = format!("{kind}{}", to_letters(bytes));
        if text.len() > LINK_CHARACTERS_AT_MOST {
            return Err(format!(
                "the settings are too long for a link: {} characters, where {LINK_CHARACTERS_AT_MOST} are the most",
                text.len()
            ));
        }
        Ok(text)
    }

    /// What the parameter of a link holds.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence without its end.
    pub fn of_parameter(text: &str) -> Result<Self, String> {
        if text.len() > LINK_CHARACTERS_AT_MOST {
            return Err(format!("it is longer than the {LINK_CHARACTERS_AT_MOST} characters that a link may have"));
        }
        let bytes = |letters: &str| of_letters(letters).ok_or("part of it is missing or was changed".to_owned());
        match (text.strip_prefix(PLAIN), text.strip_prefix(COMPRESSED)) {
            (Some(letters), _) => bytes(letters).map(Self::Plain),
            (_, Some(letters)) => bytes(letters).map(Self::Compressed),
            _ => Err("it was made by another version of Logloupe, or is not whole".to_owned()),
        }
    }
}

/// What of the settings a link may carry.
fn for_link(settings: &Settings) -> Settings {
    let reading = |(path, reading): (&String, &FileReading)| {
        let reading = FileReading { sample: None, unlimited: false, ..reading.clone() };
        (reading != FileReading::default()).then(|| (path.clone(), reading))
    };
    Settings {
        filter: String::new(),
        unlimited: false,
        reading: settings.reading.iter().filter_map(reading).collect(),
        ..settings.clone()
    }
}

/// The settings as the JSON of a link.
pub fn to_link(settings: &Settings) -> String {
    carried::different(&for_link(settings)).to_string()
}

/// The settings of a link's JSON, if they hold.
///
/// # Errors
/// What is wrong with them, in a sentence without its end.
pub fn of_link(json: &[u8]) -> Result<Settings, String> {
    if json.len() > LINK_BYTES_AT_MOST {
        return Err(format!("it holds more than the {LINK_BYTES_AT_MOST} bytes that settings may have"));
    }
    let settings: Settings =
        serde_json::from_slice(json).map_err(|error| format!("its settings cannot be read: {error}"))?;
    if for_link(&settings) != settings {
        return Err("it asks to lift a limit or to filter, which the settings of a link may not".to_owned());
    }
    match settings.mistakes().into_iter().next() {
        Some(mistake) => Err(mistake),
        None => Ok(settings),
    }
}

fn to_letters(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, at| bits << 8 | u32::from(three.get(at).copied().unwrap_or(0)));
        for at in 0..=three.len() {
            text.push(char::from(LETTERS[(bits >> (18 - 6 * at)) as usize & 63]));
        }
    }
    text
}

fn of_letters(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for four in text.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for letter in four {
            bits = bits << 6 | LETTERS.iter().position(|known| known == letter)? as u32;
        }
        bits <<= 6 * (4 - four.len());
        // What is left of the last letter says nothing, and one letter alone is no byte.
        let used = four.len() - 1;
        if used == 0 || bits & ((1 << (8 * (3 - used))) - 1) != 0 {
            return None;
        }
        bytes.extend(bits.to_be_bytes().into_iter().skip(1).take(used));
    }
    Some(bytes)
}
