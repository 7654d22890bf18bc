//! Reads the ledger out of storage slots, and keeps it up to date by the slots that change.
//!
//! Every fact of the ledger is a [`Cell`]: a slot, the shape of what stands there, and where in the ledger it goes
//! ([`facts`] lists them). An index says which cell a slot belongs to, so that after a call only the cells of its changed
//! slots are read again: the cost is in what changed, not in what there is.

mod announced;
mod blank;
mod examples;
mod facts;
mod pods;
mod surroundings;

use alloy_primitives::{Address, B256, U256, map::HashMap};

use announced::Announced;

use super::{
    EigenLayer,
    slots::{DelegationSlots, PodSlots, RootFields, address_of, elements, entry, set_of},
};
use crate::{
    artifact::Field,
    call::{Call, SetId},
    evm::Place,
    ledger::{DistributionRoot, Ledger, Part, QueueEnds, Touched, Withdrawal},
    protocol::{Reader, Storage},
};

/// The longest list that is read. The protocol's are as long as a run is deep.
const MAX_LIST: usize = 16_384;

/// Puts what was read where it belongs.
type Put<T> = Box<dyn Fn(&mut Ledger, T)>;

/// What stands at a slot.
enum Shape {
    /// One word.
    Word(Put<U256>),
    /// No slot, but the ETH of the contract, in wei.
    Ether(Put<U256>),
    /// A dynamic array, or the values of an enumerable set.
    List(Put<Vec<U256>>),
    /// A double-ended queue of operator sets.
    Queue(Put<(Vec<SetId>, QueueEnds)>),
    /// An enumerable map from strategies to shares.
    Map(Put<Vec<(Address, U256)>>),
    /// The number of slashes of a set, each of which has a cell of its own.
    SlashCount { set: usize },
    /// The number of things that come to be, each with cells of its own.
    Count { growth: usize },
    /// The withdrawals in a staker's queue, by root.
    Roots { staker: usize },
    /// The roots of rewards.
    DistributionRoots,
    /// The address of a staker's pod, and the pod.
    Pod { staker: usize },
}

/// One fact of the ledger.
struct Cell {
    contract: Address,
    slot: U256,
    shape: Shape,
    /// Whose fact it is.
    part: Part,
}

impl Cell {
    fn place(&self) -> Place {
        match self.shape {
            Shape::Ether(_) => Place::Balance(self.contract),
            _ => Place::Slot(self.contract, self.slot),
        }
    }
}

/// Gives the ledger so many of something.
type Resize = Box<dyn Fn(&mut Ledger, usize)>;

/// Things that come to be, counted from zero, as long as a counter says; the counter itself is the last.
struct Growth {
    /// How many the ledger has.
    length: Box<dyn Fn(&mut Ledger) -> usize>,
    /// Gives the ledger so many.
    resize: Resize,
    /// The cells of one.
    cells: Box<dyn Fn(usize) -> Vec<Cell>>,
    /// By thing: its cells that were made already.
    made: Vec<Vec<usize>>,
}

/// Whom a slot belongs to.
#[derive(Clone, Copy)]
enum Owner {
    Cell(usize),
    /// A withdrawal, by its index in the ledger.
    Withdrawal(usize),
    /// A submission of rewards, by its index among those announced.
    Submission(usize),
}

/// Reads the ledger of a deployment.
pub(super) struct SlotReader {
    delegation_manager: Address,
    delegation: DelegationSlots,
    pod: PodSlots,
    /// Whose slashed shares are kept where.
    strategy_manager: Address,
    slashed: Option<U256>,
    sets: Vec<SetId>,
    /// The ledger before anything is read: who and what there is.
    blank: Ledger,
    cells: Vec<Cell>,
    growths: Vec<Growth>,
    /// By set: its slashes that have a cell.
    slashes: Vec<usize>,
    index: HashMap<Place, Owner>,
    /// The next of the cells in one place, in a ring: a fork may pack variables that EigenLayer does not.
    beside: HashMap<usize, usize>,
    /// Places of withdrawals, which have meaning only for the ledger they were read into.
    of_withdrawals: Vec<Place>,
    root_fields: RootFields,
    /// What calls said that storage does not.
    announced: Announced,
    points: Vec<Point>,
}

