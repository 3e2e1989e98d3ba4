//! Reads Sigma's YAML: rules, correlations, filters, several documents in one file, `action: global`.
//!
//! Only hosts that take rules from their user call this: no worker has it. What cannot be read or done becomes a rule that
//! says why; nothing is left out silently. Conditions with the old `| count() by … > …` become a correlation, as the
//! specification asks. `rsigma-parser` knows the notation; this turns what it says into what `ir` has.

use std::collections::BTreeMap;

use rsigma_parser::{
    ConditionExpr, ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType, FilterRule,
    FilterRuleTarget, Level, LogSource as Source, SigmaCollection, SigmaRule, Status as ReadStatus, WindowMode,
    parse_sigma_yaml,
};
use serde::Deserialize;
use yaml_serde::Value;

use crate::report::types::Severity;
use crate::units::order;

use super::ir::{Body, Comparison, Correlation, CorrelationKind, Input, LogSource, Node, Rule, Status, Wanted};
use super::read_items::{Placeholders, search};

/// Signs of nesting beyond which a condition is refused: whoever writes it chooses how deep it goes.
const MAX_NESTING: usize = 200;

/// Reads files of rules, one after the other.
#[derive(Debug, Default)]
pub struct Reader {
    placeholders: Placeholders,
    /// The place of the file that is read.
    file: u32,
    rules: Vec<Rule>,
    /// The file of each rule.
    files: Vec<u32>,
    /// What correlations and filters may call each rule.
    names: BTreeMap<String, u32>,
    /// Correlations with the file and the family of each.
    correlations: Vec<(u32, String, CorrelationRule)>,
    /// The family of the file that is being read; empty for a user's.
    family: String,
    filters: Vec<FilterRule>,
}

/// Documents that others in the same file stand on.
#[derive(Default)]
struct Before {
    global: String,
    /// The last rule and its repetitions.
    last: Vec<String>,
}

impl Reader {
    /// A reader that knows what placeholders (`%admins%`) stand for.
    pub fn new(placeholders: &Placeholders) -> Self {
        Self { placeholders: placeholders.clone(), ..Self::default() }
    }

    /// Reads a file's text; `name` stands for the title of what has none.
    pub fn add(&mut self, name: &str, yaml: &str) {
        let mut before = Before::default();
        for document in yaml_serde::Deserializer::from_str(yaml) {
            match Value::deserialize(document) {
                Ok(Value::Null) => {}
                Ok(value) => self.document(name, value, &mut before),
                Err(error) => {
                    self.refuse((name, name), format!("no YAML: {error}"));
                    // After an error the parser does not know where it is.
                    break;
                }
            }
        }
        self.file += 1;
    }

    /// Reads a file of the shipped catalogue, whose rules go by their names.
    pub fn add_shipped(&mut self, family: &str, name: &str, yaml: &str) {
        family.clone_into(&mut self.family);
        self.add(name, yaml);
        self.family.clear();
    }

    /// Every rule that was read, correlations after the rules that they count.
    pub fn finish(self) -> Vec<Rule> {
        self.finish_with_files().0
    }

    /// The same, and the place of each rule's file among those that were read.
    pub fn finish_with_files(mut self) -> (Vec<Rule>, Vec<u32>) {
        for filter in std::mem::take(&mut self.filters) {
            self.filter(&filter);
        }
        for (file, family, correlation) in std::mem::take(&mut self.correlations) {
            self.file = file;
            let mut rule = head(&correlation, &family);
            rule.body = self.correlation(&correlation).map_or_else(Body::Unsupported, Body::Correlation);
            if let (Body::Correlation(found), false) = (&rule.body, correlation.generate) {
                for input in &found.inputs {
                    self.rules.get_mut(input.rule as usize).into_iter().for_each(|rule| rule.is_silent = true);
                }
            }
            self.push(rule);
        }
        (self.rules, self.files)
    }

