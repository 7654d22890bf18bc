//! Who earned what: a distribution, and the tree of hashes that stands for it on the chain (`docs/protocol.md` section
//! 11.4).

use alloy_primitives::{Address, B256, U256, keccak256};
use serde::{Deserialize, Serialize};

use super::decimal;

/// What everybody ever earned, in the order of the leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distribution {
    /// By earner.
    pub earners: Vec<Earnings>,
}

/// What one earner ever earned, in the order of the leaves.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earnings {
    /// Who.
    pub earner: Address,
    /// By token.
    pub tokens: Vec<Earned>,
}

/// All that was ever earned of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earned {
    /// Which.
    pub token: Address,
    /// Wei, since the beginning.
    #[serde(with = "decimal")]
    pub cumulative: U256,
}

/// What the leaves begin with.
const EARNER_SALT: u8 = 0;
const TOKEN_SALT: u8 = 1;

impl Earned {
    /// The hash of its leaf.
    pub fn leaf(&self) -> B256 {
        let mut packed = [0; 53];
        packed[0] = TOKEN_SALT;
        packed[1..21].copy_from_slice(self.token.as_slice());
        packed[21..].copy_from_slice(&self.cumulative.to_be_bytes::<32>());
        keccak256(packed)
    }
}

impl Earnings {
    /// The root of its tokens.
    pub fn token_root(&self) -> B256 {
        root(&self.leaves())
    }

    /// The hash of its leaf.
    pub fn leaf(&self) -> B256 {
        earner_leaf(self.earner, self.token_root())
    }

    /// The siblings of token `index`, lowest first.
    pub fn proof(&self, index: usize) -> Vec<B256> {
        proof(&self.leaves(), index)
    }

    /// What was earned of `token`, if it is listed.
    pub fn of(&self, token: Address) -> Option<U256> {
        self.tokens.iter().find(|earned| earned.token == token).map(|earned| earned.cumulative)
    }

    fn leaves(&self) -> Vec<B256> {
        self.tokens.iter().map(Earned::leaf).collect()
    }
}

impl Distribution {
    /// The root that is submitted.
    pub fn root(&self) -> B256 {
        root(&self.leaves())
    }

    /// The siblings of earner `index`, lowest first.
    pub fn proof(&self, index: usize) -> Vec<B256> {
        proof(&self.leaves(), index)
    }

    /// What `earner` earned, if it is listed.
    pub fn earnings(&self, earner: Address) -> Option<&Earnings> {
        self.earners.iter().find(|earnings| earnings.earner == earner)
    }

    /// What `earner` earned of `token`; zero if it is not listed.
    pub fn earned(&self, earner: Address, token: Address) -> U256 {
        self.earnings(earner).and_then(|earnings| earnings.of(token)).unwrap_or_default()
    }

    fn leaves(&self) -> Vec<B256> {
        self.earners.iter().map(Earnings::leaf).collect()
    }
}

/// The hash of the leaf of an earner whose tokens have this root.
pub fn earner_leaf(earner: Address, token_root: B256) -> B256 {
    let mut packed = [0; 53];
    packed[0] = EARNER_SALT;
    packed[1..21].copy_from_slice(earner.as_slice());
    packed[21..].copy_from_slice(token_root.as_slice());
    keccak256(packed)
}

/// The next level of a tree. Where there is no sibling, zero stands.
fn above(level: &[B256]) -> Vec<B256> {
    let node = |pair: &[B256]| {
        let right = pair.get(1).copied().unwrap_or_default();
        keccak256([pair[0].0, right.0].concat())
    };
    level.chunks(2).map(node).collect()
}

/// The root of a tree; zero for none at all.
fn root(leaves: &[B256]) -> B256 {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = above(&level);
    }
    level.first().copied().unwrap_or_default()
}

fn proof(leaves: &[B256], mut index: usize) -> Vec<B256> {
    let mut level = leaves.to_vec();
    let mut siblings = Vec::new();
    while level.len() > 1 {
        siblings.push(level.get(index ^ 1).copied().unwrap_or_default());
        level = above(&level);
        index /= 2;
    }
    siblings
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Climbs as the contracts do.
    fn climb(leaf: B256, index: usize, siblings: &[B256]) -> B256 {
        let step = |(node, index): (B256, usize), sibling: &B256| {
            let pair = if index.is_multiple_of(2) { [node.0, sibling.0] } else { [sibling.0, node.0] };
            (keccak256(pair.concat()), index / 2)
        };
        siblings.iter().fold((leaf, index), step).0
    }

    fn distribution(earners: u8, tokens: u8) -> Distribution {
        let earned = |earner: u8, token: u8| Earned {
            token: Address::repeat_byte(100 + token),
            cumulative: U256::from(u64::from(earner) * 1_000 + u64::from(token)),
        };
        let earnings = |earner: u8| Earnings {
            earner: Address::repeat_byte(earner),
            tokens: (0..tokens).map(|token| earned(earner, token)).collect(),
        };
        Distribution { earners: (0..earners).map(earnings).collect() }
    }

    #[test]
    fn every_leaf_is_proved() {
        for (earners, tokens) in [(1, 1), (2, 3), (3, 2), (5, 1), (7, 5), (8, 4)] {
            let all = distribution(earners, tokens);
            for (index, earnings) in all.earners.iter().enumerate() {
                assert_eq!(climb(earnings.leaf(), index, &all.proof(index)), all.root());
                for (place, earned) in earnings.tokens.iter().enumerate() {
                    assert_eq!(climb(earned.leaf(), place, &earnings.proof(place)), earnings.token_root());
                }
            }
        }
    }

    #[test]
    fn a_changed_number_changes_the_root() {
        let all = distribution(3, 2);
        let mut other = all.clone();
        other.earners[2].tokens[1].cumulative += U256::ONE;
        assert_ne!(all.root(), other.root());
        assert_eq!(Distribution::default().root(), B256::ZERO);
    }
}
