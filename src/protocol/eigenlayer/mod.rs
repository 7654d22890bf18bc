//! EigenLayer: operator sets, allocations of unique stake, slashing with burning and redistribution, delegation and the
//! withdrawal queue. One adapter for our own contracts and for EigenLayer's, which answer to the same ABI.

mod abi;
mod action;
mod anybody;
mod avs;
mod confirm;
mod control;
mod deploy;
mod examples;
mod factory;
mod forked;
mod live;
mod operator;
mod pausing;
mod permissions;
mod pods;
mod probes;
mod questions;
mod reader;
mod registrars;
pub mod release;
mod rewards;
mod signed;
mod slots;
mod staker;
mod surroundings;
mod transaction;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use alloy_primitives::{Address, Bytes, FixedBytes};
use alloy_sol_types::SolCall;

use crate::{
    artifact::Artifacts,
    book::Book,
    call::{ActionId, Argument, Call, Operation, Question, Transaction},
    draw::Draw,
    evm::{Origin, World},
    ledger::{Ledger, Operator, Permission},
    model::switch,
    oracle::Assumption,
    own::Asked,
    problem::Problem,
    protocol::{Action, ActionInfo, Answer, Protocol, Reader, Setup, Switch, Upgrade},
    worlds::{self, Avss, Kind},
};
use deploy::{
    Cast, Contracts, Delays,
    upgrade::{self, Deployed, Foundation, UpgradePlan},
};
pub use live::Deployment;
use live::Vouched;
use release::Release;
use slots::Slots;

/// The contracts of a release that stand by themselves; the others live behind proxies, and are upgraded.
pub const UNPROXIED: &[&str] = &["PauserRegistry"];

/// Everything that can be done, by who does it.
const ACTIONS: &[&[Action<EigenLayer>]] = &[
    staker::ACTIONS,
    signed::ACTIONS,
    operator::ACTIONS,
    avs::ACTIONS,
    anybody::ACTIONS,
    questions::ACTIONS,
    control::ACTIONS,
    pausing::ACTIONS,
    permissions::ACTIONS,
    rewards::submissions::ACTIONS,
    rewards::roots::ACTIONS,
    rewards::claims::ACTIONS,
    rewards::splits::ACTIONS,
    rewards::control::ACTIONS,
    factory::ACTIONS,
    pods::ACTIONS,
    probes::avs::ACTIONS,
    probes::operator::ACTIONS,
    probes::staker::ACTIONS,
    probes::control::ACTIONS,
    probes::rewards::ACTIONS,
    probes::factory::ACTIONS,
    probes::pods::ACTIONS,
];

/// What can be done besides, where there are examples.
const EXAMPLE_ACTIONS: &[&[Action<EigenLayer>]] = &[
    examples::ACTIONS,
    examples::market::ACTIONS,
    examples::fund::ACTIONS,
    examples::registry::ACTIONS,
    examples::probes::ACTIONS,
];

/// The names of all actions of all releases, surrounded by `world`.
pub fn every_action(world: &Kind) -> impl Iterator<Item = &'static str> {
    let examples = if world.avss == Avss::Examples { EXAMPLE_ACTIONS } else { &[] };
    let all = ACTIONS.iter().chain(examples).copied().chain(surroundings::actions(world)).flatten();
    all.map(|action| action.info.name)
}

/// A deployment of EigenLayer.
pub struct EigenLayer {
    release: &'static Release,
    world: &'static Kind,
    artifacts: Artifacts,
    book: Book,
    contracts: Contracts,
    cast: Cast,
    delays: Delays,
    slots: Slots,
    script: Vec<Setup>,
    /// What would initialize a contract once more.
    initializers: BTreeMap<Address, Bytes>,
    /// What it can be upgraded by, unless somebody else deployed it.
    foundation: Option<Foundation>,
    /// By contract of the release: the selectors of what it has.
    views: OnceLock<BTreeMap<Address, BTreeSet<[u8; 4]>>>,
    table: Vec<&'static Action<Self>>,
    actions: Vec<ActionInfo>,
    /// Of a deployment that somebody else made, what is known of it.
    vouched: Option<Vouched>,
    /// The auditor's own functions.
    own: Vec<Asked>,
    /// The chain that it lives on, if it is played there.
    origin: Option<Origin>,
}

