//! The worked numbers of `docs/protocol.md` section 16, played: the contracts and the model both come to them.

use alloy_primitives::{Address, U256};
use slashproof::{
    arithmetic::WAD,
    call::{
        ActionId, AllocationChange, AllocationItem, Call, Completion, Delay, Operation, Outcome, Quantity, Receive,
        SetId, SlashItem, WithdrawalItem,
    },
    executor::Executor,
    invariants,
    ledger::{Allocation, Booking, Ledger, Operator, Staker, Strategy},
    model::{Error, Revert, arithmetic},
    oracle::Verdict,
    protocol::{eigenlayer::EigenLayer, lacking},
};

/// A whole token or share, in wei.
const WHOLE: u128 = 1_000_000_000_000_000_000;

/// Half of everything.
const HALF: u64 = WAD / 2;

/// Somebody plays by hand: operator A, set 1 of AVS A, strategy A, and stakers.
struct Play<'p> {
    executor: Executor<'p>,
}

impl<'p> Play<'p> {
    fn begin(protocol: &'p EigenLayer) -> Self {
        Self { executor: Executor::deploy(protocol).expect("it deploys") }
    }

    /// Operator A is in the set and gave it a magnitude; the stakers are delegated to it.
    fn secured(protocol: &'p EigenLayer, magnitude: u64, stakers: &[&str]) -> Self {
        let mut play = Self::begin(protocol);
        let (operator, set) = (play.address("operator A"), play.set());
        let joins = Operation::RegisterForSets { operator, avs: set.avs, ids: vec![set.id] };
        play.succeed("operator A", joins);
        play.allocate(magnitude);
        for staker in stakers {
            play.succeed(staker, Operation::Delegate { operator });
        }
        play
    }

    fn address(&self, name: &str) -> Address {
        self.executor.book().address(name).unwrap_or_else(|| panic!("nobody is called {name}"))
    }

    fn set(&self) -> SetId {
        SetId { avs: self.address("avs A"), id: 1 }
    }

    fn ledger(&self) -> &Ledger {
        self.executor.ledger()
    }

    /// Plays a call, and sees that the model said just that and that no invariant is violated.
    fn call(&mut self, who: &str, operation: Operation) -> Outcome {
        let call = Call { action: ActionId(0), actor: self.address(who), delay: Delay::default(), operation };
        let outcome = self.executor.execute(&call).expect("it names what is there");
        let step = self.executor.step(&call, &outcome);
        let predicted = step.predicted.expect("the model is asked");
        assert!(predicted.ending.is(&outcome) && predicted.agrees, "predicted {}: {outcome:?}", predicted.ending);
        let protocol = self.executor.protocol();
        for invariant in invariants::all().filter(|invariant| lacking(protocol, invariant).is_empty()) {
            if let Verdict::Violated(sentence) = (invariant.check)(&step) {
                panic!("{}: {sentence}", invariant.id);
            }
        }
        outcome
    }

    fn succeed(&mut self, who: &str, operation: Operation) {
        let outcome = self.call(who, operation);
        assert!(outcome.is_success(), "{outcome:?}");
    }

    fn fail(&mut self, who: &str, operation: Operation, error: Error) {
        assert_eq!(self.call(who, operation), Outcome::Reverted(Revert::Error(error).data()));
    }

    fn wait(&mut self, blocks: u64) {
        self.executor.advance(Delay::blocks(blocks));
    }

    fn deposit(&mut self, who: &str, amount: u128) {
        let (strategy, token) = (self.address("strategy A"), self.address("token A"));
        self.succeed(who, Operation::Deposit { strategy, token, amount: U256::from(amount) });
    }

    fn donate(&mut self, who: &str, amount: u128) {
        let strategy = self.address("strategy A");
        self.succeed(who, Operation::Donate { strategy, amount: U256::from(amount) });
    }

    fn allocate(&mut self, magnitude: u64) {
        let (operator, strategy) = (self.address("operator A"), self.address("strategy A"));
        let items = vec![AllocationItem { strategy, magnitude: Quantity::Exactly(U256::from(magnitude)) }];
        let changes = vec![AllocationChange { set: self.set(), items }];
        self.succeed("operator A", Operation::ModifyAllocations { operator, changes });
    }

    fn slash(&mut self, wad: u64) {
        let (operator, strategy) = (self.address("operator A"), self.address("strategy A"));
        let items = vec![SlashItem { strategy, wad: U256::from(wad) }];
        self.succeed("avs A", Operation::Slash { set: self.set(), operator, items });
    }

