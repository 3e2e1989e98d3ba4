//! Every sample is told by its content: under the name `unknown` it is read as under its own.

use std::fs;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use logloupe::engine::{Engine, is_known_format, look_at, rejected, try_format};
use logloupe::protocol::{Detected, RowFormat, ScanTask, Trial, Tried};
use logloupe::report::Input;
use logloupe::scan::Limits;
use logloupe::settings::{FileReading, Settings};
use logloupe::source::Source;

struct Memory {
    path: String,
    bytes: Vec<u8>,
}

impl Source for Memory {
    fn path(&self) -> &str {
        &self.path
    }

    fn size(&self) -> Option<u64> {
        Some(self.bytes.len() as u64)
    }

    fn open(&self, start: u64) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.bytes.get(start as usize..).unwrap_or_default()))
    }
}

fn read(path: &str, bytes: &[u8]) -> Input {
    let source = Memory { path: path.to_owned(), bytes: bytes.to_vec() };
    let (_, spec) = look_at(&source, &Settings::shipped()).expect("it is looked at");
    let mut engine = Engine::new(1, Limits::default());
    let task = ScanTask { file: 0, start: 0, end: None };
    engine.read(&source, &task, &spec, &mut |_, _| ControlFlow::Continue(())).expect("it is read").input
}

fn samples(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("samples") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { samples(&path, found) } else { found.push(path) }
    }
}

#[test]
fn a_sample_named_unknown_is_read_the_same() {
    let mut paths = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    samples(&root.join("tests/cases/samples"), &mut paths);
    samples(&root.join("public/sample"), &mut paths);
    assert!(paths.len() >= 5, "{paths:?}");
    for path in paths {
        let bytes = fs::read(&path).expect("a sample");
        let mut named = read(&path.to_string_lossy(), &bytes);
        let unknown = read("unknown", &bytes);
        named.path.clone_from(&unknown.path);
        named.folder.clone_from(&unknown.folder);
        assert_eq!(named, unknown, "{}", path.display());
        assert_eq!(named.accepted + named.rejected + named.skipped, named.lines);
        let (detected, _) =
            look_at(&Memory { path: "unknown".into(), bytes }, &Settings::shipped()).expect("it is looked at");
        assert!(is_known_format(&detected.id), "{} is missing in src/format/known.rs", detected.id);
        let is_log = !path.ends_with("no-log.txt");
        assert_eq!(named.format.is_some(), is_log, "{}: {:?}", path.display(), named.format);
    }
}

const TWO_WAYS: &str = "time;host,src_ip\n2026-01-01;a,192.0.2.1\n2026-01-02;b,192.0.2.2\n";

/// A service's own log, made up.
const OWN: &str = "2026-05-17 10:05:03|192.0.2.1|GET /a?b=c|200|0.250\n\
    2026-05-17 10:05:04|192.0.2.2|GET /|404|0.125\n\
    not a line of it\n";

const OWN_FORMAT: &str =
    "${@timestamp}|${source.ip}|${http.request.method} ${url.path}|${http.response.status_code}|${event.duration}";

fn settings(format: &str) -> Settings {
    let reading = FileReading { format: Some(format.to_owned()), ..FileReading::default() };
    let mut settings = Settings::shipped();
    settings.reading.insert("log".to_owned(), reading);
    settings.formats.insert("ours".to_owned(), OWN_FORMAT.to_owned());
    settings
}

fn detected(log: &str, settings: &Settings) -> (Detected, Vec<u8>) {
    let source = Memory { path: "log".into(), bytes: log.as_bytes().to_vec() };
    look_at(&source, settings).expect("it is looked at")
}

#[test]
fn the_user_overrules_what_a_file_looks_like() {
    let ids = |detected: &Detected| detected.candidates.iter().map(|c| c.id.clone()).collect::<Vec<_>>();
    let (found, _) = detected(TWO_WAYS, &Settings::shipped());
    assert_eq!(ids(&found), ["csv", "csv.semicolon", "unknown"]);
    assert_eq!(found.doubt.as_deref(), Some("it may as well be semicolon-separated with a header"));
    for id in ["csv", "csv.semicolon", "unknown", "ours"] {
        let (chosen, _) = detected(TWO_WAYS, &settings(id));
        assert_eq!((chosen.id.as_str(), chosen.is_chosen, chosen.doubt), (id, true, None));
        assert!(chosen.evidence.starts_with("chosen by you; "), "{}", chosen.evidence);
    }
    let (other, _) = detected(TWO_WAYS, &settings("zeek.http"));
    assert_eq!((other.id.as_str(), other.is_chosen), ("csv", false));
    assert!(other.evidence.starts_with("zeek.http was chosen, but"), "{}", other.evidence);
}

