//! Warms a worker up while nobody waits: the browser compiles hot code well only after it has run for a while.
//!
//! A made-up log is read and reported on by an engine of its own, which is thrown away; nothing of it stays or shows.

use std::fmt::Write;
use std::io::{self, Read};
use std::ops::ControlFlow;

use logloupe::engine::{Engine, Files, look_at};
use logloupe::protocol::{Job, ScanTask};
use logloupe::scan::Limits;
use logloupe::settings::Settings;
use logloupe::source::Source;

/// Lines of the made-up log: enough for the browser to see what is hot, a tenth of a second of work.
const LINES: u32 = 15_000;

struct MadeUp(String);

impl Source for MadeUp {
    fn path(&self) -> &'static str {
        "warm"
    }

    fn size(&self) -> Option<u64> {
        Some(self.0.len() as u64)
    }

    fn open(&self, start: u64) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.0.as_bytes().get(start as usize..).unwrap_or_default()))
    }
}

impl Files for MadeUp {
    fn source(&self, _: u32) -> Option<&dyn Source> {
        Some(self)
    }
}

/// Reads and reports on the made-up log. What goes wrong here goes wrong again, and is told, when a real log is read.
pub fn up() {
    let log = MadeUp(lines());
    let settings = Settings::shipped();
    let Ok((_, spec)) = look_at(&log, &settings) else { return };
    let mut engine = Engine::new(0, Limits { read_bytes: 1 << 20, ..Limits::default() });
    let task = ScanTask { file: 0, start: 0, end: None };
    let Ok(scanned) = engine.read(&log, &task, &spec, &mut |_, _| ControlFlow::Continue(())) else { return };
    let _ =
        engine.run(&Job::Report { settings: Box::new(settings), inputs: vec![scanned.input], rules: Vec::new() }, &log);
}

fn lines() -> String {
    let mut text = String::new();
    let mut state: u32 = 1;
    for line in 0..LINES {
        // A linear congruential generator (Numerical Recipes): what comes out need only vary.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (host, path, agent) = (state >> 24, (state >> 12) % 700, state % 40);
        let written = writeln!(
            text,
            "192.0.2.{host} - - [17/May/2026:10:{:02}:{:02} +0000] \"GET /some/path/{path}?page={} HTTP/1.1\" {} {} \
             \"http://site.example/from/{agent}\" \"Mozilla/5.0 (X11; Linux x86_64; rv:{agent}.0) Gecko/20100101 Firefox/{agent}\"",
            line / 60 % 60,
            line % 60,
            path % 20,
            if path % 9 == 0 { 404 } else { 200 },
            state >> 8,
        );
        debug_assert!(written.is_ok());
    }
    text
}
