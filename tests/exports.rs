//! Exports of a log that means harm: nothing in them is alive, and under a redaction nothing in them tells who somebody is.

#![expect(clippy::unwrap_used, reason = "tests say what they expect by failing")]

#[path = "exports/pdf.rs"]
mod pdf;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::PathBuf;
use std::process::Command;

/// Texts that some program would run, follow, draw or obey.
const ALIVE: [&str; 16] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></table></main><svg onload=alert(1)>",
    "'><a href=javascript:alert(1)>",
    "<!-- ]]> -->",
    "[a](javascript:alert(1))",
    "![a](http://evil.example/p.png)",
    "http://evil.example/x www.evil.example",
    "`code` **bold** _it_ ~~no~~ $x$",
    "| a | b |",
    "# heading",
    "@everyone",
    "=cmd|'/c calc'!A1",
    "a;=1+1",
    "\u{202e}txt.exe\u{2066}\u{200b}",
    "\u{1b}[2J\u{1b}]0;t\u{7}\u{9b}c\u{8}",
];

/// Who asked, as whom, with which query values, and from which pages: what a redaction has to take out.
const ADDRESSES: [&str; 6] =
    ["198.51.100.77", "203.0.113.9", "192.0.2.41", "2001:db8:5::77", "10.1.2.3", "198.51.100.78"];
const USERS: [&str; 3] = ["alice.smith", "bobby", "zoë"];
const VALUES: [&str; 4] = ["hunter2secret", "4111111111111111", "carol@example.net", "union select pw"];
const PAGES: [&str; 2] = ["intranet.example.org", "private-board"];

fn line(address: &str, user: &str, request: &str, referrer: &str, agent: &str) -> String {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let (request, referrer, agent) = (quoted(request), quoted(referrer), quoted(agent));
    format!("{address} - {user} [17/May/2026:10:05:03 +0000] \"{request}\" 200 5 \"{referrer}\" \"{agent}\"\n")
}

fn log() -> String {
    let mut log = String::new();
    for text in ALIVE {
        let one = text.replace(' ', "+");
        log += &line("198.51.100.77", &one, &format!("GET /{one}?q={one} HTTP/1.1"), text, text);
        log += &line("203.0.113.9", "-", &format!("{one} /{one} HTTP/1.1"), &format!("http://x.example/{one}"), text);
        log.push_str(text);
        log.push('\n');
    }
    for (n, address) in ADDRESSES.iter().enumerate() {
        let user = USERS[n % USERS.len()];
        let path = format!("/~{user}/{address}/a?password={}&card={}&mail={}", VALUES[0], VALUES[1], VALUES[2]);
        log += &line(
            address,
            user,
            &format!("GET {path} HTTP/1.1"),
            "https://intranet.example.org/private-board?u=bobby",
            "x",
        );
        let attack = "GET /wp-login.php?id=1%27%20union%20select%20pw%20from%20users--&f=../../etc/passwd HTTP/1.1";
        (0..30).for_each(|_| log += &line(address, user, attack, "-", &format!("agent of {user} at {address}")));
    }
    log
}

/// What the command writes for the log, as text.
fn written(name: &str, arguments: &[&str]) -> String {
    String::from_utf8(bytes(name, arguments)).unwrap()
}

/// What the command writes for the log.
fn bytes(name: &str, arguments: &[&str]) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("exports-{name}"));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("<img src=x onerror=alert(2)> 192.0.2.41.log");
    fs::write(&path, log()).unwrap();
    let (command, rest) = arguments.split_first().unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_logloupe")).arg(command).arg(&path).args(rest).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    run.stdout
}

/// The members of a zip.
fn members(zip: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let places = 0..archive.len();
    let member = |place| {
        let mut member = archive.by_index(place).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        (member.name().unwrap().into_owned(), bytes)
    };
    places.map(member).collect()
}

