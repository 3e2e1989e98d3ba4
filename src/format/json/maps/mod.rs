//! The known JSON logs: which keys tell them, and what becomes of their keys. A file a log or a family, with its
//! specification; a log is a table, no code.

mod aws;
mod azure;
mod caddy;
mod cloudflare;
mod envoy;
mod gcp;
mod modsecurity;
mod plain;
mod suricata;
mod traefik;
mod zeek;

use serde::{Deserialize, Serialize};

use crate::schema::{Record, Value};

use super::convert::Convert;

pub use plain::known_name;
pub use zeek::kind_of;

/// What becomes of a key.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The key, with those of the objects around it before it.
    pub path: &'static str,
    /// The column: an ECS field or an own one.
    pub name: &'static str,
    /// How its text becomes values.
    pub convert: Convert,
    /// Fills only what no other key has filled.
    pub is_second: bool,
}

const fn entry(path: &'static str, name: &'static str, convert: Convert) -> Entry {
    Entry { path, name, convert, is_second: false }
}

const fn second(path: &'static str, name: &'static str, convert: Convert) -> Entry {
    Entry { path, name, convert, is_second: true }
}

/// What is computed from values of a row: at these places, in the order of the names beside it.
pub type Finish = fn(&[usize], &mut Record<'_>);

/// A known log.
#[derive(Debug)]
pub struct Map {
    /// Its name, as the report shows it.
    pub name: &'static str,
    /// The value of `event.dataset`.
    pub dataset: &'static str,
    /// What stands before the names of its own columns.
    pub prefix: &'static str,
    /// Keys that tell it: of each list one has to be there.
    pub signs: &'static [&'static [&'static str]],
    /// What becomes of its keys.
    pub entries: &'static [Entry],
    /// The array whose objects are names and values of HTTP headers.
    pub headers: &'static str,
    /// Keys that are not kept, with all below them.
    pub passed: &'static [&'static str],
    /// What is computed from values of a row.
    pub finish: Option<(&'static [&'static str], Finish)>,
}

const PLAIN: Map =
    Map { name: "", dataset: "", prefix: "", signs: &[], entries: &[], headers: "", passed: &[], finish: None };

macro_rules! known {
    ($($variant:ident = $map:path;)+) => {
        /// Which known log.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Known {
            $(
                #[doc = stringify!($variant)]
                $variant,
            )+
        }

        impl Known {
            /// All of them; those that are told by more come first.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its map.
            pub fn map(self) -> &'static Map {
                match self { $(Self::$variant => &$map,)+ }
            }
        }
    };
}

known! {
    Suricata = suricata::EVE;
    CloudTrail = aws::CLOUDTRAIL;
    AwsWaf = aws::WAF;
    GcpVpcFlow = gcp::VPC_FLOW;
    GcpFirewall = gcp::FIREWALL;
    GcpLoadBalancer = gcp::LOAD_BALANCER;
    AzureFrontDoor = azure::FRONT_DOOR;
    AzureApplicationGateway = azure::APPLICATION_GATEWAY;
    Cloudflare = cloudflare::HTTP;
    ModSecurity = modsecurity::AUDIT;
    ModSecurity2 = modsecurity::AUDIT_2;
    Caddy = caddy::ACCESS;
    Traefik = traefik::ACCESS;
    Envoy = envoy::ACCESS;
    Zeek = zeek::LOG;
    Plain = plain::ANY;
}

impl Known {
    /// What becomes of its keys; `kind` tells which of a family's logs it is.
    pub fn entries(self, kind: &str) -> Vec<Entry> {
        if self == Self::Zeek { zeek::entries(kind) } else { self.map().entries.to_vec() }
    }

    /// Columns whose value is the same in every row.
    pub fn constants(self, kind: &str) -> Vec<(&'static str, &'static str)> {
        if self == Self::Zeek { zeek::constants(kind) } else { Vec::new() }
    }
}

/// Sums up both ways of a connection: each sum, then its parts.
fn sums(at: &[usize], record: &mut Record<'_>) {
    for three in at.chunks_exact(3) {
        let [sum, parts @ ..] = three else { continue };
        let mut numbers = parts.iter().map(|&part| match record.values.get(part) {
            Some(&Value::Integer(number)) => Some(number),
            _ => None,
        });
        if let (Some(Some(a)), Some(Some(b))) = (numbers.next(), numbers.next()) {
            record.set(*sum, Value::Integer(a.saturating_add(b)));
        }
    }
}
