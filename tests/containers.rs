//! A log is the same log however it is stored: compressed, in an archive, in another encoding. Damage, bombs and passwords
//! are named, and what can be read is.

use std::fs;
use std::io::{self, Cursor, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use logloupe::engine::{Engine, look_at, read_lines};
use logloupe::protocol::ScanTask;
use logloupe::report::{Input, Reject};
use logloupe::scan::Limits;
use logloupe::settings::Settings;
use logloupe::source::archive::{Access, Address, Listing, MemberSource, members};
use logloupe::source::expansion::Expansion;
use logloupe::source::{Bytes, Root, Source, content};
use proptest::prelude::*;
use serde_json::Value;
use sevenz_rust2::{ArchiveEntry, ArchiveWriter, EncoderMethod};
use zip::write::SimpleFileOptions;

// ------------------------------------------------------------------------------------------------------ what is read

#[derive(Clone)]
struct Memory {
    path: String,
    bytes: Arc<[u8]>,
}

impl Memory {
    fn new(path: &str, bytes: &[u8]) -> Self {
        Self { path: path.into(), bytes: bytes.into() }
    }
}

impl Source for Memory {
    fn path(&self) -> &str {
        &self.path
    }

    fn size(&self) -> Option<u64> {
        Some(self.bytes.len() as u64)
    }

    fn open(&self, start: u64) -> io::Result<Box<dyn Read + '_>> {
        Ok(self.stream(start)?)
    }
}

impl Root for Memory {
    fn stream(&self, start: u64) -> io::Result<Bytes> {
        let mut bytes = Cursor::new(self.bytes.clone());
        bytes.set_position(start);
        Ok(Box::new(bytes))
    }
}

/// The account of a source, read so many bytes at a time.
fn account(source: &dyn Source, read_bytes: usize) -> Input {
    let (_, spec) = look_at(source, &Settings::shipped()).expect("it is looked at");
    let mut engine = Engine::new(1, Limits { read_bytes, shard_rows: 3 });
    let task = ScanTask { file: 0, start: 0, end: None };
    engine.read(source, &task, &spec, &mut |_, _| ControlFlow::Continue(())).expect("it is read").input
}

/// An archive's members as sources, and what was skipped.
fn opened(bytes: &[u8], password: Option<&str>, limits: Expansion) -> (Vec<MemberSource<Memory>>, Listing) {
    let access = Access::new(Memory::new("a", bytes), limits);
    let listing = members(&access, password).expect("it is listed").expect("it is an archive");
    let sources = listing.members.iter().map(|member| MemberSource::new(access.clone(), member.clone().below("a")));
    (sources.collect(), listing)
}

type Pairs = Vec<(String, String)>;

/// Paths of the members and their texts, then what was skipped and why.
fn unpacked(bytes: &[u8]) -> (Pairs, Pairs) {
    let (sources, listing) = opened(bytes, None, Expansion::default());
    let members = sources.iter().map(|source| (source.path().to_owned(), text(source)));
    (members.collect(), skipped(&listing))
}

fn skipped(listing: &Listing) -> Pairs {
    listing.skipped.iter().map(|skipped| (skipped.path.clone(), skipped.reason.clone())).collect()
}

fn text(source: &dyn Source) -> String {
    let mut text = String::new();
    let read = content::open(source, Expansion::default()).expect("it opens").1.read_to_string(&mut text);
    read.map_or_else(|error| error.to_string(), |_| text)
}

fn owned(pairs: &[(&str, &str)]) -> Pairs {
    pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

// ---------------------------------------------------------------------------------------------------- how it is made

fn log(lines: u64) -> String {
    let line = |n| {
        let (host, path) = (n % 250, n * 7919 % 1009);
        format!("192.0.2.{host} - - [17/May/2026:10:05:{:02} +0000] \"GET /p{path} HTTP/1.1\" 200 {n}\n", n % 60)
    };
    (0..lines).map(line).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).expect("an encoder");
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

type Packer = fn(&[u8]) -> Vec<u8>;

const PACKERS: [(&str, Packer); 4] = [("gz", gzip), ("bz2", bzip2), ("xz", xz), ("zst", zstd)];

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        if path.ends_with('/') {
            header.set_entry_type(tar::EntryType::Directory);
        }
        header.set_mtime(1_700_000_000);
        builder.append_data(&mut header, path, *bytes).expect("appended");
    }
    builder.into_inner().expect("finished")
}