/// How much was learned.
#[derive(Clone, Copy, Debug, Default)]
struct Point {
    of_withdrawals: usize,
    submissions: usize,
}

/// Whose each place is, and the rings of cells that are in one place.
fn places(cells: &[Cell]) -> (HashMap<Place, Owner>, HashMap<usize, usize>) {
    let (mut index, mut beside) = (HashMap::default(), HashMap::default());
    for (cell, place) in cells.iter().map(Cell::place).enumerate() {
        if let Some(Owner::Cell(last)) = index.insert(place, Owner::Cell(cell)) {
            let first = beside.insert(last, cell).unwrap_or(last);
            beside.insert(cell, first);
        }
    }
    (index, beside)
}

impl SlotReader {
    pub fn new(protocol: &EigenLayer) -> Self {
        let blank = blank::ledger(protocol);
        let mut cells = facts::all(protocol, &blank);
        let (more, growths) = examples::all(protocol);
        cells.extend(more);
        let (index, beside) = places(&cells);
        Self {
            delegation_manager: protocol.contracts.delegation_manager,
            delegation: protocol.slots.delegation.clone(),
            pod: protocol.slots.pod.clone(),
            strategy_manager: protocol.contracts.strategy_manager,
            slashed: protocol.slots.deposits.waiting.map(|waiting| waiting.slashed),
            sets: protocol.cast.sets.clone(),
            slashes: vec![0; blank.sets.len()],
            blank,
            index,
            beside,
            cells,
            growths,
            of_withdrawals: Vec::new(),
            root_fields: protocol.slots.rewards.root,
            announced: Announced::new(protocol),
            points: Vec::new(),
        }
    }

    /// Reads a cell again.
    fn refresh(&mut self, cell: usize, ledger: &mut Ledger, storage: Storage<'_>) {
        let owner = cell;
        let Cell { contract, slot, shape, .. } = &self.cells[cell];
        let mut reading = Reading { storage, contract: *contract, index: &mut self.index, owner };
        match shape {
            Shape::Word(put) => put(ledger, reading.word(*slot)),
            Shape::Ether(put) => put(ledger, storage(Place::Balance(*contract))),
            Shape::Pod { staker } => reading.pod(*slot, &self.pod, &mut ledger.native.pods[*staker]),
            Shape::List(put) => put(ledger, reading.list(*slot)),
            Shape::Queue(put) => put(ledger, reading.queue(*slot)),
            Shape::Map(put) => put(ledger, reading.map(*slot)),
            Shape::SlashCount { set } => {
                let count = reading.word(*slot).saturating_to();
                self.refresh_slashes(*set, count, ledger, storage);
            }
            Shape::Count { growth } => {
                let count = usize::try_from(reading.word(*slot)).map_or(MAX_LIST, |count| count.min(MAX_LIST));
                self.grow(*growth, count + 1, ledger, storage);
            }
            Shape::Roots { staker } => {
                let roots: Vec<B256> = reading.list(*slot).into_iter().map(B256::from).collect();
                let staker = *staker;
                for root in &roots {
                    self.discover(*root, ledger, storage);
                }
                ledger.stakers[staker].roots = roots;
            }
            Shape::DistributionRoots => {
                let records = reading.records(*slot, RootFields::WORDS);
                ledger.rewards.roots = records.iter().map(|words| self.distribution_root(words)).collect();
            }
        }
    }

    /// Reads all cells of a place again.
    fn refresh_ring(&mut self, first: usize, ledger: &mut Ledger, storage: Storage<'_>, touched: &mut Touched) {
        let mut cell = Some(first);
        while let Some(this) = cell {
            touched.add(self.cells[this].part);
            self.refresh(this, ledger, storage);
            cell = self.beside.get(&this).copied().filter(|next| *next != first);
        }
    }

