//! Numbers from bytes, without a detour over text.

/// A whole number of decimal digits only.
///
/// **Null**: none for anything else, and for what does not fit.
pub fn digits(bytes: &[u8]) -> Option<i64> {
    if bytes.is_empty() || bytes.len() > 19 {
        return None;
    }
    let mut value: i64 = 0;
    for &byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(i64::from(digit))?;
    }
    Some(value)
}

/// A whole number with an optional sign.
pub fn integer(bytes: &[u8]) -> Option<i64> {
    match bytes.strip_prefix(b"-") {
        Some(rest) => digits(rest).map(|n| -n),
        None => digits(bytes.strip_prefix(b"+").unwrap_or(bytes)),
    }
}

/// A number with decimals; not infinite, not NaN.
pub fn float(bytes: &[u8]) -> Option<f64> {
    let number: f64 = std::str::from_utf8(bytes).ok()?.parse().ok()?;
    number.is_finite().then_some(number)
}

/// A decimal number of seconds in units of `10^-decimals` seconds, cut after that.
pub fn seconds_scaled(bytes: &[u8], decimals: usize) -> Option<i64> {
    let (negative, bytes) = bytes.strip_prefix(b"-").map_or((false, bytes), |rest| (true, rest));
    let (whole, fraction) = match memchr::memchr(b'.', bytes) {
        Some(at) => (bytes.get(..at)?, bytes.get(at + 1..)?),
        None => (bytes, &[][..]),
    };
    if !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut value = digits(whole)?;
    for place in 0..decimals {
        let digit = fraction.get(place).map_or(0, |&byte| i64::from(byte - b'0'));
        value = value.checked_mul(10)?.checked_add(digit)?;
    }
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_are_numbers() {
        assert_eq!(digits(b"0042"), Some(42));
        assert_eq!(digits(b""), None);
        assert_eq!(digits(b"4x"), None);
        assert_eq!(digits(b"9223372036854775808"), None);
        assert_eq!(integer(b"-7"), Some(-7));
        assert_eq!(float(b"inf"), None);
        assert_eq!(float(b"0.25"), Some(0.25));
    }

    #[test]
    fn seconds_keep_their_decimals() {
        assert_eq!(seconds_scaled(b"1258569169.198923", 6), Some(1_258_569_169_198_923));
        assert_eq!(seconds_scaled(b"0.5", 9), Some(500_000_000));
        assert_eq!(seconds_scaled(b"-1.25", 3), Some(-1250));
        assert_eq!(seconds_scaled(b"1.2.3", 3), None);
        assert_eq!(seconds_scaled(b"99999999999999", 6), None);
    }
}
