//! Who may import whom: the rooms of `src/`, checked on every test run.
//!
//! The engine's picture is a line, `source → format → table → enrich → profile, rules, models → report → protocol → host`, and it
//! stays one only if nothing reaches back or sideways. This is a scan of the source's tokens (comments and strings left out), not
//! a compiler: it sees `crate::…`, `logloupe::…` and `super::…` paths, `use` groups included. A test module inside a room may
//! borrow what it likes of the library; the rest of the rules hold there too.

use std::fs;
use std::path::{Path, PathBuf};

/// One room: what it may name of the library beside itself, and why nothing else.
struct Room {
    name: &'static str,
    may: &'static [&'static str],
    why: &'static str,
}

const ROOMS: &[Room] = &[
    Room { name: "units", may: &[], why: "units are what all else is written in" },
    Room { name: "error", may: &[], why: "every room returns the one error, so it can know none of them" },
    Room {
        name: "schema",
        may: &["units", "error"],
        why: "the list of columns is what formats, tables and views agree on, so it depends on none of them",
    },
    Room {
        name: "settings",
        may: &["schema", "units", "error"],
        why: "settings are plain types that every room may read, so they know none of them",
    },
    Room {
        name: "source",
        may: &["settings", "units", "error"],
        why: "a source gives bytes and lines and does not care what is written in them",
    },
    Room {
        name: "format",
        may: &["schema", "source::lines", "source::elements", "settings", "units", "error"],
        why: "a format turns one line into a record; where lines come from and where records go is scan's affair",
    },
    Room {
        name: "table",
        may: &["schema", "settings", "units", "error"],
        why: "a table stores typed columns of any origin; filling it is scan's affair, asking it query's",
    },
    Room { name: "report/param", may: &[], why: "a parameter's value is a number or a word, whoever sets it" },
    Room {
        name: "report/types",
        may: &["report::param", "query", "schema", "settings", "units", "error"],
        why: "the report's shape is what rooms fill and hosts read, so it knows none of those who fill it",
    },
    Room {
        name: "report/account",
        may: &["report::types", "schema", "settings", "units", "error"],
        why: "accounts of ranges are put together by whoever read them, so this knows only the account's shape",
    },
    Room {
        name: "scan",
        may: &["report::types", "source", "format", "table", "schema", "settings", "units", "error"],
        why: "scan is the only place where format and table meet, and it ends at the shard",
    },
    Room {
        name: "enrich",
        may: &["table", "schema", "settings", "units", "error"],
        why: "derived columns come from columns alone, so that they can be made again for any table",
    },
    Room {
        name: "query",
        may: &["table", "schema", "settings", "units", "error"],
        why: "a question is answered on columns, stored or derived alike; it must not know how they came about",
    },
    Room {
        name: "profile",
        may: &["report::types", "table", "schema", "query", "enrich", "settings", "units", "error"],
        why: "a panel's numbers come from the table; what profile, rules and models share moves down, never sideways",
    },
    Room {
        name: "rules",
        may: &["report::types", "table", "schema", "query", "enrich", "settings", "units", "error"],
        why: "a check reads the table; what profile, rules and models share moves down, never sideways",
    },
    Room {
        name: "models",
        may: &["report::types", "table", "schema", "query", "enrich", "settings", "units", "error"],
        why: "a model reads the table; what profile, rules and models share moves down, never sideways",
    },
    Room {
        name: "report",
        may: &[
            "source", "format", "table", "scan", "enrich", "query", "profile", "rules", "models", "schema", "settings",
            "units", "error",
        ],
        why: "the report collects results; it starts no work and knows neither engine nor host",
    },
    Room {
        name: "engine",
        may: &[
            "source", "format", "table", "scan", "enrich", "query", "profile", "rules", "models", "report", "protocol",
            "schema", "settings", "units", "error",
        ],
        why: "the engine composes the rooms and answers the protocol's requests; which host carries them it does not know",
    },
    Room {
        name: "protocol",
        may: &["schema", "query", "report", "settings", "units", "error"],
        why: "a message is types only, so that both of its ends can change what they do",
    },
    Room {
        name: "bin/app",
        may: &["protocol", "query", "report", "schema", "settings", "units", "error"],
        why: "the page asks and draws; all analysis is in a worker, or it would freeze",
    },
    Room {
        name: "bin/worker",
        may: &[
            "engine",
            "protocol",
            "source",
            "scan::Limits",
            "query",
            "report",
            "schema",
            "settings",
            "units",
            "error",
        ],
        why: "a worker is a message loop over the engine and analyses nothing itself",
    },
    Room {
        name: "bin/documents",
        may: &["protocol", "report", "error"],
        why: "it turns results into files, and has no log to read",
    },
    Room {
        name: "bin/rules",
        may: &["rules::sigma", "protocol", "report", "settings", "units", "error"],
        why: "the reader of rules turns texts into packed rules and sees no log",
    },
    Room { name: "bin/unpack", may: &[], why: "what unpacks the single-file page is small, or packing would not pay" },
    Room {
        name: "bin/logloupe",
        may: &[
            "engine",
            "source",
            "scan::Limits",
            "report",
            "rules::sigma",
            "protocol",
            "query",
            "schema",
            "settings",
            "units",
            "error",
        ],
        why: "the command line reads files, calls the engine and prints; what it needs beyond that the page needs too",
    },
];