    fn distribution_root(&self, words: &[U256]) -> DistributionRoot {
        let field = |field: Field| field.of(words[field.slot.to::<usize>()]);
        let root = B256::from(field(self.root_fields.root));
        DistributionRoot {
            root,
            calculation_end: field(self.root_fields.calculation_end).saturating_to(),
            activated_at: field(self.root_fields.activated_at).saturating_to(),
            disabled: !field(self.root_fields.disabled).is_zero(),
            distribution: self.announced.distribution(root),
        }
    }

    /// Slashes are counted from one; zero is read too, in case somebody counts from there.
    fn refresh_slashes(&mut self, set: usize, count: u64, ledger: &mut Ledger, storage: Storage<'_>) {
        let ids = usize::try_from(count).map_or(MAX_LIST, |count| count.min(MAX_LIST)) + 1;
        ledger.sets[set].slash_count = count;
        let known = ledger.sets[set].slashes.len();
        ledger.sets[set].slashes.resize(known.max(ids), Vec::new());
        let Some(slot) = self.slashed else { return };
        let base = entry(slot, self.sets[set]);
        for id in self.slashes[set]..ids {
            let put = move |ledger: &mut Ledger, entries| {
                let slashes = &mut ledger.sets[set].slashes;
                slashes.resize(slashes.len().max(id + 1), Vec::new());
                slashes[id] = entries;
            };
            let slot = entry(base, U256::from(id));
            self.index.insert(Place::Slot(self.strategy_manager, slot), Owner::Cell(self.cells.len()));
            let (contract, shape) = (self.strategy_manager, Shape::Map(Box::new(put)));
            self.cells.push(Cell { contract, slot, shape, part: Part::Set(set) });
        }
        self.slashes[set] = self.slashes[set].max(ids);
        // Their slots change when they do; those of a ledger that is behind are read now.
        for id in known..ids {
            let slot = entry(base, U256::from(id));
            if let Some(Owner::Cell(cell)) = self.index.get(&Place::Slot(self.strategy_manager, slot)).copied() {
                self.refresh(cell, ledger, storage);
            }
        }
    }

    /// Gives the ledger the first `length` things of a growth.
    fn grow(&mut self, growth: usize, length: usize, ledger: &mut Ledger, storage: Storage<'_>) {
        let known = (self.growths[growth].length)(ledger);
        (self.growths[growth].resize)(ledger, length);
        for thing in self.growths[growth].made.len()..length {
            let cells = (self.growths[growth].cells)(thing);
            let first = self.cells.len();
            for cell in cells {
                self.index.insert(cell.place(), Owner::Cell(self.cells.len()));
                self.cells.push(cell);
            }
            self.growths[growth].made.push((first..self.cells.len()).collect());
        }
        // What is blank has nothing that was ever stored, except the one that is there from the start.
        for thing in known.saturating_sub(1)..length {
            for cell in self.growths[growth].made[thing].clone() {
                self.refresh(cell, ledger, storage);
            }
        }
    }

    /// Takes a withdrawal into the ledger, if it is not there.
    fn discover(&mut self, root: B256, ledger: &mut Ledger, storage: Storage<'_>) {
        if ledger.withdrawals.iter().any(|withdrawal| withdrawal.root == root) {
            return;
        }
        let fields = &self.delegation.withdrawal;
        let base = entry(self.delegation.queued_withdrawals, root);
        let word = |slot: U256| storage(Place::Slot(self.delegation_manager, slot));
        let field = |field: Field| field.of(word(base + field.slot));
        let array = |field: Field| -> Vec<U256> {
            let length: usize = word(base + field.slot).saturating_to();
            let first = elements(base + field.slot);
            (0..length.min(MAX_LIST)).map(|index| word(first + U256::from(index))).collect()
        };
        let strategies = array(fields.strategies).into_iter().map(address_of);
        ledger.withdrawals.push(Withdrawal {
            root,
            staker: address_of(field(fields.staker)),
            delegated_to: address_of(field(fields.delegated_to)),
            withdrawer: address_of(field(fields.withdrawer)),
            nonce: field(fields.nonce).saturating_to(),
            start_block: field(fields.start_block).saturating_to(),
            items: strategies.zip(array(fields.scaled_shares)).collect(),
            pending: false,
            stored: false,
        });
        let withdrawal = ledger.withdrawals.len() - 1;
        for slot in self.slots_of_withdrawal(root) {
            // A ledger that is behind reads again what another has read: it was learned then.
            if self.index.insert(slot, Owner::Withdrawal(withdrawal)).is_none() {
                self.of_withdrawals.push(slot);
            }
        }
        self.refresh_withdrawal(withdrawal, ledger, storage);
    }

