//! Questions to the models that are asked one at a time and are no part of the report. Types only.

use serde::{Deserialize, Serialize};

use crate::report::{Agreement, Forecast, Planted, RowMap};
use crate::settings::{AgreementSettings, ForecastSettings, MapSettings, PlantSettings, Settings};
use crate::units::buckets::Buckets;

/// A question to the models, and what its rounds have found so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Study {
    /// Whether the next interval will have a burst of errors.
    Forecast {
        /// How to ask.
        settings: ForecastSettings,
        /// The intervals; null until the first round has found them.
        buckets: Option<Buckets>,
    },
    /// How many known attacks are found that are put among a copy of the log's rows.
    Plant {
        /// How to plant.
        settings: PlantSettings,
        /// Under which settings rules run.
        rules: RuleSet,
        /// A saved model, `logloupe.model.v1`; null for one that is trained on what is planted, kinds of attack held out.
        model: Option<String>,
    },
    /// Where rules and a saved model agree.
    Agreement {
        /// How to compare.
        settings: AgreementSettings,
        /// Under which settings rules run.
        rules: RuleSet,
        /// The saved model, `logloupe.model.v1`.
        model: String,
        /// Whether the first round has been, which leaves beside what is known of addresses.
        is_ready: bool,
    },
    /// Where rows lie to each other.
    Map(MapSettings),
}

/// How rules run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleSet {
    /// The settings: which rules are off, what is allowed.
    pub settings: Box<Settings>,
    /// The user's Sigma rules, read and packed by [`super::encode`]; empty for none.
    pub packed: Vec<u8>,
}

/// What a study says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Studied {
    /// Of `Study::Forecast`.
    Forecast(Forecast),
    /// Of `Study::Plant`.
    Planted(Planted),
    /// Of `Study::Agreement`.
    Agreement(Agreement),
    /// Of `Study::Map`.
    Map(RowMap),
}
