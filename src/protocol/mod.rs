//! What is driven: the adapter of a protocol, and how it is deployed, called and read.

pub mod eigenlayer;

use alloy_primitives::{Address, Bytes, U256};

use crate::{
    artifact::Artifacts,
    book::{Book, Role},
    call::{ActionId, Call, Operation, Outcome, Transaction},
    draw::Draw,
    evm::{Origin, Place, World},
    ledger::{Ledger, Touched},
    oracle::{Assumption, Invariant},
    own::Asked,
    problem::Problem,
    worlds::Kind,
};

/// How a call of an action is meant to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expects {
    /// It is drawn so that it should succeed.
    Success,
    /// It is a probe: somebody tries what must not be possible.
    Revert,
}

/// What is known of an action without drawing it.
#[derive(Clone, Copy, Debug)]
pub struct ActionInfo {
    /// Role and verb, unique.
    pub name: &'static str,
    /// Who acts.
    pub role: Role,
    /// How often it is drawn, relative to the others.
    pub weight: u32,
    /// How it is meant to end.
    pub expects: Expects,
}

/// A kind of call with the drawing of its arguments, for the protocol `P`.
pub struct Action<P> {
    /// What is known of it.
    pub info: ActionInfo,
    /// Draws who acts and what is asked, out of the ledger. `None` when there is nothing to do now.
    pub draw: fn(&P, &mut Draw<'_>) -> Option<(Address, Operation)>,
}

/// A step of a deployment. The same steps make the same world on every engine.
#[derive(Clone, Debug)]
pub enum Setup {
    /// Creates a contract at the address of the sender's next nonce, which the book knows already.
    Create {
        /// Who.
        from: Address,
        /// Code and constructor arguments.
        init_code: Bytes,
        /// Where it must come to be.
        address: Address,
    },
    /// Sends a transaction that must succeed.
    Send(Transaction),
    /// Gives ETH to an account that has none.
    Fund {
        /// To whom.
        account: Address,
        /// Wei.
        wei: U256,
    },
    /// Lets blocks pass.
    Pass {
        /// How many.
        blocks: u64,
    },
}

/// A question to a contract, and what it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Who is asked.
    pub contract: Address,
    /// What: the calldata of a view.
    pub data: Bytes,
    /// Its signature.
    pub signature: &'static str,
    /// What it returns; `None` if there is no right answer.
    pub expected: Option<Bytes>,
}

/// How what is deployed is moved to other code.
#[derive(Clone, Debug)]
pub struct Upgrade {
    /// Creates the code. Nobody notices.
    pub preparation: Vec<Setup>,
    /// Puts it in place, one contract at a time. In any order.
    pub switches: Vec<Switch>,
    /// What a stranger would send to own what was upgraded. None of it may succeed.
    pub usurpations: Vec<Transaction>,
}

/// One transaction of an upgrade.
#[derive(Clone, Debug)]
pub struct Switch {
    /// The proxy or beacon.
    pub door: Address,
    /// What stands behind it from then on, as its sources call it.
    pub contract: String,
    /// By whoever administers proxies.
    pub transaction: Transaction,
    /// What it is given of the state as it is when it is sent.
    pub current: Vec<Current>,
    /// What is sent right after it, so that what was made before goes on working.
    pub migration: Option<Transaction>,
}

/// An argument that is what a view answers just before.
#[derive(Clone, Debug)]
pub struct Current {
    /// Where its word begins in the data of the transaction.
    pub at: usize,
    /// The view.
    pub view: Transaction,
}

impl Switch {
    /// The transaction, with what `ask` answers now. Where that is no word, what was planned stays.
    pub fn now(&self, mut ask: impl FnMut(&Transaction) -> Outcome) -> Transaction {
        let mut data = self.transaction.data.to_vec();
        for Current { at, view } in &self.current {
            if let (Outcome::Returned(word), Some(place)) = (ask(view), data.get_mut(*at..*at + WORD))
                && word.len() == WORD
            {
                place.copy_from_slice(&word);
            }
        }
        Transaction { data: data.into(), ..self.transaction.clone() }
    }
}

/// Bytes of a word.
const WORD: usize = 32;

/// A chain that can be asked, wherever it is.
pub trait Chain {
    /// What a call would return if it were sent. Nothing is.
    fn view(&self, view: &Transaction) -> Result<Outcome, Problem>;

