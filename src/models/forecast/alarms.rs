//! What alarms are worth: those that were right, those that were not, the bursts that came without one, and the price.

use super::super::comparison::difference;
use crate::report::types::AlarmFigures;

/// The intervals of a test, and the price of a miss.
pub(super) struct Truth<'a> {
    /// Whether each is a burst.
    pub bursts: &'a [bool],
    /// Whether each is the first of a row of bursts.
    pub beginnings: &'a [bool],
    /// What a burst without an alarm costs, where a false alarm costs 1.
    pub miss_cost: f64,
}

impl Truth<'_> {
    /// What these alarms are worth, beside the model's, if they are another's. **Shape**: one an interval.
    pub fn figures(&self, by: String, alarms: &[bool], model: Option<&[bool]>) -> AlarmFigures {
        let count = |fits: &dyn Fn(usize) -> bool| (0..alarms.len()).filter(|&at| fits(at)).count() as u64;
        let false_alarms = count(&|at| alarms[at] && !self.bursts[at]);
        let missed = count(&|at| !alarms[at] && self.bursts[at]);
        let codes = |flags: &[bool]| -> Vec<u32> { flags.iter().map(|&flag| u32::from(flag)).collect() };
        let chance = |model| difference(&codes(self.bursts), &codes(model), &codes(alarms)).p_value;
        AlarmFigures {
            by,
            right: count(&|at| alarms[at] && self.bursts[at]),
            false_alarms,
            missed,
            announced: count(&|at| alarms[at] && self.beginnings[at]),
            cost: false_alarms as f64 + missed as f64 * self.miss_cost,
            chance: model.map(chance),
        }
    }
}
