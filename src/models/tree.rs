//! A trained forest as both models keep it: flat trees that many rows walk at once.
//!
//! A node is 16 bytes; the two children of a node stand side by side, and a leaf leads to itself. So a step down is two
//! loads, a comparison and an addition, without a branch that a row could make unpredictable: eight rows walk a tree
//! together, for as many steps as the tree is deep. What a node is *worth* (the mean of the label there, or the
//! expected length of a path through it) stands beside the nodes, for every node and not only for the leaves, because
//! an explanation is the change of that worth along the path.
//!
//! How trees are grown is not here: see [`super::isolation_forest`] and [`super::random_forest`].

use serde::{Deserialize, Serialize};

use super::error::ModelError;

/// Rows that walk a tree together: enough to hide the latency of a load, few enough to stay in registers.
const LANES: usize = 8;

/// Rows that all trees see before the next rows are taken: their values and sums stay in the nearest cache.
const BLOCK: usize = 256;

/// One node. Left is where the value is not above the threshold, as in scikit-learn.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Node {
    /// Infinite in a leaf: no value is above it.
    threshold: f64,
    /// The left child, the right one is next to it; in a leaf the leaf itself.
    child: u32,
    /// The column compared; 0 in a leaf.
    feature: u32,
}

/// One tree, its root first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "SavedTree", into = "SavedTree")]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// What each node is worth.
    values: Vec<f64>,
    /// Steps from the root to the deepest leaf.
    depth: u32,
}

/// Trees whose answers are added up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Trees(Vec<Tree>);

/// How much one feature changed the answer for a row.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Change {
    /// The sum of the changes at splits of this feature where the row was above the threshold.
    pub(super) above: f64,
    /// The same where it was not above.
    pub(super) below: f64,
}

/// The form of a tree in a file: without what follows from the rest, and checked when it is read.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedTree {
    /// The left child of each node, 0 for a leaf (the root is nobody's child).
    child: Vec<u32>,
    feature: Vec<u32>,
    threshold: Vec<f64>,
    value: Vec<f64>,
}

impl Tree {
    /// A tree of one leaf.
    pub(super) fn leaf(value: f64) -> Self {
        Self { nodes: vec![Node::leaf(0)], values: vec![value], depth: 0 }
    }

    /// Makes `node`, a leaf so far, a split, and returns its left child; the right one is next to it.
    ///
    /// `level` is the number of steps from the root to `node`.
    pub(super) fn split(&mut self, node: u32, level: u32, (feature, threshold): (u32, f64)) -> u32 {
        let child = self.nodes.len() as u32;
        if let Some(node) = self.nodes.get_mut(node as usize) {
            *node = Node { threshold, child, feature };
            self.nodes.extend([Node::leaf(child), Node::leaf(child + 1)]);
            self.values.extend([0.0, 0.0]);
            self.depth = self.depth.max(level + 1);
        }
        child
    }

    /// Says what `node` is worth.
    pub(super) fn set_value(&mut self, node: u32, value: f64) {
        if let Some(place) = self.values.get_mut(node as usize) {
            *place = value;
        }
    }

    /// Number of nodes.
    pub(super) fn n_nodes(&self) -> usize {
        self.nodes.len()
    }

    /// A tree of `nodes`, each a value and, unless it is a leaf, its split: feature, threshold and left child.
    ///
    /// # Errors
    /// A child that does not come after its parent, or lies outside of the tree.
    pub(super) fn from_nodes(nodes: impl Iterator<Item = (f64, Option<(u32, f64, u32)>)>) -> Result<Self, ModelError> {
        let mut saved = SavedTree { child: vec![], feature: vec![], threshold: vec![], value: vec![] };
        for (value, split) in nodes {
            let (feature, threshold, child) = split.unwrap_or_default();
            saved.child.push(child);
            saved.feature.push(feature);
            saved.threshold.push(threshold);
            saved.value.push(value);
        }
        Self::try_from(saved)
    }

    /// Adds, for each row of `rows` (row after row, `width` values each), the worth of its leaf to its sum.
    fn add_leaves(&self, rows: &[f64], width: usize, sums: &mut [f64]) {
        let mut lanes = rows.chunks_exact(width * LANES);
        let mut lane_sums = sums.chunks_exact_mut(LANES);
        for (rows, sums) in lanes.by_ref().zip(lane_sums.by_ref()) {
            let mut at = [0_u32; LANES];
            for _ in 0..self.depth {
                for (lane, at) in at.iter_mut().enumerate() {
                    *at = self.step(*at, &rows[lane * width..(lane + 1) * width]);
                }
            }
            for (sum, at) in sums.iter_mut().zip(at) {
                *sum += self.values[at as usize];
            }
        }
        for (row, sum) in lanes.remainder().chunks_exact(width).zip(lane_sums.into_remainder()) {
            let leaf = (0..self.depth).fold(0, |at, _| self.step(at, row));
            *sum += self.values[leaf as usize];
        }
    }