    fn push(&mut self, rule: Rule) {
        self.rules.push(rule);
        self.files.push(self.file);
    }

    fn document(&mut self, name: &str, mut value: Value, before: &mut Before) {
        let text_of = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let title = text_of(&value, "title").unwrap_or_else(|| name.to_owned());
        let id = text_of(&value, "id").unwrap_or_else(|| title.clone());
        let action = text_of(&value, "action");
        if ["detection", "correlation", "filter"].iter().any(|part| is_deep(value.get(part))) {
            return self.refuse((&id, &title), "a condition of that depth".to_owned());
        }
        let old = aggregation(&mut value);
        let Ok(text) = yaml_serde::to_string(&value) else {
            return self.refuse((&id, &title), "no YAML that can be written again".to_owned());
        };
        match action.as_deref() {
            Some("global") => {
                before.global = text;
                return;
            }
            Some("reset") => {
                before.global.clear();
                return;
            }
            Some("repeat") => {}
            _ => before.last.clear(),
        }
        before.last.push(text);
        let documents = std::iter::once(&before.global).filter(|text| !text.is_empty()).chain(&before.last);
        let whole: String = documents.flat_map(|text| ["---\n", text, "\n"]).collect();
        let read = match parse_sigma_yaml(&whole) {
            Ok(read) if read.len() == before.last.len() => read,
            Ok(read) => return self.refuse((&id, &title), read.errors.join("; ")),
            Err(error) => return self.refuse((&id, &title), error.to_string()),
        };
        self.take(read, old);
    }

    fn take(&mut self, mut read: SigmaCollection, old: Option<Result<Aggregation, String>>) {
        if let Some(rule) = read.rules.pop() {
            self.rule(&rule, old);
        } else if let Some(correlation) = read.correlations.pop() {
            self.correlations.push((self.file, self.family.clone(), correlation));
        } else if let Some(filter) = read.filters.pop() {
            self.filters.push(filter);
        }
    }

    fn rule(&mut self, read: &SigmaRule, old: Option<Result<Aggregation, String>>) {
        let mut rule = head(read, &self.family);
        let place = self.rules.len() as u32;
        let old = match old {
            None => None,
            Some(Ok(old)) => Some(old),
            Some(Err(why)) => {
                rule.body = Body::Unsupported(why);
                self.push(rule);
                return;
            }
        };
        rule.body = match search(&read.detection, &self.placeholders) {
            Ok(node) => Body::Search(node),
            Err(why) => Body::Unsupported(why),
        };
        let names = [Some(&rule.id), read.id.as_ref(), read.name.as_ref(), Some(&rule.title)];
        names.into_iter().flatten().for_each(|name| {
            self.names.entry(name.clone()).or_insert(place);
        });
        let counted = old.filter(|_| matches!(rule.body, Body::Search(_))).map(|old| {
            let whole = rule.clone();
            rule.id.push_str(".rows");
            rule.is_silent = true;
            Rule { body: Body::Correlation(old.counts(place)), ..whole }
        });
        self.push(rule);
        if let Some(counted) = counted {
            self.push(counted);
        }
    }

    /// Adds what a filter asks to the rules that it names.
    fn filter(&mut self, read: &FilterRule) {
        let node = match search(&read.detection, &self.placeholders) {
            Ok(node) => node,
            Err(why) => {
                let id = read.id.clone().unwrap_or_else(|| read.title.clone());
                return self.refuse((&id, &read.title), why);
            }
        };
        let wanted = read.logsource.as_ref().map(source).unwrap_or_default();
        let places: Vec<u32> = match &read.rules {
            FilterRuleTarget::Any => (0..self.rules.len() as u32).collect(),
            FilterRuleTarget::Specific(names) => {
                names.iter().filter_map(|name| self.names.get(name)).copied().collect()
            }
        };
        for place in places {
            let Some(rule) = self.rules.get_mut(place as usize) else { continue };
            if let (Body::Search(own), true) = (&mut rule.body, holds(&wanted, &rule.source)) {
                *own = Node::All(vec![own.clone(), node.clone()]);
            }
        }
    }

