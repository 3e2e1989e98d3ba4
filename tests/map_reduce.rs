//! Files that are read in several places and put together give the report of one reading, byte for byte, however they are
//! dealt out; and what cannot be put together is refused with a sentence.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use zip::unstable::write::FileOptionsExt;
use zip::write::SimpleFileOptions;

/// A folder of its own for a test; removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("logloupe-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn write(&self, path: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, bytes).expect("written");
        path
    }

    /// Maps these files into a part of this name.
    fn map(&self, name: &str, paths: &[&Path], more: &[&str]) -> PathBuf {
        let part = self.0.join(name);
        let mut command = logloupe("map");
        command.args(["--progress", "never"]).args(paths).args(more).arg("--output").arg(&part);
        succeeded(command.output().expect("the command line runs"));
        part
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let removed = fs::remove_dir_all(&self.0);
        assert!(removed.is_ok() || std::thread::panicking());
    }
}

fn logloupe(command: &str) -> Command {
    let mut run = Command::new(env!("CARGO_BIN_EXE_logloupe"));
    run.arg(command);
    run
}

fn succeeded(output: Output) -> Vec<u8> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn analyze(paths: &[&Path], more: &[&str]) -> Vec<u8> {
    let mut command = logloupe("analyze");
    succeeded(
        command.args(["--format", "json", "--progress", "never"]).args(paths).args(more).output().expect("it runs"),
    )
}

fn reduce(parts: &[&Path], more: &[&str]) -> Output {
    logloupe("reduce").args(["--format", "json"]).args(parts).args(more).output().expect("it runs")
}

/// Checks that the parts are refused with these words.
fn refused(parts: &[&Path], more: &[&str], words: &str) {
    let output = reduce(parts, more);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(words), "{said}");
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/samples")
}

/// Every sample, as it would be read below the folder.
fn sample_files() -> Vec<PathBuf> {
    fn below(folder: &Path, files: &mut Vec<PathBuf>) {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        for path in entries {
            if path.is_dir() { below(&path, files) } else { files.push(path) }
        }
    }
    let mut files = Vec::new();
    below(&samples(), &mut files);
    files.sort();
    files
}

#[test]
fn the_report_does_not_depend_on_how_files_are_dealt_out() {
    let folder = Folder::new("dealt");
    let (root, files) = (samples(), sample_files());
    let below = ["--below", root.to_str().expect("a path")];
    let whole = analyze(&[&root], &[]);
    // Into how many parts; how each is read.
    let groupings: [(usize, &[&str]); 4] =
        [(1, &[]), (2, &["--shard-rows", "3"]), (5, &["--jobs", "3", "--range-bytes", "500"]), (files.len(), &[])];
    for (n_parts, cut) in groupings {
        let mut parts: Vec<PathBuf> = Vec::new();
        for number in 0..n_parts {
            let group: Vec<&Path> = files.iter().skip(number).step_by(n_parts).rev().map(PathBuf::as_path).collect();
            parts.push(folder.map(&format!("{n_parts}-{number}.part"), &group, &[&below, cut].concat()));
        }
        let forwards: Vec<&Path> = parts.iter().map(PathBuf::as_path).collect();
        let backwards: Vec<&Path> = forwards.iter().rev().copied().collect();
        assert!(succeeded(reduce(&forwards, &[])) == whole, "{n_parts} parts");
        assert!(succeeded(reduce(&backwards, &[])) == whole, "{n_parts} parts backwards");
    }
}

#[test]
fn models_and_rules_and_a_filter_see_the_rows_of_all_parts() {
    let folder = Folder::new("models");
    let files =
        [samples().join("access/ingress.log"), samples().join("access/traefik.log"), samples().join("zeek/conn.log")];
    let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let rule = folder.write(
        "rule.yml",
        b"title: Any get\nid: 11111111-2222-3333-4444-555555555555\nlogsource:\n  category: webserver\ndetection:\n  get:\n    \
          cs-method: GET\n  condition: get\nlevel: low\n",
    );
    let more = ["--classify", "http.response.status_code", "--rules", rule.to_str().expect("a path")];
    let filter = ["--filter", "http.response.status_code >= 200"];
    let parts: Vec<PathBuf> =
        paths.iter().enumerate().map(|(at, path)| folder.map(&format!("{at}.part"), &[path], &filter)).collect();
    let parts: Vec<&Path> = parts.iter().map(PathBuf::as_path).collect();
    assert!(succeeded(reduce(&parts, &more)) == analyze(&paths, &[&more[..], &filter].concat()));
    let other = ["--filter", "source.ip: *"];
    assert!(succeeded(reduce(&parts, &other)) == analyze(&paths, &other), "another filter");
}

