//! Which rows a rule or check finds by themselves: what takes many rows to see is left out.

use crate::settings::Settings;
use crate::table::{RowSet, Selection};
use crate::units::severity::Severity;

use super::allow::Allowed;
use super::columns::View;
use super::sigma::ir::Rule;
use super::sigma::{Rules, Sigma};
use super::sources::level;
use super::tuned::Tuned;

/// The selected rows in which something is at least this bad. **Shape**: a set for each shard of the store.
///
/// **Cost**: as [`super::run_with`], without what it counts.
pub fn flagged(selection: Selection<'_>, settings: &Settings, rules: &[Rule], least: Severity) -> Vec<RowSet> {
    let narrowed = Allowed::new(selection, settings).narrow(selection);
    let selection = Selection { rows: narrowed.as_ref().map_or(selection.rows, |(rows, _)| rows), ..selection };
    let tuned = Tuned(settings);
    let mut plans = super::plans(selection, settings);
    let is_asked = |level: u8, least: Severity| level >= self::level(least);
    plans.retain(|plan| !plan.condition.is_never() && is_asked(tuned.level(plan.check.id, plan.check.severity), least));
    let mut columns = Vec::new();
    plans.iter().for_each(|plan| plan.columns(&mut columns));
    let mut view = View::new(selection, &columns);
    let mut sigma = Sigma::new(selection, Rules::with(rules), tuned);
    let of_shard = |(shard, rows): (&crate::table::Shard, &RowSet)| {
        let n_rows = shard.table.n_rows;
        if rows.count() == 0 {
            return RowSet::none(n_rows);
        }
        view.load(shard);
        let found = plans.iter().map(|plan| plan.condition.rows(&view, n_rows).and(rows));
        let found = found.fold(RowSet::none(n_rows), |all, found| all.or(&found));
        let mut levels = vec![0_u8; n_rows];
        sigma.count(shard, rows, &view, &mut levels, &mut |_, _, _| ());
        found.or(&RowSet::matching(&levels, |level| is_asked(level, least)))
    };
    selection.store.shards.iter().zip(selection.rows).map(of_shard).collect()
}