    fn correlation(&self, read: &CorrelationRule) -> Result<Correlation, String> {
        if read.window != WindowMode::Sliding {
            return Err("windows other than sliding ones".to_owned());
        }
        let kind = match read.correlation_type {
            CorrelationType::EventCount => CorrelationKind::EventCount,
            CorrelationType::ValueCount => CorrelationKind::ValueCount,
            CorrelationType::ValueSum => CorrelationKind::ValueSum,
            CorrelationType::ValueAvg => CorrelationKind::ValueAvg,
            CorrelationType::Temporal => CorrelationKind::Temporal,
            CorrelationType::TemporalOrdered => CorrelationKind::TemporalOrdered,
            CorrelationType::ValuePercentile | CorrelationType::ValueMedian => {
                return Err("correlations of percentiles".to_owned());
            }
        };
        let (condition, values, wanted) = match &read.condition {
            CorrelationCondition::Threshold { predicates, field, .. } => {
                let compared = predicates.iter().map(|(operator, count)| (comparison(*operator), *count as f64));
                let is_temporal = matches!(kind, CorrelationKind::Temporal | CorrelationKind::TemporalOrdered);
                // Where a temporal correlation has no condition, the parser says "one or more"; it means every rule.
                let is_said = !is_temporal || !matches!(predicates.as_slice(), [(ConditionOperator::Gte, 1)]);
                (compared.filter(|_| is_said).collect(), field.clone().unwrap_or_default(), None)
            }
            CorrelationCondition::Extended(condition) => {
                (Vec::new(), Vec::new(), Some(wanted(condition, &read.rules)?))
            }
        };
        let counts_values =
            matches!(kind, CorrelationKind::ValueCount | CorrelationKind::ValueSum | CorrelationKind::ValueAvg);
        if counts_values && values.is_empty() {
            return Err("a count of values without a field".to_owned());
        }
        let field_of = |rule: &String, field: &String| {
            let alias = read.aliases.iter().find(|alias| alias.alias == *field);
            alias.and_then(|alias| alias.mapping.get(rule)).unwrap_or(field).clone()
        };
        let mut inputs = Vec::new();
        for name in &read.rules {
            let place = self.names.get(name).copied().ok_or_else(|| format!("no rule is called {name}"))?;
            let rule = self.rules.get(place as usize).map(|rule| &rule.body);
            match rule {
                Some(Body::Search(_)) => {}
                Some(Body::Correlation(_)) => return Err(format!("a correlation of a correlation: {name}")),
                _ => return Err(format!("the rule {name} is not supported")),
            }
            inputs.push(Input {
                rule: place,
                group_by: read.group_by.iter().map(|field| field_of(name, field)).collect(),
                values: values.iter().map(|field| field_of(name, field)).collect(),
            });
        }
        let timespan = i64::try_from(read.timespan.seconds).ok().and_then(|seconds| seconds.checked_mul(1_000_000));
        Ok(Correlation {
            kind,
            inputs,
            group_by: read.group_by.clone(),
            timespan: timespan.unwrap_or(i64::MAX),
            condition,
            wanted,
        })
    }

    fn refuse(&mut self, (id, title): (&str, &str), why: String) {
        let (id, title) = (id.to_owned(), title.to_owned());
        let level = Severity::Informational;
        self.push(Rule { id, title, level, body: Body::Unsupported(why), ..Rule::default() });
    }
}

/// What is the same in rules and correlations.
trait Head {
    fn head(&self) -> Rule;
    fn name(&self) -> Option<&str>;
}

