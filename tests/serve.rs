//! The service says what the command line says, to whom it may, and keeps nothing. Driven over plain sockets, as anybody might.

#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

const BOUNDARY: &str = "e5a1b";

/// A service on a port of its own, with a folder for its temporary files; stopped in the end.
struct Service {
    child: Child,
    port: u16,
    scratch: PathBuf,
}

impl Service {
    fn new(name: &str, more: &[&str]) -> Self {
        let scratch = std::env::temp_dir().join(format!("logloupe-{}-{name}", std::process::id()));
        fs::create_dir_all(&scratch).expect("a folder");
        let mut child = Command::new(env!("CARGO_BIN_EXE_logloupe"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(more)
            .env("TMPDIR", &scratch)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the service starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        Self { child, port, scratch }
    }

    /// Sends these bytes and gives the answer: its status, its headers, its body.
    fn send(&self, request: &[u8]) -> (u16, String, Vec<u8>) {
        let mut stream = self.connect();
        // What is refused early is not read to its end.
        let _ = stream.write_all(request);
        answer(stream)
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a limit");
        stream
    }

    fn get(&self, path: &str, headers: &str) -> (u16, String, Vec<u8>) {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n{headers}\r\n", self.port);
        self.send(request.as_bytes())
    }

    fn post(&self, path: &str, headers: &str, body: &[u8]) -> (u16, String, Vec<u8>) {
        self.send(&[self.head(path, headers, body.len()).as_bytes(), body].concat())
    }

    /// The head of a request that has so many bytes behind it.
    fn head(&self, path: &str, headers: &str, length: usize) -> String {
        format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n",
            self.port
        )
    }

    fn post_form(&self, path: &str, parts: &[(&str, &str, &[u8])]) -> (u16, String, Vec<u8>) {
        self.post(path, &multipart(), &form(parts))
    }

    /// What its process has in memory, in KiB.
    fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }

    /// How many files it has open, without those of libraries.
    fn n_open(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).map_or(0, Iterator::count)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let left = fs::read_dir(&self.scratch).map_or(0, Iterator::count);
        let _ = fs::remove_dir_all(&self.scratch);
        assert!(left == 0 || std::thread::panicking(), "{left} files were left behind");
    }
}

fn answer(mut stream: TcpStream) -> (u16, String, Vec<u8>) {
    let mut bytes = Vec::new();
    // A connection that is reset after the answer has said enough.
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let body = bytes.split_off(end + 4);
    let body = if head.contains("transfer-encoding: chunked") { unchunked(&body) } else { body };
    (status, head, body)
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(&String::from_utf8_lossy(&bytes[..end]), 16).expect("a length");
        all.extend_from_slice(&bytes[end + 2..end + 2 + length]);
        bytes = &bytes[end + 2 + length + 2..];
    }
    all
}

fn multipart() -> String {
    format!("Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n")
}

