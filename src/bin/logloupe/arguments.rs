//! What the command line takes.

mod parts;
mod serve;

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use logloupe::report::fix::Target;

pub use parts::{Map as MapFiles, Reduce};
pub use serve::Serve;

/// Read web-server and network logs: what is in them, what stands out, what to look at first. Nothing leaves this machine.
#[derive(Debug, Parser)]
#[command(name = "logloupe", version, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Analyse files, folders, archives or standard input (`-`) and report.
    ///
    /// Ends with 0 if nothing is worse than `--fail-on`, with 1 if something is, with 2 on an error.
    Analyze(Analyze),
    /// Read files here, to be analysed elsewhere: writes what `logloupe reduce` puts together with the parts of other files.
    Map(MapFiles),
    /// Analyse the files of all parts that `logloupe map` wrote: the report is that of one `logloupe analyze`, byte for byte.
    ///
    /// Ends as `logloupe analyze` does. The lines that it shows are read from the files, where the parts say that they are.
    Reduce(Reduce),
    /// Write the report for somebody who was not there: HTML without a script, PDF, Markdown, JSON, or a zip of all.
    Report(Report),
    /// Write the cleaned rows in ECS names.
    Rows(Rows),
    /// List the formats that are understood, or say what files look like and why.
    Formats(Formats),
    /// Write the lines that were not understood, each with its place and why.
    Rejects(Rejects),
    /// List Sigma rules and what became of each: whether it can be read, and with `--on`, what it finds and how long that takes.
    Rules(Rules),
    /// Write findings for another program: what blocks their addresses, paths or user agents, or looks for them elsewhere.
    ///
    /// What it would have stopped in these logs is said on standard error. Ends with 1 where there is nothing to write.
    Fix(Fix),
    /// Say which checks a line fired, and which nearly did and for want of what.
    Explain(Explain),
    /// Serve the page and the same analyses over HTTP, to programs of this machine.
    Serve(Serve),
    /// Train a model on logs, apply it to others, or say how good it is.
    #[command(subcommand)]
    Model(Model),
}

/// `logloupe model`.
#[derive(Debug, Subcommand)]
pub enum Model {
    /// Learn from logs, test on rows held out, judge the figures, and save the model.
    Train(Box<Train>),
    /// Write what a saved model says of each row.
    Predict(Predict),
    /// Compare what a saved model says with what is true.
    Evaluate(Evaluate),
    /// List the columns that go together: the strongest correlations of numbers, flags and categories.
    Correlate(Correlate),
    /// Say whether the next interval will have a burst of errors, and how well that could be known so far.
    Forecast(Forecast),
    /// Put known attacks among a copy of the log's rows, and say how many of them rules find, and a model.
    Plant(Plant),
    /// Say where the rules and a saved model agree.
    Agree(Agree),
    /// Draw rows as points of a plane, near where their numbers are alike, and say what groups they fall into.
    Map(Map),
}