fn zip_with(files: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        if path.ends_with('/') {
            writer.add_directory(*path, options).expect("a folder");
            continue;
        }
        writer.start_file(*path, options).expect("begun");
        writer.write_all(bytes).expect("written");
    }
    writer.finish().expect("finished").into_inner()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    zip_with(files, SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated))
}

type Files<'a> = [(&'a str, &'a [u8])];

/// A 7z whose members stand in one block, or each in its own.
fn seven_zip(files: &Files<'_>, method: EncoderMethod, is_solid: bool) -> Vec<u8> {
    let mut archive = ArchiveWriter::new(Cursor::new(Vec::new())).expect("memory is written");
    archive.set_content_methods(vec![method.into()]);
    let entry = |name: &str| match name.strip_suffix('/') {
        Some(folder) => ArchiveEntry::new_directory(folder),
        None => ArchiveEntry::new_file(name),
    };
    let (solid, single): (Vec<_>, Vec<_>) = files.iter().partition(|(_, bytes)| is_solid && !bytes.is_empty());
    if !solid.is_empty() {
        let entries = solid.iter().map(|(name, _)| entry(name)).collect();
        let bytes = solid.iter().map(|(_, bytes)| (*bytes).into()).collect();
        archive.push_archive_entries(entries, bytes).expect("memory is written");
    }
    for (name, bytes) in single {
        archive
            .push_archive_entry(entry(name), Some(bytes).filter(|bytes| !bytes.is_empty()))
            .expect("memory is written");
    }
    archive.finish().expect("memory is written").into_inner()
}

/// Methods that 7z writes, but for filters and ciphers.
const METHODS: [EncoderMethod; 6] = [
    EncoderMethod::COPY,
    EncoderMethod::LZMA,
    EncoderMethod::LZMA2,
    EncoderMethod::PPMD,
    EncoderMethod::BZIP2,
    EncoderMethod::DEFLATE,
];

// --------------------------------------------------------------------------------------------------------- encodings

#[test]
fn every_encoding_gives_the_same_rows_and_lines() {
    let plain = log(50);
    let expected = account(&Memory::new("log", plain.as_bytes()), 1 << 20);
    assert_eq!(expected.accepted, 50);
    let utf16 = |mark: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("{mark}{plain}").encode_utf16().flat_map(bytes).collect()
    };
    let variants = [
        utf16("", u16::to_le_bytes),
        utf16("", u16::to_be_bytes),
        utf16("\u{FEFF}", u16::to_le_bytes),
        utf16("\u{FEFF}", u16::to_be_bytes),
        plain.replace('\n', "\r").into_bytes(),
        gzip(&utf16("\u{FEFF}", u16::to_le_bytes)),
    ];
    for (at, bytes) in variants.iter().enumerate() {
        let source = Memory::new("log", bytes);
        for read_bytes in [1, 7, 100, 1 << 20] {
            assert_eq!(account(&source, read_bytes), expected, "variant {at}, {read_bytes} at a time");
        }
        assert_eq!(raw(&source, plain.find('\n').expect("a line") as u64 + 1, 9), "192.0.2.1", "variant {at}");
    }
    let marked = format!("\u{FEFF}{plain}");
    assert_eq!(account(&Memory::new("log", marked.as_bytes()), 7).accepted, 50);
    let crlf = plain.replace('\n', "\r\n");
    assert_eq!(account(&Memory::new("log", crlf.as_bytes()), 7).accepted, 50);
    let open = plain.trim_end();
    assert_eq!(account(&Memory::new("log", open.as_bytes()), 7).accepted, 50);
}

fn raw(source: &Memory, byte: u64, length: u32) -> String {
    struct One<'a>(&'a Memory);
    impl logloupe::engine::Files for One<'_> {
        fn source(&self, _: u32) -> Option<&dyn Source> {
            Some(self.0)
        }
    }
    read_lines(&One(source), 0, &[(byte, length)]).expect("it is read").concat()
}

#[test]
fn bytes_that_are_no_text_are_escaped_and_counted() {
    let bytes = b"192.0.2.1 - - [17/May/2026:10:05:03 +0000] \"GET /caf\xE9 HTTP/1.1\" 200 5\n\0\0\0\n";
    let input = account(&Memory::new("log", bytes), 7);
    assert_eq!((input.lines, input.accepted, input.rejected), (2, 1, 1));
}