#[test]
fn a_format_of_the_users_is_taken_where_no_other_fits() {
    let mut settings = settings("ours");
    settings.reading.clear();
    let (found, _) = detected(OWN, &settings);
    assert_eq!((found.id.as_str(), found.is_chosen), ("ours", false));
    let access = "192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] \"GET / HTTP/1.1\" 200 5\n";
    assert_eq!(detected(access, &settings).0.id, "access");
}

#[test]
fn a_preview_shows_rows_and_what_is_to_come() {
    let (found, _) = detected(OWN, &settings("ours"));
    let preview = found.preview;
    let fields: Vec<&str> = preview.columns.iter().map(|column| column.field.as_str()).collect();
    let expected =
        "@timestamp event.duration source.ip http.request.method url.path url.query http.response.status_code";
    assert_eq!(fields.join(" "), expected);
    assert_eq!(preview.rows[0][1].as_deref(), Some("250000000"));
    assert_eq!((preview.n_rows, preview.n_lines, preview.expected_rows), (2, 3, Some(2)));
    assert_eq!(preview.lines[0].1, None);
    assert_eq!(preview.lines[2].1.as_deref(), Some("no \"|\" after @timestamp"));
    // A long file is expected to be as its beginning.
    let long = OWN.repeat(3000);
    let rows = detected(&long, &settings("ours")).0.preview.expected_rows.expect("its size is known");
    assert!((5900..6100).contains(&rows), "{rows}");
}

#[test]
fn every_line_that_is_not_understood_can_be_had() {
    let log = OWN.repeat(20);
    let (_, spec) = detected(&log, &settings("ours"));
    let source = Memory { path: "log".into(), bytes: log.into_bytes() };
    let task = ScanTask { file: 0, start: 0, end: None };
    let lines = |format| {
        let bytes = rejected(&source, (&task, 7), &spec, format).expect("it is read");
        String::from_utf8(bytes).expect("text").lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let found = lines(RowFormat::Ndjson);
    assert_eq!(found.len(), 20);
    let first: serde_json::Value = serde_json::from_str(&found[0]).expect("an object");
    assert_eq!((&first["line"], &first["text"]), (&10.into(), &"not a line of it".into()));
    assert_eq!(lines(RowFormat::Csv)[0], "log,10,97,\"no \"\"|\"\" after @timestamp\",not a line of it");
}

#[test]
fn a_sample_reads_every_so_many_th_part_and_says_so() {
    let mut settings = settings("ours");
    settings.reading.entry("*".into()).or_default().sample = Some(4);
    let (found, spec) = detected(&OWN.repeat(3000), &settings);
    let rows = found.preview.expected_rows.expect("its size is known");
    assert!((1480..1520).contains(&rows), "{rows}");
    let source = Memory { path: "log".into(), bytes: OWN.as_bytes().to_vec() };
    let mut engine = Engine::new(1, Limits::default());
    let task = ScanTask { file: 0, start: 0, end: None };
    let input = engine.read(&source, &task, &spec, &mut |_, _| ControlFlow::Continue(())).expect("it is read").input;
    assert_eq!(input.every, 4);
}

#[test]
fn a_format_is_tried_or_proposed_on_the_first_lines() {
    let source = Memory { path: "log".into(), bytes: OWN.as_bytes().to_vec() };
    let tried = |trial: Trial| try_format(&source, &Settings::shipped(), &trial).expect("it is tried");
    let proposed = tried(Trial::Line(OWN.lines().next().expect("a line").to_owned()));
    assert_eq!((proposed.preview.n_rows, proposed.preview.n_lines), (2, 3));
    let pieces: Vec<_> = proposed.pieces.iter().map(|p| (p.text.as_str(), p.name.as_deref())).collect();
    assert_eq!(
        pieces[..3],
        [("2026-05-17 10:05:03", Some("@timestamp")), ("|", None), ("192.0.2.1", Some("source.ip"))]
    );
    let Tried { mistake, .. } = tried(Trial::Pattern("$a$b".into()));
    assert_eq!(mistake.map(|(column, _)| column), Some(3));
}

#[test]
fn a_time_without_a_year_takes_it_from_its_neighbours() {
    let log = "Feb  6 12:14:14 proxy haproxy[14389]: 203.0.113.7:33317 [06/Feb/2021:12:14:14.655] http-in \
        static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 \"GET /index.html HTTP/1.1\"\n\
        Feb  6 12:14:15 proxy haproxy[14389]: Connect from 203.0.113.7:33318 to 192.0.2.9:80 (http-in/HTTP)\n"
        .repeat(3);
    let input = read("unknown", log.as_bytes());
    assert_eq!((input.format.as_deref(), input.accepted), (Some("HAProxy"), 6));
    assert_eq!(input.first.as_deref(), Some("2021-02-06T12:14:14.655Z"));
    assert_eq!(input.last.as_deref(), Some("2021-02-06T12:14:15Z"));
}
