//! Whatever bytes come, every line is accounted for and nothing panics: random bytes, and samples that were damaged.

use std::io::{self, Read};
use std::ops::ControlFlow;

use logloupe::engine::{Engine, Files, look_at, try_format};
use logloupe::protocol::{Job, Output, RowFormat, ScanTask, Trial};
use logloupe::query::Filter;
use logloupe::report::{Counted, Report};
use logloupe::scan::Limits;
use logloupe::settings::Settings;
use logloupe::source::expansion::Expansion;
use logloupe::source::{Source, content};
use proptest::prelude::*;

const SEEDS: &[&[u8]] = &[
    b"192.0.2.1 - - [17/May/2026:10:05:03 +0000] \"GET /a?b=%27 HTTP/1.1\" 200 5 \"-\" \"curl\"\n\
      shop.example:443 2001:db8::1 - u [17/May/2026:10:05:04 +0000] \"\\x16\\x03\" 400 - \"-\" \"-\" 7\r\n",
    b"#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\tts\tid.orig_h\tproto\tid.resp_p\tduration\n\
      #types\ttime\taddr\tenum\tport\tinterval\n1.5\t192.0.2.1\ttcp\t80\t0.25\n2.5\t192.0.2.2\ticmp\t3\t-\n",
    b"time,src_ip,bytes_in,note\n2026-01-01T00:00:00Z,192.0.2.1,5,\"a, \"\"b\"\"\"\n2026-01-01,192.0.2.2,,=1+1\n",
    br#"{"timestamp":"2026-01-01T00:00:00+0000","event_type":"dns","src_ip":"192.0.2.1","proto":"UDP","flow":{"start":"2026-01-01T00:00:00+0000","end":"2026-01-01T00:00:01+0000"},"dns":{"rrname":"a\"b.example","grouped":{"A":["192.0.2.3","\u00e9\ud83d"]},"answers":[{"rdata":"x"},{"rdata":"y"}]}}
{"timestamp":"2026-01-01T00:00:00+0000","event_type":"alert","src_ip":"192.0.2.1","alert":{"severity":2,"signature":"s"}}
"#,
    br#"{"ts":1.5,"uid":"C1","id.orig_h":"192.0.2.1","id":{"resp_h":"192.0.2.2"},"proto":"icmp","conn_state":"SF","local_orig":true,"local_resp":false,"duration":1e-5}
{"ts":2.5,"uid":"C2","id.orig_h":"192.0.2.1","id.orig_p":5,"conn_state":"S0","orig_bytes":3,"resp_bytes":4}
"#,
    br#"{"Records":[{"eventTime":"2026-01-01T00:00:00Z","eventName":"a","awsRegion":"r","sourceIPAddress":"192.0.2.1"},
{"eventTime":"2026-01-01T00:00:00Z","eventName":"b","awsRegion":"r","resources":[{"ARN":"x"},[1,2],"y"]}],"n":[1,{"a":2}]}
{"Records":[{"eventName":"c"}]}"#,
    br#"[ {"timestamp":1767225600000,"webaclId":"w","httpRequest":{"clientIp":"192.0.2.1","headers":[{"name":"Host","value":"h\n"},{"value":"v"},5]}},
  stray, {"webaclId":"w","httpRequest":{"clientIp":"::1"},"timestamp":0} ]"#,
    b"{\n \"status\": 200,\n \"request\": \"GET / HTTP/1.1\",\n \"list\": [1, 2.5, \"x\"]\n}\n{\n \"status\": 1e9, \"n\": -0.5\n}\n",
    br#"x {"transaction":{"client_ip":"192.0.2.1","unique_id":"u","time_stamp":"Thu Jan  1 00:00:00 2026","messages":[{"message":"m"}]}}
"#,
    include_bytes!("cases/samples/system/apache-error.log"),
    include_bytes!("cases/samples/system/nginx-error.log"),
    include_bytes!("cases/samples/system/modsecurity-audit.log"),
    include_bytes!("cases/samples/system/application.log"),
    include_bytes!("cases/samples/system/auth.log"),
    include_bytes!("cases/samples/system/syslog-5424-access.log"),
    include_bytes!("cases/samples/tables/zeek-conn-without-header.log"),
    include_bytes!("cases/samples/tables/without-header.csv"),
    include_bytes!("cases/samples/tables/app.logfmt"),
    include_bytes!("cases/samples/tables/nginx-access-and-error.log"),
    include_bytes!("cases/samples/tables/access-then-error.log"),
    b"#Date: 2026-05-17\n#Fields: date time c-ip cs-uri-stem cs(User-Agent) sc-status time-taken\r\n2026-05-17 10:05:03 ::1%0 /a \
      M/5+(X) 200 5\r\n#Fields: time c-ip\r\n10:05:04 192.0.2.1\r\n#Fields: x-edge-location\ta\nA%41\tb\n",
    b"https 2026-05-17T10:05:03.1Z app/x/1 192.0.2.1:2817 10.0.0.1:80 0.086 0.048 -1 200 200 0 57 \"GET https://a.example:443/?b \
      HTTP/1.1\" \"curl\" - - arn \"Root\" \"-\" \"-\" 0 2026-05-17T10:05:03Z \"forward\" \"-\" \"-\"\n2026-05-17T10:05:03Z lb \
      192.0.2.1:2817 - -1 -1 -1 - - 82 0 \"- - - \" \"-\" - -\n",
    b"<13>May 17 10:05:03 lb haproxy[9]: 192.0.2.1:1 [17/May/2026:10:05:03.1] fe~ be/s 1/0/0/1/2 200 7 - - ---- 1/1/0/0/0 0/0 {a|b} \
      {|} \"GET / HTTP/1.1\"\n192.0.2.1:1 [17/May/2026:10:05:03.1] fe be/s -1/0/1 7 -- 1/1/0/0/0 0/0\n",
    b"{\"log\":\"[INFO] [::1]:1 - 2 \\\"A IN a.example. udp 43 false 512\\\" NOERROR qr 136 0.5s\\n\",\"time\":\"2026-05-17T10:05:03Z\"}\n\
      [INFO] 192.0.2.1:1 - 2 \"A IN . udp 43 false 512\" - qr 136 0.5s\n",
    b"shop.example 10.0.0.1, 192.0.2.1 - - [17/May/2026:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 - \"c\" 7 \"a\" \"http://b\" 2ms\n\
      \"10.0.0.1, ::1\" 10.0.0.2 - - [17/May/2026:10:05:03 +0000] \"GET / HTTP/1.1\" 200 5 - \"c\" 8 \"a\" \"http://b\" 3ms\n",
];

