//! What a model is trained with, as the settings of `logloupe model train`; and which split is proposed. Pure.

use logloupe::report::Report;
use serde_json::{Map, Value, json};

use super::filter::Condition;

/// Addresses from which on rows are better split by them.
const ENOUGH_ADDRESSES: u64 = 20;

/// What can be learnt.
#[derive(Clone, Debug, PartialEq)]
pub enum Label {
    /// A column's values.
    Column(String),
    /// Whether a row passes a filter.
    Question(String),
}

/// The form's values.
#[derive(Clone, Debug, PartialEq)]
pub struct Training {
    /// What to learn.
    pub label: Label,
    /// `random_forest`, `gradient_boosting`, `logistic_regression`.
    pub model: String,
    /// Its parameters, by name.
    pub params: Vec<(&'static str, Value)>,
    /// The columns to learn from: kind (`number`, `category`, `words`) and name; empty for all that the log fills.
    pub features: Vec<(String, String)>,
    /// `tf_idf`, `counts`, or `none` for no words.
    pub words: String,
    /// Words of a column that are counted at most, and the rows that a word or a category must be in.
    pub vocabulary: (u64, u64),
    /// `none`, `standard`, `min_max`, `robust`.
    pub scaling: String,
    /// `median`, `mean`, `most_frequent`, `zero`: what stands where a number is missing.
    pub imputation: String,
    /// Whether numbers far out are clipped.
    pub clips: bool,
    /// `rows`, `time`, `pattern`, or the column whose values stay together.
    pub split: String,
    /// The share of rows that test.
    pub test_share: f64,
    /// What is tried before, on folds; none where nothing is.
    pub tries: Option<Tries>,
    /// At how many sizes of the training the learning curve is taken; 0 for none.
    pub curve: u64,
    /// Where random numbers start.
    pub seed: u64,
}

/// What is tried before a model is trained.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tries {
    /// How many folds.
    pub folds: u64,
    /// How many of the combinations are drawn; 0 for all.
    pub n_iter: u64,
    /// The values to try as they were typed, by parameter.
    pub lists: Vec<(&'static str, String)>,
}

impl Tries {
    /// The grid as the command line takes it.
    fn grid(&self) -> Value {
        let mut grid = Map::new();
        for (name, text) in &self.lists {
            grid.insert((*name).to_owned(), tried(name, text).into());
        }
        if self.n_iter > 0 {
            grid.insert("n_iter".to_owned(), json!(self.n_iter));
        }
        Value::Object(grid)
    }
}

/// The values of a parameter to try, out of a text; words that are none are left out.
fn tried(name: &str, text: &str) -> Vec<Value> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let value = |word: &str| match name {
        "imputation" => fill(word),
        "max_depth" if word == "any" => Some(Value::Null),
        "learning_rate" | "c" => word.parse::<f64>().ok().map(|value| json!(value)),
        _ => word.parse::<u64>().ok().map(|value| json!(value)),
    };
    words.filter_map(value).collect()
}

/// What stands where a number is missing, by its name.
fn fill(name: &str) -> Option<Value> {
    match name {
        "median" | "mean" | "most_frequent" => Some(json!(name)),
        "zero" => Some(json!({ "constant": 0.0 })),
        _ => None,
    }
}

impl Training {
    /// The settings as JSON.
    pub fn settings(&self) -> Value {
        let own = match &self.label {
            Label::Column(column) => column.as_str(),
            Label::Question(_) => "",
        };
        let chosen = |kind: &str| -> Vec<&String> {
            let of_kind = self.features.iter().filter(|(known, name)| known == kind && name != own);
            of_kind.map(|(_, name)| name).collect()
        };
        let params: Map<String, Value> =
            self.params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let mut model = Map::new();
        model.insert(self.model.clone(), Value::Object(params));
        let split = match self.split.as_str() {
            which @ ("rows" | "time" | "pattern") => json!(which),
            column => json!({ "group": column }),
        };
        let words = if self.words == "none" { Vec::new() } else { chosen("words") };
        let mut preparation = Map::new();
        preparation.insert("imputation".into(), fill(&self.imputation).unwrap_or_else(|| json!("median")));
        preparation.insert("max_words".into(), json!(self.vocabulary.0));
        preparation.insert("min_support".into(), json!(self.vocabulary.1));
        preparation.insert("scaling".into(), json!(self.scaling));
        preparation.insert("outliers".into(), json!(if self.clips { "clip" } else { "keep" }));
        preparation.insert("word_weight".into(), json!(if self.words == "counts" { "counts" } else { "tf_idf" }));
        let mut settings = json!({
            "model": model,
            "numbers": chosen("number"),
            "categories": chosen("category"),
            "words": words,
            "preparation": preparation,
            "split": split,
            "test_share": self.test_share,
            "seed": self.seed,
        });
        match &self.label {
            Label::Column(column) => settings["label"] = json!(column),
            Label::Question(question) => settings["question"] = json!(question),
        }
        if let Some(tries) = &self.tries {
            settings["folds"] = json!(tries.folds);
            settings["grid"] = tries.grid();
        }
        if self.curve > 0 {
            settings["learning_curve"] = json!(self.curve);
        }
        settings
    }
}