    fn queue(&mut self, who: &str, shares: u128) {
        let item =
            WithdrawalItem { strategy: self.address("strategy A"), shares: Quantity::Exactly(U256::from(shares)) };
        self.succeed(who, Operation::QueueWithdrawals { withdrawals: vec![vec![item]] });
    }

    fn complete(&mut self, who: &str) {
        let completion = Completion { staker: self.address(who), nth: 0, receive: Receive::Tokens };
        self.succeed(who, Operation::CompleteWithdrawal { completion });
    }

    /// What the slashes so far took and nobody cleared, one by one; where they wait by strategy, their sum.
    fn waiting(&self) -> Vec<U256> {
        match self.ledger().terms.booking {
            Booking::ByStrategy => vec![self.pool().burnable_shares],
            Booking::BySlash => {
                let set = self.ledger().set(self.set()).expect("it exists");
                set.slashes.iter().flatten().map(|(_, shares)| *shares).collect()
            }
        }
    }

    /// Burns the oldest slash, or all that waits where slashes are not numbered.
    fn clearing(&self) -> Operation {
        match self.ledger().terms.booking {
            Booking::ByStrategy => Operation::BurnShares { strategy: self.address("strategy A") },
            Booking::BySlash => Operation::ClearSlash { set: self.set(), nth: 0 },
        }
    }

    fn operator(&self) -> &Operator {
        self.ledger().operator(self.address("operator A")).expect("it is one")
    }

    fn staker(&self, name: &str) -> &Staker {
        self.ledger().staker(self.address(name)).expect("it is one")
    }

    fn place(&self) -> usize {
        self.ledger().strategy_index(self.address("strategy A")).expect("it is there")
    }

    fn pool(&self) -> &Strategy {
        &self.ledger().strategies[self.place()]
    }

    fn operator_shares(&self) -> U256 {
        self.operator().stakes[self.place()].shares
    }

    fn max_magnitude(&self) -> u64 {
        self.operator().stakes[self.place()].max_magnitude()
    }

    fn allocation(&self) -> Allocation {
        let set = self.ledger().set_index(self.set()).expect("it exists");
        self.operator().allocations[set][self.place()]
    }

    fn factor(&self, who: &str) -> U256 {
        self.staker(who).holdings[self.place()].factor()
    }

    fn withdrawable(&self, who: &str) -> U256 {
        let holding = self.staker(who).holdings[self.place()];
        let factor = U256::from(self.max_magnitude());
        arithmetic::calc_withdrawable(holding.factor(), holding.shares, factor).expect("it is a number")
    }

    fn tokens(&self, who: &str) -> U256 {
        self.ledger().balance(self.address("token A"), self.address(who)).expect("it is kept")
    }
}

fn wei(number: u128) -> U256 {
    U256::from(number)
}

/// Plays in both releases.
fn in_both(play: impl Fn(&EigenLayer)) {
    for name in ["slashing", "redistribution"] {
        play(&crate::support::release(name));
    }
}

#[test]
fn a_slash_of_half_and_a_deposit_after_it() {
    in_both(|protocol| {
        let mut play = Play::secured(protocol, HALF, &["staker A"]);
        play.deposit("staker A", 100 * WHOLE);
        play.deposit("operator A", 50 * WHOLE);
        play.slash(HALF);
        assert_eq!((play.allocation().current, play.max_magnitude()), (WAD / 4, WAD / 4 * 3));
        assert_eq!(play.waiting(), [wei(37_500_000_000_000_000_000)]);
        assert_eq!(play.operator_shares(), wei(112_500_000_000_000_000_000));
        assert_eq!(play.withdrawable("staker A"), wei(75 * WHOLE));
        play.deposit("staker A", 10 * WHOLE);
        assert_eq!(play.factor("staker A"), wei(1_030_303_030_303_030_302));
        assert_eq!(play.withdrawable("staker A"), wei(84_999_999_999_999_999_915));
        assert_eq!(play.operator_shares(), wei(122_500_000_000_000_000_000));
    });
}