macro_rules! heads {
    ($($kind:ty, $source:expr;)+) => {
        $(impl Head for $kind {
            fn head(&self) -> Rule {
                let id = self.id.clone().or_else(|| self.name.clone()).unwrap_or_else(|| self.title.clone());
                Rule {
                    id,
                    title: self.title.clone(),
                    level: severity(self.level),
                    description: self.description.clone().unwrap_or_default().trim().to_owned(),
                    author: self.author.clone().unwrap_or_default(),
                    references: self.references.clone(),
                    false_positives: self.falsepositives.clone(),
                    attack: attack(&self.tags),
                    fields: self.fields.clone(),
                    status: status(self.status),
                    source: $source(self),
                    ..Rule::default()
                }
            }

            fn name(&self) -> Option<&str> {
                self.name.as_deref()
            }
        })+
    };
}

heads! {
    SigmaRule, |rule: &SigmaRule| source(&rule.logsource);
    CorrelationRule, |_| LogSource::default();
}

fn head(read: &impl Head, family: &str) -> Rule {
    let mut rule = read.head();
    if let (Some(name), false) = (read.name(), family.is_empty()) {
        name.clone_into(&mut rule.id);
    }
    Rule { family: family.to_owned(), ..rule }
}

/// A condition in the old notation: what stands after its bar.
struct Aggregation {
    kind: CorrelationKind,
    group_by: Vec<String>,
    values: Vec<String>,
    condition: (Comparison, f64),
    timespan: i64,
}

impl Aggregation {
    fn counts(self, place: u32) -> Correlation {
        Correlation {
            kind: self.kind,
            inputs: vec![Input { rule: place, group_by: self.group_by.clone(), values: self.values }],
            group_by: self.group_by,
            timespan: self.timespan,
            condition: vec![self.condition],
            wanted: None,
        }
    }

    /// Reads `count(field) by group > 10`.
    fn read(text: &str, timeframe: Option<&str>) -> Option<Self> {
        let (call, rest) = text.trim().split_once(')')?;
        let (function, field) = call.split_once('(')?;
        let values: Vec<String> = Some(field.trim()).filter(|f| !f.is_empty()).map(str::to_owned).into_iter().collect();
        let kind = match (function.trim(), values.is_empty()) {
            ("count", true) => CorrelationKind::EventCount,
            ("count", false) => CorrelationKind::ValueCount,
            ("sum", false) => CorrelationKind::ValueSum,
            ("avg", false) => CorrelationKind::ValueAvg,
            _ => return None,
        };
        let at = rest.find(['<', '>', '='])?;
        let (group, compared) = rest.split_at(at);
        let group_by = match group.trim().strip_prefix("by ") {
            Some(fields) => fields.split(',').map(|field| field.trim().to_owned()).collect(),
            None if group.trim().is_empty() => Vec::new(),
            None => return None,
        };
        let number = compared.trim_start_matches(['<', '>', '=']);
        let comparison = match compared.get(..compared.len() - number.len())? {
            "<" => Comparison::Less,
            "<=" => Comparison::AtMost,
            ">" => Comparison::Greater,
            ">=" => Comparison::AtLeast,
            _ => Comparison::Equal,
        };
        let condition = (comparison, number.trim().parse().ok()?);
        let seconds = timeframe.map(rsigma_parser::Timespan::parse).transpose().ok()?.map(|span| span.seconds);
        // Without a time frame it counts in the whole log.
        let timespan = seconds.map_or(Some(i64::MAX), |s| i64::try_from(s).ok()?.checked_mul(1_000_000))?;
        Some(Self { kind, group_by, values, condition, timespan })
    }
}

/// Whether a part of a rule has a condition that is nested deeper than one should follow.
fn is_deep(part: Option<&Value>) -> bool {
    let condition = part.and_then(|part| part.get("condition"));
    let deep = |text: &str| text.matches('(').count() + text.matches("not").count() > MAX_NESTING;
    match condition {
        Some(Value::String(text)) => deep(text),
        Some(Value::Sequence(texts)) => texts.iter().filter_map(Value::as_str).any(deep),
        _ => false,
    }
}

