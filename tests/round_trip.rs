//! What is written in a format is read again as it was: rows of chance, from a seed, in each format that is told.
//!
//! `draw` makes rows, the other files write them, a few lines a format, and say what the reader must find; `check` reads.
//! What a format cannot carry is not written, and the line says why.

#[path = "round_trip/access.rs"]
mod access;
#[path = "round_trip/aws.rs"]
mod aws;
#[path = "round_trip/check.rs"]
mod check;
#[path = "round_trip/cloud.rs"]
mod cloud;
#[path = "round_trip/draw.rs"]
mod draw;
#[path = "round_trip/json.rs"]
mod json;
#[path = "round_trip/proxies.rs"]
mod proxies;
#[path = "round_trip/system.rs"]
mod system;
#[path = "round_trip/tables.rs"]
mod tables;
#[path = "round_trip/w3c.rs"]
mod w3c;
#[path = "round_trip/zeek.rs"]
mod zeek;

use check::check;

#[test]
fn access_logs() {
    check(&access::FORMATS);
}

#[test]
fn logs_of_amazon() {
    check(&aws::FORMATS);
}

#[test]
fn json_of_clouds() {
    check(&cloud::FORMATS);
}

#[test]
fn json_of_servers_and_others() {
    check(&json::FORMATS);
}

#[test]
fn proxies_and_name_servers() {
    check(&proxies::FORMATS);
}

#[test]
fn logs_of_systems() {
    check(&system::FORMATS);
}

#[test]
fn tables_and_logfmt() {
    check(&tables::FORMATS);
}

#[test]
fn w3c_extended_and_iis() {
    check(&w3c::FORMATS);
}

#[test]
fn zeek_with_and_without_its_header() {
    check(&zeek::FORMATS);
}
