//! What container runtimes put around a line: Docker's JSON and Kubernetes' CRI prefix.
//! Specification: <https://docs.docker.com/engine/logging/drivers/json-file/>,
//! <https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md>.
//!
//! ```text
//! {"log":"line\n","stream":"stdout","time":"2026-05-17T10:05:03.1Z"}
//! 2026-05-17T10:05:03.1Z stdout F line
//! ```

use memchr::memmem::find;

use crate::units::Micros;

use super::super::timestamp;

/// The time that the runtime wrote, and the line inside; the line itself where nothing is around it.
pub fn unwrap<'a>(line: &'a [u8], scratch: &'a mut Vec<u8>) -> (Option<Micros>, &'a [u8]) {
    match line.first() {
        Some(b'{') => docker(line, scratch).unwrap_or((None, line)),
        Some(b'0'..=b'9') => cri(line).unwrap_or((None, line)),
        _ => (None, line),
    }
}

fn cri(line: &[u8]) -> Option<(Option<Micros>, &[u8])> {
    let at = memchr::memchr(b' ', line.get(..40.min(line.len()))?)?;
    let rest = line.get(at..)?;
    let body = rest.strip_prefix(b" stdout F ").or_else(|| rest.strip_prefix(b" stderr F "))?;
    Some((timestamp::parse(line.get(..at)?).map(|stamp| stamp.time), body))
}

fn docker<'a>(line: &'a [u8], scratch: &'a mut Vec<u8>) -> Option<(Option<Micros>, &'a [u8])> {
    let text = string(line, b"\"log\":\"").or_else(|| string(line, b"\"message\":\""))?;
    let time = string(line, b"\"time\":\"").and_then(timestamp::parse).map(|stamp| stamp.time);
    scratch.clear();
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        // Query and access logs have quotes in them; what else JSON escapes stays as it is written.
        match if byte == b'\\' { bytes.next() } else { None } {
            None => scratch.push(byte),
            Some(b'n' | b'r') => scratch.push(b' '),
            Some(plain @ (b'"' | b'\\' | b'/')) => scratch.push(plain),
            Some(other) => scratch.extend([b'\\', other]),
        }
    }
    Some((time, scratch.trim_ascii()))
}

/// The JSON string that follows the first `key`, as it is written.
fn string<'a>(line: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let text = line.get(find(line, key)? + key.len()..)?;
    let mut is_escaped = false;
    let end = text.iter().position(|&byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    text.get(..end?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, time: Option<&str>, body: &str) {
        let mut scratch = Vec::new();
        let (found, text) = unwrap(line.as_bytes(), &mut scratch);
        assert_eq!(found.map(Micros::to_rfc3339).as_deref(), time, "{line}");
        assert_eq!(String::from_utf8_lossy(text), body);
    }

    #[test]
    fn what_stands_around_a_line_is_taken_off() {
        check(
            r#"{"log":"[INFO] \"A\" \\x16 \u003c\n","stream":"stdout","time":"2026-05-17T10:05:03.5Z"}"#,
            Some("2026-05-17T10:05:03.500Z"),
            r#"[INFO] "A" \x16 \u003c"#,
        );
        check("2026-05-17T10:05:03.5+00:00 stdout F a line", Some("2026-05-17T10:05:03.500Z"), "a line");
        check("2026-05-17T10:05:03.5Z [INFO] a", None, "2026-05-17T10:05:03.5Z [INFO] a");
        check(r#"{"log":"open"#, None, r#"{"log":"open"#);
    }
}
