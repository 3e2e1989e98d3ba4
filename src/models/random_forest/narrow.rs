//! Groves of smartcore's trees: for columns that differ in many rows.

use smartcore::ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;

use super::super::error::ModelError;
use super::super::features::FeatureMatrix;
use super::super::tree::Tree;
use super::RandomForestParams;

/// smartcore's forest for our numbers.
type Grove = RandomForestRegressor<f64, f64, DenseMatrix<f64>, Vec<f64>>;

/// What smartcore grows from: the columns that are not constant, column after column, and their place in the caller's
/// matrix.
pub(super) struct Field {
    x: DenseMatrix<f64>,
    columns: Vec<u32>,
    grove: RandomForestRegressorParameters,
}

impl Field {
    /// These columns of `rows`, and smartcore's parameters for them.
    pub(super) fn new(
        params: &RandomForestParams,
        rows: &FeatureMatrix,
        columns: Vec<u32>,
    ) -> Result<Self, ModelError> {
        let values = columns.iter().flat_map(|&column| rows.column(column as usize)).collect();
        let x = DenseMatrix::new(rows.n_samples(), columns.len(), values, true).map_err(training)?;
        let grove = RandomForestRegressorParameters {
            // smartcore counts the root as the first level.
            max_depth: params.max_depth.map(|depth| depth + 1),
            min_samples_leaf: params.min_samples_leaf,
            min_samples_split: params.min_samples_split,
            m: Some(params.max_features.of(columns.len())),
            ..RandomForestRegressorParameters::default()
        };
        Ok(Self { x, columns, grove })
    }

    /// So many trees that tell 1 from 0 in `y`, and what each column of the caller's matrix gained, added to `gains`.
    pub(super) fn trees(
        &self,
        y: &Vec<f64>,
        (seed, n_trees): (u64, usize),
        gains: &mut [f64],
    ) -> Result<Vec<Tree>, ModelError> {
        let grove = self.grow(y, (seed, n_trees))?;
        let weights = grove.compute_feature_importances().map_err(training)?;
        for (&column, weight) in self.columns.iter().zip(weights) {
            gains[column as usize] += weight * n_trees as f64;
        }
        flatten(&grove, &self.columns)
    }

    fn grow(&self, y: &Vec<f64>, (seed, n_trees): (u64, usize)) -> Result<Grove, ModelError> {
        Grove::fit(&self.x, y, self.grove.clone().with_n_trees(n_trees).with_seed(seed)).map_err(training)
    }
}

fn training(error: smartcore::error::Failed) -> ModelError {
    ModelError::Training { reason: error.to_string() }
}

/// The trees of `grove` in our form, their features as places in the caller's matrix.
///
/// smartcore keeps its trees to itself; it writes them, and what it wrote is read here. The shape of it is [`grown`]'s,
/// and a test compares the answers of both, so that another version of smartcore can't be misread unseen.
fn flatten(grove: &Grove, columns: &[u32]) -> Result<Vec<Tree>, ModelError> {
    let unread = |error: postcard::Error| ModelError::Training { reason: error.to_string() };
    let written = postcard::to_allocvec(grove).map_err(unread)?;
    let grown: grown::Regressor = postcard::from_bytes(&written).map_err(unread)?;
    let trees = grown.forest.and_then(|forest| forest.trees).unwrap_or_default();
    trees.into_iter().map(|tree| flatten_tree(tree, columns)).collect()
}

fn flatten_tree(tree: grown::Tree, columns: &[u32]) -> Result<Tree, ModelError> {
    let broken = ModelError::Training { reason: "a grown tree has an unexpected form".to_owned() };
    let mut nodes = Vec::with_capacity(tree.nodes.len());
    for node in tree.nodes {
        let split = match (node.split_value, node.true_child, node.false_child) {
            (Some(threshold), Some(left), Some(right)) if right == left + 1 => {
                let feature = *columns.get(node.split_feature).ok_or_else(|| broken.clone())?;
                Some((feature, threshold, u32::try_from(left).map_err(|_| broken.clone())?))
            }
            (_, None, None) => None,
            _ => return Err(broken),
        };
        nodes.push((node.output, split));
    }
    Tree::from_nodes(nodes.into_iter())
}

/// smartcore 0.7's forest as it is written: every field, in its order, as postcard has no names.
mod grown {
    #![expect(dead_code, reason = "fields that are not needed hold the place of what is written there")]
    use serde::Deserialize;

    #[derive(Deserialize)]
    pub(super) struct Regressor {
        pub(super) forest: Option<Forest>,
    }

    #[derive(Deserialize)]
    pub(super) struct Forest {
        pub(super) trees: Option<Vec<Tree>>,
        num_features: Option<usize>,
        samples: Option<Vec<Vec<bool>>>,
    }

    #[derive(Deserialize)]
    pub(super) struct Tree {
        pub(super) nodes: Vec<Node>,
        parameters: Option<Parameters>,
        depth: u16,
        root_mass: f64,
    }

    #[derive(Deserialize)]
    pub(super) struct Node {
        pub(super) output: f64,
        pub(super) split_feature: usize,
        pub(super) split_value: Option<f64>,
        split_score: Option<f64>,
        pub(super) true_child: Option<usize>,
        pub(super) false_child: Option<usize>,
    }

    #[derive(Deserialize)]
    struct Parameters {
        max_depth: Option<u16>,
        min_samples_leaf: usize,
        min_samples_split: usize,
        seed: Option<u64>,
        splitter: Splitter,
    }

    #[derive(Deserialize)]
    enum Splitter {
        Random,
        Best,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::features::{Feature, FeatureUnit};
    use crate::models::random::Random;
    use crate::models::tree::Trees;

    #[test]
    fn our_trees_answer_as_smartcores_do() {
        let mut random = Random::new(5);
        let values: Vec<f64> = (0..600).map(|_| random.unit()).collect();
        let features = ["a", "b", "noise"].map(|name| Feature::new(name, FeatureUnit::Count)).to_vec();
        let rows = FeatureMatrix::new(features, values).unwrap();
        let y = rows.rows().map(|row| f64::from(u8::from(row[0] + row[1] > 1.2))).collect();
        let field = Field::new(&RandomForestParams::default(), &rows, vec![0, 1, 2]).unwrap();
        let grove = field.grow(&y, (1, 10)).unwrap();
        let ours = Trees::new(flatten(&grove, &field.columns).unwrap()).sums(rows.values(), 3);
        let theirs = grove.predict(&field.x).unwrap();
        assert_eq!(ours.iter().map(|sum| sum / 10.0).collect::<Vec<_>>(), theirs);
    }
}
