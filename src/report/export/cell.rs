//! Cells of CSV (RFC 4180) that are only text, whatever program opens them.

use crate::report::fix::is_odd;

/// A text as a cell that no spreadsheet runs: what begins as a formula, in letters of full width too, gets an apostrophe in
/// front (OWASP, *CSV injection*), and so does what begins with what spreadsheets pass over.
pub fn text_cell(text: &str) -> String {
    let passed = |letter: char| letter.is_whitespace() || letter.is_control() || is_odd(letter);
    let is_formula = text.trim_start_matches(passed).starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let runs = is_formula || text.starts_with(['\t', '\r', '\n']);
    if runs { plain_cell(&format!("'{text}")) } else { plain_cell(text) }
}

/// A cell of our own, as it is: in quotes where it needs them, also where a program takes semicolons or tabs for the ends
/// of cells.
pub fn plain_cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r', ';', '\t']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_runs_nothing() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            (" \u{200b}=1+1", "' \u{200b}=1+1"),
            ("＝1", "'＝1"),
            ("\t=1", "\"'\t=1\""),
            ("-5 to 3", "'-5 to 3"),
            ("a;=1+1", "\"a;=1+1\""),
            ("a,\"b\"", "\"a,\"\"b\"\"\""),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(text_cell(text), expected, "{text:?}");
        }
        assert_eq!(plain_cell("@timestamp"), "@timestamp");
    }
}