/// What every command that reads logs takes.
#[derive(Debug, Default, Args)]
pub struct Reading {
    /// Files, folders, archives, or `-` for standard input.
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// A filter, as on the page: `source.ip: 10.0.0.0/8 and http.response.status_code >= 400`.
    #[arg(long, short)]
    pub filter: Option<String>,
    /// Settings as JSON, as the page exports them, or the same as TOML.
    #[arg(long, short)]
    pub config: Option<PathBuf>,
    /// The offset from UTC of times that have none in the log: `+02:00`.
    #[arg(long, allow_hyphen_values = true)]
    pub timezone: Option<String>,
    /// The year in which logs end whose times have no year; when the file was last written if left out.
    #[arg(long)]
    pub year: Option<i32>,
    /// The password of encrypted zip archives. Other programs of this machine may see it in the list of processes.
    #[arg(long)]
    pub password: Option<String>,
    /// Read also what expands like a bomb when it is decompressed.
    #[arg(long)]
    pub no_limits: bool,
    /// The format of all files, in place of what they look like: an id that `logloupe formats` lists.
    #[arg(long, value_name = "NAME", conflicts_with = "log_format")]
    pub input_format: Option<String>,
    /// The format of all files as a format string: of nginx (`$remote_addr …`), of Apache (`%h …`), or of fields
    /// (`${source.ip} ${event.duration:ms} ${custom.queue:integer}`).
    #[arg(long, value_name = "STRING", allow_hyphen_values = true)]
    pub log_format: Option<String>,
    /// Read only every so many-th 16 MiB of files that can be read in parts: figures are of a sample then.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub sample: Option<u32>,
    /// Threads; the machine's cores if left out. Shows in no answer.
    #[arg(long, short)]
    pub jobs: Option<usize>,
    /// Whether a progress bar is drawn on standard error.
    #[arg(long, value_enum, default_value_t = When::Auto)]
    pub progress: When,
    /// Where to write; standard output if left out.
    #[arg(long, short)]
    pub output: Option<PathBuf>,
    /// Bytes asked of a file at once. Shows in no answer.
    #[arg(long, hide = true)]
    pub read_bytes: Option<usize>,
    /// Rows of a shard. Shows in no answer.
    #[arg(long, hide = true)]
    pub shard_rows: Option<usize>,
    /// Bytes of a range. Shows in no answer.
    #[arg(long, hide = true)]
    pub range_bytes: Option<u64>,
}

/// `logloupe analyze`.
#[derive(Debug, Args)]
pub struct Analyze {
    /// What to read.
    #[command(flatten)]
    pub reading: Reading,
    /// How to report.
    #[command(flatten)]
    pub reporting: Reporting,
}

/// How a report is made of what was read.
#[derive(Debug, Args)]
pub struct Reporting {
    /// How to write the report.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
    /// The severity of a finding from which the command ends with 1.
    #[arg(long, value_enum)]
    pub fail_on: Option<Level>,
    /// A column to learn with a random forest, such as `http.response.status_code`.
    #[arg(long)]
    pub classify: Option<String>,
    /// Sigma rules: files, or folders and archives of `.yml` and `.yaml` files.
    #[arg(long, num_args = 1..)]
    pub rules: Vec<PathBuf>,
}

/// `logloupe report`.
#[derive(Debug, Args)]
pub struct Report {
    /// What to read.
    #[command(flatten)]
    pub reading: Reading,
    /// How to write it.
    #[arg(long, value_enum, default_value_t = Document::Html)]
    pub format: Document,
    /// Leave out addresses, user names, query values, referrers and raw lines, and say so in the file.
    #[arg(long)]
    pub redact: bool,
    /// Sigma rules: files, or folders and archives of `.yml` and `.yaml` files.
    #[arg(long, num_args = 1..)]
    pub rules: Vec<PathBuf>,
}

/// A report to read.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Document {
    /// One HTML file: no script, nothing that is loaded.
    Html,
    /// Pages to print; charts stay sharp, and text can be selected.
    Pdf,
    /// Markdown.
    Markdown,
    /// Everything that was found, for programs: logloupe.report.v1.
    Json,
    /// All of these, each table as CSV, each chart as SVG, and a list of what is inside.
    Zip,
}

/// `logloupe rules`.
#[derive(Debug, Args)]
pub struct Rules {
    /// Sigma rules: files, or folders and archives of `.yml` and `.yaml` files; all that are shipped if left out.
    #[arg(required_unless_present = "on")]
    pub paths: Vec<PathBuf>,
    /// Logs to run the rules on: files, folders, or `-` for standard input. Says how many rows each found, and how long it took.
    #[arg(long, num_args = 1..)]
    pub on: Vec<PathBuf>,
    /// Settings as JSON, as the page exports them, or the same as TOML: what placeholders stand for.
    #[arg(long, short)]
    pub config: Option<PathBuf>,
    /// Pack the rules of a folder with a folder a family, as they are shipped, into this file.
    #[arg(long, hide = true, value_name = "FILE")]
    pub pack: Option<PathBuf>,
}

