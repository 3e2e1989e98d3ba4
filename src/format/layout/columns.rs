//! The columns that every format of this family has, and setting them.

use crate::schema::{ColumnSpec, Field};

/// The places of the columns that are there in every record of this family.
#[derive(Clone, Copy, Debug)]
#[repr(usize)]
pub enum Col {
    /// `@timestamp`
    Time,
    /// `event.timezone`
    Timezone,
    /// `event.duration`
    Duration,
    /// `source.ip`
    SourceIp,
    /// `source.domain`
    SourceDomain,
    /// `source.port`
    SourcePort,
    /// `destination.ip`
    DestinationIp,
    /// `destination.domain`
    DestinationDomain,
    /// `destination.port`
    DestinationPort,
    /// `http.request.method`
    Method,
    /// `http.request.line`
    RequestLine,
    /// `url.scheme`
    Scheme,
    /// `url.domain`
    Domain,
    /// `url.port`
    UrlPort,
    /// `url.path`
    Path,
    /// `url.query`
    Query,
    /// `http.version`
    Version,
    /// `http.response.status_code`
    Status,
}

/// The fields of [`Col`], in its order.
const SHARED: [Field; 18] = [
    Field::Timestamp,
    Field::EventTimezone,
    Field::EventDuration,
    Field::SourceIp,
    Field::SourceDomain,
    Field::SourcePort,
    Field::DestinationIp,
    Field::DestinationDomain,
    Field::DestinationPort,
    Field::HttpRequestMethod,
    Field::HttpRequestLine,
    Field::UrlScheme,
    Field::UrlDomain,
    Field::UrlPort,
    Field::UrlPath,
    Field::UrlQuery,
    Field::HttpVersion,
    Field::HttpResponseStatusCode,
];

/// The places of one end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Side {
    /// Its address.
    pub ip: Col,
    /// Its name, where that is no address.
    pub domain: Col,
    /// Its port.
    pub port: Col,
}

/// Who asked.
pub const SOURCE: Side = Side { ip: Col::SourceIp, domain: Col::SourceDomain, port: Col::SourcePort };

/// Who was asked.
pub const DESTINATION: Side =
    Side { ip: Col::DestinationIp, domain: Col::DestinationDomain, port: Col::DestinationPort };

/// The columns that every format of this family has, in the order of [`Col`].
pub fn shared() -> Vec<ColumnSpec> {
    SHARED.into_iter().map(ColumnSpec::ecs).collect()
}

/// The place of a column of that name, which is added where it is not there yet.
pub fn place(columns: &mut Vec<ColumnSpec>, column: ColumnSpec) -> usize {
    columns.iter().position(|known| known.name == column.name).unwrap_or_else(|| {
        columns.push(column);
        columns.len() - 1
    })
}
