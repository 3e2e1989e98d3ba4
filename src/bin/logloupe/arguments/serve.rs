//! What `logloupe serve` takes.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// `logloupe serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen; port 0 takes any that is free. Beyond this machine (not 127.0.0.1 or ::1) a token is needed.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The folder of the page, as `make dist` leaves it; without it only the interface for programs is served.
    #[arg(long, value_name = "FOLDER")]
    pub site: Option<PathBuf>,
    /// A file whose first line every request must bring, as `Authorization: Bearer`.
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Another name that this service is asked under, beside the address that it listens on.
    #[arg(long = "host", value_name = "NAME")]
    pub hosts: Vec<String>,
    /// The largest request, in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    pub body_limit: u64,
    /// Seconds after which a request is given up.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub time_limit: u64,
    /// How many analyses run at once; half of the machine's cores if left out. Others wait.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub at_once: Option<u16>,
}
