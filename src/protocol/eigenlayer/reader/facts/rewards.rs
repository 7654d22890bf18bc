//! The facts of the rewards coordinator and the strategy factory.

use std::collections::BTreeSet;

use alloy_primitives::U256;

use super::Facts;
use crate::{
    call::SplitId,
    ledger::{Ledger, Part, Split},
    protocol::eigenlayer::{
        reader::Shape,
        slots::{address_of, entry},
    },
};

impl Facts<'_> {
    pub(super) fn rewards(&mut self, blank: &Ledger) {
        self.part = Part::Rewards;
        self.at = self.contracts.rewards_coordinator;
        let slots = &self.slots.rewards;
        self.field(U256::ZERO, slots.owner, |ledger, word| ledger.rewards.owner = address_of(word));
        // EigenLayer has them in one slot, and a slot must have one cell; a fork may have them elsewhere.
        let settings = [slots.updater, slots.activation_delay, slots.calculation_end, slots.default_split];
        let slots_of_settings: BTreeSet<U256> = settings.iter().map(|field| field.slot).collect();
        for slot in slots_of_settings {
            self.word(slot, move |ledger, word| {
                let [updater, delay, end, default] = settings.map(|field| (field.slot == slot).then(|| field.of(word)));
                let rewards = &mut ledger.rewards;
                rewards.updater = updater.map_or(rewards.updater, address_of);
                rewards.activation_delay = delay.map_or(rewards.activation_delay, |word| word.saturating_to());
                rewards.calculation_end = end.map_or(rewards.calculation_end, |word| word.saturating_to());
                rewards.default_split = default.map_or(rewards.default_split, |word| word.saturating_to());
            });
        }
        self.add(slots.roots, Shape::DistributionRoots);
        self.earners(blank);
        self.submitters(blank);
        self.splits(blank);
    }

    fn earners(&mut self, blank: &Ledger) {
        let slots = &self.slots.rewards;
        for (e, earner) in blank.rewards.earners.iter().enumerate() {
            self.word(entry(slots.claimers, earner.address), move |ledger, word| {
                ledger.rewards.earners[e].claimer = address_of(word);
            });
            let claimed = entry(slots.claimed, earner.address);
            for (k, token) in blank.tokens.iter().enumerate() {
                self.word(entry(claimed, token.address), move |ledger, word| {
                    ledger.rewards.earners[e].claimed[k] = word;
                });
            }
        }
    }

    fn submitters(&mut self, blank: &Ledger) {
        let slots = &self.slots.rewards;
        for (s, submitter) in blank.rewards.submitters.iter().enumerate() {
            self.word(entry(slots.nonces, submitter.address), move |ledger, word| {
                ledger.rewards.submitters[s].nonce = word.saturating_to();
            });
            self.word(entry(slots.for_all, submitter.address), move |ledger, word| {
                ledger.rewards.submitters[s].for_all = !word.is_zero();
            });
        }
    }

    fn splits(&mut self, blank: &Ledger) {
        let slots = &self.slots.rewards;
        let fields = slots.split;
        for (s, id) in blank.rewards.splits.iter().map(|split| split.id).enumerate() {
            let slot = match id {
                SplitId::Avs { operator, avs } => entry(entry(slots.avs_splits, operator), avs),
                SplitId::Incentives { operator } => entry(slots.incentives_splits, operator),
                SplitId::Set { operator, set } => entry(entry(slots.set_splits, operator), set),
            };
            self.word(slot, move |ledger, word| {
                ledger.rewards.splits[s] = Split {
                    id,
                    old_bips: fields.old_bips.of(word).saturating_to(),
                    new_bips: fields.new_bips.of(word).saturating_to(),
                    activated_at: fields.activated_at.of(word).saturating_to(),
                };
            });
        }
    }

    pub(super) fn factory(&mut self, blank: &Ledger) {
        self.part = Part::Rewards;
        self.at = self.contracts.strategy_factory;
        let slots = &self.slots.factory;
        self.field(U256::ZERO, slots.owner, |ledger, word| ledger.factory.owner = address_of(word));
        for (k, token) in blank.factory.tokens.iter().enumerate() {
            self.word(entry(slots.deployed, token.address), move |ledger, word| {
                ledger.factory.tokens[k].strategy = address_of(word);
            });
            self.word(entry(slots.blacklisted, token.address), move |ledger, word| {
                ledger.factory.tokens[k].blacklisted = !word.is_zero();
            });
        }
        self.at = self.contracts.strategy_manager;
        for (t, strategy) in blank.factory.strategies.iter().enumerate() {
            self.word(entry(self.slots.deposits.whitelisted, strategy.address), move |ledger, word| {
                ledger.factory.strategies[t].whitelisted = !word.is_zero();
            });
        }
    }
}