#[test]
fn a_file_without_lines_has_no_rows_and_no_error() {
    let zeek = "#separator \\x09\n#path\thttp\n#fields\tts\tuid\n#types\ttime\tstring\n#close\t2026-01-01-00-00-00\n";
    for bytes in [&b""[..], b"\n\n", &gzip(b""), &xz(b""), &bzip2(b""), zeek.as_bytes()] {
        let input = account(&Memory::new("log", bytes), 7);
        assert_eq!((input.accepted, input.rejected), (0, 0));
        assert_eq!(input.warnings, Vec::<String>::new());
    }
}

// -------------------------------------------------------------------------------------------------------- compression

#[test]
fn every_compression_gives_the_same_account_in_any_pieces() {
    let plain = log(3000);
    let (first, rest) = plain.as_bytes().split_at(plain.len() / 3);
    let expected = account(&Memory::new("log", plain.as_bytes()), 1 << 20);
    for (ending, pack) in PACKERS {
        let path = format!("log.{ending}");
        let several = [pack(first), pack(rest)].concat();
        for bytes in [pack(plain.as_bytes()), several] {
            for read_bytes in [1, 7, 100, 1 << 20] {
                let input = account(&Memory::new(&path, &bytes), read_bytes);
                assert_eq!(input, expected, "{ending}, {read_bytes} at a time");
            }
        }
    }
}

#[test]
fn a_format_that_changes_midway_is_seen_through_any_compression() {
    let error = "2026/05/17 10:00:00 [error] 7#7: *1 open() \"/x\" failed (2: No such file or directory)\n";
    let changing = log(4000) + &error.repeat(4000);
    let plain = account(&Memory::new("log", changing.as_bytes()), 1 << 20);
    assert_eq!((plain.accepted, plain.rejected), (8000, 0), "{:?}", plain.format);
    for (name, pack) in PACKERS {
        let packed = account(&Memory::new("log", &pack(changing.as_bytes())), 1 << 20);
        assert_eq!((packed.format, packed.accepted), (plain.format.clone(), 8000), "{name}");
    }
}

#[test]
fn rows_before_a_damage_are_kept_and_the_damage_is_named() {
    let plain = log(30_000);
    for (ending, pack) in PACKERS {
        let mut cut = pack(plain.as_bytes());
        cut.truncate(cut.len() * 9 / 10);
        let mut changed = pack(plain.as_bytes());
        let at = changed.len() * 9 / 10;
        changed[at] ^= 0x55;
        for (how, bytes) in [("cut", cut), ("changed", changed)] {
            let expected = account(&Memory::new("log", &bytes), 1 << 20);
            assert!(expected.accepted > 10_000, "{ending} {how}: {} rows", expected.accepted);
            let is_cut = |reject: &Reject| reject.reason == "the file breaks off in this line";
            assert!(expected.rejects.iter().filter(|reject| is_cut(reject)).count() <= 1, "{ending} {how}");
            let warnings = expected.warnings.join("; ");
            assert!(warnings.starts_with("reading stopped after byte "), "{ending} {how}: {warnings}");
            assert!(
                warnings.contains(" data is damaged") || warnings.contains(" data ends before its end"),
                "{ending} {how}: {warnings}"
            );
            for read_bytes in [7, 1000] {
                assert_eq!(account(&Memory::new("log", &bytes), read_bytes), expected, "{ending} {how}");
            }
        }
    }
}

#[test]
fn what_is_behind_a_compression_is_told() {
    let padded = [gzip(b"one\n"), vec![0; 1000]].concat();
    assert_eq!(text(&Memory::new("log", &padded)), "one\n");
    let followed = [gzip(b"one\n"), b"garbage".to_vec()].concat();
    let warnings = account(&Memory::new("log", &followed), 7).warnings.concat();
    assert!(warnings.contains("what follows its member 1 is no gzip"), "{warnings}");
}

#[test]
fn a_bomb_is_stopped_with_its_numbers_and_read_when_asked() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![b'\n'; 80 << 20]).expect("written");
    let bytes = encoder.finish().expect("finished");
    let source = Memory::new("bomb.gz", &bytes);
    let input = account(&source, 1 << 20);
    let warnings = input.warnings.concat();
    assert!(warnings.contains(" bytes expanded to ") && warnings.contains("more than 200 for one"), "{warnings}");
    assert!(input.lines >= 64 << 20 && input.lines < 66 << 20, "{}", input.lines);
    let mut bytes = content::open(&source, Expansion::UNLIMITED).expect("it opens").1;
    assert_eq!(io::copy(&mut bytes, &mut io::sink()).expect("it is read"), 80 << 20);
}

