//! What must be the same in a browser as natively: the same checks run on both, in Chromium through `make test`.

use std::fmt::Write;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_browser);

/// The mathematics of scores and trust must not depend on the machine's own library: these are bits, not near values.
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn logarithm_and_powers_give_the_same_bits_everywhere() {
    check(libm::log, &[0.1, 0.7, 256.0, 1e300], "c0026bb1bbb55515 bfd6d3c324e13f50 40162e42fefa39ef 4085963447f87fb5");
    check(libm::exp, &[0.1, -0.7, 1.5, 600.0], "3ff1aec7b35a00d4 3fdfc80db9dd5542 4011ed3fe64fc541 76088a122d234b39");
    check(
        |x| libm::pow(2.0, x),
        &[0.1, -0.7, 1.5, 600.1],
        "3ff125fbee250664 3fe3b2c47bff8329 4006a09e667f3bcc 657125fbee2506b0",
    );
}

/// Numbers in a report are printed by Rust on both sides: shortest text that reads back as the same number.
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
fn numbers_of_a_report_are_written_the_same_everywhere() {
    let numbers = serde_json::json!([0.1, 1.0 / 3.0, 1e21, 5e-324, u64::MAX, i64::MIN]);
    assert_eq!(numbers.to_string(), "[0.1,0.3333333333333333,1e+21,5e-324,18446744073709551615,-9223372036854775808]");
}

fn check(function: impl Fn(f64) -> f64, inputs: &[f64], expected: &str) {
    let mut bits = String::new();
    for input in inputs {
        write!(bits, "{:016x} ", function(*input).to_bits()).expect("a string takes any text");
    }
    assert_eq!(bits.trim_end(), expected);
}
