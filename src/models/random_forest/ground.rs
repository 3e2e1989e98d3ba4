//! What a forest is grown from, grove by grove.

use serde::{Deserialize, Serialize};

use super::super::binned::BinnedMatrix;
use super::super::error::ModelError;
use super::super::explanation::Spread;
use super::super::features::FeatureMatrix;
use super::super::growth::{Criterion, Grown, Limits, grow};
use super::super::labels::Labels;
use super::super::random::{Random, derive};
use super::super::tree::{Tree, Trees};
use super::narrow::Field;
use super::{RandomForest, RandomForestParams, SavedForest, TREES_PER_GROVE, normalise};

/// Columns from which on it matters that most of them are nearly empty.
const MANY: usize = 32;

/// Rows, labels and parameters, made ready.
pub struct Ground<'a> {
    params: &'a RandomForestParams,
    rows: &'a FeatureMatrix,
    labels: &'a Labels,
    /// The classes that have a forest.
    targets: Vec<u32>,
    soil: Soil,
}

/// The columns, as whoever grows the trees wants them.
enum Soil {
    Narrow(Box<Field>),
    Wide(Box<BinnedMatrix>, Vec<u32>),
}

/// Trees that were grown together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Grove {
    /// The place of the first forest that they belong to, and the trees of it and those after it.
    forests: (u32, Vec<Vec<Tree>>),
    /// What each feature gained. **Shape**: one a feature.
    gains: Vec<f64>,
}

impl Grove {
    /// How many trees there are.
    pub fn n_trees(&self) -> usize {
        self.forests.1.first().map_or(0, Vec::len)
    }
}

impl<'a> Ground<'a> {
    /// Makes rows and labels ready.
    ///
    /// # Errors
    /// Not one label a row, a missing value, no feature that differs between rows, a label with a single class.
    pub fn new(
        params: &'a RandomForestParams,
        rows: &'a FeatureMatrix,
        labels: &'a Labels,
    ) -> Result<Self, ModelError> {
        let (_, columns, _) = labels.check_rows(rows)?;
        let wide = (columns.len() >= MANY).then(|| BinnedMatrix::new(rows));
        let soil = match wide.filter(|matrix| matrix.n_sparse() * 2 > columns.len()) {
            Some(matrix) => Soil::Wide(Box::new(matrix), columns),
            None => Soil::Narrow(Box::new(Field::new(params, rows, columns)?)),
        };
        Ok(Self { params, rows, labels, targets: targets(labels), soil })
    }

    /// The same, of parameters that were not checked yet.
    ///
    /// # Errors
    /// Those of [`RandomForestParams::check`] too.
    pub fn checked(
        params: &'a RandomForestParams,
        rows: &'a FeatureMatrix,
        labels: &'a Labels,
    ) -> Result<Self, ModelError> {
        params.clone().check(rows.n_samples(), rows.n_features())?;
        Self::new(params, rows, labels)
    }

    /// How many groves make the forest.
    pub fn n_groves(&self) -> usize {
        self.groves_of_one() * if self.is_wide() { 1 } else { self.targets.len() }
    }

    /// How many trees all groves have; one that serves several classes counts once.
    pub(super) fn n_trees(&self) -> usize {
        self.params.n_estimators * if self.is_wide() { 1 } else { self.targets.len() }
    }

    fn is_wide(&self) -> bool {
        matches!(self.soil, Soil::Wide(..))
    }

    fn groves_of_one(&self) -> usize {
        self.params.n_estimators.div_ceil(TREES_PER_GROVE)
    }

