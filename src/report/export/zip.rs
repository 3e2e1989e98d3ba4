//! A zip archive (PKWARE APPNOTE 6.3, without zip64): members in a given order, deflated, all of one fixed time, so that the
//! same members are the same bytes. The crate that reads archives would bring its writer into every worker.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// 1 January 1980, 00:00: no clock is read.
const TIME: [u8; 4] = [0, 0, 0x21, 0];
/// Version 2.0, names in UTF-8, deflated.
const ABOUT: [u8; 6] = [20, 0, 0, 8, 8, 0];

/// The archive of members by name. **Unit**: less than 4 GiB in all.
pub(super) fn write(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in members {
        let mut crc = Crc::new();
        crc.update(bytes);
        let packed = deflated(bytes);
        let mut about = ABOUT.to_vec();
        about.extend(TIME);
        for number in [crc.sum(), packed.len() as u32, bytes.len() as u32] {
            about.extend(number.to_le_bytes());
        }
        about.extend((name.len() as u16).to_le_bytes());
        about.extend([0; 2]);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&about);
        // No comment, first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend((out.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(about);
        out.extend(name.as_bytes());
        out.extend(packed);
    }
    let start = out.len() as u32;
    let (count, size) = ((members.len() as u16).to_le_bytes(), directory.len() as u32);
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count, count].concat());
    out.extend(size.to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0; 2]);
    out
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes);
    debug_assert!(written.is_ok(), "memory takes all");
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn what_is_put_in_comes_out() {
        let members = [("a.txt".to_owned(), b"aaaaaaaaaaaa".to_vec()), ("b/é.csv".to_owned(), Vec::new())];
        let bytes = write(&members);
        let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("it is an archive");
        for (place, (name, expected)) in members.iter().enumerate() {
            let mut member = archive.by_index(place).expect("it is there");
            let mut found = Vec::new();
            member.read_to_end(&mut found).expect("it is whole");
            assert_eq!((member.name().expect("it has a name").as_ref(), &found), (name.as_str(), expected));
        }
    }
}
