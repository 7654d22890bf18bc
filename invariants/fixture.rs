//! Small scenes for the unit tests of invariants: one operator, two stakers, two sets, one strategy.

mod scenes;

use alloy_primitives::{Address, B256, Bytes, FixedBytes, Log, U256};

use crate::{
    arithmetic::WAD,
    book::{Book, Role},
    call::{ActionId, Call, Delay, Operation, Outcome, Question, SetId, SlashItem},
    ghost::Ghosts,
    ledger::{
        Allocation, AllocationDelay, Booking, Control, Factory, Holding, Ledger, Managers, Membership, NativeStake,
        Operator, OperatorSet, Permission, Pod, Principal, Quirks, Rewards, Slasher, Slashing, Stake, Staker, Strategy,
        StrategyKind, Terms, Token, Touched, Withdrawal,
    },
    model::Prediction,
    oracle::{Deviation, Invariant, Leaving, Progress, Scope, Step, Verdict},
};

/// All that an invariant sees, to be spoiled by tests.
#[derive(Clone)]
pub(super) struct Scene {
    pub before: Ledger,
    pub call: Call,
    pub outcome: Outcome,
    pub after: Ledger,
    pub events: Vec<Log>,
    pub ghosts: Ghosts,
    pub book: Book,
    pub predicted: Option<Prediction>,
    /// What is to be answered.
    pub shown: Option<Bytes>,
    /// Ledger and history before an exit, if it is over.
    pub left: Option<(Ledger, Ghosts)>,
}

/// The judgement of `invariant` on `scene`.
pub(super) fn judge(invariant: &Invariant, scene: &Scene) -> Verdict {
    let step = scene.step();
    invariant.judge(&step, Scope::of(&step))
}

/// By how much `scene` deviates.
pub(super) fn measure(deviation: &Deviation, scene: &Scene) -> Option<U256> {
    (deviation.measure)(&scene.step())
}

/// The scene with `words` returned.
pub(super) fn returning(mut scene: Scene, words: &[U256]) -> Scene {
    let bytes: Vec<u8> = words.iter().flat_map(U256::to_be_bytes::<32>).collect();
    scene.outcome = Outcome::Returned(Bytes::from(bytes));
    scene
}

/// Words.
pub(super) fn numbers<const N: usize>(words: [u64; N]) -> [U256; N] {
    words.map(U256::from)
}

/// What was asked after a slash of a half, of everything there is.
pub(super) fn asking(question: impl Fn(&Scene) -> Question) -> Scene {
    let mut scene = Scene::slash();
    scene.before = scene.after.clone();
    scene.call.operation = Operation::Ask(question(&scene));
    scene
}

/// Shares of the staker that is delegated.
const SHARES: U256 = U256::from_limbs([100_000, 0, 0, 0]);

