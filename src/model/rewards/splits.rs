//! What operators keep (`docs/protocol.md` section 11.5).

use crate::{
    call::SplitId,
    ledger::{NO_SPLIT, Split, WHOLE},
    model::{
        Model, NOT_KEPT,
        pausing::switch,
        permissions::rewards as function,
        revert::{Error, Foreseen, Panic, require},
    },
};

impl Model<'_> {
    /// `setOperatorAVSSplit`, `setOperatorPISplit`, `setOperatorSetSplit`. One change at a time.
    pub(super) fn set_split(&mut self, id: SplitId, bips: u16) -> Foreseen {
        let (switch, function) = match id {
            SplitId::Avs { .. } => (switch::AVS_SPLIT, function::SET_AVS_SPLIT),
            SplitId::Incentives { .. } => (switch::INCENTIVES_SPLIT, function::SET_INCENTIVES_SPLIT),
            SplitId::Set { .. } => (switch::SET_SPLIT, function::SET_SET_SPLIT),
        };
        self.only_when_not_paused(self.coordinator(), switch)?;
        self.check_can_reward(id.operator(), function)?;
        if let SplitId::Set { set, .. } = id {
            self.existing_set(set)?;
        }
        let activated_at = self.now().checked_add(self.ledger.rewards.activation_delay).ok_or(Panic::Overflow)?;
        let now = self.ledger.timestamp;
        let stored = self.ledger.rewards.splits.iter_mut().find(|split| split.id == id).ok_or(NOT_KEPT)?;
        require(bips <= WHOLE, Error::SplitExceedsMax)?;
        require(now > u64::from(stored.activated_at), Error::PreviousSplitPending)?;
        let old_bips = if stored.activated_at == 0 { NO_SPLIT } else { stored.new_bips };
        *stored = Split { id, old_bips, new_bips: bips, activated_at };
        Ok(())
    }
}