/// A form of parts: name, name of the file (or none), content.
fn form(parts: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = if file.is_empty() { String::new() } else { format!("; filename=\"{file}\"") };
        body.extend(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/samples").join(name)
}

fn logloupe(arguments: &[&str], paths: &[&Path]) -> Vec<u8> {
    let run = Command::new(env!("CARGO_BIN_EXE_logloupe")).args(arguments).args(paths).output().expect("it runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    run.stdout
}

fn error_of(body: &[u8]) -> String {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    value["error"].as_str().unwrap_or_else(|| panic!("{} is no refusal", String::from_utf8_lossy(body))).to_owned()
}

/// An access log of so many MiB.
fn large_log(mib: usize) -> Vec<u8> {
    let line = "192.0.2.7 - - [17/May/2026:10:05:03 +0000] \"GET /a?b=1 HTTP/1.1\" 200 5 \"-\" \"curl\"\n";
    line.repeat((mib << 20) / line.len()).into_bytes()
}

#[test]
fn the_answers_are_those_of_the_command_line() {
    let service = Service::new("same", &[]);
    let (web, dns) = (sample("access/ingress.log"), sample("zeek/dns.log"));
    let [web_bytes, dns_bytes] = [&web, &dns].map(|path| fs::read(path).expect("a sample"));
    let (status, head, body) = service.post("/api/v1/analyze?name=ingress.log", "", &web_bytes);
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    assert!(head.contains("content-type: application/json") && head.contains("cache-control: no-store"), "{head}");
    assert!(body == logloupe(&["analyze", "--format", "json"], &[&web]), "a file by itself");

    let rule: &[u8] =
        b"title: Any get\nid: 11111111-2222-3333-4444-555555555555\nlogsource:\n  category: webserver\ndetection:\n  \
        get:\n    cs-method: GET\n  condition: get\nlevel: low\n";
    let scratch = std::env::temp_dir().join(format!("logloupe-{}-said", std::process::id()));
    fs::create_dir_all(&scratch).expect("a folder");
    let (rules, config) = (scratch.join("get.yml"), scratch.join("settings.json"));
    fs::write(&rules, rule).expect("written");
    let settings = r#"{"lists": {"banned_ports": [53]}, "filter": "source.ip: *"}"#;
    fs::write(&config, settings).expect("written");
    let more =
        ["analyze", "--format", "json", "--rules", rules.to_str().unwrap(), "--config", config.to_str().unwrap()];
    let said = logloupe(&[&more[..], &["--classify", "http.response.status_code"]].concat(), &[&web, &dns]);
    let parts: [(&str, &str, &[u8]); 4] = [
        ("file", "dns.log", &dns_bytes),
        ("rules", "get.yml", rule),
        ("settings", "", settings.as_bytes()),
        ("file", "ingress.log", &web_bytes),
    ];
    let (status, _, body) = service.post_form("/api/v1/analyze?classify=http.response.status_code", &parts);
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    assert!(body == said, "files with rules, settings and a label");

    for format in ["ndjson", "csv"] {
        let (_, _, body) = service.post_form(&format!("/api/v1/rows?format={format}"), &parts[..1]);
        assert!(body == logloupe(&["rows", "--format", format], &[&dns]), "{format}");
    }

    let model = scratch.join("model.json");
    logloupe(&["model", "train", "--model", "isolation-forest", "--save", model.to_str().unwrap()], &[&web]);
    let training: &[u8] = br#"{"model": {"isolation_forest": {}}, "folds": 5}"#;
    let parts: [(&str, &str, &[u8]); 2] = [("file", "ingress.log", &web_bytes), ("training", "", training)];
    let (status, _, trained) = service.post_form("/api/v1/models", &parts);
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&trained));
    assert!(trained == fs::read(&model).expect("the model"), "a model");
    let parts: [(&str, &str, &[u8]); 2] = [("file", "ingress.log", &web_bytes), ("model", "m", &trained)];
    let (status, _, predicted) = service.post_form("/api/v1/predict?format=csv", &parts);
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&predicted));
    let said = logloupe(&["model", "predict", "--with", model.to_str().unwrap()], &[&web]);
    fs::remove_dir_all(scratch).expect("removed");
    assert!(predicted == said, "what a model says");
}

#[test]
fn progress_comes_before_the_report() {
    let service = Service::new("progress", &[]);
    let (status, head, body) = service.post("/api/v1/analyze?progress=true&name=a.log", "", &large_log(40));
    assert_eq!(status, 200);
    assert!(head.contains("application/x-ndjson"), "{head}");
    let lines: Vec<Value> = body
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|l| serde_json::from_slice(l).unwrap())
        .collect();
    let (last, before) = lines.split_last().expect("lines");
    assert_eq!(last["report"]["inputs"][0]["path"], "a.log");
    assert!(before.iter().any(|line| line["read"].as_u64() > Some(0) && line["of"].as_u64() > line["read"].as_u64()));
    let (status, _, body) = service.post("/api/v1/analyze?progress=true&filter=a:", "", b"x");
    assert!(status == 422 && error_of(&body).contains("column"));
}