/// Crates that belong to a host, and where they may be named.
const HOST_CRATES: &[(&[&str], &[&str], &str)] = &[
    (
        &["leptos", "plotters", "plotters_backend", "plotters_canvas"],
        &["bin/app"],
        "the page is the only one that draws",
    ),
    (
        &[
            "web_sys",
            "js_sys",
            "wasm_bindgen",
            "wasm_bindgen_futures",
            "serde_wasm_bindgen",
            "gloo",
            "console_error_panic_hook",
        ],
        &["bin/app", "bin/worker", "bin/documents", "bin/rules", "bin/unpack"],
        "the engine knows no browser, so that the command line gives the same report",
    ),
    (
        &["clap", "indicatif", "rayon", "anyhow", "toml"],
        &["bin/logloupe"],
        "the engine knows no terminal and no threads, so that the page gives the same report",
    ),
    (
        &["axum", "http_body", "tempfile", "tokio", "utoipa", "utoipa_axum"],
        &["bin/logloupe"],
        "one host listens, and nothing that the page loads can",
    ),
    (&["rsigma_parser", "yaml_serde"], &["rules"], "YAML is read once, by a host; what workers get is packed"),
];

/// Lines of one file, docs and test modules not counted, after which it is more than one thing.
const MAX_LINES: usize = 600;

#[test]
fn rooms_import_only_what_their_row_allows() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut breaches = Vec::new();
    for file in rust_files(&src) {
        let name = file.strip_prefix(&src).expect("a file found under src").to_string_lossy().replace('\\', "/");
        breaches.extend(check(&name, &fs::read_to_string(&file).expect("source is UTF-8")));
    }
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

#[test]
fn src_holds_the_rooms_and_nothing_else() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut entries: Vec<String> = names_in(&src);
    entries.extend(names_in(&src.join("bin")).into_iter().map(|name| format!("bin/{name}")));
    let strangers: Vec<String> = entries.into_iter().filter(|entry| !is_room_entry(entry)).collect();
    assert!(
        strangers.is_empty(),
        "no room has a row for {strangers:?}: what fits no room means that the picture is wrong"
    );
}

#[test]
fn only_hosts_that_take_rules_read_yaml() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let shipped = ["engine", "bin/worker", "bin/app", "protocol.rs"];
    let of_workers =
        rust_files(&src).into_iter().filter(|file| shipped.iter().any(|room| file.starts_with(src.join(room))));
    for file in of_workers {
        let text = fs::read_to_string(&file).expect("source is UTF-8");
        assert!(
            !text.contains("sigma::read"),
            "{}: a YAML parser does not belong into what every page loads",
            file.display()
        );
    }
}

#[test]
fn only_the_service_listens() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let service = src.join("bin/logloupe/serve");
    for file in rust_files(&src).into_iter().filter(|file| !file.starts_with(&service)) {
        let tokens = tokenize(&fs::read_to_string(&file).expect("source is UTF-8"));
        let listens = tokens.list.iter().any(|token| token.is("axum") || token.is("tokio"));
        assert!(!listens, "{}: what listens is in bin/logloupe/serve, where it is guarded", file.display());
    }
}

// ---------------------------------------------------------------------------------------------- the checks of one file

