//! Logs whose lines are words in a fixed order: of load balancers, proxies, name servers and clouds.
//!
//! Each format is a table of what its words are (`aws.rs`, `proxies.rs`), its specification linked beside it; `table.rs`
//! fills records by any of them. What a header declares is read in `w3c.rs`, what needs more than a table in `haproxy.rs`.

mod aws;
mod columns;
mod container;
pub mod haproxy;
pub(super) mod proxies;
pub(super) mod table;
pub mod w3c;
pub(super) mod words;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::schema::{ColumnSpec, FieldName, Record, Value};

use super::detect::{Candidate, Certainty, Head, shape, understood};
use super::{Format, FormatSpec, Parsed, Parser};
use columns::Col;
use table::{Misfit, Step, Word, fill};
use words::{Cut, Words};

/// A format whose lines are words in a fixed order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LayoutSpec {
    /// AWS load balancers: application, classic, network (TLS).
    AwsElb,
    /// S3 server access logs.
    AwsS3,
    /// VPC flow logs, whose header names the columns.
    AwsVpcFlow(Vec<String>),
    /// Squid's native log.
    Squid,
    /// Envoy's default access log, and Istio's.
    Envoy,
    /// CoreDNS' query log.
    CoreDns,
    /// Apache's SSL request log.
    ApacheSsl,
    /// Nginx Proxy Manager.
    NginxProxyManager,
    /// Zoraxy.
    Zoraxy,
    /// IIS' own format, with commas.
    Iis,
}

/// The formats that lines tell, in the order in which they are tried.
const TOLD_BY_LINES: [LayoutSpec; 9] = [
    LayoutSpec::AwsElb,
    LayoutSpec::AwsS3,
    LayoutSpec::Squid,
    LayoutSpec::Envoy,
    LayoutSpec::CoreDns,
    LayoutSpec::ApacheSsl,
    LayoutSpec::NginxProxyManager,
    LayoutSpec::Zoraxy,
    LayoutSpec::Iis,
];

/// One order of words that a format's lines have.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    words: &'static [Word<'static>],
    /// How many of them there are at least; later versions of a format add some.
    least: usize,
    /// Whether more may follow, which are not kept.
    may_go_on: bool,
    cut: Cut,
}

impl Shape {
    /// All of these words and no more.
    const fn exact(words: &'static [Word<'static>]) -> Self {
        Self { words, least: words.len(), may_go_on: false, cut: Cut::Quoted }
    }

    /// At least so many of these words; more may follow.
    const fn growing(words: &'static [Word<'static>], least: usize) -> Self {
        Self { words, least, may_go_on: true, cut: Cut::Quoted }
    }

    /// The same with words that are cut otherwise.
    const fn cut(self, cut: Cut) -> Self {
        Self { cut, ..self }
    }
}

impl LayoutSpec {
    /// The orders of words that its lines may have; what the first one does not fit the next one may.
    fn shapes(&self) -> &'static [Shape] {
        match self {
            Self::AwsElb => aws::ELB,
            Self::AwsS3 => aws::S3,
            Self::AwsVpcFlow(_) => &[],
            Self::Squid => proxies::SQUID,
            Self::Envoy => proxies::ENVOY,
            Self::CoreDns => proxies::CORE_DNS,
            Self::ApacheSsl => proxies::APACHE_SSL,
            Self::NginxProxyManager => proxies::NGINX_PROXY_MANAGER,
            Self::Zoraxy => proxies::ZORAXY,
            Self::Iis => w3c::IIS,
        }
    }

    /// Its name and the value of `event.dataset`.
    fn names(&self) -> (&'static str, &'static str) {
        match self {
            Self::AwsElb => ("AWS load balancer", "aws.elb"),
            Self::AwsS3 => ("S3 server access", "aws.s3access"),
            Self::AwsVpcFlow(_) => ("VPC flow", "aws.vpcflow"),
            Self::Squid => ("Squid", "squid.access"),
            Self::Envoy => ("Envoy", "envoyproxy.log"),
            Self::CoreDns => ("CoreDNS", "coredns.log"),
            Self::ApacheSsl => ("Apache SSL request log", "apache.ssl"),
            Self::NginxProxyManager => ("Nginx Proxy Manager", "nginx_proxy_manager.access"),
            Self::Zoraxy => ("Zoraxy", "zoraxy.access"),
            Self::Iis => ("IIS native", "iis.access"),
        }
    }
}

