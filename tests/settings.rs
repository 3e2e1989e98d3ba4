//! Settings survive every way they travel: a link, a TOML file; what does not hold is refused in a sentence.

use std::io::{Read as _, Write as _};

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use logloupe::schema::FieldName;
use logloupe::settings::{
    Allow, AnomalySettings, CaseSettings, ClassifierSettings, Detectors, FileReading, LINK_CHARACTERS_AT_MOST, Lists,
    Lookup, ModelSettings, Packed, RuleTuning, Settings, changes, of_link, to_link, to_toml,
};
use logloupe::units::severity::Severity;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

/// Any text that can be shown: quotes, backslashes, signs of TOML and JSON, letters of any language.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{1,12}", "[\"\\\\=\\[\\]{}#.,'\t*]{1,6}", "[ا-يЀ-ӿ一-龥😀-😂é]{1,6}"]
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 0..3)
}

fn host() -> impl Strategy<Value = Vec<String>> {
    vec("[a-z]{1,6}\\.example", 0..3)
}

fn address() -> impl Strategy<Value = Vec<String>> {
    vec(prop_oneof!["192\\.0\\.2\\.[1-9]", Just("2001:db8::/32".to_owned()), Just("10.0.0.0/8".to_owned())], 0..3)
}

fn field() -> impl Strategy<Value = FieldName> {
    "[a-z]{1,6}\\.[a-z]{1,6}".prop_map(|name| FieldName::new(&name))
}

fn lists() -> impl Strategy<Value = Lists> {
    (host(), vec(any::<u16>(), 0..3), address(), host()).prop_map(
        |(banned_hosts, banned_ports, bad_addresses, restricted_hosts)| Lists {
            banned_hosts,
            banned_ports,
            bad_addresses,
            restricted_hosts,
        },
    )
}

fn reading() -> impl Strategy<Value = FileReading> {
    (proptest::option::of(text()), proptest::option::of(any::<i32>()), text()).prop_map(|(timezone, year, format)| {
        FileReading { timezone, year, format: Some(format), ..FileReading::default() }
    })
}

fn tuning() -> impl Strategy<Value = RuleTuning> {
    let severity = proptest::sample::select(Severity::WORST_FIRST.to_vec());
    (proptest::option::of(severity), proptest::option::of(0..=i64::MAX as u64), proptest::option::of(any::<bool>()))
        .prop_map(|(severity, threshold, off)| RuleTuning { severity, threshold, off })
}

fn detectors() -> impl Strategy<Value = Detectors> {
    let numbers = (0..=i64::MAX as u64, 0.0..=1.0, any::<u32>(), any::<u16>(), any::<u16>());
    (address(), numbers, btree_map(text(), address(), 0..3)).prop_map(|(own_networks, numbers, crawler_networks)| {
        let (upload_bytes, beacon_score, flood_per_minute, scan_targets, rare_values) = numbers;
        Detectors {
            own_networks,
            upload_bytes,
            beacon_score,
            flood_per_minute,
            scan_targets,
            rare_values,
            crawler_networks,
            ..Detectors::default()
        }
    })
}

fn models() -> impl Strategy<Value = ModelSettings> {
    let seed = || 0..=i64::MAX as u64;
    let anomaly = (any::<bool>(), vec(field(), 0..3), 0.001..=0.5, 1..=1000_u32, 2..=100_000_u32, seed()).prop_map(
        |(enabled, features, contamination, n_estimators, max_samples, seed)| AnomalySettings {
            enabled,
            features,
            contamination,
            n_estimators,
            max_samples,
            seed,
        },
    );
    let classifier = (field(), vec(field(), 0..3), 1..=1000_u32, 1..=32_u32, 0.01..0.99, seed()).prop_map(
        |(label, features, n_estimators, max_depth, test_size, seed)| ClassifierSettings {
            label,
            features,
            n_estimators,
            max_depth,
            test_size,
            seed,
        },
    );
    (anomaly, proptest::option::of(classifier)).prop_map(|(anomaly, classifier)| ModelSettings { anomaly, classifier })
}

fn settings() -> impl Strategy<Value = Settings> {
    let lookup = (text(), text()).prop_map(|(name, pattern)| Lookup::new(&name, &pattern));
    let allow = (address(), host(), texts().prop_map(|paths| paths.iter().map(|path| format!("/{path}")).collect()));
    let allow = (allow, texts()).prop_map(|((addresses, domains, paths), rules)| Allow {
        addresses,
        domains,
        paths,
        rules,
        ..Allow::default()
    });
    let first = (lists(), vec(lookup, 0..3), texts(), btree_map(text(), field(), 0..3));
    let second = (btree_map(text(), reading(), 0..3), btree_map(text(), text(), 0..3), detectors(), 1..=8760_u32);
    let third = (allow, btree_map(text(), tuning(), 0..3), btree_map(text(), texts(), 0..3), models());
    (first, second, third).prop_map(|(first, second, third)| Settings {
        lists: first.0,
        lookups: first.1,
        user_agent_prefixes: first.2,
        csv_columns: first.3,
        reading: second.0,
        formats: second.1,
        detectors: second.2,
        cases: CaseSettings { quiet_hours: second.3 },
        allow: third.0,
        tuning: third.1,
        sigma_placeholders: third.2,
        models: third.3,
        ..Settings::default()
    })
}

/// As the browser does.
fn compressed(text: &str) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