/// What is wrong with the file `name` (relative to `src/`), a sentence each.
fn check(name: &str, text: &str) -> Vec<String> {
    let room = room_of(name);
    // Two files of the report are contracts, for which stricter rows hold.
    let room = ROOMS.iter().map(|row| row.name).find(|row| name == format!("{row}.rs")).unwrap_or(room);
    let tokens = tokenize(text);
    let mut breaches = Vec::new();
    let mut breach = |line: usize, what: String| breaches.push(format!("src/{name}:{line}: {what}"));

    if !text.starts_with("//!") {
        breach(
            1,
            "the first line is not `//!`: a module says first what it does, what it does not, and where it stands"
                .into(),
        );
    }
    let docs = text.lines().filter(|line| line.trim_start().starts_with("///") || line.starts_with("//!")).count();
    let product_lines = text.lines().count().saturating_sub(docs + tokens.test_lines());
    if product_lines > MAX_LINES && !is_test_file(name) {
        breach(
            1,
            format!(
                "{product_lines} lines without docs and tests, at most {MAX_LINES}: this file is more than one thing"
            ),
        );
    }
    for (at, token) in tokens.list.iter().enumerate() {
        if token.is("unsafe") {
            breach(token.line, "`unsafe`: input is hostile, and nothing here is worth that".into());
        }
        if token.is("allow") && tokens.before(at) == "[" {
            breach(
                token.line,
                "`#[allow]`: an exception is `#[expect(lint, reason = \"…\")]` at the smallest scope".into(),
            );
        }
        for (crates, homes, why) in HOST_CRATES {
            let starts_path = tokens.after(at) == "::" || tokens.before(at) == "use";
            if starts_path
                && tokens.before(at) != "::"
                && crates.contains(&token.text.as_str())
                && !homes.contains(&room)
            {
                breach(token.line, format!("names `{}`, which only {} may: {why}", token.text, homes.join(" and ")));
            }
        }
    }
    let Some(row) = ROOMS.iter().find(|row| row.name == room) else { return breaches };
    for import in imports(name, &tokens) {
        if import.in_test || is_test_file(name) || may_import(row, &import.path) {
            continue;
        }
        let path = import.path.join("::");
        let may = if row.may.is_empty() { "nothing".into() } else { row.may.join(", ") };
        breach(import.line, format!("imports `{path}`, but {room} may import {may}: {}", row.why));
    }
    breaches
}

/// `format` for `format/apache.rs`, `scan` for `scan.rs`, `bin/app` for `bin/app/main.rs`, `lib` for the root.
fn room_of(name: &str) -> &str {
    let depth = if name.starts_with("bin/") { 2 } else { 1 };
    let end = name.match_indices('/').nth(depth - 1).map_or(name.len(), |(at, _)| at);
    name[..end].trim_end_matches(".rs")
}

fn is_test_file(name: &str) -> bool {
    name.ends_with("/tests.rs") || name.ends_with("_tests.rs") || name.contains("/tests/")
}

fn is_room_entry(entry: &str) -> bool {
    matches!(entry, "lib.rs" | "bin") || ROOMS.iter().any(|room| room.name == entry.trim_end_matches(".rs"))
}

fn may_import(row: &Room, path: &[String]) -> bool {
    let begins = |allowed: &str| {
        let mut allowed: Vec<&str> = allowed.split("::").collect();
        // `report` hands out its types under its own name: `report::Finding` is `report::types::Finding`.
        if allowed == ["report", "types"] && path.get(1).is_some_and(|name| name.starts_with(char::is_uppercase)) {
            allowed.pop();
        }
        path.len() >= allowed.len() && path.iter().zip(&allowed).all(|(have, want)| have == want)
    };
    // A name that is no room is a macro or a re-export of the root.
    let Some(first) = path.first() else { return true };
    let names_a_room = ROOMS.iter().any(|room| room.name == first);
    !names_a_room || first == row.name || row.may.iter().any(|allowed| begins(allowed))
}

/// A path into the library, without its `crate::`, and where it stands.
struct Import {
    path: Vec<String>,
    line: usize,
    in_test: bool,
}

fn imports(name: &str, tokens: &Tokens) -> Vec<Import> {
    let is_host = name.starts_with("bin/");
    let mut found = Vec::new();
    for (at, token) in tokens.list.iter().enumerate() {
        if tokens.after(at) != "::" || tokens.before(at) == "::" {
            continue;
        }
        let (rest, mut prefix) = match token.text.as_str() {
            "logloupe" if is_host => (at + 2, Vec::new()),
            "crate" if !is_host => (at + 2, Vec::new()),
            "super" if !is_host => match climb(name, tokens, at) {
                Some(reached) => reached,
                None => continue,
            },
            _ => continue,
        };
        let mut paths = Vec::new();
        expand(tokens, rest, &mut prefix, &mut paths);
        found.extend(paths.into_iter().map(|path| Import { path, line: token.line, in_test: token.in_test }));
    }
    found
}

