//! How a rule speaks, as one line: `web.* = low, 10, off`.

use crate::units::severity::Severity;

use super::RuleTuning;

/// A rule's entry as a line.
pub fn tuning_line(rule: &str, said: &RuleTuning) -> String {
    let off = said.off.map(|off| if off { "off" } else { "on" }.to_owned());
    let severity = said.severity.map(|severity| severity.as_str().to_owned());
    let words: Vec<String> =
        [severity, said.threshold.map(|least| least.to_string()), off].into_iter().flatten().collect();
    format!("{rule} = {}", words.join(", "))
}

/// The entry of a line: a rule's id, an equals sign, and a severity, a least number of rows, `off` or `on`, in any order.
///
/// # Errors
/// What is wrong with the line, in a sentence without its end.
pub fn tuning_of_line(line: &str) -> Result<(String, RuleTuning), String> {
    let wrong = |what: &str| Err(format!("“{}”: {what}", line.trim()));
    let Some((rule, words)) = line.split_once('=') else { return wrong("there is no equals sign") };
    let mut said = RuleTuning::default();
    for word in words.split([',', ' ']).filter(|word| !word.is_empty()) {
        let severity = Severity::WORST_FIRST.into_iter().find(|severity| severity.as_str().eq_ignore_ascii_case(word));
        match (severity, word.parse::<u64>(), word) {
            (Some(severity), ..) => said.severity = Some(severity),
            (_, Ok(least), _) => said.threshold = Some(least),
            (_, _, "off" | "on") => said.off = Some(word == "off"),
            _ => return wrong(&format!("“{word}” is no severity, no number of rows, and not “off”")),
        }
    }
    match rule.trim() {
        "" => wrong("no rule is named"),
        _ if said == RuleTuning::default() => wrong("nothing is said of the rule"),
        rule => Ok((rule.to_owned(), said)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_both_ways() {
        for line in ["web.* = low", "web.xss = critical, 10", "http.scanner = off", "a = 3, on"] {
            let (rule, said) = tuning_of_line(line).expect(line);
            assert_eq!(tuning_line(&rule, &said), line);
        }
        assert_eq!(tuning_of_line(" web.xss=off  HIGH ,5 "), tuning_of_line("web.xss = high, 5, off"));
        for (line, expected) in [
            ("web.xss", "“web.xss”: there is no equals sign"),
            ("= off", "“= off”: no rule is named"),
            ("a =", "“a =”: nothing is said of the rule"),
            ("a = awful", "“a = awful”: “awful” is no severity, no number of rows, and not “off”"),
        ] {
            assert_eq!(tuning_of_line(line).expect_err(line), expected);
        }
    }
}
