//! Any bytes as something that holds a log: compressed, an archive, archives in it, another encoding.
//!
//! Nothing panics, memory stays bounded, and the text is the same however it is read.
#![no_main]

use std::io::{self, Cursor, Read};
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use logloupe::source::archive::{Access, Address, MemberSource, members};
use logloupe::source::expansion::Expansion;
use logloupe::source::{Bytes, Root, Source, content};

/// What is undone of each file at most: a bomb is another test's.
const ENOUGH: u64 = 1 << 20;

#[derive(Clone)]
struct Memory(Arc<[u8]>);

impl Source for Memory {
    fn path(&self) -> &'static str {
        "file"
    }

    fn size(&self) -> Option<u64> {
        Some(self.0.len() as u64)
    }

    fn open(&self, start: u64) -> io::Result<Box<dyn Read + '_>> {
        Ok(self.stream(start)?)
    }
}

impl Root for Memory {
    fn stream(&self, start: u64) -> io::Result<Bytes> {
        let mut bytes = Cursor::new(self.0.clone());
        bytes.set_position(start);
        Ok(Box::new(bytes))
    }
}

/// The text of a source, read so many bytes at a time, and whether it broke off.
fn text(source: &dyn Source, at_once: usize) -> (Vec<u8>, bool) {
    let Ok((_, mut bytes)) = content::open(source, Expansion::default()) else { return (Vec::new(), true) };
    let (mut text, mut buffer) = (Vec::new(), vec![0; at_once]);
    loop {
        match bytes.read(&mut buffer) {
            Ok(0) => return (text, false),
            Ok(n) if (text.len() + n) as u64 > ENOUGH => return (text, false),
            Ok(n) => text.extend_from_slice(&buffer[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return (text, true),
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let file = Memory(bytes.into());
    let (whole, pieces) = (text(&file, 1 << 16), text(&file, 7));
    if (whole.0.len() as u64) < ENOUGH / 2 {
        assert_eq!(whole, pieces);
    }
    for password in [None, Some("secret")] {
        let access = Access::new(file.clone(), Expansion::default());
        let Ok(Some(listing)) = members(&access, password) else { return };
        for member in listing.members.into_iter().take(20) {
            let address = member.address.to_bytes();
            assert!(Address::of_bytes(&address).is_some());
            text(&MemberSource::new(access.clone(), member.below("file")), 4096);
        }
    }
});