/// Where the path goes on after `super::super::…`, and the module that this climbs to; none where it stays inside the file.
fn climb(name: &str, tokens: &Tokens, start: usize) -> Option<(usize, Vec<String>)> {
    let mut at = start;
    let mut steps = 0;
    while tokens.list.get(at)?.is("super") && tokens.after(at) == "::" {
        steps += 1;
        at += 2;
    }
    let stem = name.trim_end_matches(".rs").trim_end_matches("/mod");
    let modules: Vec<String> = if name == "lib.rs" { Vec::new() } else { stem.split('/').map(String::from).collect() };
    let left = (modules.len() + tokens.list[start].inline_modules).checked_sub(steps)?;
    (left < modules.len()).then(|| (at, modules[..left].to_vec()))
}

/// The paths of a `use` tree from token `at` on; returns where the tree ends.
fn expand(tokens: &Tokens, mut at: usize, prefix: &mut Vec<String>, paths: &mut Vec<Vec<String>>) -> usize {
    let length = prefix.len();
    loop {
        match tokens.list.get(at) {
            Some(token) if token.is("{") => {
                at += 1;
                while tokens.list.get(at).is_some_and(|token| !token.is("}")) {
                    at = expand(tokens, at, prefix, paths);
                    while tokens.list.get(at).is_some_and(|token| !token.is(",") && !token.is("}")) {
                        at += 1;
                    }
                    at += usize::from(tokens.list.get(at).is_some_and(|token| token.is(",")));
                }
                prefix.truncate(length);
                return at + 1;
            }
            Some(token) if token.is_word() || token.is("*") => {
                prefix.push(token.text.clone());
                at += 1;
            }
            _ => break,
        }
        if tokens.list.get(at).is_some_and(|token| token.is("::")) {
            at += 1;
        } else {
            break;
        }
    }
    if prefix.len() > length {
        paths.push(prefix.clone());
    }
    prefix.truncate(length);
    at
}

// ------------------------------------------------------------------------------------------------------------- tokens

#[derive(Debug)]
struct Token {
    text: String,
    line: usize,
    /// How many `mod name { … }` of this file it stands in.
    inline_modules: usize,
    /// Whether one of them is `#[cfg(test)]`.
    in_test: bool,
}

impl Token {
    fn is(&self, text: &str) -> bool {
        self.text == text
    }

    fn is_word(&self) -> bool {
        self.text.starts_with(|first: char| first.is_alphabetic() || first == '_')
    }
}

struct Tokens {
    list: Vec<Token>,
}

impl Tokens {
    fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |before| &self.list[before].text)
    }

    fn after(&self, at: usize) -> &str {
        self.list.get(at + 1).map_or("", |token| &token.text)
    }

    /// How many lines stand in test modules.
    fn test_lines(&self) -> usize {
        let mut lines = 0;
        let mut first = None;
        for token in &self.list {
            match (first, token.in_test) {
                (None, true) => first = Some(token.line),
                (Some(begin), false) => {
                    lines += token.line - begin;
                    first = None;
                }
                _ => {}
            }
        }
        let last = self.list.last().map_or(0, |token| token.line);
        lines + first.map_or(0, |begin| last + 1 - begin)
    }
}

/// Words, `::` and single signs of `text`; comments, strings and characters left out.
fn tokenize(text: &str) -> Tokens {
    let chars: Vec<char> = text.chars().collect();
    let mut list: Vec<Token> = Vec::new();
    let mut modules: Vec<Option<bool>> = Vec::new(); // one an open brace: none, a module, a test module
    let (mut at, mut line) = (0, 1);
    while at < chars.len() {
        let start = at;
        at = match chars[at] {
            '/' if chars.get(at + 1) == Some(&'/') => end_of_line(&chars, at),
            '/' if chars.get(at + 1) == Some(&'*') => end_of_comment(&chars, at),
            '"' => end_of_string(&chars, at),
            '\'' => end_of_quote(&chars, at),
            first if first.is_alphabetic() || first == '_' => end_of_word(&chars, at),
            ':' if chars.get(at + 1) == Some(&':') => at + 2,
            _ => at + 1,
        };
        let first = chars[start];
        let word: String = chars[start..at].iter().collect();
        // A string's prefix reads as a word until its quote is met.
        let raw = matches!(word.as_str(), "r" | "br" | "cr") && matches!(chars.get(at), Some('"' | '#'));
        if raw && let Some(end) = end_of_raw_string(&chars, at) {
            at = end;
        } else if !(first.is_whitespace() || matches!(first, '"' | '\'') || first == '/' && at > start + 1) {
            if first == '}' {
                modules.pop();
            }
            let inline_modules = modules.iter().flatten().count();
            let in_test = modules.iter().flatten().any(|is_test| *is_test);
            list.push(Token { text: word, line, inline_modules, in_test });
            if first == '{' {
                modules.push(opened_module(&list));
            }
        }
        line += chars[start..at].iter().filter(|sign| **sign == '\n').count();
    }
    Tokens { list }
}