#[test]
fn who_may_not_ask_is_refused() {
    let service = Service::new("gate", &[]);
    let ask = |head: &str| {
        service.send(format!("GET /api/v1/health HTTP/1.1\r\n{head}Connection: close\r\n\r\n").as_bytes()).0
    };
    assert_eq!(ask("Host: localhost\r\n"), 200);
    assert_eq!(ask("Host: evil.example\r\n"), 421);
    assert_eq!(ask("Host: localhost\r\nOrigin: http://evil.example\r\n"), 403);
    assert_eq!(ask("Host: localhost\r\nSec-Fetch-Site: cross-site\r\n"), 403);
    let beyond = Command::new(env!("CARGO_BIN_EXE_logloupe"))
        .args(["serve", "--listen", "0.0.0.0:0"])
        .output()
        .expect("it ends");
    assert_eq!(beyond.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&beyond.stderr).contains("--token-file"));

    let token = std::env::temp_dir().join(format!("logloupe-{}-secret", std::process::id()));
    fs::write(&token, "correct-horse-battery\n").expect("written");
    let service = Service::new("token", &["--token-file", token.to_str().unwrap()]);
    fs::remove_file(token).expect("removed");
    assert_eq!(service.get("/api/v1/formats", "").0, 401);
    assert_eq!(service.get("/api/v1/formats", "Authorization: Bearer correct-horse-battery\r\n").0, 200);
    assert_eq!(service.get("/api/v1/health", "").0, 200);
}

#[test]
fn what_is_no_request_is_refused_with_a_sentence() {
    let service = Service::new("refused", &["--body-limit", "1"]);
    let check = |answer: (u16, String, Vec<u8>), status: u16, words: &str| {
        let error = error_of(&answer.2);
        assert_eq!(answer.0, status, "{error}");
        assert!(error.contains(words), "{error}");
    };
    let file: (&str, &str, &[u8]) = ("file", "a.log", b"x\n");
    check(service.get("/nothing", ""), 404, "/api");
    check(service.get("/api/v1/analyze", ""), 405, "not asked that way");
    check(service.post("/api/v1/analyze?flter=x", "", b""), 400, "flter");
    check(service.post("/api/v1/analyze", "", b""), 422, "nothing was sent");
    check(service.post_form("/api/v1/analyze", &[]), 422, "no file");
    check(service.post_form("/api/v1/analyze", &[file, ("who", "", b"x")]), 400, "\"who\"");
    check(service.post_form("/api/v1/analyze?filter=a:", &[file]), 422, "column");
    check(service.post_form("/api/v1/analyze", &[file, ("settings", "", b"{\"filtre\": 1}")]), 422, "filtre");
    check(service.post_form("/api/v1/models", &[file]), 400, "training");
    check(service.post_form("/api/v1/predict", &[file, ("model", "m", b"{}")]), 422, "");
    // Too large: by what is told, by what comes, and in pieces without an end.
    check(service.post("/api/v1/analyze", "", &large_log(2)), 413, "1048576");
    let chunked = |piece: &[u8], n: usize, headers: &str| {
        let mut stream = service.connect();
        let head =
            format!("POST /api/v1/analyze HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n{headers}\r\n");
        stream.write_all(head.as_bytes()).expect("sent");
        for _ in 0..n {
            let chunk = [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
            if stream.write_all(&chunk).is_err() {
                break;
            }
        }
        let _ = stream.write_all(b"0\r\n\r\n");
        answer(stream)
    };
    check(chunked(&[b'x'; 8192], 320, ""), 413, "1048576");
    // Forms that never come to a part, or break off.
    let endless = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"\r\nX: {}", "y".repeat(70_000));
    check(chunked(endless.as_bytes(), 40, &multipart()), 413, "");
    let whole = form(&[file]);
    for end in [0, 1, 20, 60, whole.len() - 8] {
        assert!(matches!(service.post("/api/v1/analyze", &multipart(), &whole[..end]).0, 400 | 422), "cut at {end}");
    }
    check(service.post("/api/v1/analyze", "Content-Type: multipart/form-data\r\n", b"x"), 400, "");
    let names = ["../../etc/passwd", "C:\\x", "<script>", "a\\u0000b"];
    for name in names {
        let (status, _, body) = service.post_form("/api/v1/analyze", &[("file", name, b"192.0.2.1\n")]);
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    }
    assert_eq!(service.get("/api/v1/health", "").0, 200, "it is still there");
}

