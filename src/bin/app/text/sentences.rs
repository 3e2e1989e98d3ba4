//! Facts of the engine as sentences: the engine states them in lower case, without a full stop.

/// `fact` with a capital letter and a full stop.
pub fn sentence(fact: &str) -> String {
    let end = if fact.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{}{end}", capital(fact))
}

/// `fact` with a capital letter.
pub fn capital(fact: &str) -> String {
    let mut capital = fact.to_owned();
    // Facts are in English; the tables of all other letters would be a part of the page.
    if let Some(first) = capital.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    capital
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_become_sentences() {
        assert_eq!(sentence("the share was chosen"), "The share was chosen.");
        assert_eq!(sentence("Every row is the same."), "Every row is the same.");
        assert_eq!(sentence(""), ".");
        assert_eq!(capital("ärger"), "ärger");
    }
}