    /// The node below `at` on the way of `row`; `at` itself if it is a leaf.
    #[inline]
    fn step(&self, at: u32, row: &[f64]) -> u32 {
        let node = self.nodes[at as usize];
        node.child + u32::from(row[node.feature as usize] > node.threshold)
    }

    /// Adds to `changes`, by feature, how the worth changed on the way of `row`.
    fn add_changes(&self, row: &[f64], changes: &mut [Change]) {
        let mut at = 0;
        for _ in 0..self.depth {
            let next = self.step(at, row);
            if next == at {
                break;
            }
            let node = self.nodes[at as usize];
            let change = self.values[next as usize] - self.values[at as usize];
            if let Some(place) = changes.get_mut(node.feature as usize) {
                let side = if next == node.child { &mut place.below } else { &mut place.above };
                *side += change;
            }
            at = next;
        }
    }

    /// The largest column that a split compares, if there is a split.
    fn last_feature(&self) -> Option<u32> {
        self.splits().map(|node| node.feature).max()
    }

    fn splits(&self) -> impl Iterator<Item = &Node> {
        (0..).zip(&self.nodes).filter(|(at, node)| node.child != *at).map(|(_, node)| node)
    }
}

impl Trees {
    /// The forest of `trees`, in the order in which they are added up.
    pub(super) fn new(trees: Vec<Tree>) -> Self {
        Self(trees)
    }

    /// Number of trees.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Number of nodes of all trees.
    pub(super) fn n_nodes(&self) -> usize {
        self.0.iter().map(Tree::n_nodes).sum()
    }

    /// Nothing, if every split compares one of the first `width` columns.
    ///
    /// # Errors
    /// A split that compares another, or a forest without a tree.
    pub(super) fn check(&self, width: usize) -> Result<(), ModelError> {
        if self.0.is_empty() {
            return Err(ModelError::BrokenModel { reason: "there is no tree" });
        }
        if self.0.iter().filter_map(Tree::last_feature).any(|feature| feature as usize >= width) {
            return Err(ModelError::BrokenModel { reason: "a split compares a feature that does not exist" });
        }
        Ok(())
    }

    /// The sum, over the trees, of what the leaf of each row is worth.
    ///
    /// **Shape**: `rows` has `width` values a row; one sum a row.
    /// **Order**: the trees are added in their order for every row, so the sum is the same however the rows are cut.
    /// **Cost**: trees × depth steps a row, about 1 ns each; nothing is allocated a row.
    pub(super) fn sums(&self, rows: &[f64], width: usize) -> Vec<f64> {
        let mut sums = vec![0.0; rows.len() / width];
        for (rows, sums) in rows.chunks(BLOCK * width).zip(sums.chunks_mut(BLOCK)) {
            for tree in &self.0 {
                tree.add_leaves(rows, width, sums);
            }
        }
        sums
    }

    /// By feature, the sum over the trees of how the worth changed on the way of `row`.
    ///
    /// What is there at the roots plus all changes is what [`Self::sums`] gives for the row.
    ///
    /// Source: A. Saabas, "Interpreting random forests", 2014 (path attribution).
    pub(super) fn changes(&self, row: &[f64]) -> Vec<Change> {
        let mut changes = vec![Change::default(); row.len()];
        for tree in &self.0 {
            tree.add_changes(row, &mut changes);
        }
        changes
    }

    /// The sum over the trees of what their roots are worth.
    pub(super) fn root_sum(&self) -> f64 {
        self.0.iter().filter_map(|tree| tree.values.first()).sum()
    }
}

impl Change {
    /// The whole change.
    pub(super) fn total(self) -> f64 {
        self.above + self.below
    }
}

impl Node {
    fn leaf(at: u32) -> Self {
        Self { threshold: f64::INFINITY, child: at, feature: 0 }
    }
}

impl TryFrom<SavedTree> for Tree {
    type Error = ModelError;

