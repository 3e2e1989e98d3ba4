//! Exports of a log that means harm: nothing in them is alive, and under a redaction nothing in them tells who somebody is.

#![expect(clippy::unwrap_used, reason = "tests say what they expect by failing")]

use std::fs;
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

/// What the command writes for the log.
fn written(name: &str, arguments: &[&str]) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("exports-{name}"));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("<img src=x onerror=alert(2)> 192.0.2.41.log");
    fs::write(&path, log()).unwrap();
    let (command, rest) = arguments.split_first().unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_logloupe")).arg(command).arg(&path).args(rest).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

fn is_odd(letter: char) -> bool {
    (letter.is_control() && letter != '\n')
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[test]
fn a_page_of_html_has_no_tag_but_its_own() {
    const OWN: [&str; 52] = [
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
        "figcaption",
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
                || tag == "/figcaption"
                || tag.starts_with("meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
                || tag.starts_with("svg viewBox=\"0 0 960 120\" role=\"img\" aria-label=\"Rows over time: ")
                || tag.strip_prefix("rect x=\"").is_some_and(|rest| rest.ends_with("fill=\"#0072b2\"/"));
            assert!(is_own, "<{tag}>");
            rest = &rest[end + 1..];
        }
        assert_eq!(page.chars().find(|letter| is_odd(*letter)), None);
    }
    assert!(written("html-shown", &["report"]).contains("&lt;script&gt;"), "the texts are there as text");
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
    let text = written("csv", &["rows", "--format", "csv"]);
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
    assert!(cells > 1000);
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
}

#[test]
fn a_redaction_leaves_nobody_to_be_found() {
    let sensitive = || ADDRESSES.iter().chain(&USERS).chain(&VALUES).chain(&PAGES);
    for format in ["html", "markdown"] {
        let shown = written(&format!("{format}-plain"), &["report", "--format", format]);
        let plain = shown.replace('\\', "");
        let missing: Vec<&&str> = ADDRESSES.iter().chain(&USERS).filter(|text| !plain.contains(**text)).collect();
        assert_eq!(missing, [&""; 0], "the log has them to be found");
        let redacted = written(&format!("{format}-hidden"), &["report", "--format", format, "--redact"]);
        let bare = redacted.replace('\\', "");
        for text in sensitive() {
            for form in
                [(*text).to_owned(), text.replace(' ', "+"), text.replace(' ', "%20"), text.replace('@', "(at)")]
            {
                assert!(!redacted.contains(&form) && !bare.contains(&form), "{format}: {form}");
            }
        }
        assert!(bare.contains("198.51.x.x#") && bare.contains("left out of this file"), "{format}");
    }
}
