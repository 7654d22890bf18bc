//! The edges a campaign has seen.

use crate::evm::{Edge, EdgeMap};

/// A set of edges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoverageMap {
    seen: Vec<bool>,
    count: usize,
}

impl CoverageMap {
    /// The edges of `map` that this set lacks, from position `from` of the order in which they were taken.
    pub fn novel(&self, map: &EdgeMap, from: usize) -> Vec<Edge> {
        let taken = map.taken().get(from..).unwrap_or_default();
        taken.iter().copied().filter(|edge| !self.contains(*edge)).collect()
    }

    /// Whether an edge was seen.
    pub fn contains(&self, edge: Edge) -> bool {
        self.seen.get(edge as usize).copied().unwrap_or(false)
    }

    /// Adds edges; tells how many were new.
    pub fn merge(&mut self, edges: &[Edge]) -> usize {
        let before = self.count;
        for edge in edges {
            let index = *edge as usize;
            if index >= self.seen.len() {
                self.seen.resize(index + 1, false);
            }
            self.count += usize::from(!self.seen[index]);
            self.seen[index] = true;
        }
        self.count - before
    }

    /// How many edges were seen.
    pub fn count(&self) -> usize {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edges() -> impl Strategy<Value = Vec<Edge>> {
        proptest::collection::vec(0..50u32, 0..40)
    }

    fn merged(parts: &[&[Edge]]) -> CoverageMap {
        let mut map = CoverageMap::default();
        for part in parts {
            map.merge(part);
        }
        // Capacity is not part of what was seen.
        map.seen.resize(50, false);
        map
    }

    proptest! {
        #[test]
        fn merging_has_no_order_and_no_repetition(a in edges(), b in edges()) {
            prop_assert_eq!(merged(&[&a, &b]), merged(&[&b, &a]));
            prop_assert_eq!(merged(&[&a, &b]), merged(&[&a, &b, &a]));
        }

        #[test]
        fn merging_only_adds(a in edges(), b in edges()) {
            let mut map = merged(&[&a]);
            let before = map.count();
            let new = map.merge(&b);
            prop_assert_eq!(map.count(), before + new);
            prop_assert!(a.iter().chain(&b).all(|edge| map.contains(*edge)));
        }
    }
}