#[test]
fn a_client_that_goes_away_leaves_nothing_behind() {
    let service = Service::new("gone", &["--at-once", "1"]);
    let log = large_log(24);
    assert_eq!(service.post("/api/v1/analyze", "", b"x\n").0, 200);
    let (open, resident) = (service.n_open(), service.resident());
    for upto in [log.len() / 2, log.len()] {
        let mut stream = service.connect();
        stream.write_all(service.head("/api/v1/analyze?progress=true", "", log.len()).as_bytes()).expect("sent");
        stream.write_all(&log[..upto]).expect("sent");
        drop(stream);
        // The one place to work is free again for the next.
        let begun = Instant::now();
        assert_eq!(service.post("/api/v1/analyze", "", b"x\n").0, 200);
        assert!(begun.elapsed() < Duration::from_secs(50));
    }
    let begun = Instant::now();
    while service.n_open() > open && begun.elapsed() < Duration::from_secs(20) {
        std::thread::yield_now();
    }
    assert!(service.n_open() <= open, "{} files are open, {open} before", service.n_open());
    println!("resident: {resident} KiB before, {} KiB after", service.resident());
}

#[test]
fn it_ends_in_good_order() {
    let mut service = Service::new("end", &[]);
    let mut stream = service.connect();
    let log = large_log(1);
    let (first, rest) = log.split_at(log.len() / 2);
    stream.write_all(service.head("/api/v1/analyze", "", log.len()).as_bytes()).expect("sent");
    stream.write_all(first).expect("sent");
    // The rest comes after the signal: what has begun is answered.
    assert_eq!(service.get("/api/v1/health", "").0, 200);
    let killed = Command::new("kill").args(["-TERM", &service.child.id().to_string()]).status().expect("a signal");
    assert!(killed.success());
    stream.write_all(rest).expect("sent");
    assert_eq!(answer(stream).0, 200);
    assert_eq!(service.child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn the_interface_describes_itself_and_the_page_is_served() {
    let site = std::env::temp_dir().join(format!("logloupe-{}-site", std::process::id()));
    fs::create_dir_all(site.join("sample")).expect("a folder");
    fs::write(site.join("index.html"), "<!DOCTYPE html>").expect("written");
    fs::write(site.join("sample/x.wasm"), "w").expect("written");
    std::os::unix::fs::symlink("/etc/passwd", site.join("link")).expect("a link");
    let service = Service::new("site", &["--site", site.to_str().unwrap()]);
    let (status, head, body) = service.get("/", "");
    assert_eq!((status, body.as_slice()), (200, &b"<!DOCTYPE html>"[..]));
    assert!(head.contains("text/html") && head.contains("nosniff"), "{head}");
    assert!(service.get("/sample/x.wasm", "").1.contains("application/wasm"));
    for path in ["/../etc/passwd", "/%2e%2e/etc/passwd", "/link", "/sample", "/sample/../../x", "//etc/passwd"] {
        assert_eq!(service.get(path, "").0, 404, "{path}");
    }
    fs::remove_dir_all(site).expect("removed");

    let (_, _, body) = service.get("/api/v1/openapi.json", "");
    let openapi: Value = serde_json::from_slice(&body).expect("JSON");
    assert!(openapi["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    let paths = openapi["paths"].as_object().expect("paths");
    for path in ["analyze", "rows", "models", "predict", "formats", "rules", "health", "openapi.json"] {
        assert!(paths.contains_key(&format!("/api/v1/{path}")), "{path}");
    }
    let (_, head, body) = service.get("/api", "");
    assert!(head.contains("content-security-policy: default-src 'none'"), "{head}");
    let page = String::from_utf8(body).expect("a page");
    assert!(page.contains("/api/v1/predict") && !page.contains("://") && !page.contains("<script"), "{page}");
    let (_, _, body) = service.get("/api/v1/rules", "");
    let rules: Vec<Value> = serde_json::from_slice(&body).expect("JSON");
    assert!(
        rules.len() > 100 && rules.iter().all(|rule| rule["about"].as_str().is_some_and(|about| !about.is_empty()))
    );
    assert!(String::from_utf8_lossy(&service.get("/api/v1/formats", "").2).contains("zeek"));
}
