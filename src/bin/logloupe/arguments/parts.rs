//! What `logloupe map` and `logloupe reduce` take.

use std::path::PathBuf;

use clap::Args;

use super::{Reading, Reporting};

/// `logloupe map`.
#[derive(Debug, Args)]
pub struct Map {
    /// What to read.
    #[command(flatten)]
    pub reading: Reading,
    /// Call the files as if this folder had been given: the files of a folder can be dealt out then.
    #[arg(long, value_name = "FOLDER")]
    pub below: Option<PathBuf>,
    /// Put the files themselves into the part too, for a reducer that cannot reach them.
    #[arg(long)]
    pub with_files: bool,
}

/// `logloupe reduce`.
#[derive(Debug, Args)]
pub struct Reduce {
    /// The parts, in any order.
    #[arg(required = true)]
    pub parts: Vec<PathBuf>,
    /// How to report.
    #[command(flatten)]
    pub reporting: Reporting,
    /// A filter, in place of the one that the files were mapped with.
    #[arg(long, short)]
    pub filter: Option<String>,
    /// The password of encrypted zip archives; parts do not hold it. Other programs of this machine may see it in the list of
    /// processes.
    #[arg(long)]
    pub password: Option<String>,
    /// Report also where files cannot be reached: lines of such files are left empty.
    #[arg(long)]
    pub without_lines: bool,
    /// Where to write; standard output if left out.
    #[arg(long, short)]
    pub output: Option<PathBuf>,
}
