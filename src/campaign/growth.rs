//! How what a campaign knows grew: points of a curve, few enough to keep however long it lasts.

use serde::{Deserialize, Serialize};

/// Points that are kept, at most.
const MOST: usize = 200;

/// What was known at some moment of a campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Runs played.
    pub runs: u64,
    /// Calls played.
    pub calls: u64,
    /// Edges seen.
    pub edges: usize,
    /// Kinds of states of the ledger that were seen.
    pub states: usize,
}

/// The curve: a point after every epoch, then after every second, every fourth...
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Growth {
    every: u64,
    points: Vec<Point>,
}

impl Default for Growth {
    fn default() -> Self {
        Self { every: 1, points: Vec::new() }
    }
}

impl Growth {
    /// Notes what is known after `epoch`. Epochs are told in order, from zero.
    pub(super) fn note(&mut self, epoch: u64, point: Point) {
        if !epoch.is_multiple_of(self.every) {
            return;
        }
        self.points.push(point);
        if self.points.len() > MOST {
            self.points = self.points.iter().copied().step_by(2).collect();
            self.every *= 2;
        }
    }

    /// The points, and the end of the campaign.
    pub(super) fn until(self, end: Point) -> Vec<Point> {
        let mut points = self.points;
        if points.last() != Some(&end) {
            points.push(end);
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_campaign_has_few_points_from_its_beginning_to_its_end() {
        let at = |runs| Point { runs, ..Point::default() };
        let mut growth = Growth::default();
        (0..10_000).for_each(|epoch| growth.note(epoch, at(epoch)));
        let points = growth.until(at(9_999));
        assert!(points.len() <= MOST + 1 && points.len() > MOST / 2, "{}", points.len());
        assert_eq!((points[0].runs, points.last().unwrap().runs), (0, 9_999));
        let step = points[1].runs;
        let regular = &points[..points.len() - 1];
        assert!(regular.windows(2).all(|pair| pair[1].runs - pair[0].runs == step), "{points:?}");
    }
}