fn opened(parameter: &str) -> Result<Settings, String> {
    match Packed::of_parameter(parameter)? {
        Packed::Plain(bytes) => of_link(&bytes),
        Packed::Compressed(bytes) => {
            let mut json = Vec::new();
            DeflateDecoder::new(bytes.as_slice()).read_to_end(&mut json).map_err(|error| error.to_string())?;
            of_link(&json)
        }
    }
}

proptest! {
    #[test]
    fn a_link_gives_the_same_settings(settings in settings()) {
        let text = to_link(&settings);
        for packed in [Packed::Plain(text.clone().into_bytes()), Packed::Compressed(compressed(&text))] {
            let parameter = packed.to_parameter().expect("short enough");
            prop_assert!(parameter.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)));
            prop_assert_eq!(opened(&parameter), Ok(settings.clone()));
        }
    }

    #[test]
    fn a_toml_file_gives_the_same_settings(settings in settings(), filter in text(), unlimited in any::<bool>()) {
        let settings = Settings { filter, unlimited, ..settings };
        let text = to_toml(&settings).expect("numbers that TOML has");
        let read: Settings = toml::from_str(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(read, settings);
    }

    #[test]
    fn what_changes_is_told_and_nothing_else(before in settings(), after in settings()) {
        prop_assert!(changes(&before, &before).is_empty());
        prop_assert_eq!(changes(&before, &after).is_empty(), before == after);
    }

    #[test]
    fn a_link_that_was_changed_is_refused_or_holds(settings in settings(), at in any::<prop::sample::Index>(), by in "[ -~]") {
        let mut parameter = Packed::Compressed(compressed(&to_link(&settings))).to_parameter().expect("short enough");
        let at = at.index(parameter.len());
        parameter.replace_range(at..=at, &by);
        if let Ok(settings) = opened(&parameter) {
            prop_assert!(settings.mistakes().is_empty());
        }
    }

    #[test]
    fn letters_of_chance_break_nothing(text in "(1|1z|2)?\\.?[ -~]{0,80}") {
        let _ = opened(&text);
    }
}

/// What a link with this JSON is answered.
fn refused(json: &str) -> String {
    opened(&Packed::Plain(json.as_bytes().to_vec()).to_parameter().expect("short enough")).expect_err("it is refused")
}

#[test]
fn what_a_link_may_not_say_is_refused() {
    for (json, expected) in [
        (r#"{"unlimited": true}"#, "lift a limit"),
        (r#"{"filter": "source.ip: 192.0.2.1"}"#, "lift a limit or to filter"),
        (r#"{"reading": {"a.log": {"unlimited": true}}}"#, "lift a limit"),
        (r#"{"allow": {"paths": ["*"]}}"#, "would leave out every row"),
        (r#"{"lists": {"bad_addresses": ["x"]}}"#, "is no address"),
        (r#"{"models": {"anomaly": {"n_estimators": 4000000000}}}"#, "n_estimators is out of its range"),
        (r#"{"models": {"classifier": {"label": "a.b", "max_depth": 900}}}"#, "max_depth is out of its range"),
        (r#"{"lookups": [{"name": "a\u0000b", "pattern": "x"}]}"#, "not seen"),
        ("{\"formats\": {\"\u{202e}\": \"x\"}}", "not seen"),
        (r#"{"no_such_setting": 1}"#, "cannot be read: unknown field"),
        ("[", "cannot be read"),
        ("", "cannot be read"),
    ] {
        let said = refused(json);
        assert!(said.contains(expected), "{json}: {said}");
    }
    let long = format!(r#"{{"user_agent_prefixes": ["{}"]}}"#, "x".repeat(5_000));
    assert!(refused(&long).contains("more than 4096 characters"));
}

#[test]
fn a_link_that_is_no_link_is_refused() {
    for (parameter, expected) in [
        ("", "another version"),
        ("2.e30", "another version"),
        (r#"{"allow":{}}"#, "another version"),
        ("1.e3", "missing or was changed"),
        ("1.e30=", "missing or was changed"),
        ("1.é", "missing or was changed"),
        ("1.e", "missing or was changed"),
    ] {
        let said = Packed::of_parameter(parameter).expect_err("it is refused");
        assert!(said.contains(expected), "{parameter}: {said}");
    }
    let long = "1.".to_owned() + &"A".repeat(LINK_CHARACTERS_AT_MOST);
    assert!(Packed::of_parameter(&long).expect_err("it is refused").contains("longer than"));
    assert!(Packed::Plain(vec![0; LINK_CHARACTERS_AT_MOST]).to_parameter().expect_err("too long").contains("too long"));
    assert!(of_link(&vec![b' '; 300_000]).expect_err("too much").contains("more than the 262144 bytes"));
    assert_eq!(opened("1.e30"), Ok(Settings::default()));
}

#[test]
fn a_link_leaves_out_what_is_for_one_machine() {
    let reading = FileReading { sample: Some(4), unlimited: true, ..FileReading::default() };
    let settings = Settings {
        filter: "url.path: /a".into(),
        unlimited: true,
        reading: [("a.log".to_owned(), reading)].into(),
        ..Settings::shipped()
    };
    assert_eq!(of_link(to_link(&settings).as_bytes()), Ok(Settings::shipped()));
}

#[test]
fn numbers_beyond_toml_are_told() {
    let mut settings = Settings::default();
    settings.models.anomaly.seed = u64::MAX;
    assert!(to_toml(&settings).expect_err("too large").contains("save the settings as JSON"));
}