    /// A tree in which every way from the root ends in a leaf: children come after their parent and inside of the tree.
    fn try_from(saved: SavedTree) -> Result<Self, ModelError> {
        let n_nodes = saved.child.len();
        let lengths = [saved.feature.len(), saved.threshold.len(), saved.value.len()];
        if n_nodes == 0 || u32::try_from(n_nodes).is_err() || lengths.iter().any(|&length| length != n_nodes) {
            return Err(ModelError::BrokenModel { reason: "a tree has lists of different lengths, or none" });
        }
        if saved.threshold.iter().chain(&saved.value).any(|value| !value.is_finite()) {
            return Err(ModelError::BrokenModel { reason: "a tree has a number that is not finite" });
        }
        let mut levels = vec![0_u32; n_nodes];
        let mut nodes = Vec::with_capacity(n_nodes);
        for (at, child) in saved.child.into_iter().enumerate() {
            if child == 0 {
                nodes.push(Node::leaf(at as u32));
                continue;
            }
            let left = child as usize;
            if left <= at || left + 1 >= n_nodes {
                return Err(ModelError::BrokenModel { reason: "a node's children are not below it in the tree" });
            }
            levels[left] = levels[at] + 1;
            levels[left + 1] = levels[at] + 1;
            nodes.push(Node { threshold: saved.threshold[at], child, feature: saved.feature[at] });
        }
        let depth = levels.into_iter().max().unwrap_or(0);
        Ok(Self { nodes, values: saved.value, depth })
    }
}

impl From<Tree> for SavedTree {
    fn from(tree: Tree) -> Self {
        let is_leaf: Vec<bool> = (0..).zip(&tree.nodes).map(|(at, node)| node.child == at).collect();
        let unless_leaf = |at: usize, value: u32| if is_leaf[at] { 0 } else { value };
        let numbered = || tree.nodes.iter().enumerate();
        Self {
            child: numbered().map(|(at, node)| unless_leaf(at, node.child)).collect(),
            feature: numbered().map(|(at, node)| unless_leaf(at, node.feature)).collect(),
            threshold: numbered().map(|(at, node)| if is_leaf[at] { 0.0 } else { node.threshold }).collect(),
            value: tree.values,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `x0 <= 1 ? 10 : (x1 <= 5 ? 20 : 30)`, worth 15 at the root and 25 below.
    fn tree() -> Tree {
        let mut tree = Tree::leaf(15.0);
        let left = tree.split(0, 0, (0, 1.0));
        tree.set_value(left, 10.0);
        tree.set_value(left + 1, 25.0);
        let below = tree.split(left + 1, 1, (1, 5.0));
        tree.set_value(below, 20.0);
        tree.set_value(below + 1, 30.0);
        tree
    }

    #[test]
    fn rows_reach_their_leaves_alone_and_in_company() {
        let rows: Vec<f64> = [[1.0, 9.0], [2.0, 5.0], [2.0, 5.5]].iter().cycle().take(20).flatten().copied().collect();
        let sums = Trees::new(vec![tree(), tree()]).sums(&rows, 2);
        let expected: Vec<f64> = [20.0, 40.0, 60.0].iter().cycle().take(20).copied().collect();
        assert_eq!(sums, expected);
    }

    #[test]
    fn changes_lead_from_the_root_to_the_leaf() {
        let trees = Trees::new(vec![tree()]);
        let changes = trees.changes(&[2.0, 5.0]);
        assert_eq!(changes[0], Change { above: 10.0, below: 0.0 });
        assert_eq!(changes[1], Change { above: 0.0, below: -5.0 });
        assert_eq!(trees.root_sum() + changes.iter().map(|change| change.total()).sum::<f64>(), 20.0);
    }

    #[test]
    fn a_tree_survives_a_file() {
        let json = serde_json::to_string(&tree()).unwrap();
        assert_eq!(serde_json::from_str::<Tree>(&json).unwrap(), tree());
        let bytes = postcard::to_allocvec(&tree()).unwrap();
        assert_eq!(postcard::from_bytes::<Tree>(&bytes).unwrap(), tree());
    }

    #[test]
    fn a_broken_tree_is_refused() {
        let refused = |json: &str| assert!(serde_json::from_str::<Tree>(json).is_err(), "{json}");
        refused(r#"{"child":[],"feature":[],"threshold":[],"value":[]}"#);
        refused(r#"{"child":[1],"feature":[0],"threshold":[0.5],"value":[1.0]}"#);
        refused(r#"{"child":[1,0],"feature":[0,0],"threshold":[0.5,0],"value":[1.0,1.0]}"#);
        refused(r#"{"child":[1,1,0],"feature":[0,0,0],"threshold":[0.5,0.5,0],"value":[1.0,1.0,1.0]}"#);
        refused(r#"{"child":[1,0,0],"feature":[0,0],"threshold":[0.5,0,0],"value":[1.0,1.0,1.0]}"#);
        let other: Tree =
            serde_json::from_str(r#"{"child":[1,0,0],"feature":[7,0,0],"threshold":[0.5,0,0],"value":[1,1,1]}"#)
                .unwrap();
        assert!(Trees::new(vec![other]).check(7).is_err());
        assert!(Trees::new(vec![]).check(7).is_err());
    }
}