    /// Whether there is code at an address.
    fn has_code(&self, address: Address) -> Result<bool, Problem>;

    /// What stands at places, in their order.
    fn places(&self, places: &[Place]) -> Result<Vec<U256>, Problem>;
}

/// The state as a reader sees it: what stands at a place.
pub type Storage<'a> = &'a dyn Fn(Place) -> U256;

/// Reads the ledger out of storage and balances, and keeps it up to date by the places that change.
pub trait Reader {
    /// The whole ledger.
    fn read(&mut self, block: u64, timestamp: u64, storage: Storage<'_>) -> Ledger;

    /// Brings `ledger` up to date after `changed` places changed; what of it that may have changed.
    fn update(
        &mut self,
        ledger: &mut Ledger,
        changed: &mut dyn Iterator<Item = Place>,
        storage: Storage<'_>,
    ) -> Touched;

    /// Hears of a call that is about to be played: what it says may be all there is to know of what it writes. Of a
    /// root, storage has only the hash. The places that it may change and that were not looked at before.
    fn announce(&mut self, call: &Call, before: &Ledger) -> Vec<Place>;

    /// A point to forget back to. They are counted from one, zero is the beginning; going back to one drops those after it.
    fn remember(&mut self) -> usize;

    /// Forgets what was learned since `point` from ledgers that are dropped.
    fn forget_since(&mut self, point: usize);
}

/// What the engine must know of a protocol.
pub trait Protocol: Send + Sync {
    /// Its name and release.
    fn name(&self) -> &'static str;

    /// The name of its release.
    fn release(&self) -> &'static str;

    /// Who is who.
    fn book(&self) -> &Book;

    /// What surrounds it.
    fn world(&self) -> &'static Kind;

    /// Whether `assumption` holds of what is driven and what surrounds it.
    fn grants(&self, assumption: Assumption) -> bool;

    /// Its contracts.
    fn artifacts(&self) -> &Artifacts;

    /// The chain that it lives on, if it does already.
    fn origin(&self) -> Option<&Origin> {
        None
    }

    /// How to deploy it.
    fn script(&self) -> &[Setup];

    /// Everything that can be done, in a fixed order; an [`ActionId`] is an index into it.
    fn actions(&self) -> &[ActionInfo];

    /// Draws who does what, for an action. `None` when there is nothing to do now.
    fn draw(&self, action: ActionId, draw: &mut Draw<'_>) -> Option<(Address, Operation)>;

    /// What a call becomes on the chain, given the ledger just before it. `None` when it names something that is not
    /// there, such as the withdrawal of an empty queue.
    fn transaction(&self, call: &Call, before: &Ledger) -> Option<Transaction>;

    /// Asks the contracts in `world` whether `ledger` is what they say, fact by fact, as far as they can be asked.
    fn confirm(&self, world: &mut World, ledger: &Ledger) -> Result<(), Problem>;

    /// The auditor's own functions, in the order of the answers of a step.
    fn own(&self) -> &[Asked] {
        &[]
    }

    /// What the contracts are to answer when `ledger` is how they stand, as far as they can be asked.
    fn answers(&self, ledger: &Ledger) -> Vec<Answer>;

    /// What a question about what a view shows is to be answered when `ledger` is how things stand; `None` if it is
    /// another question, or if that cannot be said.
    fn shown(&self, question: &Operation, ledger: &Ledger) -> Option<Bytes>;

    /// A new reader of its ledger.
    fn reader(&self) -> Box<dyn Reader>;
}

/// What `invariant` assumes and this protocol, in this world, does not grant. It is judged only if there is nothing.
pub fn lacking(protocol: &dyn Protocol, invariant: &Invariant) -> Vec<Assumption> {
    invariant.assumes.iter().copied().filter(|assumption| !protocol.grants(*assumption)).collect()
}

/// The action called `name`.
pub fn action_called(protocol: &dyn Protocol, name: &str) -> Option<ActionId> {
    let index = protocol.actions().iter().position(|action| action.name == name)?;
    Some(ActionId(u16::try_from(index).expect("there are few actions")))
}

/// What is known of an action.
pub fn action_info(protocol: &dyn Protocol, action: ActionId) -> &ActionInfo {
    &protocol.actions()[usize::from(action.0)]
}