/// `logloupe explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// What to read.
    #[command(flatten)]
    pub reading: Reading,
    /// The line's number in its file, from 1.
    #[arg(long, short = 'n', value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub line: u64,
    /// The file that the line is in, where several are read: the end of its path.
    #[arg(long, value_name = "PATH")]
    pub file: Option<String>,
    /// Sigma rules: files, or folders of `.yml` and `.yaml` files.
    #[arg(long, num_args = 1..)]
    pub rules: Vec<PathBuf>,
}

/// `logloupe fix`.
#[derive(Debug, Args)]
pub struct Fix {
    /// What to read.
    #[command(flatten)]
    pub reading: Reading,
    /// The id of a finding, as `logloupe analyze` shows it; all findings if left out.
    #[arg(long = "finding", value_name = "ID")]
    pub findings: Vec<String>,
    /// What to write.
    #[arg(long, value_parser = target())]
    pub format: Target,
    /// What to recognise rows by; what the findings name first if left out.
    #[arg(long, value_enum)]
    pub by: Option<FixBy>,
    /// Sigma rules: files, or folders of `.yml` and `.yaml` files.
    #[arg(long, num_args = 1..)]
    pub rules: Vec<PathBuf>,
}

/// A target by its word.
fn target() -> impl TypedValueParser<Value = Target> {
    let values = Target::ALL.map(|target| PossibleValue::new(target.word()).help(target.title()));
    PossibleValuesParser::new(values).try_map(|word| Target::of_word(&word).ok_or("no such target"))
}

/// What rows are recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FixBy {
    /// Who asked, or where the house's own machines went.
    Addresses,
    /// What was asked for.
    Paths,
    /// What the client calls itself.
    UserAgents,
}

/// `logloupe rows`.
#[derive(Debug, Args)]
pub struct Rows {
    /// What to read.
    #[command(flatten)]
    pub reading: Reading,
    /// How to write rows.
    #[arg(long, value_enum, default_value_t = RowsFile::Ndjson)]
    pub format: RowsFile,
}

/// A file of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RowsFile {
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated, with a header.
    Csv,
    /// Apache Parquet: columns with their types, for programs that read columns.
    Parquet,
}

/// `logloupe formats`.
#[derive(Debug, Args)]
pub struct Formats {
    /// Files, folders, or `-` for standard input; without any, all formats are listed.
    pub paths: Vec<PathBuf>,
    /// Settings as JSON, as the page exports them, or the same as TOML.
    #[arg(long, short)]
    pub config: Option<PathBuf>,
    /// A format string to try on the files.
    #[arg(long, value_name = "STRING", allow_hyphen_values = true)]
    pub log_format: Option<String>,
}

/// `logloupe rejects`.
#[derive(Debug, Args)]
pub struct Rejects {
    /// What to read.
    #[command(flatten)]
    pub reading: Reading,
    /// How to write the lines.
    #[arg(long, value_enum, default_value_t = RowsFormat::Ndjson)]
    pub format: RowsFormat,
}

