//! What contracts announce: rewards are computed and accounts are shown by those who see nothing else.

mod kinds;
mod magnitudes;
mod stake;
mod withdrawals;

use alloy_primitives::{Address, B256, Log, U256};

use crate::oracle::{Family, Step};

pub(super) const FAMILY: Family = Family {
    key: "EVT",
    title: "Announcements",
    assumes: "Nothing beyond the protocol itself.",
    invariants: &[
        &stake::SHARES,
        &stake::FACTORS,
        &stake::DELEGATIONS,
        &stake::PODS,
        &magnitudes::MAGNITUDES,
        &magnitudes::ALLOCATIONS,
        &magnitudes::MEMBERSHIPS,
        &withdrawals::WITHDRAWALS,
        &withdrawals::WAITING,
    ],
};

/// An event, by its words: those of its topics first, then those of its data.
#[derive(Clone, Copy)]
struct Announced<'a>(&'a Log);

impl Announced<'_> {
    fn word(self, index: usize) -> U256 {
        let topics = &self.0.topics()[1..];
        let of_data = |index: usize| self.0.data.data.get(32 * index..32 * (index + 1)).map(U256::from_be_slice);
        match topics.get(index) {
            Some(topic) => (*topic).into(),
            None => of_data(index - topics.len()).unwrap_or_default(),
        }
    }

    fn address(self, index: usize) -> Address {
        Address::from_word(self.word(index).into())
    }

    fn kind(self) -> B256 {
        self.0.topics()[0]
    }
}

/// What `by` announced of one of these kinds, in order.
fn announced<'a>(step: &Step<'a>, by: Address, kinds: &'static [B256]) -> impl Iterator<Item = Announced<'a>> {
    let of_kind = move |log: &&Log| log.address == by && log.topics().first().is_some_and(|kind| kinds.contains(kind));
    step.events.iter().filter(of_kind).map(Announced)
}

/// The sum of what was announced, of the word with this index.
fn sum<'a>(told: impl Iterator<Item = Announced<'a>>, index: usize) -> U256 {
    told.fold(U256::ZERO, |sum, told| sum.saturating_add(told.word(index)))
}

/// Whether what was announced last is what is; where nothing was announced, nothing changed.
fn is_told<T: PartialEq>(was: &T, is: &T, told: Option<&T>) -> bool {
    told.unwrap_or(was) == is
}

#[cfg(test)]
mod tests {
    use alloy_primitives::LogData;

    use super::*;
    use crate::{
        invariants::fixture::{Scene, judge},
        oracle::{Invariant, Verdict},
    };

    /// An event of a contract, with all of its words in its data.
    pub(super) fn event(by: Address, kind: B256, words: &[U256]) -> Log {
        let data: Vec<u8> = words.iter().flat_map(U256::to_be_bytes::<32>).collect();
        Log { address: by, data: LogData::new_unchecked(vec![kind], data.into()) }
    }

    pub(super) fn word(address: Address) -> U256 {
        U256::from_be_slice(address.as_slice())
    }

    pub(super) fn holds(invariant: &Invariant, scene: &Scene) -> bool {
        matches!(judge(invariant, scene), Verdict::Holds)
    }

    pub(super) fn violated(invariant: &Invariant, scene: &Scene) -> bool {
        matches!(judge(invariant, scene), Verdict::Violated(_))
    }

    #[test]
    fn words_of_topics_come_before_those_of_data() {
        let indexed = LogData::new_unchecked(
            vec![B256::repeat_byte(1), B256::with_last_byte(2)],
            U256::from(3).to_be_bytes_vec().into(),
        );
        let log = Log { address: Address::ZERO, data: indexed };
        let told = Announced(&log);
        assert_eq!([told.word(0), told.word(1), told.word(2)], [2, 3, 0].map(U256::from));
    }
}