impl EigenLayer {
    /// Draws a call of an action.
    fn draw_one(&self, action: &Action<Self>, draw: &mut Draw<'_>) -> action::Drawn {
        // A contract sends no transactions: what only it may do is not done.
        let is_contract = |who: Address| self.cast.examples.iter().any(|examples| examples.avss().contains(&who));
        (action.draw)(self, draw).filter(|(who, _)| !is_contract(*who))
    }

    /// The release in `artifacts`, in the standard world.
    pub fn new(artifacts: Artifacts) -> Result<Self, Problem> {
        Self::in_world(artifacts, &worlds::STANDARD)
    }

    /// The release in `artifacts`, surrounded by `world`.
    pub fn in_world(mut artifacts: Artifacts, world: &'static Kind) -> Result<Self, Problem> {
        let release = release::find(&artifacts.release)?;
        if !release.plays_in(world) {
            return Err(Problem::new(format!("there is no world {} of the {} release", world.name, release.name))
                .hint("its AVSs live on redistribution; name a release that redistributes"));
        }
        artifacts.suppose_layouts();
        let slots = Slots::of(&artifacts, release)?;
        let deploy::Plan { book, contracts, cast, script, initializers, foundation, own } =
            deploy::plan(&artifacts, release, world)?;
        let (table, actions) = actions(&artifacts, release, world);
        let delays = Delays::default();
        Ok(Self {
            release,
            world,
            artifacts,
            book,
            contracts,
            cast,
            delays,
            slots,
            script,
            initializers,
            foundation: Some(foundation),
            views: OnceLock::new(),
            table,
            actions,
            vouched: None,
            own,
            origin: None,
        })
    }

    /// What comes of this deployment once it is upgraded to `artifacts`, and how it is. Its own script deploys the
    /// baseline and upgrades it at once.
    pub fn upgraded(&self, mut artifacts: Artifacts) -> Result<(Self, Upgrade), Problem> {
        let release = release::find(&artifacts.release)?;
        artifacts.suppose_layouts();
        let foundation = self.foundation.as_ref().ok_or_else(|| {
            Problem::new("a deployment that somebody else made is not upgraded here")
                .hint("name a build of it as the baseline")
        })?;
        let deployed = Deployed {
            foundation,
            artifacts: &self.artifacts,
            book: &self.book,
            script: &self.script,
            world: self.world,
            sets: &self.cast.sets,
        };
        let UpgradePlan { book, upgrade, initializers, foundation } = upgrade::plan(deployed, &artifacts, release)?;
        let sent = |switch: &Switch| std::iter::once(switch.transaction.clone()).chain(switch.migration.clone());
        let switches = upgrade.switches.iter().flat_map(sent).map(Setup::Send);
        let script = self.script.iter().chain(&upgrade.preparation).cloned().chain(switches).collect();
        let (table, actions) = actions(&artifacts, release, self.world);
        let upgraded = Self {
            release,
            world: self.world,
            slots: Slots::of(&artifacts, release)?,
            artifacts,
            book,
            contracts: self.contracts.clone(),
            cast: self.cast.clone(),
            delays: self.delays,
            script,
            initializers,
            foundation: Some(foundation),
            views: OnceLock::new(),
            table,
            actions,
            vouched: self.vouched,
            own: self.own.clone(),
            origin: self.origin.clone(),
        };
        Ok((upgraded, upgrade))
    }