/// Whether the brace that ends `list` opens a module, and whether that is one of tests.
fn opened_module(list: &[Token]) -> Option<bool> {
    let [before @ .., keyword, _name, _brace] = list else { return None };
    if !keyword.is("mod") {
        return None;
    }
    let attribute: String = before.iter().rev().take(7).map(|token| token.text.as_str()).rev().collect();
    Some(attribute.ends_with("#[cfg(test)]"))
}

fn end_of_line(chars: &[char], at: usize) -> usize {
    chars[at..].iter().position(|sign| *sign == '\n').map_or(chars.len(), |length| at + length)
}

fn end_of_comment(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at.min(chars.len())
}

fn end_of_string(chars: &[char], mut at: usize) -> usize {
    at += 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// From the `#` or `"` behind `r`; none where it is a raw name such as `r#type`.
fn end_of_raw_string(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at..].iter().take_while(|sign| **sign == '#').count();
    let mut end = at + hashes;
    if chars.get(end) != Some(&'"') {
        return None;
    }
    end += 1;
    while end < chars.len() {
        if chars[end] == '"' && chars[end + 1..].iter().take(hashes).filter(|sign| **sign == '#').count() == hashes {
            return Some(end + 1 + hashes);
        }
        end += 1;
    }
    Some(chars.len())
}

/// A character such as `'"'` or `'\n'`, or the sign of a lifetime.
fn end_of_quote(chars: &[char], at: usize) -> usize {
    match (chars.get(at + 1), chars.get(at + 2)) {
        (Some('\\'), _) => {
            chars[at + 3..].iter().position(|sign| *sign == '\'').map_or(chars.len(), |length| at + length + 4)
        }
        (Some(_), Some('\'')) => at + 3,
        _ => at + 1,
    }
}

