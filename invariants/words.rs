//! What a call returned, word by word: the ABI as far as the invariants need it.

use alloy_primitives::{Address, U256};

use crate::{
    call::{Operation, Outcome, Question},
    oracle::Step,
};

/// Bytes of a word.
const WORD: usize = 32;

/// What a call that succeeded returned.
pub(super) struct Words<'a>(&'a [u8]);

impl<'a> Words<'a> {
    /// What `step` returned, if it did.
    pub fn returned(step: &Step<'a>) -> Option<Self> {
        match step.outcome {
            Outcome::Returned(data) => Some(Self(data)),
            _ => None,
        }
    }

    /// The word called `index`, counted from zero.
    pub fn word(&self, index: usize) -> Option<U256> {
        let start = index.checked_mul(WORD)?;
        self.0.get(start..start.checked_add(WORD)?).map(U256::from_be_slice)
    }

    /// The array whose offset is the word called `index`.
    pub fn array(&self, index: usize) -> Option<Vec<U256>> {
        let offset: usize = self.word(index)?.try_into().ok()?;
        let length = offset / WORD;
        let count: usize = self.word(length)?.try_into().ok()?;
        if !offset.is_multiple_of(WORD) || count > self.0.len() / WORD {
            return None;
        }
        (0..count).map(|item| self.word(length.checked_add(item)?.checked_add(1)?)).collect()
    }

    /// The only number of a list of one list, which is all that is returned.
    pub fn only(&self) -> Option<U256> {
        // Where the outer list is, how long it is, where the inner one is from there, how long that is.
        let shape = [WORD, 1, WORD, 1].map(U256::from);
        let is = |(index, word): (usize, &U256)| self.word(index) == Some(*word);
        if shape.iter().enumerate().all(is) { self.word(shape.len()) } else { None }
    }
}

/// What was asked and what was answered, if it was.
pub(super) fn answer<'a>(step: &Step<'a>) -> Option<(&'a Question, Words<'a>)> {
    let Operation::Ask(question) = &step.call.operation else { return None };
    Some((question, Words::returned(step)?))
}

/// Operator and strategy, by index.
pub(super) fn stake(step: &Step<'_>, operator: Address, strategy: Address) -> Option<(usize, usize)> {
    Some((step.after.operator_index(operator)?, step.after.strategy_index(strategy)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(words: &[u64]) -> Vec<u8> {
        words.iter().flat_map(|word| U256::from(*word).to_be_bytes::<WORD>()).collect()
    }

    #[test]
    fn arrays_are_read_and_nothing_is_read_that_is_not_there() {
        let good = encoded(&[7, 64, 2, 5, 6]);
        let words = Words(&good);
        assert_eq!((words.word(0), words.word(5)), (Some(U256::from(7)), None));
        assert_eq!(words.array(1), Some(vec![U256::from(5), U256::from(6)]));
        for bad in [&[64, 0][..], &[32], &[32, 2, 1], &[33, 0, 0], &[32, u64::MAX]] {
            assert_eq!(Words(&encoded(bad)).array(0), None, "{bad:?}");
        }
        assert_eq!(Words(&[0xff; 64]).array(0), None);
        assert_eq!(Words(&encoded(&[32, 1, 32, 1, 9])).only(), Some(U256::from(9)));
        for bad in [&[32, 1, 32, 1][..], &[32, 1, 32, 2, 9], &[9]] {
            assert_eq!(Words(&encoded(bad)).only(), None, "{bad:?}");
        }
        assert_eq!(Words(&encoded(&[7])).word(usize::MAX), None);
    }
}
