//! Any text as a filter: it parses, or it says where it does not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logloupe::error::Error;
use logloupe::query::Filter;

fuzz_target!(|text: &str| {
    if let Err(error) = Filter::parse(text) {
        let Error::Filter { column, message } = error else { panic!("{error:?}") };
        assert!(!message.is_empty() && column <= text.chars().count() + 1, "{column}: {message}");
    }
});
