//! Which parts of a ledger a call may have changed. An invariant that only looks there costs nothing elsewhere.

/// A part of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// All that is kept of an operator, by its index.
    Operator(usize),
    /// All that is kept of an operator set, by its index.
    Set(usize),
    /// Something of several sets.
    Sets,
    /// All that is kept of a staker, by its index, and its withdrawals.
    Staker(usize),
    /// The rewards coordinator and the strategy factory.
    Rewards,
    /// Whatever else there is.
    Rest,
}

/// The parts that a call may have changed. What is not in here is as it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// A bit for each index; the last bit is for all that have no bit of their own.
    operators: u64,
    sets: u64,
    stakers: u64,
    rewards: bool,
    rest: bool,
}

impl Touched {
    /// Nothing is known to be as it was.
    pub const EVERYTHING: Self =
        Self { operators: u64::MAX, sets: u64::MAX, stakers: u64::MAX, rewards: true, rest: true };

    /// Adds a part.
    pub fn add(&mut self, part: Part) {
        match part {
            Part::Operator(index) => self.operators |= bit(index),
            Part::Set(index) => self.sets |= bit(index),
            Part::Sets => self.sets = u64::MAX,
            Part::Staker(index) => self.stakers |= bit(index),
            Part::Rewards => self.rewards = true,
            Part::Rest => self.rest = true,
        }
    }

    /// Whether an operator may have changed.
    pub fn operator(self, index: usize) -> bool {
        self.operators & bit(index) != 0
    }

    /// Whether a set may have changed.
    pub fn set(self, index: usize) -> bool {
        self.sets & bit(index) != 0
    }

    /// Whether a staker may have changed.
    pub fn staker(self, index: usize) -> bool {
        self.stakers & bit(index) != 0
    }

    /// Whether any operator may have changed.
    pub fn any_operator(self) -> bool {
        self.operators != 0
    }

    /// Whether any set may have changed.
    pub fn any_set(self) -> bool {
        self.sets != 0
    }

    /// Whether any staker may have changed.
    pub fn any_staker(self) -> bool {
        self.stakers != 0
    }

    /// Whether something of the rewards coordinator or the strategy factory may have changed.
    pub fn rewards(self) -> bool {
        self.rewards
    }

    /// Whether something other than all these may have changed.
    pub fn rest(self) -> bool {
        self.rest
    }
}

fn bit(index: usize) -> u64 {
    1 << index.min(63)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_is_touched_and_nothing_else() {
        let mut touched = Touched::default();
        touched.add(Part::Operator(3));
        touched.add(Part::Staker(0));
        assert!(touched.operator(3) && touched.any_operator() && !touched.operator(2));
        assert!(touched.staker(0) && !touched.staker(1) && !touched.any_set() && !touched.rest());
    }

    #[test]
    fn indices_without_a_bit_share_one() {
        let mut touched = Touched::default();
        touched.add(Part::Set(1_000));
        assert!(touched.set(63) && touched.set(64) && touched.set(1_000) && !touched.set(62));
    }
}