#[test]
fn the_same_with_everything_allocated() {
    in_both(|protocol| {
        let mut play = Play::secured(protocol, WAD, &["staker A"]);
        play.deposit("staker A", 100 * WHOLE);
        play.slash(HALF);
        play.deposit("staker A", 10 * WHOLE);
        assert_eq!(play.factor("staker A"), wei(1_090_909_090_909_090_908));
        assert_eq!(play.withdrawable("staker A"), wei(59_999_999_999_999_999_940));
        assert_eq!(play.operator_shares(), wei(60 * WHOLE));
        play.queue("staker A", 110 * WHOLE);
        let queued = play.ledger().withdrawals.last().expect("it is queued");
        assert_eq!(queued.items[0].1, wei(119_999_999_999_999_999_880));
        assert_eq!((play.operator_shares(), play.factor("staker A")), (wei(60), U256::from(WAD)));
    });
}

#[test]
fn one_share_too_many() {
    in_both(|protocol| {
        let mut play = Play::secured(protocol, WAD, &["staker A", "staker B"]);
        play.deposit("staker A", 1);
        play.deposit("staker B", 1);
        play.slash(HALF);
        assert_eq!((play.waiting(), play.operator_shares()), (vec![wei(1)], wei(1)));
        play.queue("staker A", 1);
        play.queue("staker B", 1);
        assert_eq!(play.operator_shares(), wei(1));
        play.slash(WAD);
        assert_eq!((play.operator_shares(), play.max_magnitude()), (wei(0), 0));
        let clearing = play.clearing();
        if play.waiting() == [wei(1), wei(2)] {
            play.succeed("stranger", clearing.clone());
        } else {
            assert_eq!(play.waiting(), [wei(3)]);
        }
        play.fail("stranger", clearing.clone(), Error::WithdrawalAmountExceedsTotalDeposits);
        // Then somebody else pays.
        play.deposit("staker C", 10);
        play.succeed("stranger", clearing);
    });
}

#[test]
fn a_scaling_factor_below_one() {
    in_both(|protocol| {
        let mut play = Play::secured(protocol, 1, &["staker A"]);
        play.slash(WAD);
        assert_eq!(play.max_magnitude(), WAD - 1);
        let factors = [
            1_000_000_000_000_000_001,
            500_000_000_000_000_000,
            333_333_333_333_333_333,
            250_000_000_000_000_000,
            200_000_000_000_000_000,
        ];
        for (factor, deposits) in factors.into_iter().zip(1..) {
            play.deposit("staker A", 1);
            assert_eq!(play.factor("staker A"), wei(factor));
            assert_eq!((play.operator_shares(), play.withdrawable("staker A")), (wei(deposits), wei(0)));
        }
    });
}

#[test]
fn a_slash_during_a_deallocation() {
    in_both(|protocol| {
        let mut play = Play::secured(protocol, 10, &[]);
        play.wait(1);
        play.allocate(3);
        let effect_block = play.allocation().effect_block;
        play.slash(HALF + 1);
        assert_eq!(play.allocation(), Allocation { current: 4, pending: -3, effect_block });
        play.slash(WAD);
        assert_eq!(play.allocation(), Allocation { current: 0, pending: 0, effect_block });
    });
}

#[test]
fn a_donation_to_an_empty_strategy() {
    in_both(|protocol| {
        let mut play = Play::begin(protocol);
        play.deposit("staker A", 1);
        play.donate("staker A", WHOLE);
        play.deposit("staker B", WHOLE);
        let place = play.place();
        assert_eq!(play.staker("staker B").holdings[place].shares, wei(1_000));
        assert_eq!(play.pool().tokens_for(wei(1_000)), Some(wei(999_500_249_875_062_969)));
        assert_eq!(play.pool().tokens_for(wei(1)), Some(wei(999_500_249_875_062)));
    });
}

/// Blocks after the queueing, what the slash takes, and what the withdrawal pays.
const BOUNDARIES: [(u64, u128, u128); 4] =
    [(0, 50 * WHOLE, 50 * WHOLE), (40, 50 * WHOLE, 50 * WHOLE), (41, 0, 100 * WHOLE), (42, 0, 100 * WHOLE)];

#[test]
fn boundaries_of_a_withdrawal() {
    in_both(|protocol| {
        for (blocks, taken, paid) in BOUNDARIES {
            let mut play = Play::secured(protocol, WAD, &["staker A"]);
            play.deposit("staker A", 100 * WHOLE);
            play.queue("staker A", 100 * WHOLE);
            let before = play.tokens("staker A");
            play.wait(blocks);
            play.slash(HALF);
            assert_eq!(play.waiting(), [wei(taken)], "after {blocks} blocks");
            play.wait(41_u64.saturating_sub(blocks));
            play.complete("staker A");
            assert_eq!(play.tokens("staker A") - before, wei(paid), "after {blocks} blocks");
        }
        // Half queued and half not.
        let mut play = Play::secured(protocol, WAD, &["staker A"]);
        play.deposit("staker A", 100 * WHOLE);
        play.queue("staker A", 50 * WHOLE);
        play.slash(HALF);
        assert_eq!((play.operator_shares(), play.waiting()), (wei(25 * WHOLE), vec![wei(50 * WHOLE)]));
    });
}

