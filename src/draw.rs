//! The only source of randomness. A [`Draw`] sees the ledger, so what it draws means something now.

use alloy_primitives::{Address, U256, keccak256};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::{
    arithmetic::WAD,
    call::{Delay, Quantity},
    ledger::{Ledger, Permission},
    limits,
};

/// Random numbers of one run, a pure function of what they are for.
pub struct Dice {
    runner: TestRunner,
}

impl Dice {
    /// The numbers of run `run` of epoch `epoch` under `seed`.
    pub fn of_run(seed: u64, epoch: u64, run: u64) -> Self {
        Self::of(&[seed, epoch, run])
    }

    /// The numbers of what `run` of epoch `epoch` and its siblings have in common.
    pub fn of_siblings(seed: u64, epoch: u64, run: u64) -> Self {
        Self::of(&[seed, epoch, run, limits::SIBLINGS])
    }

    fn of(words: &[u64]) -> Self {
        let input: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &keccak256(input).0);
        let config = Config { failure_persistence: None, ..Config::default() };
        Self { runner: TestRunner::new_with_rng(config, rng) }
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        assert!(n > 0, "nothing is below zero");
        // The bias of a remainder of 64 bits is far below what any campaign could notice.
        usize::try_from(self.runner.rng().next_u64() % n as u64).expect("it is below n")
    }

    /// Whether something that happens in `percent` of a hundred cases happens.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `items`; `None` if there are none.
    pub fn choose<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() { None } else { Some(&items[self.below(items.len())]) }
    }

    /// An index, each as likely as its weight; `None` if all weights are zero.
    pub fn weighted(&mut self, weights: &[u32]) -> Option<usize> {
        let total: usize = weights.iter().map(|weight| *weight as usize).sum();
        if total == 0 {
            return None;
        }
        let mut at = self.below(total);
        weights.iter().position(|weight| {
            let here = at < *weight as usize;
            at = at.saturating_sub(*weight as usize);
            here
        })
    }

    /// A value of a shape.
    pub fn sample<S: Strategy>(&mut self, shape: &S) -> S::Value {
        shape.new_tree(&mut self.runner).expect("our shapes reject nothing").current()
    }

    fn word(&mut self) -> U256 {
        let mut limbs = [0; 4];
        for limb in &mut limbs {
            *limb = self.runner.rng().next_u64();
        }
        U256::from_limbs(limbs)
    }
}

/// Those that a run is about. Spread evenly over everybody, calls seldom meet: a deposit here, a slash there. Most runs
/// therefore prefer some operators, stakers, sets and strategies to the others.
#[derive(Clone, Debug, Default)]
pub struct Favourites(Vec<Address>);

impl Favourites {
    /// Draws about a third of `all`.
    pub fn of_run(dice: &mut Dice, all: impl Iterator<Item = Address>) -> Self {
        Self(all.filter(|_| dice.below(3) == 0).collect())
    }

    fn contains(&self, address: Address) -> bool {
        self.0.contains(&address)
    }
}

/// Draws the next call of a run.
pub struct Draw<'a> {
    dice: &'a mut Dice,
    favourites: &'a Favourites,
    /// The ledger in the block of the call.
    pub ledger: &'a Ledger,
}

impl<'a> Draw<'a> {
    /// Draws out of `ledger`.
    pub fn new(dice: &'a mut Dice, favourites: &'a Favourites, ledger: &'a Ledger) -> Self {
        Self { dice, favourites, ledger }
    }

    /// Draws out of another ledger.
    pub fn from<'b>(&'b mut self, ledger: &'b Ledger) -> Draw<'b> {
        Draw { dice: &mut *self.dice, favourites: self.favourites, ledger }
    }

    /// See [`Dice::below`].
    pub fn below(&mut self, n: usize) -> usize {
        self.dice.below(n)
    }

    /// See [`Dice::chance`].
    pub fn chance(&mut self, percent: usize) -> bool {
        self.dice.chance(percent)
    }

    /// One of `items`; `None` if there are none.
    pub fn choose<T: Clone>(&mut self, items: &[T]) -> Option<T> {
        self.dice.choose(items).cloned()
    }

    /// One of `items`, rather one that concerns a favourite; `None` if there are none.
    pub fn prefer<T: Clone>(&mut self, items: &[T], concerns: impl Fn(&T) -> Address) -> Option<T> {
        if self.chance(70) {
            let favoured: Vec<&T> = items.iter().filter(|item| self.favourites.contains(concerns(item))).collect();
            if let Some(item) = self.choose(&favoured) {
                return Some(item.clone());
            }
        }
        self.choose(items)
    }