#[test]
fn a_dictionary_too_large_for_memory_is_refused() {
    // A frame that wants a window of 2 GiB: magic, descriptor, window descriptor, one empty last block.
    let zstd = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA8, 0x01, 0x00, 0x00];
    let warnings = account(&Memory::new("log", &zstd), 7).warnings.concat();
    assert!(warnings.contains("damaged"), "{warnings}");
}

// ---------------------------------------------------------------------------------------------------------- archives

#[test]
fn an_archive_becomes_its_members() {
    let files: [(&str, &[u8]); 8] = [
        ("var/", b""),
        ("./var/log/a.log", b"a 1\na 2\n"),
        ("var/log/b.log.gz", &gzip(b"b 1\n")),
        ("empty.log", b""),
        ("__MACOSX/var/._a.log", b"junk"),
        ("var/.DS_Store", b"junk"),
        ("var/log/c.log", b"c 1\n"),
        ("var/log/d.log.xz", &xz(b"d 1\n")),
    ];
    let expected = [
        ("a/var/log/a.log", "a 1\na 2\n"),
        ("a/var/log/b.log.gz", "b 1\n"),
        ("a/var/log/c.log", "c 1\n"),
        ("a/var/log/d.log.xz", "d 1\n"),
    ];
    let not_read = [
        ("var/", "a folder"),
        ("empty.log", "empty"),
        ("__MACOSX/var/._a.log", "a file of the operating system"),
        ("var/.DS_Store", "a file of the operating system"),
    ];
    let stored = zip_with(&files, SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored));
    let mut archives = vec![("zip", zip(&files)), ("stored zip", stored), ("tar", tar(&files))];
    archives.extend(PACKERS.map(|(name, pack)| (name, pack(&tar(&files)))));
    for (name, bytes) in archives {
        let (members, skipped) = unpacked(&bytes);
        assert_eq!(members, owned(&expected), "{name}");
        assert_eq!(skipped, owned(&not_read), "{name}");
    }
}

#[test]
fn a_7z_becomes_its_members() {
    let (first, second) = (log(3000), log(10));
    let files: [(&str, &[u8]); 5] = [
        ("logs/first.log", first.as_bytes()),
        ("logs/second.log.gz", &gzip(second.as_bytes())),
        ("third.zip", &zip(&[("in.log", b"in 1\n")])),
        ("logs/", b""),
        ("empty.log", b""),
    ];
    let read =
        [("a/logs/first.log", first.as_str()), ("a/logs/second.log.gz", &second), ("a/third.zip/in.log", "in 1\n")];
    for method in METHODS {
        for is_solid in [false, true] {
            let (members, skipped) = unpacked(&seven_zip(&files, method, is_solid));
            assert_eq!(members, owned(&read), "{method:?}, solid: {is_solid}");
            assert_eq!(skipped, owned(&[("logs", "a folder"), ("empty.log", "empty")]), "{method:?}");
        }
    }
    let filtered = seven_zip(&files[..1], EncoderMethod::DELTA_FILTER, false);
    let reason = "a filter for programs or a rare method, which is not supported";
    assert_eq!(unpacked(&filtered).1, owned(&[("logs/first.log", reason)]));
}

#[test]
fn a_damaged_7z_gives_what_is_before_the_damage() {
    let (first, second) = (log(20_000), log(20));
    let bytes = seven_zip(&[("1.log", first.as_bytes()), ("2.log", second.as_bytes())], EncoderMethod::LZMA2, false);
    let mut damaged = bytes.clone();
    let last = bytes.len() - 400;
    damaged[last / 2..last / 2 + 8].fill(0x55);
    let (sources, _) = opened(&damaged, None, Expansion::default());
    let input = account(&sources[0], 100);
    assert_eq!(input.warnings.len(), 1, "{:?}", input.warnings);
    assert_eq!(account(&sources[0], 7), input);
    assert_eq!(account(&sources[1], 100).accepted, 20);
    // The directory stands at the end.
    let mut cut = bytes;
    cut.truncate(last);
    let (_, listing) = opened(&cut, None, Expansion::default());
    assert!(listing.skipped[0].reason.contains("could not be read any further"), "{:?}", listing.skipped);
}