impl Scene {
    fn step(&self) -> Step<'_> {
        Step {
            before: &self.before,
            call: &self.call,
            outcome: &self.outcome,
            after: &self.after,
            events: &self.events,
            touched: Touched::EVERYTHING,
            ghosts: &self.ghosts,
            book: &self.book,
            predicted: self.predicted.as_ref(),
            shown: self.shown.as_ref(),
            answers: &[],
            leaving: self.left.as_ref().map(|(begun, history)| Leaving { begun, history, progress: Progress::Over }),
        }
    }

    /// Nobody has anything, and nothing happens.
    pub fn quiet() -> Self {
        let mut book = Book::default();
        let ledger = empty_ledger(&mut book);
        let call = Call {
            action: ActionId(0),
            actor: ledger.stakers[0].address,
            delay: Delay::default(),
            operation: Operation::RenounceOwnership {},
        };
        let ghosts = Ghosts::new(&ledger);
        Self {
            before: ledger.clone(),
            call,
            outcome: Outcome::Returned(Bytes::new()),
            after: ledger,
            events: Vec::new(),
            ghosts,
            book,
            predicted: None,
            shown: None,
            left: None,
        }
    }

    /// An operator with one staker, all allocated to the set that burns.
    fn staked() -> Self {
        let mut scene = Self::quiet();
        let ledger = &mut scene.before;
        let operator_address = ledger.operators[0].address;
        ledger.stakers[0].delegated_to = operator_address;
        ledger.stakers[0].strategies = vec![ledger.strategies[0].address];
        ledger.stakers[0].holdings[0] = Holding { shares: SHARES, stored_factor: U256::from(WAD) };
        ledger.strategies[0].total_shares = SHARES;
        ledger.strategies[0].balance = SHARES;
        let set = &mut ledger.sets[0];
        set.members = vec![operator_address];
        let operator = &mut ledger.operators[0];
        operator.registered_sets = vec![set.id];
        operator.allocated_sets = vec![set.id];
        operator.memberships[0] = Membership {
            registered: true,
            slashable_until: 0,
            allocated_strategies: vec![ledger.strategies[0].address],
        };
        operator.allocations[0][0] = Allocation { current: WAD, pending: 0, effect_block: 0 };
        operator.stakes[0].encumbered = WAD;
        operator.stakes[0].shares = SHARES;
        scene.ghosts.strategies[0].shares = SHARES;
        scene.ghosts.stakes[0][0].bound = true;
        scene.after = scene.before.clone();
        scene
    }

    /// The set that burns slashes half of it.
    pub fn slash() -> Self {
        let mut scene = Self::staked();
        let strategy = scene.before.strategies[0].address;
        let set = scene.before.sets[0].id;
        scene.call.actor = set.avs;
        scene.call.operation = Operation::Slash {
            set,
            operator: scene.before.operators[0].address,
            items: vec![SlashItem { strategy, wad: U256::from(WAD / 2) }],
        };
        let ledger = &mut scene.after;
        let half = SHARES / U256::from(2);
        let operator = &mut ledger.operators[0];
        operator.allocations[0][0].current = WAD / 2;
        operator.stakes[0].encumbered = WAD / 2;
        operator.stakes[0].shares = half;
        operator.stakes[0].max_magnitudes.entries = vec![(1_101, U256::from(WAD / 2))];
        ledger.sets[0].slash_count = 1;
        ledger.sets[0].pending_slashes = vec![1];
        ledger.sets[0].slashes = vec![Vec::new(), vec![(strategy, half)]];
        ledger.pending_sets = vec![set];
        scene.ghosts.slashes.insert(set, 1);
        scene.ghosts.recorded.insert((set, 1, strategy), half);
        scene.ghosts.taken.insert((set, 1, strategy), half);
        scene
    }

    /// That slash is cleared: its tokens burn.
    pub fn cleared() -> Self {
        let mut scene = Self::slash();
        scene.before = scene.after.clone();
        let set = scene.before.sets[0].id;
        scene.call.operation = Operation::ClearSlash { set, nth: 0 };
        let ledger = &mut scene.after;
        let half = SHARES / U256::from(2);
        let strategy = &mut ledger.strategies[0];
        strategy.total_shares = half;
        strategy.balance = half;
        let (address, burn) = (strategy.address, ledger.terms.burn_address);
        for (holder, balance) in ledger.holders.iter().zip(&mut ledger.tokens[0].balances) {
            if *holder == address || *holder == burn {
                *balance = half;
            }
        }
        let at = ledger.holders.iter().position(|holder| *holder == address).unwrap();
        scene.before.tokens[0].balances[at] = SHARES;
        ledger.sets[0].pending_slashes.clear();
        ledger.sets[0].slashes[1].clear();
        ledger.pending_sets.clear();
        scene.ghosts.cleared.insert((set, 1, address), half);
        scene.ghosts.strategies[0].shares = half;
        scene
    }

    /// The staker has queued a tenth of its shares.
    pub fn queued() -> Self {
        let mut scene = Self::staked();
        let tenth = SHARES / U256::from(10);
        let root = B256::repeat_byte(7);
        let ledger = &mut scene.after;
        let staker = ledger.stakers[0].address;
        let operator = ledger.operators[0].address;
        ledger.withdrawals.push(Withdrawal {
            root,
            staker,
            delegated_to: operator,
            withdrawer: staker,
            nonce: 0,
            start_block: 1_090,
            items: vec![(ledger.strategies[0].address, tenth)],
            pending: true,
            stored: true,
        });
        ledger.stakers[0].roots = vec![root];
        ledger.stakers[0].withdrawals_queued = 1;
        ledger.stakers[0].holdings[0].shares -= tenth;
        ledger.operators[0].stakes[0].shares -= tenth;
        ledger.operators[0].stakes[0].queued_shares.entries = vec![(1_090, tenth)];
        scene
    }
}