fn is_odd(letter: char) -> bool {
    (letter.is_control() && letter != '\n')
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[test]
fn a_page_of_html_has_no_tag_but_its_own() {
    const OWN: [&str; 60] = [
        "!DOCTYPE html",
        "html lang=\"en\"",
        "/html",
        "head",
        "/head",
        "body",
        "/body",
        "main",
        "/main",
        "style",
        "/style",
        "title",
        "/title",
        "meta charset=\"utf-8\"",
        "meta name=\"referrer\" content=\"no-referrer\"",
        "meta name=\"viewport\" content=\"width=device-width\"",
        "h1",
        "/h1",
        "h2",
        "/h2",
        "h3",
        "/h3",
        "p",
        "/p",
        "ul",
        "/ul",
        "li",
        "/li",
        "dl",
        "/dl",
        "dt",
        "/dt",
        "dd",
        "/dd",
        "pre dir=\"ltr\"",
        "/pre",
        "table",
        "/table",
        "caption",
        "/caption",
        "thead",
        "/thead",
        "tbody",
        "/tbody",
        "tr",
        "/tr",
        "th scope=\"col\"",
        "th scope=\"col\" class=\"n\"",
        "/th",
        "td",
        "td class=\"n\"",
        "/td",
        "bdi",
        "/bdi",
        "figure",
        "/figure",
        "/svg",
        "/text",
        "figcaption",
        "/figcaption",
    ];
    for (name, arguments) in
        [("html", &["report"][..]), ("html-redacted", &["report", "--redact", "--format", "html"][..])]
    {
        let page = written(name, arguments);
        assert!(page.contains("default-src 'none'") && page.contains("Findings"));
        let mut rest = page.as_str();
        while let Some(at) = rest.find('<') {
            let end = rest[at..].find('>').map(|end| at + end).unwrap();
            let tag = &rest[at + 1..end];
            let is_own = OWN.contains(&tag)
                || tag.starts_with("meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
                || tag.starts_with("p class=\"level\" style=\"background:#")
                || is_of_picture(tag);
            assert!(is_own, "<{tag}>");
            rest = &rest[end + 1..];
        }
        assert_eq!(page.chars().find(|letter| is_odd(*letter)), None);
    }
    assert!(written("html-shown", &["report"]).contains("&lt;script&gt;"), "the texts are there as text");
}

/// Whether a tag of a picture has no attribute but its own.
fn is_of_picture(tag: &str) -> bool {
    let allowed: &[&str] = match tag.split(' ').next().unwrap() {
        "svg" => &["xmlns", "viewBox", "role", "aria-label"],
        "rect" => &["x", "y", "width", "height", "fill"],
        "line" => &["x1", "y1", "x2", "y2", "stroke", "stroke-width"],
        "text" => &["x", "y", "font-size", "font-family", "fill", "text-anchor"],
        _ => return false,
    };
    // Values have no quotes in them: they are escaped.
    let names = tag.split('"').step_by(2).filter_map(|part| part.trim().rsplit(' ').next()?.strip_suffix('='));
    let mut n = 0;
    names.inspect(|_| n += 1).all(|name| allowed.contains(&name)) && n == allowed.len()
}

#[test]
fn a_picture_by_itself_is_marks_and_nothing_else() {
    let members = members(bytes("pictures", &["report", "--format", "zip"]));
    let mut pictures = 0;
    for (name, bytes) in members.iter().filter(|(name, _)| name.starts_with("pictures/")) {
        let text = String::from_utf8(bytes.clone()).unwrap();
        for tag in text.split('<').skip(1).map(|part| part.split('>').next().unwrap()) {
            assert!(["/svg", "/text"].contains(&tag) || is_of_picture(tag.trim_end_matches('/')), "{name}: <{tag}>");
        }
        assert_eq!(text.chars().find(|letter| is_odd(*letter)), None);
        pictures += 1;
    }
    assert!(pictures > 3);
}

#[test]
fn a_pdf_runs_and_opens_nothing() {
    let file = bytes("pdf", &["report", "--format", "pdf"]);
    assert_eq!(file, bytes("pdf-again", &["report", "--format", "pdf", "--jobs", "1"]), "the same bytes again");
    assert!(file.starts_with(b"%PDF-1.7"));
    // Outside of packed streams nothing asks a reader to do anything.
    let mut bare = file.clone();
    while let Some(start) = pdf::find(&bare, b"stream\n", 0) {
        let end = pdf::find(&bare, b"endstream", start).unwrap();
        bare.drain(start..end + 9);
    }
    for word in ["/JavaScript", "/JS", "/AA", "/OpenAction", "/URI", "/Launch", "/EmbeddedFile", "/AcroForm", "/Annots"]
    {
        assert_eq!(pdf::find(&bare, word.as_bytes(), 0), None, "{word}");
    }
    // Lines are broken where a page ends on the right.
    let shown = pdf::text(&file).replace('\n', "");
    assert!(shown.contains("<script>alert(1)</script>"), "texts are there, as text");
    assert_eq!(shown.chars().find(|letter| is_odd(*letter)), None);
}

#[test]
fn nothing_in_markdown_is_more_than_a_letter() {
    for (name, arguments) in [
        ("md", &["report", "--format", "markdown"][..]),
        ("md-redacted", &["report", "--format", "markdown", "--redact"][..]),
    ] {
        let text = written(name, arguments);
        assert!(text.contains("## Findings"));
        for line in text.lines() {
            if line.starts_with("**") {
                assert!(line.ends_with("**") && line.matches('*').count() == 4, "{line}");
                continue;
            }
            let body =
                ["# ", "## ", "### ", "- ", "> "].iter().find_map(|start| line.strip_prefix(start)).unwrap_or(line);
            let is_row = body.starts_with("| ") && body.ends_with(" |");
            let is_line = body.starts_with("| -");
            let mut before = ' ';
            for letter in body.chars() {
                let is_escaped = before == '\\';
                let is_special = "`*_[]!<>#~$@|".contains(letter);
                let is_frame = is_row && letter == '|';
                assert!(!is_special || is_escaped || is_frame || is_line, "{letter} in {line}");
                before = if is_escaped { ' ' } else { letter };
            }
            assert!(!body.replace("\\://", "").contains("://") && !body.contains("www."), "{line}");
        }
        assert_eq!(text.chars().find(|letter| is_odd(*letter)), None);
    }
}

#[test]
fn no_cell_of_a_table_is_a_formula() {
    let rows = written("csv", &["rows", "--format", "csv"]);
    let rejected = bytes_of_rejected();
    let tables = members(bytes("tables", &["report", "--format", "zip"]));
    let tables = tables.into_iter().filter(|(name, _)| name.starts_with("tables/"));
    let tables: Vec<String> = tables.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect();
    assert!(tables.len() > 8);
    let cells: usize = tables.iter().chain([&rows, &rejected]).map(|text| no_formula(text)).sum();
    assert!(cells > 1000);
}

/// The lines that were not understood, for which the command ends with 1.
fn bytes_of_rejected() -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("exports-rejected.log");
    fs::write(&path, log()).unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_logloupe"))
        .arg("rejects")
        .arg(&path)
        .args(["--format", "csv"])
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// How many cells there are, none of which is a formula.
fn no_formula(text: &str) -> usize {
    let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(text.as_bytes());
    let mut cells = 0;
    for record in reader.records() {
        for cell in &record.unwrap() {
            let start = cell.trim_start_matches(|letter: char| letter.is_whitespace() || is_odd(letter)).chars().next();
            let is_number = cell.parse::<f64>().is_ok();
            assert!(is_number || !start.is_some_and(|first| "=+-@＝＋－＠".contains(first)), "{cell:?}");
            cells += 1;
        }
    }
    // A program that takes semicolons for the ends of cells finds none outside of quotes.
    for line in text.lines().filter(|line| line.contains(';')) {
        let (mut quoted, mut outside) = (false, false);
        line.chars().for_each(|letter| match letter {
            '"' => quoted = !quoted,
            ';' if !quoted => outside = true,
            _ => {}
        });
        assert!(!outside, "{line}");
    }
    cells
}

#[test]
fn rows_in_columns_come_back() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let file = bytes("parquet", &["rows", "--format", "parquet"]);
    assert_eq!(file, bytes("parquet-cut", &["rows", "--format", "parquet", "--shard-rows", "7"]), "shards do not show");
    let lines = written("ndjson", &["rows", "--format", "ndjson"]);
    let rows: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let reader = SerializedFileReader::new(bytes::Bytes::from(file)).unwrap();
    let mut n = 0;
    for (row, expected) in reader.get_row_iter(None).unwrap().zip(&rows) {
        for (name, field) in row.unwrap().get_column_iter() {
            let expected = &expected[name];
            let is_same = match field {
                Field::Null => expected.is_null(),
                Field::Str(text) => expected == text,
                Field::Long(number) => expected.as_i64() == Some(*number),
                Field::Double(number) => expected.as_f64() == Some(*number),
                Field::TimestampMicros(_) => name == "@timestamp" && expected.is_string(),
                other => panic!("{name}: {other}"),
            };
            assert!(is_same, "{name}: {field} {expected}");
        }
        n += 1;
    }
    assert_eq!(n, rows.len());
}

#[test]
fn a_redaction_leaves_nobody_to_be_found() {
    for format in ["html", "markdown", "json", "pdf", "zip"] {
        let shown = readable(bytes(&format!("{format}-plain"), &["report", "--format", format]));
        let shown: String = shown.into_values().collect();
        let plain = shown.replace('\\', "");
        let missing: Vec<&&str> = ADDRESSES.iter().chain(&USERS).filter(|text| !plain.contains(**text)).collect();
        assert_eq!(missing, [&""; 0], "the log has them to be found");
        let redacted = readable(bytes(&format!("{format}-hidden"), &["report", "--format", format, "--redact"]));
        for (part, redacted) in &redacted {
            hides_all(&format!("{format} {part}"), redacted);
        }
        let all: String = redacted.into_values().collect::<String>().replace('\\', "");
        assert!(all.contains("198.51.x.x#"), "{format}");
        assert!(
            format == "json" || all.contains("eft out of this file") || all.contains("What was left out"),
            "{format}"
        );
    }
}

/// Every text that a file holds, by where it stands: of a zip its members, of a PDF its pages and all its streams.
fn readable(file: Vec<u8>) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    if file.starts_with(b"PK") {
        for (name, bytes) in members(file) {
            all.extend(readable(bytes).into_iter().map(|(part, text)| (format!("{name} {part}"), text)));
            all.insert(format!("the name of {name}"), name);
        }
    } else if file.starts_with(b"%PDF") {
        all.insert("pages".to_owned(), pdf::text(&file).replace('\n', " "));
        all.insert("pieces".to_owned(), pdf::text(&file).replace('\n', ""));
        for (number, bytes) in pdf::streams(&file) {
            all.insert(format!("stream {number}"), String::from_utf8_lossy(&bytes).into_owned());
        }
        all.insert("bare".to_owned(), String::from_utf8_lossy(&file).into_owned());
    } else {
        all.insert("text".to_owned(), String::from_utf8(file).unwrap());
    }
    all
}

/// Fails where a text tells who somebody is.
fn hides_all(place: &str, redacted: &str) {
    let bare = redacted.replace('\\', "");
    for text in ADDRESSES.iter().chain(&USERS).chain(&VALUES).chain(&PAGES) {
        let forms = [(*text).to_owned(), text.replace(' ', "+"), text.replace(' ', "%20"), text.replace('@', "(at)")];
        // Titles of bookmarks are UTF-16 in digits where they are not plain.
        let wide = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect::<Vec<_>>().concat();
        for form in forms.iter().chain([&wide]) {
            assert!(!redacted.contains(form) && !bare.contains(form), "{place}: {form}");
        }
    }
}
