//! Encrypted members of a zip: the traditional cipher of APPNOTE.TXT section 6.1, which is weak, and
//! [AE-1 and AE-2](https://www.winzip.com/en/support/aes-encryption/) (AES in counter mode, HMAC-SHA1).

use std::io::{self, Read};

use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use hmac::{Hmac, Mac};
use sha1::Sha1;

use super::super::Bytes;

/// The method that stands for AES; the true one is in the extra field.
const AES_METHOD: u16 = 99;

/// The extra field that says which AES it is.
const AES_FIELD: u16 = 0x9901;

/// Rounds of PBKDF2, as AE-1 and AE-2 have them.
const ROUNDS: u32 = 1000;

/// Bytes of the code of authentication behind the content.
const CODE_BYTES: u64 = 10;

/// How a member is encrypted.
#[derive(Clone, Copy)]
pub enum Lock {
    /// The traditional cipher, and the byte that a right password brings forth.
    Traditional { check: u8 },
    /// AES with keys of so many bytes; `method` is how the content is compressed.
    Aes { key_bytes: usize, method: u16 },
    /// AES of a kind that is not known.
    Unknown,
}

impl Lock {
    /// What a member's header says. `check` is the traditional cipher's byte.
    pub fn of(method: u16, extra: &[u8], check: u8) -> Self {
        if method != AES_METHOD {
            return Self::Traditional { check };
        }
        let mut rest = extra;
        while let [id0, id1, len0, len1, after @ ..] = rest {
            let len = usize::from(u16::from_le_bytes([*len0, *len1]));
            let field = after.get(..len).unwrap_or_default();
            if let (AES_FIELD, [_, _, _, _, strength @ 1..=3, m0, m1]) = (u16::from_le_bytes([*id0, *id1]), field) {
                return Self::Aes { key_bytes: 8 + 8 * usize::from(*strength), method: u16::from_le_bytes([*m0, *m1]) };
            }
            rest = after.get(len..).unwrap_or_default();
        }
        Self::Unknown
    }
}

/// The decrypted bytes of a member of `stored` bytes.
///
/// # Errors
/// `PermissionDenied` where the password does not fit. The traditional cipher lets one wrong password of 256 through,
/// AES one of 65,536; the content's checksum tells then.
pub fn open(mut bytes: Bytes, lock: Lock, password: &[u8], stored: u64) -> io::Result<Bytes> {
    match lock {
        Lock::Unknown => Err(io::Error::new(io::ErrorKind::Unsupported, "its encryption is not supported")),
        Lock::Traditional { check } => {
            let mut keys = Keys::of(password);
            let mut header = [0; 12];
            bytes.read_exact(&mut header)?;
            let last = header.into_iter().map(|byte| keys.decrypt(byte)).last();
            if last != Some(check) {
                return Err(wrong());
            }
            Ok(Box::new(Traditional { bytes, keys }))
        }
        Lock::Aes { key_bytes, .. } => {
            let mut salt = vec![0; key_bytes / 2];
            bytes.read_exact(&mut salt)?;
            let mut keys = vec![0; 2 * key_bytes + 2];
            pbkdf2::pbkdf2_hmac::<Sha1>(password, &salt, ROUNDS, &mut keys);
            let mut verifier = [0; 2];
            bytes.read_exact(&mut verifier)?;
            let (key, rest) = keys.split_at(key_bytes);
            let (mac_key, expected) = rest.split_at(key_bytes);
            if expected != verifier {
                return Err(wrong());
            }
            let overhead = salt.len() as u64 + verifier.len() as u64 + CODE_BYTES;
            let left = stored.saturating_sub(overhead);
            let mac = <Hmac<Sha1> as KeyInit>::new_from_slice(mac_key).map_err(io::Error::other)?;
            let block = Block::new(key)?;
            Ok(Box::new(Aes { bytes, left, block, mac: Some(mac), counter: 0, pad: [0; 16], used: 16 }))
        }
    }
}

fn wrong() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "encrypted: the password does not fit")
}

/// The three keys of the traditional cipher.
struct Keys(u32, u32, u32);

impl Keys {
    fn of(password: &[u8]) -> Self {
        let mut keys = Self(0x1234_5678, 0x2345_6789, 0x3456_7890);
        password.iter().for_each(|byte| keys.update(*byte));
        keys
    }

    fn update(&mut self, byte: u8) {
        self.0 = crc32(self.0, byte);
        self.1 = self.1.wrapping_add(self.0 & 0xFF).wrapping_mul(0x0808_8405).wrapping_add(1);
        self.2 = crc32(self.2, (self.1 >> 24) as u8);
    }

    fn decrypt(&mut self, byte: u8) -> u8 {
        let t = (self.2 | 2) & 0xFFFF;
        let plain = byte ^ ((t.wrapping_mul(t ^ 1) >> 8) as u8);
        self.update(plain);
        plain
    }
}

/// One byte into a CRC-32, without the complements of the checksum. Eight steps a byte are enough for what is rare.
fn crc32(crc: u32, byte: u8) -> u32 {
    (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
}

struct Traditional {
    bytes: Bytes,
    keys: Keys,
}

impl Read for Traditional {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.bytes.read(out)?;
        out.get_mut(..n).unwrap_or_default().iter_mut().for_each(|byte| *byte = self.keys.decrypt(*byte));
        Ok(n)
    }
}

/// AES with a key of 128, 192 or 256 bits.
enum Block {
    Short(Box<Aes128>),
    Middle(Box<Aes192>),
    Long(Box<Aes256>),
}

impl Block {
    fn new(key: &[u8]) -> io::Result<Self> {
        let block = match key.len() {
            16 => Aes128::new_from_slice(key).map(|block| Self::Short(Box::new(block))),
            24 => Aes192::new_from_slice(key).map(|block| Self::Middle(Box::new(block))),
            _ => Aes256::new_from_slice(key).map(|block| Self::Long(Box::new(block))),
        };
        block.map_err(io::Error::other)
    }

    fn encrypt(&self, block: [u8; 16]) -> [u8; 16] {
        let mut block = block.into();
        match self {
            Self::Short(aes) => aes.encrypt_block(&mut block),
            Self::Middle(aes) => aes.encrypt_block(&mut block),
            Self::Long(aes) => aes.encrypt_block(&mut block),
        }
        block.into()
    }
}

struct Aes {
    bytes: Bytes,
    left: u64,
    block: Block,
    /// None once the code was compared.
    mac: Option<Hmac<Sha1>>,
    counter: u128,
    pad: [u8; 16],
    used: usize,
}

impl Read for Aes {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = out.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let n = if most == 0 { 0 } else { self.bytes.read(out.get_mut(..most).unwrap_or_default())? };
        let read = out.get_mut(..n).unwrap_or_default();
        if let Some(mac) = &mut self.mac {
            mac.update(read);
        }
        for byte in read.iter_mut() {
            if self.used == self.pad.len() {
                self.counter += 1;
                self.pad = self.block.encrypt(self.counter.to_le_bytes());
                self.used = 0;
            }
            *byte ^= self.pad.get(self.used).copied().unwrap_or_default();
            self.used += 1;
        }
        self.left -= n as u64;
        if self.left == 0
            && let Some(mac) = self.mac.take()
        {
            let mut code = [0; CODE_BYTES as usize];
            self.bytes.read_exact(&mut code)?;
            if mac.verify_truncated_left(&code).is_err() {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the code of authentication does not fit"));
            }
        }
        Ok(n)
    }
}