#[test]
fn a_bomb_in_a_7z_is_stopped_with_its_numbers() {
    let bytes = seven_zip(&[("x.log", &b"x\n".repeat(1 << 20))], EncoderMethod::LZMA2, false);
    let tight = Expansion { ratio: 10, free_bytes: 100_000, ..Expansion::default() };
    let (sources, _) = opened(&bytes, None, tight);
    let input = account(&sources[0], 100);
    assert!(input.warnings.concat().contains("more than 10 for one"), "{:?}", input.warnings);
    assert!(input.lines > 10_000, "{}", input.lines);
}

#[test]
fn members_are_read_in_any_order_and_from_any_byte() {
    let texts: Vec<String> = (1..6).map(|n| log(n * 200)).collect();
    let names: Vec<String> = (0..texts.len()).map(|n| format!("{n}.log")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(String::as_str).zip(texts.iter().map(String::as_bytes)).collect();
    let solid = |method| seven_zip(&files, method, true);
    let archives = [
        ("zip", zip(&files)),
        ("tar", tar(&files)),
        ("tar.gz", gzip(&tar(&files))),
        ("7z", solid(EncoderMethod::LZMA2)),
        ("7z, PPMd", solid(EncoderMethod::PPMD)),
    ];
    for (name, bytes) in archives {
        let (sources, _) = opened(&bytes, None, Expansion::default());
        for at in [4, 0, 3, 3, 1, 2, 4] {
            assert_eq!(text(&sources[at]), texts[at], "{name}: {at}");
            let mut rest = String::new();
            sources[at].open(1000).expect("it opens").read_to_string(&mut rest).expect("it is read");
            assert_eq!(rest, texts[at][1000..], "{name}: {at}");
        }
    }
}

#[test]
fn an_address_crosses_as_bytes() {
    let (_, listing) = opened(&gzip(&tar(&[("x.log", b"x\n")])), None, Expansion::default());
    let address = &listing.members[0].address;
    assert!(Address::of_bytes(&address.to_bytes()).as_ref() == Some(address));
    assert!(Address::of_bytes(b"no address").is_none());
}

#[test]
fn archives_are_opened_three_deep() {
    let four = zip(&[("deep.log", b"deep\n")]);
    let three = gzip(&tar(&[("four.zip", &four), ("three.log", b"three\n")]));
    let two = zip(&[("three.tar.gz", &three), ("two.log", b"two\n")]);
    let one = tar(&[("two.zip", &two), ("one.log", b"one\n")]);
    let (members, skipped) = unpacked(&one);
    let expected =
        [("a/two.zip/three.tar.gz/three.log", "three\n"), ("a/two.zip/two.log", "two\n"), ("a/one.log", "one\n")];
    assert_eq!(members, owned(&expected));
    assert_eq!(skipped, owned(&[("two.zip/three.tar.gz/four.zip", "an archive in 3 others is not opened")]));
}

#[test]
fn encrypted_members_wait_for_their_password() {
    let aes = SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes256, "sesame");
    let (inner, lines) = (log(500), log(500));
    let archive = zip_with(&[("secret.log", inner.as_bytes())], aes);
    let (sources, listing) = opened(&archive, None, Expansion::default());
    assert!(sources.is_empty() && listing.locked == 1);
    assert_eq!(skipped(&listing), owned(&[("secret.log", "encrypted: it needs a password")]));
    let (sources, listing) = opened(&archive, Some("simsalabim"), Expansion::default());
    assert!(sources.is_empty() && listing.locked == 1);
    assert_eq!(skipped(&listing), owned(&[("secret.log", "encrypted: the password does not fit")]));
    let (sources, listing) = opened(&archive, Some("sesame"), Expansion::default());
    assert_eq!((text(&sources[0]), listing.locked), (lines, 0));
}

#[test]
fn the_traditional_cipher_of_zip_is_opened() {
    let (sources, listing) = opened(&traditional(), Some("sesame"), Expansion::default());
    assert_eq!(skipped(&listing), Vec::new());
    assert_eq!(text(&sources[0]), "in secret\n");
}

