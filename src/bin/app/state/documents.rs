//! Files to take away that a worker of their own writes: reports, and rows as Parquet.

use js_sys::Uint8Array;
use logloupe::protocol::{Request, Response, RowFormat};
use logloupe::query::Ask;
use logloupe::report::export::{DocumentFormat, Redaction};

use super::pool::{Pool, Said, Trouble, answer};
use super::session::Session;

impl Session {
    /// The report for somebody who was not there, as a file's bytes; `is_redacted` leaves out who somebody is.
    pub async fn document(&self, format: DocumentFormat, is_redacted: bool) -> Result<Vec<u8>, String> {
        let report = Box::new((*self.whole_report().await?).clone());
        let written = async {
            let redaction = if is_redacted { Some(self.redaction().await?) } else { None };
            file(self.ask_documents(Request::Write { report, format, redaction }, Vec::new()).await?)
        };
        written.await.map_err(|trouble: Trouble| trouble.sentence())
    }

    /// What a redaction would leave out of the report's files, a sentence each.
    pub async fn left_out(&self) -> Result<Vec<String>, String> {
        let report = Box::new((*self.whole_report().await?).clone());
        let asked = async {
            let redaction = self.redaction().await?;
            match self.ask_documents(Request::LeftOut { report, redaction }, Vec::new()).await?.response {
                Response::LeftOut(said) => Ok(said),
                _ => Err(Trouble::another("what is left out")),
            }
        };
        asked.await.map_err(|trouble: Trouble| trouble.sentence())
    }

    /// The rows under the filter, cleaned, as Parquet.
    pub async fn parquet(&self, filter: &str) -> Result<Vec<u8>, String> {
        let written = async {
            let rows = self.export(filter, RowFormat::Ndjson).await?;
            file(self.ask_documents(Request::Parquet, vec![Uint8Array::from(rows.as_slice())]).await?)
        };
        written.await.map_err(|trouble: Trouble| trouble.sentence())
    }

    async fn redaction(&self) -> Result<Redaction, Trouble> {
        let Ask { filter, questions } = Redaction::ask();
        Ok(Redaction::of(&self.ask(&filter, questions).await?))
    }

    /// Asks a worker that lives for this one question: what it needs of memory is free again after it.
    async fn ask_documents(&self, request: Request, beside: Vec<Uint8Array>) -> Result<Said, Trouble> {
        let pool = Pool::start(self.documents_part.boot().await?, 0)?;
        let said = answer(pool.hand_over(0, request, beside)).await;
        pool.stop(0, &Trouble::Stopped);
        said
    }
}

fn file(said: Said) -> Result<Vec<u8>, Trouble> {
    match said.response {
        Response::Written => Ok(said.beside.first().map(Uint8Array::to_vec).unwrap_or_default()),
        _ => Err(Trouble::another("a file")),
    }
}