/// `logloupe model train`.
#[derive(Debug, Args)]
pub struct Train {
    /// What to read.
    #[command(flatten)]
    pub reading: Reading,
    /// Which model.
    #[arg(long, value_enum, default_value_t = ModelKind::RandomForest)]
    pub model: ModelKind,
    /// The column to learn, such as `http.response.status_code`; the isolation forest needs none.
    #[arg(long)]
    pub label: Option<String>,
    /// In place of a column: a filter, whose rows are told from all others.
    #[arg(long, conflicts_with = "label", value_name = "FILTER")]
    pub question: Option<String>,
    /// Columns of numbers and computed features (`url.path entropy`), separated by commas. Where nothing is chosen here
    /// nor in the next two, all that the log fills are taken.
    #[arg(long, value_delimiter = ',', value_name = "COLUMNS")]
    pub numbers: Vec<String>,
    /// Columns whose texts are categories.
    #[arg(long, value_delimiter = ',', value_name = "COLUMNS")]
    pub categories: Vec<String>,
    /// Columns whose texts are words.
    #[arg(long, value_delimiter = ',', value_name = "COLUMNS")]
    pub words: Vec<String>,
    /// A parameter of the model, in scikit-learn's words: `n_estimators=300`, `max_depth=null`.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub parameters: Vec<String>,
    /// A parameter of the preparation: `scaling=standard`, `outliers=clip`, `imputation=mean`, `min_support=5`.
    #[arg(long = "prepare", value_name = "NAME=VALUE")]
    pub preparation: Vec<String>,
    /// Which rows test: `rows` (some of each class), `time` (the newest), `pattern` (requests that without their numbers and
    /// values are like none that trained), or a column whose values stay together, such as `source.ip`.
    #[arg(long, default_value = "rows")]
    pub split: String,
    /// The share of rows that test; 0 for none.
    #[arg(long, default_value_t = 0.3)]
    pub test_share: f64,
    /// Parameters to try before, as JSON: `{"max_depth": [3, 10], "min_samples_leaf": [1, 20]}`. With `"n_iter": 10` among
    /// them only so many of the combinations are tried, drawn by the seed.
    #[arg(long, value_name = "JSON")]
    pub grid: Option<String>,
    /// On how many folds of the rows that train each of them is tried.
    #[arg(long, default_value_t = 5)]
    pub folds: usize,
    /// Also say how the model does with fewer rows to learn from, at so many sizes.
    #[arg(long, default_value_t = 0, value_name = "SIZES")]
    pub learning_curve: usize,
    /// Where all random numbers start.
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
    /// Where to save the model.
    #[arg(long, value_name = "FILE")]
    pub save: PathBuf,
    /// How to write what came out.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
    /// Say on standard error how long reading, training and applying took.
    #[arg(long)]
    pub timing: bool,
}

/// `logloupe model predict`.
#[derive(Debug, Args)]
pub struct Predict {
    /// What to read.
    #[command(flatten)]
    pub reading: Reading,
    /// The model, as `logloupe model train` saved it.
    #[arg(long, value_name = "FILE")]
    pub with: PathBuf,
    /// How to write the rows.
    #[arg(long, value_enum, default_value_t = RowsFormat::Csv)]
    pub format: RowsFormat,
    /// Say on standard error how long reading and applying took.
    #[arg(long)]
    pub timing: bool,
}

