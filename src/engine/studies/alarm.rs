//! A saved model as an alarm: which rows it finds.

use crate::engine::AddressBook;
use crate::engine::answers::frame;
use crate::error::Error;
use crate::models::saved::SavedModel;
use crate::table::{RowSet, Selection};

/// A model, and the answer of it that counts.
pub struct Alarm {
    pub model: SavedModel,
    /// What it calls the rows that count.
    pub class: String,
}

impl Alarm {
    /// A saved model's alarm: what it calls `class`; its last class if that is not said, anomalies where it only ranks.
    ///
    /// # Errors
    /// A file of another kind, a class that it does not know.
    pub fn read(json: &str, class: Option<&str>) -> Result<Self, Error> {
        let failed = |message| Error::Model { message };
        let model = SavedModel::from_json(json).map_err(|error| failed(error.to_string()))?;
        let last = model.classes.last().map_or("anomaly", String::as_str);
        let class = class.unwrap_or(last).to_owned();
        if class != last && !model.classes.contains(&class) {
            let known = if model.classes.is_empty() { last.to_owned() } else { model.classes.join(", ") };
            return Err(failed(format!("the model knows no class {class}; it knows {known}")));
        }
        Ok(Self { model, class })
    }

    /// What the alarm is, in words.
    pub fn in_words(&self) -> String {
        match &self.model.label {
            Some(label) => format!("{label} is {}", self.class),
            None => self.class.clone(),
        }
    }

    /// The selected rows that it finds. **Shape**: a set for each shard of the store.
    ///
    /// # Errors
    /// What the model refuses.
    pub fn rows(&self, selection: Selection<'_>, book: &AddressBook) -> Result<Vec<RowSet>, Error> {
        let of_shard = |(shard, rows): (_, &RowSet)| {
            let mut found = RowSet::none(rows.table_len());
            let rows: Vec<usize> = rows.iter().collect();
            if rows.is_empty() {
                return Ok(found);
            }
            let failed = |error: crate::models::ModelError| Error::Model { message: error.to_string() };
            let frame = frame(selection, shard, (&self.model, book)).select(&rows);
            let matrix = self.model.prepare(&frame).map_err(failed)?;
            let answers = self.model.estimator.predict(&matrix).map_err(failed)?;
            for (&row, answer) in rows.iter().zip(answers.chunks_exact(self.model.width())) {
                if self.model.verdict(answer) == self.class {
                    found.insert(row);
                }
            }
            Ok(found)
        };
        selection.store.shards.iter().zip(selection.rows).map(of_shard).collect()
    }
}
