//! Every sample is told by its content: under the name `unknown` it is read as under its own.

use std::fs;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use logloupe::engine::{Engine, look_at};
use logloupe::protocol::ScanTask;
use logloupe::report::Input;
use logloupe::scan::Limits;
use logloupe::settings::Settings;
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
        let is_log = !path.ends_with("no-log.txt");
        assert_eq!(named.format.is_some(), is_log, "{}: {:?}", path.display(), named.format);
    }
}
