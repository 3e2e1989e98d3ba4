//! Lines that were not understood, all of them, as a file to take away: read again, since only their first are kept.

use crate::error::Error;
use crate::protocol::{RowFormat, ScanTask, decode};
use crate::scan::{Limits, ReadSpec, read_rejected};
use crate::source::Source;

use super::export::write_csv;
use super::open_range;

/// The lines of a range that are not understood. `spec` is the format's specification, `lines_before` how many lines of
/// the file come before the range.
///
/// # Errors
/// The source, and a format specification of another version.
pub fn rejected(
    source: &dyn Source,
    (task, lines_before): (&ScanTask, u64),
    spec: &[u8],
    format: RowFormat,
) -> Result<Vec<u8>, Error> {
    let spec: ReadSpec = decode(spec)?;
    let failed = |error: std::io::Error| Error::Read { path: source.path().into(), message: error.to_string() };
    let (range, mut bytes) = open_range(source, task, &spec).map_err(failed)?;
    let mut out = Vec::new();
    for rejected in read_rejected(&range, &mut bytes, Limits::default()) {
        let line = rejected.line + lines_before;
        match format {
            RowFormat::Csv => {
                let cells = [
                    (false, range.path.to_owned()),
                    (true, line.to_string()),
                    (true, rejected.byte.to_string()),
                    (false, rejected.reason.into_owned()),
                    (false, rejected.text),
                ];
                write_csv(cells.into_iter().map(Some), &mut out);
            }
            RowFormat::Ndjson => {
                let object = serde_json::json!({
                    "file": range.path,
                    "line": line,
                    "byte": rejected.byte,
                    "reason": rejected.reason,
                    "text": rejected.text,
                });
                out.extend_from_slice(object.to_string().as_bytes());
                out.push(b'\n');
            }
        }
    }
    Ok(out)
}