/// `logloupe model evaluate`.
#[derive(Debug, Args)]
pub struct Evaluate {
    /// What to read.
    #[command(flatten)]
    pub reading: Reading,
    /// The model, as `logloupe model train` saved it.
    #[arg(long, value_name = "FILE")]
    pub with: PathBuf,
    /// How to write the figures.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// `logloupe model correlate`.
#[derive(Debug, Args)]
pub struct Correlate {
    /// What to read.
    #[command(flatten)]
    pub reading: Reading,
    /// Columns of numbers and computed features, separated by commas. Where nothing is chosen here nor in the next, all
    /// that the log fills are taken.
    #[arg(long, value_delimiter = ',', value_name = "COLUMNS")]
    pub numbers: Vec<String>,
    /// Columns whose texts are categories.
    #[arg(long, value_delimiter = ',', value_name = "COLUMNS")]
    pub categories: Vec<String>,
    /// Rows that a category must be in to be compared.
    #[arg(long, default_value_t = 10)]
    pub min_support: usize,
    /// How to write the pairs.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// `logloupe model forecast`.
#[derive(Debug, Args)]
pub struct Forecast {
    /// What to read.
    #[command(flatten)]
    pub reading: Reading,
    /// The smallest status that is an error: 500 for what the server did wrong, 400 for all.
    #[arg(long, default_value_t = 500, value_name = "STATUS")]
    pub errors_from: u16,
    /// Seconds of an interval; the shortest that makes at most 500 of them if left out.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub interval: Option<u32>,
    /// How many intervals ahead the burst is that an alarm is about.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub lead: u32,
    /// An interval with more errors than this is a burst; as many as nine of ten intervals have if left out.
    #[arg(long, value_name = "N")]
    pub burst_over: Option<u64>,
    /// The intervals that the plain rule beside the model counts the errors of.
    #[arg(long, default_value_t = 6, value_name = "N")]
    pub rule_window: u32,
    /// The plain rule gives an alarm where there are more errors in them than this.
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub rule_over: u64,
    /// What a burst without an alarm costs, where a false alarm costs 1.
    #[arg(long, default_value_t = 5.0, value_name = "COST")]
    pub miss_cost: f64,
    /// The share of intervals that tests: the newest.
    #[arg(long, default_value_t = 0.3)]
    pub test_share: f64,
    /// Where all random numbers start.
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
    /// How to write the forecast.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// `logloupe model plant`.
#[derive(Debug, Args)]
pub struct Plant {
    /// What to read.
    #[command(flatten)]
    pub reading: Reading,
    /// A model, as `logloupe model train` saved it; one is trained on what is planted if left out, asked only about kinds of
    /// attack that it never saw.
    #[arg(long, value_name = "FILE")]
    pub with: Option<PathBuf>,
    /// Of a saved model: the class that counts as found; its last if left out.
    #[arg(long, value_name = "CLASS", requires = "with")]
    pub class: Option<String>,
    /// Rows of the log that are copied, at most.
    #[arg(long, default_value_t = 5_000, value_name = "N")]
    pub rows: u32,
    /// How many times each attack is planted.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub copies: u32,
    /// The rules, and how what came out is written.
    #[command(flatten)]
    pub beside: RulesBeside,
}

/// The rules that a study sets beside a model, and how it says what came out.
#[derive(Debug, Args)]
pub struct RulesBeside {
    /// How bad a rule must be for its rows to count.
    #[arg(long, value_enum, default_value_t = Level::Medium)]
    pub level: Level,
    /// Sigma rules: files, or folders and archives of `.yml` and `.yaml` files.
    #[arg(long, num_args = 1..)]
    pub rules: Vec<PathBuf>,
    /// Where all random numbers start.
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
    /// How to write what came out.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// `logloupe model agree`.
#[derive(Debug, Args)]
pub struct Agree {
    /// What to read.
    #[command(flatten)]
    pub reading: Reading,
    /// The model, as `logloupe model train` saved it.
    #[arg(long, value_name = "FILE")]
    pub with: PathBuf,
    /// The class of the model that counts; its last, or anomalies, if left out.
    #[arg(long, value_name = "CLASS")]
    pub class: Option<String>,
    /// How many rows of each kind are shown.
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub shown: u32,
    /// The rules, and how what came out is written.
    #[command(flatten)]
    pub beside: RulesBeside,
}

/// `logloupe model map`.
#[derive(Debug, Args)]
pub struct Map {
    /// What to read.
    #[command(flatten)]
    pub reading: Reading,
    /// Columns of numbers and computed features, separated by commas; all that the log fills if left out.
    #[arg(long, value_delimiter = ',', value_name = "COLUMNS")]
    pub numbers: Vec<String>,
    /// Rows on the map, at most.
    #[arg(long, default_value_t = 2_000, value_name = "N")]
    pub rows: u32,
    /// Groups.
    #[arg(long, default_value_t = 5, value_name = "K")]
    pub groups: u32,
    /// Where all random numbers start.
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
    /// How to write the map.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
}

/// The models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModelKind {
    /// Ranks rows by how easily they are set apart.
    IsolationForest,
    /// Tells classes apart by many trees.
    RandomForest,
    /// Weighs the features.
    LogisticRegression,
    /// Tells classes apart by trees that mend each other.
    GradientBoosting,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// A summary to read.
    Text,
    /// The whole report, as the page's download.
    Json,
}

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RowsFormat {
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated, with a header.
    Csv,
}

/// When something is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Severities, as Sigma has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// Worth knowing.
    Informational,
    /// Worth a look some day.
    Low,
    /// Worth a look this week.
    Medium,
    /// Worth a look today.
    High,
    /// Worth a look now.
    Critical,
}
