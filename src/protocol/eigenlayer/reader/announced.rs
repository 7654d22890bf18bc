//! What only calls say: what a root of rewards stands for, and the content of submissions, of which storage has the
//! hashes.

use std::{collections::BTreeMap, sync::Arc};

use alloy_primitives::{Address, B256};

use crate::{
    call::{Call, Distribution, Operation, RewardsOperation},
    evm::Place,
    ledger::{Ledger, RecordedSubmission, SubmissionKind},
    protocol::eigenlayer::{
        EigenLayer,
        slots::{RewardsSlots, entry},
        transaction::rewards::submission_hashes,
    },
};

/// What calls said.
pub(super) struct Announced {
    coordinator: Address,
    slots: RewardsSlots,
    distributions: BTreeMap<B256, Arc<Distribution>>,
    submissions: Vec<RecordedSubmission>,
}

impl Announced {
    pub fn new(protocol: &EigenLayer) -> Self {
        Self {
            coordinator: protocol.contracts.rewards_coordinator,
            slots: protocol.slots.rewards.clone(),
            distributions: BTreeMap::new(),
            submissions: Vec::new(),
        }
    }

    /// Takes in what a call says; the places in which its submissions would be noted, with their indices.
    pub fn hear(&mut self, call: &Call, before: &Ledger) -> Vec<(Place, usize)> {
        let Operation::Rewards(operation) = &call.operation else { return Vec::new() };
        if let RewardsOperation::SubmitRoot { distribution, .. } = operation {
            self.distributions.entry(distribution.root()).or_insert_with(|| Arc::new(distribution.clone()));
        }
        let Some((kind, account, hashes)) = submission_hashes(operation, call.actor, before) else {
            return Vec::new();
        };
        let add = |hash: B256| {
            self.submissions.push(RecordedSubmission { kind, account, hash, recorded: false });
            (self.slot(kind, account, hash), self.submissions.len() - 1)
        };
        hashes.into_iter().map(add).collect()
    }

    fn slot(&self, kind: SubmissionKind, account: Address, hash: B256) -> Place {
        let mapping = match kind {
            SubmissionKind::Avs => self.slots.avs_submissions,
            SubmissionKind::All => self.slots.all_submissions,
            SubmissionKind::AllEarners => self.slots.all_earners_submissions,
            SubmissionKind::Directed => self.slots.directed_submissions,
            SubmissionKind::DirectedToSet => self.slots.directed_set_submissions,
        };
        Place::Slot(self.coordinator, entry(entry(mapping, account), hash))
    }

    /// Notes in the ledger whether a submission is recorded.
    pub fn note(&self, index: usize, ledger: &mut Ledger, recorded: bool) {
        let submission = self.submissions[index];
        let key = |at: &RecordedSubmission| (at.hash, at.account, at.kind);
        let known = &mut ledger.rewards.submissions;
        match known.binary_search_by_key(&key(&submission), key) {
            Ok(place) => known[place].recorded = recorded,
            Err(place) if recorded => known.insert(place, RecordedSubmission { recorded, ..submission }),
            Err(_) => {}
        }
    }

    /// What a root stands for, if a call said so.
    pub fn distribution(&self, root: B256) -> Option<Arc<Distribution>> {
        self.distributions.get(&root).cloned()
    }

    /// Submissions that calls spoke of.
    pub fn count(&self) -> usize {
        self.submissions.len()
    }

    /// Forgets what roots stand for.
    pub fn forget_roots(&mut self) {
        self.distributions.clear();
    }

    /// Forgets all submissions but the first `count`; the places of the others.
    pub fn forget_since(&mut self, count: usize) -> Vec<Place> {
        let forgotten = self.submissions.split_off(count);
        forgotten.into_iter().map(|at| self.slot(at.kind, at.account, at.hash)).collect()
    }
}