struct Memory(Vec<u8>);

impl Source for Memory {
    fn path(&self) -> &'static str {
        "folder/log"
    }

    fn size(&self) -> Option<u64> {
        Some(self.0.len() as u64)
    }

    fn open(&self, start: u64) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.0.get(start as usize..).unwrap_or_default()))
    }
}

impl Files for Memory {
    fn source(&self, file: u32) -> Option<&dyn Source> {
        (file == 0).then_some(self as &dyn Source)
    }
}

/// Reads the bytes and asks for everything; gives the report.
fn read(bytes: Vec<u8>) -> Report {
    read_under(bytes, Settings::shipped())
}

/// The same, with settings.
fn read_under(bytes: Vec<u8>, settings: Settings) -> Report {
    let log = Memory(bytes);
    let mut text = Vec::new();
    // What is before a damage counts.
    let _ = content::open(&log, Expansion::default()).expect("memory is read").1.read_to_end(&mut text);
    let newlines = memchr::memchr_iter(b'\n', &text).count() as u64;
    let lines = newlines + u64::from(text.last().is_some_and(|b| *b != b'\n'));
    let Ok((_, spec)) = look_at(&log, &settings) else { return Report::default() };
    let mut engine = Engine::new(7, Limits { read_bytes: 64, shard_rows: 3 });
    let task = ScanTask { file: 0, start: 0, end: None };
    let input = engine.read(&log, &task, &spec, &mut |_, _| ControlFlow::Continue(())).expect("memory is read").input;
    assert_eq!(input.accepted + input.rejected + input.skipped, input.lines);
    assert!(input.counted == Counted::Elements || input.lines == lines, "{} of {lines} lines", input.lines);
    let job = Job::Export { filter: String::new(), format: RowFormat::Csv, columns: Vec::new() };
    engine.run(&job, &log).expect("rows are written");
    let job = Job::Report { settings: Box::new(settings), inputs: vec![input], rules: Vec::new() };
    match engine.run(&job, &log).expect("a report comes").0 {
        Output::Report(report) => *report,
        other => panic!("{other:?}"),
    }
}

/// The format string that is proposed for a line.
fn engine_proposal(line: &[u8]) -> String {
    let trial = Trial::Line(String::from_utf8_lossy(line).into_owned());
    try_format(&Memory(line.to_vec()), &Settings::shipped(), &trial).expect("memory is read").pattern
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_accounted_for(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read(bytes);
    }

    #[test]
    fn damaged_logs_are_accounted_for(
        seed in 0..SEEDS.len(),
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<proptest::sample::Index>(),
    ) {
        let mut bytes = SEEDS[seed].to_vec();
        for (place, byte) in damage {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len() + 1));
        let report = read(bytes);
        prop_assert_eq!(report.rows.total, report.inputs.iter().map(|input| input.accepted).sum::<u64>());
    }

    #[test]
    fn damaged_logs_in_a_format_of_the_users_are_accounted_for(
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        line in any::<proptest::sample::Index>(),
    ) {
        let mut bytes = SEEDS[0].to_vec();
        let lines: Vec<&[u8]> = SEEDS[0].split(|b| *b == b'\n').filter(|line| !line.is_empty()).collect();
        let proposed = engine_proposal(lines[line.index(lines.len())]);
        for (place, byte) in damage {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        let mut settings = Settings::shipped();
        settings.formats.insert("ours".into(), proposed);
        settings.reading.entry("*".into()).or_default().format = Some("ours".into());
        let report = read_under(bytes, settings);
        prop_assert_eq!(report.rows.total, report.inputs.iter().map(|input| input.accepted).sum::<u64>());
    }

    #[test]
    fn any_filter_parses_or_says_where_not(text in ".{0,60}") {
        if let Err(error) = Filter::parse(&text) {
            prop_assert!(error.to_string().starts_with("column "), "{}", error);
        }
    }
}

#[test]
fn a_cell_that_a_spreadsheet_would_run_is_harmless() {
    let log = Memory(SEEDS[2].to_vec());
    let (_, spec) = look_at(&log, &Settings::shipped()).expect("it is looked at");
    let mut engine = Engine::new(7, Limits::default());
    let task = ScanTask { file: 0, start: 0, end: None };
    engine.read(&log, &task, &spec, &mut |_, _| ControlFlow::Continue(())).expect("it is read");
    let job = Job::Export { filter: String::new(), format: RowFormat::Csv, columns: Vec::new() };
    let (_, bytes) = engine.run(&job, &log).expect("rows are written");
    let text = String::from_utf8(bytes).expect("text");
    assert!(text.contains("'=1+1"), "{text}");
}
