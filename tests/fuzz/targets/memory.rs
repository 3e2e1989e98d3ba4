//! Bytes in memory as a source.

use std::io::{self, Read};
use std::ops::ControlFlow;

use logloupe::engine::{Engine, Files};
use logloupe::protocol::ScanTask;
use logloupe::report::Input;
use logloupe::scan::Limits;
use logloupe::source::Source;

/// A file in memory.
pub struct Memory<'a>(pub &'a [u8]);

impl Source for Memory<'_> {
    fn path(&self) -> &'static str {
        "folder/log"
    }

    fn size(&self) -> Option<u64> {
        Some(self.0.len() as u64)
    }

    fn open(&self, start: u64) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.0.get(start as usize..).unwrap_or_default()))
    }
}

impl Files for Memory<'_> {
    fn source(&self, file: u32) -> Option<&dyn Source> {
        (file == 0).then_some(self as &dyn Source)
    }
}

/// Reads the bytes as the format says; every line must be accounted for.
pub fn read(log: &Memory<'_>, spec: &[u8], limits: Limits) -> (Engine, Input) {
    let mut engine = Engine::new(7, limits);
    let task = ScanTask { file: 0, start: 0, end: None };
    let scanned = engine.read(log, &task, spec, &mut |_, _| ControlFlow::Continue(()));
    let input = scanned.expect("memory is read").input;
    assert_eq!(input.accepted + input.rejected + input.skipped, input.lines);
    assert_eq!(input.accepted, engine.store().shards.iter().map(|shard| shard.table.n_rows as u64).sum::<u64>());
    (engine, input)
}