/// A member under the traditional cipher, encrypted here as the format's note says.
fn traditional() -> Vec<u8> {
    let content = b"in secret\n";
    let mut crc = flate2::Crc::new();
    crc.update(content);
    let crc = crc.sum();
    let step = |crc: u32, byte: u8| {
        (0..8).fold(crc ^ u32::from(byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 })
    };
    let mut keys = [0x1234_5678_u32, 0x2345_6789, 0x3456_7890];
    let update = |keys: &mut [u32; 3], byte: u8| {
        keys[0] = step(keys[0], byte);
        keys[1] = keys[1].wrapping_add(keys[0] & 0xFF).wrapping_mul(134_775_813).wrapping_add(1);
        keys[2] = step(keys[2], (keys[1] >> 24) as u8);
    };
    b"sesame".iter().for_each(|byte| update(&mut keys, *byte));
    let plain = [&[7_u8; 11][..], &[(crc >> 24) as u8], content].concat();
    let cipher: Vec<u8> = plain
        .iter()
        .map(|byte| {
            let t = (keys[2] | 2) & 0xFFFF;
            let out = byte ^ ((t * (t ^ 1)) >> 8) as u8;
            update(&mut keys, *byte);
            out
        })
        .collect();
    let sizes = [crc.to_le_bytes(), (cipher.len() as u32).to_le_bytes(), (content.len() as u32).to_le_bytes()].concat();
    let both = [&[20, 0, 1, 0, 0, 0, 0, 0, 0x21, 0x5C][..], &sizes, &[1, 0, 0, 0]].concat();
    let local = [&b"PK\x03\x04"[..], &both, b"s", &cipher].concat();
    let central = [&b"PK\x01\x02\x14\x00"[..], &both, &[0; 14], b"s"].concat();
    let end = [(central.len() as u32).to_le_bytes(), (local.len() as u32).to_le_bytes()].concat();
    [&local[..], &central, b"PK\x05\x06\0\0\0\0\x01\0\x01\0", &end, &[0, 0]].concat()
}

#[test]
fn a_damaged_member_is_named_and_the_rest_is_read() {
    let (first, second) = (log(2000), log(20));
    let mut bytes = zip(&[("first.log", first.as_bytes()), ("second.log", second.as_bytes())]);
    bytes[4000] ^= 0x55;
    let (sources, _) = opened(&bytes, None, Expansion::default());
    let input = account(&sources[0], 100);
    assert_eq!(input.warnings.len(), 1, "{:?}", input.warnings);
    assert_eq!(account(&sources[1], 100).accepted, 20);
    let mut cut = tar(&[("first.log", first.as_bytes()), ("second.log", second.as_bytes())]);
    cut.truncate(1000);
    let (sources, _) = opened(&cut, None, Expansion::default());
    let warnings = account(&sources[0], 100).warnings.concat();
    assert!(warnings.contains("before the end of this member"), "{warnings}");
}

#[test]
fn limits_of_archives_are_named() {
    let files: Vec<(String, Vec<u8>)> = (0..5).map(|n| (format!("{n}.log"), vec![b'x'; 100])).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let few = Expansion { members: 3, ..Expansion::default() };
    let (sources, listing) = opened(&tar(&files), None, few);
    assert_eq!((sources.len(), listing.skipped.len()), (3, 1));
    assert!(listing.skipped[0].reason.contains("beyond the limit of 3 members"), "{:?}", listing.skipped);
    let small = Expansion { total_bytes: 250, ..Expansion::default() };
    let (sources, listing) = opened(&zip(&files), None, small);
    assert_eq!((sources.len(), listing.skipped.len()), (2, 3));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_as_any_container_end_in_an_account(
        kind in 0..8_usize,
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..8),
        cut in any::<proptest::sample::Index>(),
        noise in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let plain = log(20);
        let mut bytes = match kind {
            4 => zip(&[("a.log", plain.as_bytes()), ("b/c.log", b"x\n")]),
            5 => tar(&[("a.log", plain.as_bytes()), ("b/c.log", b"x\n")]),
            6 => [&[0x1F, 0x8B, 8][..], &noise].concat(),
            7 => seven_zip(&[("a.log", plain.as_bytes()), ("b/c.log", b"x\n")], METHODS[noise.len() % METHODS.len()], true),
            packer => PACKERS[packer].1(plain.as_bytes()),
        };
        for (place, byte) in damage {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        if kind % 2 == 0 {
            bytes.truncate(cut.index(bytes.len() + 1));
        }
        let root = Memory::new("a", &bytes);
        let access = Access::new(root.clone(), Expansion::default());
        let listing = members(&access, Some("password")).expect("memory is read");
        let sources = listing.into_iter().flat_map(|listing| listing.members);
        for source in sources.map(|member| MemberSource::new(access.clone(), member)) {
            prop_assert_eq!(account(&source, 1), account(&source, 100));
        }
        let input = account(&root, 7);
        prop_assert_eq!(input.accepted + input.rejected + input.skipped, input.lines);
    }
}

