//! Facts of native ETH: of the EigenPod manager, of the pods, and the ETH of those who can have one.

use alloy_primitives::{I256, U256};

use super::{Reading, Shape, facts::Facts};
use crate::{
    artifact::Field,
    evm::Place,
    ledger::{Ledger, Part, Pod},
    protocol::eigenlayer::slots::{PodSlots, address_of, entry},
};

impl Facts<'_> {
    pub(super) fn native(&mut self, blank: &Ledger) {
        let slots = self.slots.pods.clone();
        let manager = self.contracts.eigen_pod_manager;
        self.at = manager;
        self.field(U256::ZERO, slots.owner, |ledger, word| ledger.native.owner = address_of(word));
        if let Some(reporter) = slots.reporter {
            self.field(U256::ZERO, reporter, |ledger, word| ledger.native.reporter = address_of(word));
        }
        self.word(slots.pod_count, |ledger, word| ledger.native.pod_count = word.saturating_to());
        self.word(slots.burnable_shares, |ledger, word| ledger.native.burnable_shares = word);
        let Some(native) = blank.native_strategy() else { return };
        for (a, staker) in blank.stakers.iter().map(|staker| staker.address).enumerate() {
            self.part = Part::Staker(a);
            self.at = manager;
            self.add(entry(slots.owner_to_pod, staker), Shape::Pod { staker: a });
            self.word(entry(slots.deposit_shares, staker), move |ledger, word| {
                let shares = I256::from_raw(word);
                ledger.native.pods[a].deposit_shares = shares;
                // To everybody but the manager a debt is no shares.
                ledger.stakers[a].holdings[native].shares = if shares.is_negative() { U256::ZERO } else { word };
            });
            let (is_set, factor) = (slots.is_set, slots.slashing_factor);
            self.word(entry(slots.slashing_factors, staker), move |ledger, word| {
                let set = !is_set.of(word).is_zero();
                ledger.native.pods[a].stored_slashing_factor = set.then(|| factor.of(word).saturating_to());
            });
            self.at = staker;
            self.add(U256::ZERO, Shape::Ether(Box::new(move |ledger, wei| ledger.native.balances[a] = wei)));
        }
        self.part = Part::Rest;
        for (at, (payer, _)) in blank.native.payers.iter().enumerate() {
            self.at = *payer;
            self.add(U256::ZERO, Shape::Ether(Box::new(move |ledger, wei| ledger.native.payers[at].1 = wei)));
        }
    }
}

impl Reading<'_> {
    /// The pod that the manager has for a staker, wherever it is. What the manager keeps of the staker has cells of its
    /// own.
    pub(super) fn pod(&mut self, slot: U256, slots: &PodSlots, pod: &mut Pod) {
        pod.address = address_of(self.word(slot));
        if !pod.exists() {
            let Pod { deposit_shares, stored_slashing_factor, .. } = *pod;
            *pod = Pod { deposit_shares, stored_slashing_factor, ..Pod::default() };
            return;
        }
        let address = pod.address;
        let mut field = |field: Field| field.of(self.part_at(Place::Slot(address, field.slot)));
        pod.owner = address_of(field(slots.owner));
        pod.withdrawable_gwei = field(slots.withdrawable_gwei).saturating_to();
        pod.validators_gwei = slots.validators_gwei.map_or(0, |slot| field(slot).saturating_to());
        pod.balance = self.part_at(Place::Balance(address));
    }
}