#[test]
fn archives_compressed_files_and_files_of_one_name_keep_their_places() {
    let folder = Folder::new("archives");
    let log = |name: &str| fs::read(samples().join(name)).expect("a sample");
    let packed = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).expect("written");
        encoder.finish().expect("finished")
    };
    let zipped = |options: SimpleFileOptions| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for name in ["zeek/dns.log", "access/traefik.log", "no-log.txt"] {
            writer.start_file(name, options).expect("a member");
            writer.write_all(&log(name)).expect("written");
        }
        writer.finish().expect("finished").into_inner()
    };
    let locked = SimpleFileOptions::default().with_deprecated_encryption(b"open").expect("a password");
    let files = [
        folder.write("b/access.log", &log("access/ingress.log")),
        folder.write("a/access.log", &log("access/traefik.log")),
        folder.write("access.log.gz", &packed(&log("access/forwarded.log"))),
        folder.write("logs.zip", &zipped(SimpleFileOptions::default())),
        folder.write("locked.zip", &zipped(locked)),
    ];
    let paths: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let password = ["--password", "open"];
    let whole = analyze(&paths, &password);
    let backwards: Vec<&Path> = paths.iter().rev().copied().collect();
    assert!(analyze(&backwards, &password) == whole, "files of one name are ordered by where they are");
    let first = folder.map("first.part", &[paths[0], paths[3]], &password);
    let second = folder.map("second.part", &[paths[4], paths[2], paths[1]], &password);
    assert!(succeeded(reduce(&[&second, &first], &password)) == whole);
    refused(&[&second, &first], &[], "locked.zip");
    let bytes = fs::read(&second).expect("the part");
    assert!(!bytes.windows(4).any(|four| four == b"open"), "a part does not hold the password");
}

#[test]
fn files_out_of_reach_are_named_or_carried_or_left_without_lines() {
    let folder = Folder::new("reach");
    let text = fs::read(samples().join("access/ingress.log")).expect("a sample");
    let log = folder.write("access.log", &text);
    let whole = analyze(&[&log], &[]);
    let plain = folder.map("plain.part", &[&log], &[]);
    let carrying = folder.map("carrying.part", &[&log], &["--with-files"]);
    let mut command = logloupe("map");
    let mut piped = command.arg("-").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
    piped.stdin.take().expect("its input").write_all(&text).expect("written");
    let piped = folder.write("piped.part", &succeeded(piped.wait_with_output().expect("it ends")));

    // A copy has another time and the same hash.
    fs::remove_file(&log).expect("removed");
    fs::write(&log, &text).expect("written again");
    assert!(succeeded(reduce(&[&plain], &[])) == whole);

    fs::write(&log, [&text[..text.len() - 2], b"x\n"].concat()).expect("changed");
    refused(&[&plain], &[], "access.log");
    fs::remove_file(&log).expect("removed");
    refused(&[&plain], &[], "--with-files");
    assert!(succeeded(reduce(&[&carrying], &[])) == whole);
    let figures = |report: &[u8]| {
        let mut report: serde_json::Value = serde_json::from_slice(report).expect("JSON");
        assert!(report["findings"].as_array().is_some_and(|findings| !findings.is_empty()), "there are lines to show");
        for finding in report["findings"].as_array_mut().expect("findings") {
            for line in finding["evidence"].as_array_mut().expect("lines") {
                line["text"] = serde_json::Value::Null;
            }
        }
        (report["findings"].take(), report["traffic"].take(), report["inputs"].take())
    };
    assert_eq!(figures(&succeeded(reduce(&[&plain], &["--without-lines"]))), figures(&whole));
    let stdin: serde_json::Value = serde_json::from_slice(&succeeded(reduce(&[&piped], &[]))).expect("JSON");
    assert_eq!(stdin["inputs"][0]["path"], "stdin");
    assert_ne!(stdin["findings"][0]["evidence"][0]["text"], "");
}

#[test]
fn what_cannot_be_put_together_is_refused_with_a_sentence() {
    let folder = Folder::new("refused");
    let log = samples().join("access/ingress.log");
    let other = samples().join("access/traefik.log");
    let part = folder.map("a.part", &[&log], &[]);
    let again = folder.map("b.part", &[&log, &other], &[]);
    refused(&[&part, &again], &[], "ingress.log is in ");
    let east = folder.map("c.part", &[&other], &["--timezone", "+02:00"]);
    refused(&[&part, &east], &[], "setting reading.*");
    refused(&[&log], &[], "no part that `logloupe map` wrote");
    let bytes = fs::read(&part).expect("the part");
    let older = [b"logloupe part 0, 0.0.9\n", &bytes[40..]].concat();
    refused(&[&folder.write("older.part", &older)], &[], "found `logloupe part 0, 0.0.9`");
    for at in [30, 100, bytes.len() / 2, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        refused(&[&folder.write("damaged.part", &damaged)], &[], "damaged");
        refused(&[&folder.write("cut.part", &bytes[..at])], &[], "damaged");
    }
    refused(&[&part], &["--filter", "a:"], "filter");
    let mut command = logloupe("map");
    let outside = command.arg(&log).arg("--below").arg(&folder.0).output().expect("it runs");
    assert!(String::from_utf8_lossy(&outside.stderr).contains("is not below"));
}