    /// The trees of a grove: no other grove has a part in them.
    ///
    /// # Errors
    /// What smartcore says.
    pub fn grove(&self, at: usize) -> Result<Grove, ModelError> {
        let (target, index) = (at / self.groves_of_one(), at % self.groves_of_one());
        let first = index * TREES_PER_GROVE;
        let n_trees = TREES_PER_GROVE.min(self.params.n_estimators - first);
        let mut gains = vec![0.0; self.rows.n_features()];
        let trees = match &self.soil {
            Soil::Narrow(field) => {
                let class = self.targets[target];
                let y = self.labels.codes().iter().map(|&code| f64::from(u8::from(code == class))).collect();
                let seed = derive(derive(self.params.seed, u64::from(class)), index as u64);
                vec![field.trees(&y, (seed, n_trees), &mut gains)?]
            }
            Soil::Wide(matrix, columns) => {
                let mut forests = vec![Vec::with_capacity(n_trees); self.targets.len()];
                for tree in first..first + n_trees {
                    let grown = self.tree((matrix, columns), tree);
                    let gained: f64 = grown.gains.iter().sum();
                    if gained > 0.0 {
                        gains.iter_mut().zip(&grown.gains).for_each(|(sum, gain)| *sum += gain / gained);
                    }
                    for (forest, class) in forests.iter_mut().zip(&self.targets) {
                        forest.push(tree_of(&grown, (*class as usize, self.labels.classes().len()))?);
                    }
                }
                forests
            }
        };
        Ok(Grove { forests: (target as u32, trees), gains })
    }

    /// Tree `index`, grown on as many rows as there are, drawn with putting back.
    fn tree(&self, (matrix, columns): (&BinnedMatrix, &[u32]), index: usize) -> Grown {
        let n_samples = self.rows.n_samples();
        let mut random = Random::new(derive(self.params.seed, index as u64));
        let mut weights = vec![0_u32; n_samples];
        for _ in 0..n_samples {
            weights[random.below(n_samples as u64) as usize] += 1;
        }
        let drawn = (0..).zip(self.labels.codes().iter().zip(weights)).filter(|(_, (_, weight))| *weight > 0);
        let members: Vec<(u32, (u32, u32))> = drawn.map(|(row, (class, weight))| (row, (*class, weight))).collect();
        let limits = Limits {
            max_depth: self.params.max_depth.map_or(u32::MAX, u32::from),
            min_samples_split: self.params.min_samples_split,
            min_samples_leaf: self.params.min_samples_leaf,
            max_features: self.params.max_features.of(columns.len()),
        };
        let gini = Gini { n_classes: self.labels.classes().len() };
        grow((matrix, columns), members, (&gini, limits), &mut random)
    }
}

impl RandomForest {
    /// The forest of all groves that [`Ground`] grew from the same parameters, rows and labels.
    ///
    /// # Errors
    /// Groves of another forest; those of [`Ground::new`].
    pub fn of_groves(
        params: &RandomForestParams,
        (rows, labels): (&FeatureMatrix, &Labels),
        groves: Vec<Grove>,
    ) -> Result<Self, ModelError> {
        let (_, _, left_out) = labels.check_rows(rows)?;
        let mut importances = vec![0.0; rows.n_features()];
        let mut forests = vec![Vec::with_capacity(params.n_estimators); targets(labels).len()];
        for Grove { forests: (target, trees), gains } in groves {
            importances.iter_mut().zip(gains).for_each(|(sum, gain)| *sum += gain);
            for (forest, trees) in forests.iter_mut().skip(target as usize).zip(trees) {
                forest.extend(trees);
            }
        }
        if forests.iter().any(|forest| forest.len() != params.n_estimators) {
            return Err(ModelError::BrokenModel { reason: "a forest has another number of trees than it should" });
        }
        normalise(&mut importances);
        let n_samples = rows.n_samples();
        Ok(Self {
            saved: SavedForest {
                params: params.clone(),
                label: labels.name().to_owned(),
                classes: labels.classes().to_vec(),
                shares: labels.counts().into_iter().map(|count| count as f64 / n_samples as f64).collect(),
                features: rows.features().to_vec(),
                spreads: Spread::of_columns(rows),
                left_out,
                importances,
                n_samples,
                forests: forests.into_iter().map(Trees::new).collect(),
            },
        })
    }
}