/// The split that fits these rows best, and why.
pub fn proposed_split(report: &Report) -> (&'static str, &'static str) {
    if report.visitors.distinct_addresses >= ENOUGH_ADDRESSES {
        return (
            "source.ip",
            "rows of one address are much alike, so a model that saw some of them knows the others by heart",
        );
    }
    let mut times = report.inputs.iter().flat_map(|input| [&input.first, &input.last]).flatten();
    let first = times.next();
    if first.is_some() && times.any(|time| Some(time) != first) {
        return ("time", "a model is asked about rows to come, so it is tested on the newest");
    }
    ("rows", "the rows have neither many addresses nor a time to go by")
}

/// The question of rows that have one of these values in a column.
pub fn any_of(field: &str, entries: &[String]) -> String {
    let clauses: Vec<String> = entries.iter().map(|entry| Condition::new(field, entry).clause()).collect();
    clauses.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn training(label: Label) -> Training {
        Training {
            label,
            model: "gradient_boosting".into(),
            params: vec![("n_estimators", json!(50))],
            features: Vec::new(),
            words: "none".into(),
            vocabulary: (100, 10),
            scaling: "none".into(),
            imputation: "median".into(),
            clips: false,
            split: "source.ip".into(),
            test_share: 0.3,
            tries: None,
            curve: 0,
            seed: 42,
        }
    }

    #[test]
    fn the_form_gives_the_settings_of_the_command_line() {
        let column = Training {
            features: vec![("number".into(), "source.bytes".into()), ("category".into(), "a".into())],
            ..training(Label::Column("a".into()))
        };
        let settings = column.settings();
        assert_eq!(settings["label"], json!("a"));
        assert_eq!(settings["split"], json!({ "group": "source.ip" }));
        assert_eq!(settings["model"], json!({ "gradient_boosting": { "n_estimators": 50 } }));
        assert_eq!((&settings["numbers"], &settings["categories"]), (&json!(["source.bytes"]), &json!([])));
        let question = Training { split: "time".into(), ..training(Label::Question("url.path: a".into())) }.settings();
        assert_eq!((&question["question"], &question["split"]), (&json!("url.path: a"), &json!("time")));
        assert!(question.get("label").is_none());
    }

    #[test]
    fn values_to_try_stand_between_commas() {
        let lists = vec![
            ("max_depth", "5, 10,any, x".to_owned()),
            ("learning_rate", "0.1".to_owned()),
            ("imputation", "mean, zero, guess".to_owned()),
            ("n_estimators", String::new()),
        ];
        let tries = Tries { folds: 3, n_iter: 4, lists };
        let settings = Training { tries: Some(tries), curve: 5, ..training(Label::Column("a".into())) }.settings();
        let expected = json!({
            "max_depth": [5, 10, null],
            "learning_rate": [0.1],
            "imputation": ["mean", { "constant": 0.0 }],
            "n_estimators": [],
            "n_iter": 4,
        });
        assert_eq!(
            (&settings["grid"], &settings["folds"], &settings["learning_curve"]),
            (&expected, &json!(3), &json!(5))
        );
    }

    #[test]
    fn rows_of_many_addresses_are_split_by_them() {
        let mut report = Report::default();
        assert_eq!(proposed_split(&report).0, "rows");
        report.visitors.distinct_addresses = 400;
        assert_eq!(proposed_split(&report).0, "source.ip");
    }

    #[test]
    fn a_list_is_a_question() {
        let entries = ["10.0.0.1".to_owned(), "10.0.0.0/8".to_owned()];
        assert_eq!(any_of("source.ip", &entries), "source.ip: \"10.0.0.1\" or source.ip: \"10.0.0.0/8\"");
    }
}