#[test]
fn a_slash_of_nothing_waits_all_the_same() {
    in_both(|protocol| {
        let mut play = Play::secured(protocol, 10_000, &["staker A"]);
        play.deposit("staker A", WHOLE / 10);
        play.slash(100_000_000_000_000);
        assert_eq!((play.max_magnitude(), play.operator_shares()), (WAD - 1, wei(WHOLE / 10)));
        assert_eq!(play.waiting(), [wei(0)]);
    });
}

#[test]
fn operator_shares_above_withdrawable_shares() {
    in_both(|protocol| {
        let mut play = Play::secured(protocol, WAD, &["staker A"]);
        play.deposit("staker A", 10);
        play.slash(WAD / 4);
        assert_eq!((play.operator_shares(), play.withdrawable("staker A")), (wei(8), wei(7)));
        play.slash(333_333_333_333_333_333);
        assert_eq!(play.max_magnitude(), HALF);
        assert_eq!((play.operator_shares(), play.withdrawable("staker A")), (wei(6), wei(5)));
        assert_eq!(play.waiting().iter().sum::<U256>(), wei(4));
        // What is left is enough for the staker to leave.
        play.queue("staker A", 10);
        assert_eq!(play.operator_shares(), wei(1));
    });
}

/// Each item of a withdrawal that is completed as shares is a deposit, which rounds the deposit scaling factor anew.
#[test]
fn a_withdrawal_that_names_a_strategy_often() {
    in_both(|protocol| {
        for items in [1, 2, 6] {
            let mut play = Play::secured(protocol, WAD, &["staker A"]);
            play.deposit("staker A", 1000 * WHOLE);
            play.slash(1);
            let item = WithdrawalItem { strategy: play.address("strategy A"), shares: Quantity::Exactly(wei(2)) };
            play.succeed("staker A", Operation::QueueWithdrawals { withdrawals: vec![vec![item; items]] });
            play.wait(play.ledger().terms.withdrawal_delay + 1);
            let completion = Completion { staker: play.address("staker A"), nth: 0, receive: Receive::Shares };
            play.succeed("staker A", Operation::CompleteWithdrawal { completion });
            assert!(play.operator_shares() - play.withdrawable("staker A") > wei(1000 * items as u128));
        }
    });
}

#[test]
fn a_price_that_is_not_one() {
    in_both(|protocol| {
        let mut play = Play::begin(protocol);
        play.deposit("staker A", 10);
        play.donate("staker B", 7);
        assert_eq!([3, 10].map(|shares| play.pool().tokens_for(wei(shares))), [Some(wei(3)), Some(wei(10))]);
        play.deposit("staker B", 10);
        let place = play.place();
        assert_eq!(play.staker("staker B").holdings[place].shares, wei(9));
    });
}

#[test]
fn yield_of_shares_that_wait() {
    in_both(|protocol| {
        let mut play = Play::secured(protocol, WAD, &["staker A"]);
        play.deposit("staker A", 100 * WHOLE);
        play.slash(HALF);
        play.donate("staker B", 100 * WHOLE);
        let pool = play.pool().balance;
        let clearing = play.clearing();
        play.succeed("stranger", clearing);
        assert_eq!(pool - play.pool().balance, wei(99_999_999_999_999_999_500));
    });
}

#[test]
fn a_third_twice() {
    in_both(|protocol| {
        let mut play = Play::secured(protocol, WAD, &[]);
        let third = 333_333_333_333_333_333;
        play.slash(third);
        assert_eq!(play.allocation().current, 666_666_666_666_666_667);
        play.slash(third);
        assert_eq!(play.allocation().current, 444_444_444_444_444_444);
        assert_eq!(play.max_magnitude(), 444_444_444_444_444_444);
    });
}

#[test]
fn stake_of_a_set() {
    let part = arithmetic::div_wad_down(U256::from(WAD / 4), U256::from(WAD / 4 * 3)).unwrap();
    assert_eq!(part, wei(333_333_333_333_333_333));
    assert_eq!(arithmetic::mul_wad_down(wei(75 * WHOLE), part).unwrap(), wei(24_999_999_999_999_999_975));
}