fn empty_ledger(book: &mut Book) -> Ledger {
    let operator = book.add_actor("operator A", Role::Operator);
    let stakers = ["staker A", "staker B"].map(|name| book.add_actor(name, Role::Staker));
    let avs = book.add_actor("avs A", Role::Avs);
    let recipient = book.add_actor("recipient A", Role::Recipient);
    let burn_address = book.add_actor("burn address", Role::Special);
    let strategy = book.add_actor("strategy A", Role::Contract);
    let token = book.add_actor("token A", Role::Contract);
    let manager = book.add_actor("allocationManager", Role::Contract);
    let native = book.add_actor("native ETH", Role::Special);
    let nobody = Address::ZERO;
    let holders = vec![stakers[0], stakers[1], operator, strategy, recipient, burn_address];
    let set = |id: u32, recipient: Address| OperatorSet {
        id: SetId { avs, id },
        exists: true,
        strategies: vec![strategy],
        members: Vec::new(),
        recipient,
        slasher: Slasher::default(),
        slash_count: 0,
        pending_slashes: Vec::new(),
        slashes: vec![Vec::new()],
    };
    let staker = |address: Address| Staker {
        address,
        delegated_to: Address::ZERO,
        withdrawals_queued: 0,
        nonce: U256::ZERO,
        roots: Vec::new(),
        strategies: Vec::new(),
        holdings: vec![Holding::default(); 2],
    };
    Ledger {
        block: 1_101,
        timestamp: 0,
        terms: terms(burn_address, manager),
        operators: vec![Operator {
            address: operator,
            staker: 2,
            approver: Address::ZERO,
            delay: AllocationDelay { delay: 0, is_set: true, pending: 0, effect_block: 0 },
            registered_sets: Vec::new(),
            allocated_sets: Vec::new(),
            memberships: vec![Membership::default(); 2],
            stakes: vec![Stake::default(); 2],
            allocations: vec![vec![Allocation::default(); 2]; 2],
        }],
        sets: vec![set(1, Address::ZERO), set(2, recipient)],
        strategies: vec![
            a_strategy(strategy, token, StrategyKind::Token),
            a_strategy(native, nobody, StrategyKind::Native),
        ],
        native: no_native_stake(3),
        stakers: vec![staker(stakers[0]), staker(stakers[1]), Staker { delegated_to: operator, ..staker(operator) }],
        withdrawals: Vec::new(),
        pending_sets: Vec::new(),
        principals: vec![principal(avs)],
        tokens: vec![Token { address: token, balances: vec![U256::ZERO; holders.len()], quirks: Quirks::default() }],
        callers: Vec::new(),
        registrars: Vec::new(),
        approvers: Vec::new(),
        holders,
        control: Control::default(),
        rewards: Rewards::default(),
        factory: Factory::default(),
        examples: None,
    }
}

fn no_native_stake(stakers: usize) -> NativeStake {
    NativeStake {
        pods: vec![Pod::default(); stakers],
        places: vec![Address::ZERO; stakers],
        balances: vec![U256::ZERO; stakers],
        ..NativeStake::default()
    }
}

fn a_strategy(address: Address, token: Address, kind: StrategyKind) -> Strategy {
    Strategy {
        kind,
        address,
        token,
        wrapper: None,
        limits: None,
        total_shares: U256::ZERO,
        balance: U256::ZERO,
        whitelisted: kind == StrategyKind::Token,
        burnable_shares: U256::ZERO,
    }
}

fn principal(address: Address) -> Principal {
    Principal { address, admins: Vec::new(), pending_admins: Vec::new(), appointments: Vec::new() }
}

fn terms(burn_address: Address, manager: Address) -> Terms {
    Terms {
        deallocation_delay: 50,
        configuration_delay: 75,
        withdrawal_delay: 40,
        burn_address,
        slash_permission: Permission { target: manager, selector: FixedBytes([1, 2, 3, 4]) },
        slashing: Slashing::ByPermission,
        booking: Booking::BySlash,
        managers: Managers { allocation: manager, delegation: manager, strategy: manager, eigen_pod: manager },
        not_redistributable: Vec::new(),
        accepting_registrars: Vec::new(),
    }
}
