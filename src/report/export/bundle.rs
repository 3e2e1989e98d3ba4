//! A report as a zip of everything: the documents, the data, each table as CSV, each chart as SVG, and a list of it all.

use crate::report::types::{Report, SCHEMA};

use super::document::{Block, Parts};
use super::pictures::svg;
use super::{html, json, markdown, pdf, zip};

/// The schema of the data, as it is published.
const JSON_SCHEMA: &str = include_str!("../../../public/logloupe.report.v1.schema.json");

pub(super) fn write(report: &Report, parts: &Parts, blocks: &[Block], left_out: &[String]) -> Vec<u8> {
    let mut members = vec![
        member("report.pdf", "the report to print", pdf::write(blocks)),
        member("report.html", "the report for a browser; it holds no script and loads nothing", html::write(blocks)),
        member("report.md", "the report as Markdown", markdown::write(blocks)),
        member("report.json", &format!("everything that was found, for programs ({SCHEMA})"), json(report)),
        member("report.schema.json", "the shape of report.json (JSON Schema)", JSON_SCHEMA),
    ];
    for table in &parts.tables {
        members.push(member(&format!("tables/{}.csv", table.name), &table.title, table.csv()));
    }
    for picture in &parts.pictures {
        members.push(member(&format!("pictures/{}.svg", picture.name), &picture.title, svg(picture)));
    }
    let list = ("manifest.txt".to_owned(), manifest(report, &members, left_out).into_bytes());
    let all: Vec<_> = [list].into_iter().chain(members.into_iter().map(|(name, _, bytes)| (name, bytes))).collect();
    zip::write(&all)
}

fn manifest(report: &Report, members: &[(String, String, Vec<u8>)], left_out: &[String]) -> String {
    let mut lines = vec![
        format!("What is in this archive. Written by {} {}.", report.tool.name, report.tool.version),
        String::new(),
    ];
    let line = |(name, about, bytes): &(String, String, Vec<u8>)| {
        format!("{name} ({} bytes): {}", bytes.len(), super::shown(about))
    };
    lines.extend(members.iter().map(line));
    lines.extend([String::new(), "What was left out".to_owned(), String::new()]);
    match left_out {
        [] => lines
            .push("Nothing: addresses, user names and lines of the logs stand in these files as they are.".to_owned()),
        said => lines.extend(said.iter().map(|said| format!("- {}", super::shown(said)))),
    }
    lines.join("\n") + "\n"
}

fn member(name: &str, about: &str, bytes: impl Into<Vec<u8>>) -> (String, String, Vec<u8>) {
    (name.to_owned(), about.to_owned(), bytes.into())
}
