//! What the frame around a chart asks of it: a drawing, words, and a table of the same values.

use std::sync::Arc;

use super::{
    data::Role,
    geometry::{Geometry, Mark},
    sketch::{DrawError, Sketch},
    words::{Readout, Scale, Table},
};

/// A kind of chart with its data.
pub trait Plot: Send + Sync {
    /// Whether there is nothing to draw.
    fn is_empty(&self) -> bool;
    /// What the chart shows, in a sentence or two, for whoever does not see it.
    fn summary(&self) -> String;
    /// Names and colours of the series; empty where the marks are labelled directly.
    fn legend(&self) -> Vec<(String, Role)>;
    /// Whether series differ in shape too: circle, triangle, square, cross, and so on.
    fn has_shapes(&self) -> bool {
        false
    }
    /// What the colours of cells mean, where they mean values.
    fn scale(&self) -> Option<Scale> {
        None
    }
    /// Whether the rows of marks are the series of the legend, so that a series can be picked there.
    fn series_are_rows(&self) -> bool {
        false
    }
    /// The values as a table.
    fn table(&self) -> Table;
    /// What is read out at a mark.
    fn readout(&self, mark: Mark) -> Readout;
    /// What is read out over a range of columns.
    fn range_readout(&self, _from: usize, _to: usize) -> Option<Readout> {
        None
    }
    /// The height at a width, in CSS pixels.
    fn height(&self, width: f64) -> f64;
    /// The same data with no more marks than fit into a width; none where it fits as it is.
    fn fitted(&self, _width: f64) -> Option<Arc<dyn Plot>> {
        None
    }
    /// Draws the chart and says where its marks are.
    fn draw(&self, sketch: &Sketch) -> Result<Geometry, DrawError>;
}

/// A shared [`Plot`], equal only to itself.
#[derive(Clone)]
pub struct Picture(pub Arc<dyn Plot>);

impl Picture {
    /// The picture of a plot.
    pub fn new(plot: impl Plot + 'static) -> Self {
        Self(Arc::new(plot))
    }
}

impl PartialEq for Picture {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
