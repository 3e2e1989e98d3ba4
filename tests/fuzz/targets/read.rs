//! Any bytes as lines of one format: that of the sample in `LOGLOUPE_FUZZ_SAMPLE`.
//!
//! Nothing panics, every line is accounted for, and the account is the same however the bytes are cut.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use logloupe::engine::look_at;
use logloupe::scan::Limits;
use logloupe::settings::Settings;

mod memory;

/// The format of the sample, as [`logloupe::engine::Engine::read`] takes it.
fn spec() -> &'static [u8] {
    static SPEC: OnceLock<Vec<u8>> = OnceLock::new();
    SPEC.get_or_init(|| {
        let path = std::env::var("LOGLOUPE_FUZZ_SAMPLE").expect("LOGLOUPE_FUZZ_SAMPLE names a sample");
        let sample = std::fs::read(&path).expect("the sample is there");
        look_at(&memory::Memory(&sample), &Settings::shipped()).expect("it is looked at").1
    })
}

fuzz_target!(|bytes: &[u8]| {
    // What is compressed is another target's.
    if bytes.len() > 1 && !bytes[0].is_ascii() {
        return;
    }
    let log = memory::Memory(bytes);
    let (_, whole) = memory::read(&log, spec(), Limits::default());
    let (_, pieces) = memory::read(&log, spec(), Limits { read_bytes: 7, shard_rows: 2 });
    assert_eq!(whole, pieces);
});
