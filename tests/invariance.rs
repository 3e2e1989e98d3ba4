//! No line is lost and no way of reading changes the report, on real logs, which are not part of the project.
//!
//! Each report must be the same, byte for byte, however the reading is cut: read buffers, shards, ranges, threads, gzip.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Logs to check: folder below the data, and the largest share of lines that may be rejected.
const LOGS: [(&str, f64); 8] = [
    ("cloudwatch", 0.0),
    ("apache_elastic", 0.001),
    ("modern_access", 0.001),
    ("zanbil", 0.001),
    ("agung_attack", 0.01),
    ("ch4n3_honeypot", 0.01),
    ("ocatak_attack/acunetix.txt", 0.01),
    ("zeek_brobeat", 0.0),
];

/// Ways to cut the reading: bytes asked at once, rows of a shard, bytes of a range, threads.
const CUTS: [[&str; 4]; 6] = [
    ["1", "65536", "16777216", "1"],
    ["7", "1000", "16777216", "2"],
    ["100", "1", "16777216", "1"],
    ["16777216", "1000", "50000", "5"],
    ["100", "333", "4096", "2"],
    ["65536", "65536", "777", "5"],
];

fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("LOGLOUPE_DATA").map(PathBuf::from);
    if folder.is_none() {
        println!("LOGLOUPE_DATA is not set: these checks did not run");
    }
    folder
}

fn report(path: &Path, more: &[&str]) -> Vec<u8> {
    said(&["analyze"], path, more)
}

/// What a command says of a log.
fn said(command: &[&str], path: &Path, more: &[&str]) -> Vec<u8> {
    let run = Command::new(env!("CARGO_BIN_EXE_logloupe"))
        .args(command)
        .args(["--format", "json", "--progress", "never"])
        .args(more)
        .arg(path)
        .output()
        .expect("the command line runs");
    assert!(run.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&run.stderr));
    run.stdout
}

fn parsed(path: &Path) -> Value {
    serde_json::from_slice(&report(path, &[])).expect("the report is JSON")
}

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no count"))
}

#[test]
fn no_line_of_a_file_is_lost() {
    let Some(data) = data() else { return };
    for (log, most_rejected) in LOGS {
        let report = parsed(&data.join(log));
        let (mut lines, mut rejected) = (0, 0);
        for input in report["inputs"].as_array().expect("inputs") {
            let of = |name: &str| count(&input[name]);
            assert_eq!(of("accepted") + of("rejected") + of("skipped"), of("lines"), "{}", input["path"]);
            let on_disk = data.join(log).parent().map(|p| p.join(input["path"].as_str().unwrap_or_default()));
            let bytes = fs::read(on_disk.expect("a folder")).expect("the log");
            let newlines = memchr::memchr_iter(b'\n', &bytes).count() as u64;
            let open = u64::from(bytes.last().is_some_and(|b| *b != b'\n'));
            assert_eq!(of("lines"), newlines + open, "{}", input["path"]);
            assert_eq!(of("size_bytes"), bytes.len() as u64, "{}", input["path"]);
            lines += of("lines");
            rejected += of("rejected");
        }
        let share = rejected as f64 / lines as f64;
        println!("{log}: {lines} lines, {rejected} rejected");
        assert!(share <= most_rejected, "{log}: {rejected} of {lines} lines are rejected");
    }
}

#[test]
fn one_class_is_refused_with_a_sentence() {
    let Some(data) = data() else { return };
    let report = report(&data.join("cloudwatch"), &["--classify", "rule.name"]);
    let report: Value = serde_json::from_slice(&report).expect("JSON");
    let classifier = &report["models"]["classifiers"][0];
    let refused = classifier["refused"].as_str().expect("it is refused");
    assert!(refused.contains("Suspicious Web Traffic"), "{refused}");
    assert_eq!(classifier["trust"]["verdict"], "meaningless");
}

#[test]
fn the_report_does_not_depend_on_how_the_reading_is_cut() {
    let Some(data) = data() else { return };
    for (log, _) in LOGS {
        let path = data.join(log);
        let whole = report(&path, &[]);
        for [read_bytes, shard_rows, range_bytes, jobs] in CUTS {
            let cut =
                ["--read-bytes", read_bytes, "--shard-rows", shard_rows, "--range-bytes", range_bytes, "--jobs", jobs];
            assert!(report(&path, &cut) == whole, "{log} differs with {cut:?}");
        }
        let packed = Packed::new(&path);
        let whole = unhashed(&whole);
        for more in [&[][..], &["--jobs", "5", "--shard-rows", "10"]] {
            assert!(unhashed(&report(&packed.path, more)) == whole, "{log} differs compressed");
        }
    }
}

#[test]
fn what_studies_say_does_not_depend_on_how_the_reading_is_cut() {
    let Some(data) = data() else { return };
    let path = data.join("apache_elastic");
    let model = std::env::temp_dir().join(format!("logloupe-{}-model.json", std::process::id()));
    let with = model.to_string_lossy();
    said(&["model", "train", "--model", "isolation-forest", "--save", &with], &path, &[]);
    let studies: [&[&str]; 5] = [
        &["model", "forecast", "--errors-from", "400"],
        &["model", "plant", "--rows", "300"],
        &["model", "plant", "--rows", "300", "--with", &with],
        &["model", "agree", "--with", &with],
        &["model", "map"],
    ];
    for study in studies {
        let whole = said(study, &path, &[]);
        let value: Value = serde_json::from_slice(&whole).expect("JSON");
        assert!(value["refused"].is_null(), "{study:?}: {}", value["refused"]);
        for [read_bytes, shard_rows, range_bytes, jobs] in CUTS {
            let cut =
                ["--read-bytes", read_bytes, "--shard-rows", shard_rows, "--range-bytes", range_bytes, "--jobs", jobs];
            assert!(said(study, &path, &cut) == whole, "{study:?} differs with {cut:?}");
        }
    }
    fs::remove_file(model).expect("the model that was saved");
}

/// The report without the hashes of the files, which are those of what is stored.
fn unhashed(report: &[u8]) -> Vec<u8> {
    let is_kept = |line: &&[u8]| !line.trim_ascii_start().starts_with(b"\"sha256\"");
    report.split(|b| *b == b'\n').filter(is_kept).collect::<Vec<_>>().join(&b'\n')
}

/// The same file or folder with every file gzipped, below a folder of the same name; removed in the end.
struct Packed {
    root: PathBuf,
    path: PathBuf,
}

impl Packed {
    fn new(path: &Path) -> Self {
        let name = path.file_name().expect("a name");
        let root = std::env::temp_dir().join(format!("logloupe-{}-{}", std::process::id(), name.to_string_lossy()));
        let packed = if path.is_dir() {
            pack_folder(path, &root.join(name));
            root.join(name)
        } else {
            fs::create_dir_all(&root).expect("a folder");
            pack(path, &root)
        };
        Self { root, path: packed }
    }
}

impl Drop for Packed {
    fn drop(&mut self) {
        let removed = fs::remove_dir_all(&self.root);
        assert!(removed.is_ok() || std::thread::panicking());
    }
}

fn pack_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            pack_folder(&path, &to.join(path.file_name().expect("a name")));
        } else {
            pack(&path, to);
        }
    }
}

fn pack(from: &Path, to: &Path) -> PathBuf {
    let path = to.join(format!("{}.gz", from.file_name().expect("a name").to_string_lossy()));
    let file = fs::File::create(&path).expect("a file");
    let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    encoder.write_all(&fs::read(from).expect("the log")).expect("written");
    encoder.finish().expect("finished");
    path
}
