//! Whether the ledger is what the contracts themselves say. Where artifacts do not tell where variables are, the ledger is
//! read from where the binary's contracts have them; what the contracts answer when asked shows whether that is so.
//!
//! Asking for everything costs many times a call, so it is done in a trial. A campaign asks for one thing at a time, as a call
//! among others.

mod interface;
mod kept;
mod section;
mod surroundings;
mod views;

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolCall;

use self::section::Section;
use super::EigenLayer;
use crate::{
    artifact::{ALLOCATION_MANAGER_VIEW, ASK_FOR_LAYOUTS},
    call::{Outcome, Transaction},
    draw::Draw,
    ledger::Ledger,
    problem::Problem,
    protocol::Answer,
};

/// Who is asked, and the selector of the view.
type View = (Address, [u8; 4]);

/// Of as many questions to one view, one is asked.
const CANDIDATES: usize = 24;

/// Plays a view, wherever the contracts are.
pub(super) type Ask<'a> = &'a mut dyn FnMut(&Transaction) -> Result<Outcome, Problem>;

/// Asks the contracts for what the ledger shows of them, and compares.
pub(super) fn confirm(protocol: &EigenLayer, view: Ask<'_>, ledger: &Ledger) -> Result<(), Problem> {
    for Answer { contract, data, signature, expected } in answers(protocol, ledger) {
        let question = Transaction { from: Address::ZERO, to: contract, data, value: U256::ZERO };
        let name = protocol.book.name(contract);
        let Outcome::Returned(answer) = view(&question)? else {
            return Err(Problem::new(format!("{name} does not answer {signature}")));
        };
        if expected.is_some_and(|expected| expected != answer) {
            return Err(Problem::new(format!(
                "{name} does not keep its storage as the {} release does",
                protocol.release.name
            ))
            .at(&protocol.artifacts.origin)
            .hint(format!("what {signature} answers is not where it should be; {ASK_FOR_LAYOUTS}")));
        }
    }
    Ok(())
}

/// What the contracts are to answer when `ledger` is how they stand.
pub(super) fn answers(protocol: &EigenLayer, ledger: &Ledger) -> Vec<Answer> {
    let mut answers = Answers::new(protocol, Wanted::All);
    answers.accounting(ledger);
    answers.all
}

/// The same, with what is not worth asking after every call to know where variables are: what waits, balances, and what those
/// around the protocol were told.
pub(super) fn all_answers(protocol: &EigenLayer, ledger: &Ledger) -> Vec<Answer> {
    let mut answers = Answers::new(protocol, Wanted::All);
    answers.accounting(ledger);
    answers.rest(ledger);
    answers.all
}

/// What `contract` is to answer to `data` when `ledger` is how things stand; `None` if that cannot be said.
pub(super) fn shown(protocol: &EigenLayer, ledger: &Ledger, contract: Address, data: &[u8]) -> Option<Bytes> {
    let selector = data.first_chunk::<4>()?;
    if !protocol.has_view(contract, *selector) {
        return None;
    }
    let mut answers = Answers::new(protocol, Wanted::To(contract, data));
    for section in Section::all(ledger) {
        if section.is_about(ledger, contract, data) {
            answers.section(ledger, section);
        }
    }
    answers.all.pop()?.expected
}

/// Something that can be asked. Each view of a part of the ledger is as likely, and rather asked where it does not answer
/// what it answers elsewhere.
pub(super) fn draw_answer(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<Answer> {
    let ledger = draw.ledger;
    let section = Section::draw(draw)?;
    let mut views = Answers::new(protocol, Wanted::None);
    views.section(ledger, section);
    let places = places_of_one_view(protocol, draw, &views.views)?;
    let mut answers = Answers::new(protocol, Wanted::At(&places));
    answers.section(ledger, section);
    let mut all = answers.all;
    all.retain(|answer| answer.expected.is_some());
    let alike = |answer: &Answer| all.iter().filter(|other| other.expected == answer.expected).count();
    let rarest = (0..all.len()).min_by_key(|at| alike(&all[*at]))?;
    let at = if draw.chance(70) { rarest } else { draw.below(all.len()) };
    Some(all.swap_remove(at))
}

/// Some places of one of these views.
fn places_of_one_view(protocol: &EigenLayer, draw: &mut Draw<'_>, views: &[View]) -> Option<Vec<usize>> {
    let mut different = views.to_vec();
    different.sort_unstable();
    different.dedup();
    different.retain(|(contract, selector)| protocol.has_view(*contract, *selector));
    let view = draw.choose(&different)?;
    let same: Vec<usize> = (0..views.len()).filter(|at| views[*at] == view).collect();
    Some((0..CANDIDATES).filter_map(|_| draw.choose(&same)).collect())
}

impl EigenLayer {
    /// Whether a contract has a view, as far as its artifact tells. Not every release has every one.
    fn has_view(&self, contract: Address, selector: [u8; 4]) -> bool {
        let views = self.views.get_or_init(|| self.views());
        views.get(&contract).is_none_or(|views| views.contains(&selector))
    }

    /// The selectors of what the contracts of the release have.
    fn views(&self) -> BTreeMap<Address, BTreeSet<[u8; 4]>> {
        let contracts = &self.contracts;
        let named = [
            (contracts.allocation_manager, &["AllocationManager", ALLOCATION_MANAGER_VIEW][..]),
            (contracts.delegation_manager, &["DelegationManager"]),
            (contracts.strategy_manager, &["StrategyManager"]),
            (contracts.eigen_pod_manager, &["EigenPodManager"]),
            (contracts.rewards_coordinator, &["RewardsCoordinator"]),
            (contracts.permission_controller, &["PermissionController"]),
        ];
        let selectors = |names: &[&str]| -> BTreeSet<[u8; 4]> {
            let present = names.iter().filter(|name| self.artifacts.has(name));
            present.flat_map(|name| self.artifacts.get(name).abi.functions()).map(|it| it.selector().0).collect()
        };
        named.into_iter().map(|(contract, names)| (contract, selectors(names))).collect()
    }
}

/// Which answers are wanted.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    All,
    None,
    /// Those in these places.
    At(&'a [usize]),
    /// That of a contract to calldata.
    To(Address, &'a [u8]),
}

/// Answers as they are worked out from a ledger, one by one.
struct Answers<'a> {
    protocol: &'a EigenLayer,
    wanted: Wanted<'a>,
    /// Of each question, wanted or not.
    views: Vec<View>,
    all: Vec<Answer>,
}

impl<'a> Answers<'a> {
    fn new(protocol: &'a EigenLayer, wanted: Wanted<'a>) -> Self {
        Self { protocol, wanted, views: Vec::new(), all: Vec::new() }
    }

    /// That `contract` answers `shown`; `None` for what no contract answers.
    fn says<C: SolCall>(&mut self, contract: Address, question: &C, shown: Option<&C::Return>) {
        let is_wanted = match self.wanted {
            Wanted::All => true,
            Wanted::None => false,
            Wanted::At(places) => places.contains(&self.views.len()),
            Wanted::To(to, data) => to == contract && data.starts_with(&C::SELECTOR) && data == question.abi_encode(),
        };
        let (selector, signature) = (C::SELECTOR, C::SIGNATURE);
        self.views.push((contract, selector));
        if is_wanted {
            let expected = shown.map(|shown| C::abi_encode_returns(shown).into());
            self.all.push(Answer { contract, data: question.abi_encode().into(), signature, expected });
        }
    }
}