/// The classes that have a forest: all, or the second of two.
fn targets(labels: &Labels) -> Vec<u32> {
    match labels.classes().len() {
        2 => vec![1],
        n_classes => (0..n_classes as u32).collect(),
    }
}

/// The tree whose nodes are worth the share of their rows that have a class.
fn tree_of(grown: &Grown, (class, n_classes): (usize, usize)) -> Result<Tree, ModelError> {
    let share = |sums: &[i64]| sums[class] as f64 / sums[..n_classes].iter().sum::<i64>().max(1) as f64;
    Tree::from_nodes(grown.sums.chunks_exact(n_classes + 1).map(share).zip(grown.splits.iter().copied()))
}

/// What a split wants: rows of one class together (Gini's impurity).
struct Gini {
    n_classes: usize,
}

impl Criterion for Gini {
    /// The class, and how often the row was drawn.
    type Target = (u32, u32);

    fn width(&self) -> usize {
        self.n_classes + 1
    }

    fn add(&self, (class, weight): Self::Target, sums: &mut [i64]) {
        sums[class as usize] += i64::from(weight);
        sums[self.n_classes] += 1;
    }

    /// The rows less their impurity.
    fn score(&self, sums: &[i64]) -> f64 {
        let counts = &sums[..self.n_classes];
        let squares: f64 = counts.iter().map(|&count| count as f64 * count as f64).sum();
        squares / counts.iter().sum::<i64>().max(1) as f64
    }

    fn is_pure(&self, sums: &[i64]) -> bool {
        sums[..self.n_classes].iter().filter(|&&count| count > 0).count() < 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::features::{Feature, FeatureUnit};

    /// Rows of 200 words, each with few; the class is decided by three of them.
    fn words() -> (FeatureMatrix, Labels) {
        let mut random = Random::new(5);
        let mut values = vec![0.0; 900 * 200];
        for row in values.chunks_exact_mut(200) {
            (0..8).for_each(|_| row[random.below(200) as usize] += 1.0);
        }
        let features = (0..200).map(|word| Feature::new(format!("w{word}"), FeatureUnit::Count)).collect();
        let rows = FeatureMatrix::new(features, values).unwrap();
        let class = |row: &[f64]| match (row[..40].iter().any(|n| *n > 1.0), row[40..50].iter().any(|n| *n > 0.0)) {
            (true, _) => "scan",
            (false, true) => "crawl",
            (false, false) => "visit",
        };
        let labels = Labels::from_values("kind", rows.rows().map(class));
        (rows, labels)
    }

    #[test]
    fn words_are_learnt_and_classes_share_their_trees() {
        let (rows, labels) = words();
        let params = RandomForestParams { n_estimators: 40, max_depth: None, ..Default::default() };
        let ground = Ground::new(&params, &rows, &labels).unwrap();
        assert_eq!((ground.is_wide(), ground.n_groves(), ground.n_trees()), (true, 2, 40));
        // In whatever order they were grown.
        let late = ground.grove(1).unwrap();
        let grown = vec![ground.grove(0).unwrap(), late];
        let forest = RandomForest::of_groves(&params, (&rows, &labels), grown).unwrap();
        let whole = params.clone().check(900, 200).unwrap().fit(&rows, &labels).unwrap();
        assert_eq!(forest, whole);
        let proba = forest.predict_proba(&rows).unwrap();
        assert!(proba.chunks(3).all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-9));
        let predicted = forest.predict(&rows).unwrap();
        let right = predicted.iter().zip(labels.codes()).filter(|(a, b)| a == b).count();
        assert!(right > 880, "{right}");
        let first = forest.feature_importances();
        let weight = |of: std::ops::Range<usize>| first[of].iter().map(|importance| importance.weight).sum::<f64>();
        assert!(weight(0..50) > weight(50..200), "{} {}", weight(0..50), weight(50..200));
        assert!(RandomForest::of_groves(&params, (&rows, &labels), vec![]).is_err());
    }
}