// ---------------------------------------------------------------------------------------------------- the command line

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("logloupe-containers-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).expect("written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let removed = fs::remove_dir_all(&self.0);
        assert!(removed.is_ok() || std::thread::panicking());
    }
}

fn report(path: &Path, more: &[&str]) -> Value {
    let run = Command::new(env!("CARGO_BIN_EXE_logloupe"))
        .args(["analyze", "--format", "json", "--progress", "never"])
        .args(more)
        .arg(path)
        .output()
        .expect("the command line runs");
    assert!(run.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).expect("the report is JSON")
}

/// The report without what names the file: its path, folder, hash, and the archive.
fn nameless(mut report: Value, path: &str) -> String {
    report["archives"] = Value::Null;
    let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned();
    for input in report["inputs"].as_array_mut().expect("inputs") {
        assert_eq!((input["path"].as_str(), input["folder"].as_str()), (Some(path), Some(folder.as_str())));
        input["sha256"] = Value::Null;
    }
    let text = serde_json::to_string(&report).expect("text");
    text.replace(path, "PATH").replace(&format!("\"{folder}\""), "\"FOLDER\"")
}

#[test]
fn the_report_is_the_same_however_the_log_is_stored() {
    let sample = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("public/sample/shop-access.log")).expect("a log");
    let sample = &sample[..sample.len().min(200_000)];
    let folder = Folder::new("stored");
    let plain = nameless(report(&folder.file("shop.log", sample), &[]), "shop.log");
    for (ending, pack) in PACKERS {
        let path = folder.file(&format!("shop.log.{ending}"), &pack(sample));
        assert!(nameless(report(&path, &[]), "shop.log") == plain, "{ending} differs");
        let path = folder.file(&format!("shop.tar.{ending}"), &pack(&tar(&[("logs/shop.log", sample)])));
        let packed = nameless(report(&path, &["--jobs", "3"]), &format!("shop.tar.{ending}/logs/shop.log"));
        assert!(packed == plain, "tar.{ending} differs");
    }
    for (name, bytes) in [("shop.zip", zip(&[("shop.log", sample)])), ("shop.tar", tar(&[("shop.log", sample)]))] {
        let path = folder.file(name, &bytes);
        for cut in [&["--jobs", "1"][..], &["--jobs", "5", "--range-bytes", "5000", "--read-bytes", "100"]] {
            assert!(nameless(report(&path, cut), &format!("{name}/shop.log")) == plain, "{name} differs");
        }
    }
}

#[test]
fn files_and_archives_are_hashed_as_stored() {
    let folder = Folder::new("hashed");
    let archive = zip(&[("x.log", b"x\n"), ("empty.log", b"")]);
    folder.file("a.zip", &archive);
    folder.file("b.log", b"abc");
    let report = report(&folder.0, &[]);
    let mut digest = logloupe::source::digest::Digest::default();
    digest.update(&archive);
    let hash = digest.finish();
    assert_eq!(report["inputs"][0]["sha256"], hash);
    assert_eq!(report["archives"][0]["sha256"], hash);
    assert_eq!(report["archives"][0]["members"], 1);
    assert_eq!(report["archives"][0]["skipped"][0]["reason"], "empty");
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(report["inputs"][1]["sha256"], abc);
}

#[test]
fn a_password_opens_an_archive_and_stays_out_of_the_report() {
    let folder = Folder::new("locked");
    let aes = SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes128, "open sesame");
    let path = folder.file("a.zip", &zip_with(&[("x.log", log(30).as_bytes())], aes));
    let locked = report(&path, &[]);
    assert_eq!(locked["inputs"].as_array().map(Vec::len), Some(0));
    assert_eq!(locked["archives"][0]["skipped"][0]["reason"], "encrypted: it needs a password");
    let open = report(&path, &["--password", "open sesame"]);
    assert_eq!(open["rows"]["total"], 30);
    assert!(!open.to_string().contains("sesame"));
}