    fn refresh_withdrawal(&self, index: usize, ledger: &mut Ledger, storage: Storage<'_>) {
        // A ledger that is behind does not know of it yet.
        let Some(withdrawal) = ledger.withdrawals.get_mut(index) else { return };
        let [pending, stored] = self.slots_of_withdrawal(withdrawal.root).map(|place| !storage(place).is_zero());
        (withdrawal.pending, withdrawal.stored) = (pending, stored);
    }

    /// Where it is noted that a withdrawal is pending, and what it is.
    fn slots_of_withdrawal(&self, root: B256) -> [Place; 2] {
        let pending = entry(self.delegation.pending_withdrawals, root);
        let stored = entry(self.delegation.queued_withdrawals, root) + self.delegation.withdrawal.staker.slot;
        [pending, stored].map(|slot| Place::Slot(self.delegation_manager, slot))
    }
}

/// Storage of one contract, and the index to extend with what is found there.
struct Reading<'a> {
    storage: Storage<'a>,
    contract: Address,
    index: &'a mut HashMap<Place, Owner>,
    owner: usize,
}

impl Reading<'_> {
    fn word(&self, slot: U256) -> U256 {
        (self.storage)(Place::Slot(self.contract, slot))
    }

    /// A part of something longer, wherever it is: a change of it is a change of the whole.
    fn part_at(&mut self, place: Place) -> U256 {
        self.index.insert(place, Owner::Cell(self.owner));
        (self.storage)(place)
    }

    /// As [`Reading::part_at`], in the contract that is read.
    fn part(&mut self, slot: U256) -> U256 {
        self.part_at(Place::Slot(self.contract, slot))
    }

    fn list(&mut self, slot: U256) -> Vec<U256> {
        self.records(slot, 1).into_iter().flatten().collect()
    }

    /// A dynamic array of structs of so many words.
    fn records(&mut self, slot: U256, words: usize) -> Vec<Vec<U256>> {
        let length: usize = self.word(slot).saturating_to();
        let first = elements(slot);
        let mut record = |index: usize| -> Vec<U256> {
            (0..words).map(|word| self.part(first.wrapping_add(U256::from(index * words + word)))).collect()
        };
        // A length beyond reason is a broken contract, not a list to walk.
        (0..length.min(MAX_LIST)).map(&mut record).collect()
    }

    /// Begin and end in one word, then a mapping from positions to elements.
    fn queue(&mut self, slot: U256) -> (Vec<SetId>, QueueEnds) {
        let bounds = self.word(slot);
        let begin: i128 = (bounds & U256::from(u128::MAX)).to::<u128>().cast_signed();
        let end: i128 = (bounds >> 128usize).to::<u128>().cast_signed();
        let element = |position: i128| entry(slot + U256::ONE, signed(position));
        let beside = [begin.wrapping_sub(1), end].map(|position| self.part(element(position)));
        let ends = QueueEnds { begin, end, leftover: beside.iter().any(|word| !word.is_zero()) };
        let positions = (begin..end).take(MAX_LIST);
        (positions.map(|position| set_of(self.part(element(position)))).collect(), ends)
    }

    /// A set of keys in two slots, then the values.
    fn map(&mut self, slot: U256) -> Vec<(Address, U256)> {
        let keys = self.list(slot).into_iter().map(address_of);
        keys.map(|key| (key, self.part(entry(slot + U256::from(2), key)))).collect()
    }
}