    /// Between one and `most` of `items`, in their order; empty if there are none.
    pub fn some_of<T: Clone>(&mut self, items: &[T], most: usize) -> Vec<T> {
        let most = most.min(items.len());
        if most == 0 {
            return Vec::new();
        }
        // One is the usual case; more must not crowd it out.
        let mut left = if self.chance(60) { 1 } else { 1 + self.below(most) };
        let mut chosen = Vec::with_capacity(left);
        for (index, item) in items.iter().enumerate() {
            if left > 0 && self.below(items.len() - index) < left {
                chosen.push(item.clone());
                left -= 1;
            }
        }
        chosen
    }

    /// A value of a shape.
    pub fn sample<S: Strategy>(&mut self, shape: &S) -> S::Value {
        self.dice.sample(shape)
    }

    /// From one to `most`, with the ends, round numbers and every size of number likely. `None` if `most` is zero.
    pub fn up_to(&mut self, most: U256) -> Option<U256> {
        if most.is_zero() {
            return None;
        }
        let drawn = match self.below(100) {
            0..20 => most,
            20..26 => most - U256::ONE,
            26..36 => U256::from(1 + self.below(3)),
            36..44 => most / U256::from(2 + self.below(3)),
            44..66 => self.round(most),
            _ => self.any_size(most),
        };
        Some(drawn.clamp(U256::ONE, most))
    }

    /// `number` out of `all`, said so that it keeps its meaning when `all` is another number.
    pub fn quantity(&mut self, number: U256, all: U256) -> Quantity {
        match all.saturating_sub(number) {
            U256::ZERO => Quantity::All,
            less if less <= U256::from(3) && number > less => Quantity::AllBut(less),
            _ => Quantity::Exactly(number),
        }
    }

    /// A digit times a power of ten, at most `most`.
    fn round(&mut self, most: U256) -> U256 {
        let digits = most.to_string().len();
        let power = U256::from(10).pow(U256::from(self.below(digits)));
        (power * U256::from(1 + self.below(9))).min(most)
    }

    /// Each bit length up to that of `most` is as likely.
    fn any_size(&mut self, most: U256) -> U256 {
        let bits = 1 + self.below(most.bit_len());
        (self.dice.word() >> (256 - bits)).min(most)
    }

    /// A proportion to slash, in (0, WAD].
    pub fn wad(&mut self) -> U256 {
        let shape = prop_oneof![
            5 => (1..=9u64).prop_map(|tenths| tenths * (WAD / 10)),
            4 => (1..=99u64).prop_map(|percent| percent * (WAD / 100)),
            2 => Just(WAD),
            1 => Just(WAD - 1),
            1 => Just(WAD / 2 + 1),
            1 => Just(WAD / 3),
            1 => 1..=3u64,
            2 => 1..=WAD,
        ];
        U256::from(self.sample(&shape))
    }

    /// Time before the next call: often none, often a block, often just to a block at which something changes.
    pub fn delay(&mut self) -> Delay {
        let now = self.ledger.block;
        let blocks = match self.below(100) {
            0..40 => 0,
            40..66 => 1,
            66..72 => 2 + self.below(10) as u64,
            72..76 => 1 + self.below(120) as u64,
            _ => {
                let around = self.ledger.deadlines();
                let deadline = self.choose(&around).unwrap_or(now);
                // The block before, the block itself, the block after.
                (deadline + self.below(3) as u64).saturating_sub(1).saturating_sub(now)
            }
        };
        Delay::blocks(blocks)
    }

    /// Somebody who may use `permission` for `account`; mostly its admins, sometimes those it appointed.
    pub fn caller(&mut self, account: Address, permission: Permission) -> Option<Address> {
        let Some(principal) = self.ledger.principal(account) else { return Some(account) };
        let appointed: Vec<_> = principal
            .appointments
            .iter()
            .filter(|(_, permissions)| permissions.contains(&permission))
            .map(|(appointee, _)| *appointee)
            .collect();
        if !appointed.is_empty() && self.chance(50) {
            return self.choose(&appointed);
        }
        self.admin(account)
    }

    /// An admin of `account`.
    pub fn admin(&mut self, account: Address) -> Option<Address> {
        match self.ledger.principal(account) {
            Some(principal) if !principal.admins.is_empty() => self.choose(&principal.admins),
            _ => Some(account),
        }
    }
}