fn end_of_word(chars: &[char], at: usize) -> usize {
    let rest = chars[at..].iter().position(|sign| !sign.is_alphanumeric() && *sign != '_');
    rest.map_or(chars.len(), |length| at + length)
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("src is a folder") {
        let path = entry.expect("an entry of src").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder of the source");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

// ------------------------------------------------------------------------------------------- that the checker can fail

/// Checks that the file `name` with `code` under a first line is refused at these lines for these words.
fn expect(name: &str, code: &str, expected: &[(usize, &str)]) {
    let found = check(name, &format!("//! A room.\n{code}"));
    assert_eq!(found.len(), expected.len(), "{name}: {code}\n{found:#?}");
    for (breach, (line, words)) in found.iter().zip(expected) {
        assert!(
            breach.starts_with(&format!("src/{name}:{line}: ")) && breach.contains(words),
            "{breach}\nlacks {line}: {words}"
        );
    }
}

#[test]
fn forbidden_imports_are_found_in_every_spelling() {
    expect(
        "format/apache.rs",
        "\nuse crate::table::Table;",
        &[(3, "imports `table::Table`, but format may import schema")],
    );
    expect("format/apache.rs", "fn f() -> crate::table::Table {}", &[(2, "where records go is scan's affair")]);
    expect("format/mod.rs", "use crate::{schema::Field, source::{lines::Line, Chunk}};", &[(2, "`source::Chunk`")]);
    expect("query/run.rs", "use crate::enrich;", &[(2, "`enrich`")]);
    expect("profile.rs", "use super::rules::Rule;", &[(2, "`rules::Rule`")]);
    expect("profile/traffic.rs", "use super::super::models::Forest;", &[(2, "`models::Forest`")]);
    expect("profile/traffic.rs", "mod inner { use super::super::super::models::Forest; }", &[(2, "`models::Forest`")]);
    expect("rules/catalog.rs", "use crate::report::builder::build;", &[(2, "`report::builder::build`")]);
    expect("report/types.rs", "use crate::profile::Sessions;", &[(2, "it knows none of those who fill it")]);
    expect("report/account.rs", "use super::{builder::Builder, types::Input};", &[(2, "`report::builder::Builder`")]);
    expect("units.rs", "pub(crate) use crate::error::Error as E;", &[(2, "may import nothing")]);
    expect("bin/app/views/rows.rs", "use logloupe::table::Table;", &[(2, "or it would freeze")]);
    expect("bin/logloupe/main.rs", "use logloupe::{engine, models::Forest};", &[(2, "`models::Forest`")]);
}

#[test]
fn allowed_imports_pass() {
    expect(
        "format/apache.rs",
        "use crate::schema::{self, Field};\nuse crate::source::lines::Line;\nuse super::Format;",
        &[],
    );
    expect("scan.rs", "use crate::{format::Format, table::{Builder, Table}};", &[]);
    expect(
        "bin/app/state/mod.rs",
        "use crate::views::rows;\nuse logloupe::protocol::Request;\nuse leptos::prelude::*;",
        &[],
    );
    expect("bin/logloupe/main.rs", "use anyhow::Result;\nuse logloupe::engine::Engine;", &[]);
    expect("lib.rs", "pub mod table;\npub use crate::error::Error;", &[]);
    expect("rules/catalog.rs", "use crate::report::{Severity, types::Finding};", &[]);
    expect("format/apache.rs", "macro_rules! m { () => { $crate::schema::Field } }", &[]);
}

#[test]
fn a_test_module_may_borrow_from_other_rooms() {
    let tests = "#[cfg(test)]\nmod tests {\n    use crate::scan::scan;\n    use super::super::super::engine;\n}";
    expect("profile/traffic.rs", tests, &[]);
    expect("profile/traffic.rs", &format!("{tests}\nuse crate::scan::Account;"), &[(7, "`scan::Account`")]);
    expect("profile/traffic.rs", "mod tests {\n    use crate::scan::scan;\n}", &[(3, "`scan::scan`")]);
}

#[test]
fn text_is_not_code() {
    expect(
        "format/apache.rs",
        "// crate::table\n/* use crate::table; /* unsafe */ */\n/// [`crate::table::Table`]",
        &[],
    );
    expect(
        "format/apache.rs",
        r##"const A: &str = "crate::table::X \" unsafe"; const B: &str = r#"unsafe "crate::table"#;"##,
        &[],
    );
    expect(
        "format/apache.rs",
        "fn f<'a>(x: &'a str) { let q = '\"'; let b = b'\\''; g(crate::table::X) }",
        &[(2, "`table::X`")],
    );
    expect("format/apache.rs", "let r#type = 1;\nuse crate::table::X;", &[(3, "`table::X`")]);
}

#[test]
fn host_crates_stay_with_their_host() {
    expect("engine.rs", "use web_sys::File;", &[(2, "the engine knows no browser")]);
    expect("bin/worker/main.rs", "use leptos::prelude::*;", &[(2, "only bin/app may")]);
    expect("engine.rs", "fn f() -> rayon::Scope {}", &[(2, "no threads")]);
    expect("bin/app/main.rs", "use clap::Parser;", &[(2, "`clap`")]);
    expect("bin/worker/main.rs", "use web_sys::File;\nlet leptos = 1;", &[]);
}

#[test]
fn house_rules_are_found() {
    expect("table/mod.rs", "#[allow(dead_code)]\nfn f() { unsafe { g() } }", &[(2, "#[expect"), (3, "`unsafe`")]);
    expect(
        "table/mod.rs",
        "#![allow(dead_code)]\n#[expect(dead_code, reason = \"later\")]\nfn allow() {}",
        &[(2, "#[expect")],
    );
    assert_eq!(check("table/mod.rs", "use std::fmt;").len(), 1, "a file without //!");
    let long = "fn f() {}\n".repeat(MAX_LINES + 1);
    expect("table/mod.rs", &long, &[(1, "more than one thing")]);
    expect("table/mod.rs", &"/// A field.\nfield: u8,\n".repeat(MAX_LINES), &[]);
    expect("table/mod.rs", &format!("#[cfg(test)]\nmod tests {{\n{long}}}"), &[]);
    assert!(is_room_entry("format") && is_room_entry("scan.rs") && is_room_entry("bin/app"));
    assert!(!is_room_entry("utils.rs") && !is_room_entry("bin/helper"));
}