    /// The right to call `C` of the allocation manager.
    fn allocation_permission<C: SolCall>(&self) -> Permission {
        Permission { target: self.contracts.allocation_manager, selector: FixedBytes(C::SELECTOR) }
    }

    /// The right to call `C` of the delegation manager.
    fn delegation_permission<C: SolCall>(&self) -> Permission {
        Permission { target: self.contracts.delegation_manager, selector: FixedBytes(C::SELECTOR) }
    }

    /// The right to call `C` of the rewards coordinator.
    fn rewards_permission<C: SolCall>(&self) -> Permission {
        Permission { target: self.contracts.rewards_coordinator, selector: FixedBytes(C::SELECTOR) }
    }

    fn slash_permission(&self) -> Permission {
        self.allocation_permission::<abi::AllocationManager::slashOperatorCall>()
    }
}

/// What can be done on a release in a world: how, and what is known of it.
fn actions(
    artifacts: &Artifacts,
    release: &'static Release,
    world: &'static Kind,
) -> (Vec<&'static Action<EigenLayer>>, Vec<ActionInfo>) {
    let examples = if world.avss == Avss::Examples { EXAMPLE_ACTIONS } else { &[] };
    let all = ACTIONS.iter().chain(examples).copied().chain(surroundings::actions(world)).flatten();
    let reported = |action: &&Action<EigenLayer>| artifacts.has_reporter() || !pods::is_reported(action.info.name);
    all.filter(reported).filter_map(|action| Some((action, release.action(action.info)?))).unzip()
}

/// Whether a switch of a contract is on.
fn is_paused(ledger: &Ledger, contract: Address, bit: usize) -> bool {
    ledger.control.paused(contract).bit(bit)
}

/// The operators that are, among those that may be.
fn operators(ledger: &Ledger) -> Vec<&Operator> {
    ledger.operators.iter().filter(|operator| ledger.stakers[operator.staker].is_operator()).collect()
}

/// Whether shares cannot be given to an operator, because it was slashed entirely.
fn is_fully_slashed(ledger: &Ledger, operator: Address, strategy: usize) -> bool {
    ledger.operator(operator).is_some_and(|operator| operator.stakes[strategy].max_magnitude() == 0)
}

impl Protocol for EigenLayer {
    fn name(&self) -> &'static str {
        self.release.title()
    }

    fn release(&self) -> &'static str {
        self.release.name
    }

    fn book(&self) -> &Book {
        &self.book
    }

    fn world(&self) -> &'static Kind {
        self.world
    }

    fn grants(&self, assumption: Assumption) -> bool {
        let vouched = self.vouched.is_none_or(|vouched| vouched.grants(assumption));
        vouched && self.world.grants(assumption) && self.release.grants(assumption)
    }

    fn artifacts(&self) -> &Artifacts {
        &self.artifacts
    }

    fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    fn script(&self) -> &[Setup] {
        &self.script
    }

    fn actions(&self) -> &[ActionInfo] {
        &self.actions
    }

    fn draw(&self, action: ActionId, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
        self.draw_one(self.table[usize::from(action.0)], draw)
    }

    fn transaction(&self, call: &Call, before: &Ledger) -> Option<Transaction> {
        transaction::transaction(self, call, before)
    }

    fn confirm(&self, world: &mut World, ledger: &Ledger) -> Result<(), Problem> {
        confirm::confirm(self, &mut |view| Ok(world.view(view)), ledger)
    }

    fn own(&self) -> &[Asked] {
        &self.own
    }

    fn answers(&self, ledger: &Ledger) -> Vec<Answer> {
        confirm::all_answers(self, ledger)
    }

    fn shown(&self, question: &Operation, ledger: &Ledger) -> Option<Bytes> {
        let Operation::Ask(Question::Shown { contract, view, of }) = question else { return None };
        confirm::shown(self, ledger, *contract, &Argument::calldata(view, of))
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(reader::SlotReader::new(self))
    }
}