/// A number as the EVM has it: negative ones as two's complement.
fn signed(number: i128) -> U256 {
    let magnitude = U256::from(number.unsigned_abs());
    if number < 0 { U256::ZERO.wrapping_sub(magnitude) } else { magnitude }
}

impl Reader for SlotReader {
    fn read(&mut self, block: u64, timestamp: u64, storage: Storage<'_>) -> Ledger {
        let mut ledger = self.blank.clone();
        (ledger.block, ledger.timestamp) = (block, timestamp);
        for cell in 0..self.cells.len() {
            self.refresh(cell, &mut ledger, storage);
        }
        // Every run begins with what is read here: where that is a life that others led, its withdrawals stay.
        self.of_withdrawals.clear();
        ledger
    }

    fn update(
        &mut self,
        ledger: &mut Ledger,
        changed: &mut dyn Iterator<Item = Place>,
        storage: Storage<'_>,
    ) -> Touched {
        let mut touched = Touched::default();
        for place in changed {
            match self.index.get(&place).copied() {
                Some(Owner::Cell(cell)) => self.refresh_ring(cell, ledger, storage, &mut touched),
                Some(Owner::Withdrawal(index)) => {
                    let staker = ledger.withdrawals.get(index).and_then(|at| ledger.staker_index(at.staker));
                    touched.add(staker.map_or(Part::Rest, Part::Staker));
                    self.refresh_withdrawal(index, ledger, storage);
                }
                Some(Owner::Submission(index)) => {
                    touched.add(Part::Rewards);
                    self.announced.note(index, ledger, !storage(place).is_zero());
                }
                None => {}
            }
        }
        touched
    }

    fn announce(&mut self, call: &Call, before: &Ledger) -> Vec<Place> {
        let announced = self.announced.hear(call, before);
        // Said again, it is what was said first.
        for (place, submission) in &announced {
            self.index.entry(*place).or_insert(Owner::Submission(*submission));
        }
        announced.into_iter().map(|(place, _)| place).collect()
    }

    fn remember(&mut self) -> usize {
        self.points.push(Point { of_withdrawals: self.of_withdrawals.len(), submissions: self.announced.count() });
        self.points.len()
    }

    fn forget_since(&mut self, point: usize) {
        self.points.truncate(point);
        let Point { of_withdrawals, submissions } = self.points.last().copied().unwrap_or_default();
        // What a root stands for stays true; it is forgotten for room.
        if point == 0 {
            self.announced.forget_roots();
        }
        let of_submissions = self.announced.forget_since(submissions);
        let said_first =
            |place: &Place| matches!(self.index.get(place), Some(Owner::Submission(at)) if *at < submissions);
        let of_submissions = of_submissions.into_iter().filter(|place| !said_first(place)).collect::<Vec<_>>();
        for place in self.of_withdrawals.drain(of_withdrawals..).chain(of_submissions) {
            self.index.remove(&place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_in_one_place_are_in_a_ring() {
        let cell = |slot: u64| Cell {
            contract: Address::ZERO,
            slot: U256::from(slot),
            shape: Shape::Word(Box::new(|_, _| {})),
            part: Part::Rest,
        };
        let (index, beside) = places(&[7, 8, 7, 9, 7, 9].map(cell));
        assert_eq!(index.len(), 3);
        let ring = |slot: u64| {
            let Owner::Cell(first) = index[&Place::Slot(Address::ZERO, U256::from(slot))] else { return Vec::new() };
            let next = |cell: &usize| beside.get(cell).copied().filter(|next| *next != first);
            let mut all: Vec<usize> = std::iter::successors(Some(first), next).collect();
            all.sort_unstable();
            all
        };
        assert_eq!([7, 8, 9].map(ring), [vec![0, 2, 4], vec![1], vec![3, 5]]);
    }
}
