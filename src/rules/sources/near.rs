//! How far a source is from the checks on sources.

use super::{FAILURES, MANY, SCANNER_PATHS, SCANNER_REQUESTS, SourcesFound};

impl SourcesFound {
    /// For each check that a source comes half the way to, how far.
    pub fn near(&self) -> Vec<(&'static str, String)> {
        let mut near = Vec::new();
        for (key, suspect) in &self.suspects {
            let (source, total) = (super::super::why_not::shown(&key.1), self.total(key));
            let (errors, paths) = (suspect.errors.count, suspect.paths.len());
            if errors * 2 >= SCANNER_REQUESTS && paths * 2 >= SCANNER_PATHS {
                near.push((
                    "http.scanner",
                    format!(
                        "{source}: {total} requests of {SCANNER_REQUESTS} needed, {errors} of them refused where 80 % are needed, {paths} \
                         different paths of {SCANNER_PATHS} needed"
                    ),
                ));
            }
            if let Some(logins) = &suspect.logins {
                let all = logins.all(u8::MAX);
                let (tried, within) = (all.tally.count, all.most_in_a_window());
                if tried * 2 >= FAILURES {
                    near.push((
                        "http.brute_force",
                        format!(
                            "{source}: {within} attempts within ten minutes of {FAILURES} needed, or {tried} in all of {MANY} needed"
                        ),
                    ));
                }
            }
            if let Some(doors) = suspect.doors.as_ref().filter(|doors| doors.count < total && doors.count * 2 >= total)
            {
                let count = doors.count;
                near.push((
                    "web.login_only",
                    format!("{source}: {count} of its {total} requests are for login pages; all would have to be"),
                ));
            }
        }
        near
    }
}