impl Format for LayoutSpec {
    fn name(&self) -> Cow<'_, str> {
        self.names().0.into()
    }

    fn dataset(&self) -> Cow<'_, str> {
        self.names().1.into()
    }

    fn columns(&self) -> Vec<(String, FieldName)> {
        match self {
            Self::AwsVpcFlow(header) => aws::vpc_columns(header),
            _ => Vec::new(),
        }
    }

    fn parser(&self) -> Box<dyn Parser> {
        let mut columns = columns::shared();
        let compiled = |shape: &Shape| Compiled {
            steps: shape.words.iter().map(|word| Step::new(word, &mut columns)).collect(),
            least: shape.least,
            may_go_on: shape.may_go_on,
            cut: shape.cut,
        };
        let mut shapes: Vec<Compiled> = self.shapes().iter().map(compiled).collect();
        let mut header = Vec::new();
        if let Self::AwsVpcFlow(names) = self {
            let steps: Vec<Step> = names.iter().map(|name| Step::new(&aws::vpc_word(name), &mut columns)).collect();
            shapes = vec![Compiled { least: steps.len(), steps, may_go_on: false, cut: Cut::Quoted }];
            header = names.first().map_or_else(Vec::new, |name| [name.as_bytes(), b" "].concat());
        }
        let is_of_containers = matches!(self, Self::Envoy | Self::CoreDns);
        Box::new(LayoutParser { columns, shapes, header, is_of_containers })
    }
}

/// A [`Shape`] with its columns' places.
struct Compiled {
    steps: Vec<Step>,
    least: usize,
    may_go_on: bool,
    cut: Cut,
}

/// Parses lines that are words in a fixed order.
struct LayoutParser {
    columns: Vec<ColumnSpec>,
    shapes: Vec<Compiled>,
    /// What a header begins with; empty where there is none.
    header: Vec<u8>,
    /// What a container runtime puts around lines is taken off.
    is_of_containers: bool,
}

impl Parser for LayoutParser {
    fn columns(&self) -> &[ColumnSpec] {
        &self.columns
    }

    fn parse<'a>(&mut self, line: &'a [u8], scratch: &'a mut Vec<u8>, record: &mut Record<'a>) -> Parsed {
        if !self.header.is_empty() && line.starts_with(&self.header) {
            return Parsed::Skip;
        }
        let (time, line) = if self.is_of_containers { container::unwrap(line, scratch) } else { (None, line) };
        let mut furthest: Option<Misfit> = None;
        for shape in &self.shapes {
            match shape.fill(line, record) {
                Ok(()) => {
                    if let (Some(Value::Null), Some(time)) = (record.values.get(Col::Time as usize), time) {
                        record.set(Col::Time as usize, Value::Time(time));
                    }
                    return Parsed::Row;
                }
                Err(misfit) if furthest.is_none_or(|f| f.0 < misfit.0) => furthest = Some(misfit),
                Err(_) => {}
            }
            record.clear();
        }
        match furthest {
            Some((_, reason)) if !line.trim_ascii().is_empty() => Parsed::Reject(reason.into()),
            _ => Parsed::Skip,
        }
    }
}

impl Compiled {
    fn fill<'a>(&self, line: &'a [u8], record: &mut Record<'a>) -> Result<(), Misfit> {
        let mut words = Words::new(line, self.cut);
        let n = fill(&self.steps, &mut words, None, record)?;
        if n < self.least {
            return Err((n, "fewer words than expected"));
        }
        if !self.may_go_on && !words.rest().is_empty() {
            return Err((n, "more words than expected"));
        }
        Ok(())
    }
}

/// A share of lines from which a format is believed, as that of access logs: such lines are hard to mistake.
const ENOUGH: f64 = 0.2;

/// The formats whose words the lines at the beginning of a file have.
pub fn candidates(head: &Head<'_>) -> Vec<Candidate> {
    let by_lines = TOLD_BY_LINES.into_iter().filter_map(|spec| {
        let what = format!("{} lines", spec.names().0);
        shape(head, FormatSpec::Layout(spec), ENOUGH, &what)
    });
    vpc_flow(head).into_iter().chain(by_lines).collect()
}

/// VPC flow logs, by their header or, where there is none, by the words of version 2.
fn vpc_flow(head: &Head<'_>) -> Option<Candidate> {
    let first = head.lines.first()?;
    let Some(header) = aws::vpc_header(first) else {
        let spec = FormatSpec::Layout(LayoutSpec::AwsVpcFlow(aws::VPC_DEFAULT.map(str::to_owned).to_vec()));
        return aws::is_vpc_default(first).then(|| shape(head, spec, ENOUGH, "VPC flow lines (version 2)")).flatten();
    };
    let evidence = format!("a header of {} columns of VPC flow logs", header.len());
    let spec = FormatSpec::Layout(LayoutSpec::AwsVpcFlow(header));
    let (rows, seen) = understood(&spec, &head.lines);
    let share = if seen == 0 { 1.0 } else { rows as f64 / seen as f64 };
    Some(Candidate { spec, share, certainty: Certainty::Header, evidence })
}

#[cfg(test)]
mod tests;
