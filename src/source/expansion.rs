//! How far something compressed may expand before it is taken for a bomb: counted while it expands, stopped with the
//! numbers.

use std::io;

use serde::{Deserialize, Serialize};

/// The limits. **Unit**: bytes, and bytes out for each byte in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expansion {
    /// Bytes out for each byte in; logs of one repeated line reach a hundred.
    pub ratio: u64,
    /// Bytes out up to which any ratio is fine.
    pub free_bytes: u64,
    /// Bytes that come out of one stream, and of all members of one archive.
    pub total_bytes: u64,
    /// Members of an archive, those of archives in it among them.
    pub members: usize,
}

impl Default for Expansion {
    fn default() -> Self {
        Self { ratio: 200, free_bytes: 64 << 20, total_bytes: 16 << 30, members: 100_000 }
    }
}

impl Expansion {
    /// No limit but those of memory, which always hold.
    pub const UNLIMITED: Self =
        Self { ratio: u64::MAX, free_bytes: u64::MAX, total_bytes: u64::MAX, members: usize::MAX };

    /// The limits that hold under this setting.
    pub fn of(unlimited: bool) -> Self {
        if unlimited { Self::UNLIMITED } else { Self::default() }
    }
}

/// How to go on where a limit stopped the reading.
pub const HOW_TO_GO_ON: &str = "if it is no bomb, read it without limits";

/// Bytes that went into a decompressor and came out of it.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    limits: Expansion,
    bytes_in: u64,
    bytes_out: u64,
}

impl Meter {
    /// Nothing went through yet.
    pub fn new(limits: Expansion) -> Self {
        Self { limits, bytes_in: 0, bytes_out: 0 }
    }

    /// Takes note of bytes that went in and came out.
    ///
    /// # Errors
    /// The limit that they are beyond, with the numbers.
    pub fn note(&mut self, bytes_in: u64, bytes_out: u64) -> io::Result<()> {
        self.bytes_in += bytes_in;
        self.bytes_out += bytes_out;
        let Expansion { ratio, free_bytes, total_bytes, .. } = self.limits;
        if self.bytes_out > total_bytes {
            return Err(io::Error::other(format!(
                "it expands to more than the limit of {total_bytes} bytes; {HOW_TO_GO_ON}"
            )));
        }
        if self.bytes_out > free_bytes && self.bytes_out > self.bytes_in.saturating_mul(ratio) {
            return Err(io::Error::other(format!(
                "{} bytes expanded to {}, more than {ratio} for one; {HOW_TO_GO_ON}",
                self.bytes_in, self.bytes_out
            )));
        }
        Ok(())
    }
}
