//! Any bytes as a file: its format is told, it is read, its rows are written and its report is made.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logloupe::engine::look_at;
use logloupe::protocol::{Job, RowFormat};
use logloupe::scan::Limits;
use logloupe::settings::Settings;

mod memory;

fuzz_target!(|bytes: &[u8]| {
    let (log, settings) = (memory::Memory(bytes), Settings::shipped());
    let Ok((_, spec)) = look_at(&log, &settings) else { return };
    let (engine, input) = memory::read(&log, &spec, Limits { read_bytes: 64, shard_rows: 3 });
    for format in [RowFormat::Csv, RowFormat::Ndjson] {
        let job = Job::Export { filter: String::new(), format, columns: Vec::new() };
        engine.run(&job, &log).expect("rows are written");
    }
    let job = Job::Report { settings: Box::new(settings), inputs: vec![input], rules: Vec::new() };
    engine.run(&job, &log).expect("a report comes");
});