/// Takes what stands after the bar out of a rule's condition. **Null**: none where there is no bar.
fn aggregation(document: &mut Value) -> Option<Result<Aggregation, String>> {
    let detection = document.get_mut("detection")?;
    let timeframe = detection.get("timeframe").and_then(Value::as_str).map(str::to_owned);
    let condition = detection.get_mut("condition")?;
    let text = condition.as_str()?.to_owned();
    let (search, counted) = text.split_once('|')?;
    *condition = Value::String(search.trim().to_owned());
    let read = Aggregation::read(counted, timeframe.as_deref());
    Some(read.ok_or_else(|| format!("the aggregation `{}`", counted.trim())))
}

fn wanted(condition: &ConditionExpr, rules: &[String]) -> Result<Wanted, String> {
    let all = |inner: &[ConditionExpr]| inner.iter().map(|inner| wanted(inner, rules)).collect::<Result<Vec<_>, _>>();
    match condition {
        ConditionExpr::And(inner) => Ok(Wanted::All(all(inner)?)),
        ConditionExpr::Or(inner) => Ok(Wanted::Any(all(inner)?)),
        ConditionExpr::Not(inner) => Ok(Wanted::Not(Box::new(wanted(inner, rules)?))),
        ConditionExpr::Identifier(name) => {
            let place = rules.iter().position(|rule| rule == name);
            place.map(|place| Wanted::Input(place as u32)).ok_or_else(|| format!("no rule is called {name}"))
        }
        ConditionExpr::Selector { .. } => Err("a correlation of `1 of`".to_owned()),
    }
}

fn comparison(operator: ConditionOperator) -> Comparison {
    match operator {
        ConditionOperator::Lt => Comparison::Less,
        ConditionOperator::Lte => Comparison::AtMost,
        ConditionOperator::Gt => Comparison::Greater,
        ConditionOperator::Gte => Comparison::AtLeast,
        ConditionOperator::Eq => Comparison::Equal,
        ConditionOperator::Neq => Comparison::Unequal,
    }
}

fn severity(level: Option<Level>) -> Severity {
    match level {
        Some(Level::Low) => Severity::Low,
        // The specification has no level for rules without one.
        Some(Level::Medium) | None => Severity::Medium,
        Some(Level::High) => Severity::High,
        Some(Level::Critical) => Severity::Critical,
        Some(Level::Informational) => Severity::Informational,
    }
}

fn status(status: Option<ReadStatus>) -> Status {
    match status {
        Some(ReadStatus::Stable) => Status::Stable,
        Some(ReadStatus::Test) | None => Status::Test,
        Some(ReadStatus::Experimental | ReadStatus::Deprecated | ReadStatus::Unsupported) => Status::Experimental,
    }
}

/// The techniques among tags: `attack.t1190` is `T1190`.
fn attack(tags: &[String]) -> Vec<String> {
    let technique = |tag: &String| {
        let name = tag.strip_prefix("attack.")?.to_ascii_uppercase();
        name.strip_prefix('T').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).then_some(name)
    };
    let mut found: Vec<String> = tags.iter().filter_map(technique).collect();
    order::sort(&mut found);
    found.dedup();
    found
}

fn source(read: &Source) -> LogSource {
    let word = |word: &Option<String>| word.as_deref().unwrap_or_default().to_ascii_lowercase();
    LogSource { category: word(&read.category), product: word(&read.product), service: word(&read.service) }
}

/// Whether a filter for these logs is for that rule too.
fn holds(filter: &LogSource, rule: &LogSource) -> bool {
    let holds = |a: &str, b: &str| a.is_empty() || a == b;
    holds(&filter.category, &rule.category)
        && holds(&filter.product, &rule.product)
        && holds(&filter.service, &rule.service)
}
