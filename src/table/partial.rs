//! The algebra of shards: each answers for itself, answers merge in any order, the last step makes what is shown.

/// A shard's, a worker's or everyone's part of an answer.
///
/// Merging is commutative and associative, so that neither the number of workers nor the order in which they finish
/// shows in the output.
pub trait Partial {
    /// What is shown in the end.
    type Output;

    /// Takes the other part in.
    fn merge(&mut self, other: Self);

    /// Turns the merged part into what is shown.
    fn finish(self) -> Self::Output;
}
