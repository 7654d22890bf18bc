//! Where the protocol keeps what the ledger shows: slots, out of the storage layouts of the artifacts
//! (`docs/protocol.md`, "Storage").

pub(super) mod examples;
mod rewards;

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256, keccak256};

use rewards::FactorySlots;
pub(super) use rewards::{RewardsSlots, RootFields};

use crate::{
    artifact::{ASK_FOR_LAYOUTS, Artifacts, Field, StorageLayout},
    call::SetId,
    ledger::{Booking, Permission, Slashing},
    problem::Problem,
    protocol::eigenlayer::release::Release,
};
use examples::ExampleSlots;

/// The variables of every contract.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    pub allocation: AllocationSlots,
    pub delegation: DelegationSlots,
    pub deposits: DepositSlots,
    pub strategy: StrategySlots,
    pub rewards: RewardsSlots,
    pub factory: FactorySlots,
    pub pods: PodManagerSlots,
    pub pod: PodSlots,
    pub permissions: U256,
    pub is_pauser: U256,
    pub unpauser: Field,
    pub tokens: TokenSlots,
    pub examples: ExampleSlots,
    pub callers: CallerSlots,
    pub registrars: RegistrarSlots,
}

/// The variables of tokens and accounts of the world around.
#[derive(Clone, Debug)]
pub(super) struct TokenSlots {
    balances: U256,
    /// Of tokens that keep them elsewhere.
    pub elsewhere: BTreeMap<Address, U256>,
    // Of tokens that rebase.
    pub units: U256,
    pub rate: U256,
    // Of tokens that bar.
    pub is_barred: U256,
}

impl TokenSlots {
    /// Where a token keeps its balances.
    pub fn balances(&self, token: Address) -> U256 {
        self.elsewhere.get(&token).copied().unwrap_or(self.balances)
    }
}

#[derive(Clone, Debug)]
pub(super) struct CallerSlots {
    pub attempts: U256,
    pub entered: U256,
}

/// The variables of registrars with a will of their own. How they behave is in one slot.
#[derive(Clone, Debug)]
pub(super) struct RegistrarSlots {
    pub serves: Field,
    pub coming: Field,
    pub leaving: Field,
    pub reaction: Field,
    pub comings: U256,
    pub leavings: U256,
    pub attempts: U256,
    pub entered: U256,
    pub last_operator: U256,
    pub last_avs: U256,
    pub last_ids: U256,
}

#[derive(Clone, Debug)]
pub(super) struct AllocationSlots {
    pub paused: U256,
    pub avs_registrar: U256,
    pub operator_sets: U256,
    pub set_strategies: U256,
    pub set_members: U256,
    pub delay_info: U256,
    pub registered_sets: U256,
    pub allocated_sets: U256,
    pub registration_status: U256,
    pub allocated_strategies: U256,
    pub allocations: U256,
    pub max_magnitude_history: U256,
    pub encumbered_magnitude: U256,
    pub deallocation_queue: U256,
    pub registered_metadata: U256,
    /// In releases that number slashes.
    pub numbering: Option<NumberingSlots>,
    /// In releases in which sets have slashers.
    pub slashers: Option<SlasherSlots>,
    // Members of structs.
    pub current_magnitude: Field,
    pub pending_diff: Field,
    pub effect_block: Field,
    pub delay: Field,
    pub delay_is_set: Field,
    pub pending_delay: Field,
    pub delay_effect_block: Field,
    pub registered: Field,
    pub slashable_until: Field,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct NumberingSlots {
    pub slash_ids: U256,
    pub recipients: U256,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct SlasherSlots {
    pub slashers: U256,
    pub slasher: Field,
    pub pending: Field,
    pub effect_block: Field,
}

#[derive(Clone, Debug)]
pub(super) struct DelegationSlots {
    pub paused: U256,
    pub operator_shares: U256,
    pub operator_details: U256,
    pub delegated_to: U256,
    pub pending_withdrawals: U256,
    pub withdrawals_queued: U256,
    pub scaling_factor: U256,
    pub queued_roots: U256,
    pub queued_withdrawals: U256,
    pub scaled_shares_history: U256,
    // Members of structs.
    pub salt_is_spent: U256,
    pub approver: Field,
    pub withdrawal: WithdrawalFields,
}

#[derive(Clone, Debug)]
pub(super) struct WithdrawalFields {
    pub staker: Field,
    pub delegated_to: Field,
    pub withdrawer: Field,
    pub nonce: Field,
    pub start_block: Field,
    pub strategies: Field,
    pub scaled_shares: Field,
}

#[derive(Clone, Debug)]
pub(super) struct DepositSlots {
    pub paused: U256,
    pub owner: Field,
    pub whitelister: Field,
    pub nonces: U256,
    pub shares: U256,
    pub strategy_list: U256,
    pub whitelisted: U256,
    pub burnable: U256,
    /// In releases in which slashed shares wait by slash.
    pub waiting: Option<WaitingSlots>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct WaitingSlots {
    pub slashed: U256,
    pub pending_sets: U256,
    pub pending_slashes: U256,
}

#[derive(Clone, Debug)]
pub(super) struct StrategySlots {
    pub paused: U256,
    pub total_shares: U256,
    /// Of a strategy with limits: of one deposit, and of all.
    pub limits: [U256; 2],
}

#[derive(Clone, Debug)]
pub(super) struct PodManagerSlots {
    pub paused: U256,
    pub owner: Field,
    pub owner_to_pod: U256,
    pub pod_count: U256,
    pub deposit_shares: U256,
    pub slashing_factors: U256,
    pub burnable_shares: U256,
    /// Where there is one.
    pub reporter: Option<Field>,
    // Members of structs.
    pub is_set: Field,
    pub slashing_factor: Field,
}

#[derive(Clone, Debug)]
pub(super) struct PodSlots {
    pub owner: Field,
    pub withdrawable_gwei: Field,
    /// Ours; EigenLayer's pods have it validator by validator.
    pub validators_gwei: Option<Field>,
}

impl Slots {
    /// The slots of `artifacts`, all of which must have a storage layout.
    pub fn of(artifacts: &Artifacts, release: &Release) -> Result<Self, Problem> {
        let booking = release.booking;
        let layout = |name: &str| -> Result<&StorageLayout, Problem> {
            artifacts.get(name).layout.as_ref().ok_or_else(|| {
                Problem::new(format!("the artifact of {name} has no storage layout"))
                    .at(&artifacts.origin)
                    .hint(ASK_FOR_LAYOUTS)
            })
        };
        let at = |name: &str| {
            let origin = artifacts.origin.clone();
            let name = name.to_owned();
            move |problem: Problem| problem.at(&name).at(&origin)
        };
        let registry = layout("PauserRegistry")?;
        Ok(Self {
            allocation: allocation(layout("AllocationManager")?, release).map_err(at("AllocationManager"))?,
            delegation: delegation(layout("DelegationManager")?).map_err(at("DelegationManager"))?,
            deposits: deposits(layout("StrategyManager")?, booking).map_err(at("StrategyManager"))?,
            strategy: strategy(layout("StrategyBase")?, layout("StrategyBaseTVLLimits")?)
                .map_err(at("StrategyBase"))?,
            rewards: RewardsSlots::of(layout("RewardsCoordinator")?).map_err(at("RewardsCoordinator"))?,
            factory: FactorySlots::of(layout("StrategyFactory")?).map_err(at("StrategyFactory"))?,
            pods: pod_manager(layout("EigenPodManager")?).map_err(at("EigenPodManager"))?,
            pod: pod(layout(artifacts.pod())?).map_err(at("EigenPod"))?,
            permissions: layout("PermissionController")?
                .variable("_permissions")
                .map_err(at("PermissionController"))?
                .slot,
            is_pauser: registry.variable("isPauser").map_err(at("PauserRegistry"))?.slot,
            unpauser: registry.variable("unpauser").map_err(at("PauserRegistry"))?,
            tokens: tokens(layout("Token")?, layout("RebasingToken")?, layout("BlacklistingToken")?)?,
            callers: callers(layout("CallingAccount")?)?,
            examples: ExampleSlots {
                market: examples::market(layout("LendingMarket")?).map_err(at("LendingMarket"))?,
                fund: examples::fund(layout("InsuranceFund")?).map_err(at("InsuranceFund"))?,
                registry: examples::registry(layout("CommitmentRegistry")?).map_err(at("CommitmentRegistry"))?,
            },
            registrars: registrars(layout("WilfulRegistrar")?)?,
        })
    }
}

fn allocation(layout: &StorageLayout, release: &Release) -> Result<AllocationSlots, Problem> {
    let slot = |label: &str| Ok(layout.variable(label)?.slot);
    let numbering = match release.booking {
        Booking::ByStrategy => None,
        Booking::BySlash => {
            Some(NumberingSlots { slash_ids: slot("_slashIds")?, recipients: slot("_redistributionRecipients")? })
        }
    };
    Ok(AllocationSlots {
        paused: slot("_paused")?,
        avs_registrar: slot("_avsRegistrar")?,
        operator_sets: slot("_operatorSets")?,
        set_strategies: slot("_operatorSetStrategies")?,
        set_members: slot("_operatorSetMembers")?,
        delay_info: slot("_allocationDelayInfo")?,
        registered_sets: slot("registeredSets")?,
        allocated_sets: slot("allocatedSets")?,
        registration_status: slot("registrationStatus")?,
        allocated_strategies: slot("allocatedStrategies")?,
        allocations: slot("allocations")?,
        max_magnitude_history: slot("_maxMagnitudeHistory")?,
        encumbered_magnitude: slot("encumberedMagnitude")?,
        deallocation_queue: slot("deallocationQueue")?,
        registered_metadata: slot("_avsRegisteredMetadata")?,
        numbering,
        slashers: match release.slashing {
            Slashing::ByPermission => None,
            Slashing::BySlasher => Some(slashers(layout)?),
        },
        current_magnitude: layout.member("Allocation", "currentMagnitude")?,
        pending_diff: layout.member("Allocation", "pendingDiff")?,
        effect_block: layout.member("Allocation", "effectBlock")?,
        delay: layout.member("AllocationDelayInfo", "delay")?,
        delay_is_set: layout.member("AllocationDelayInfo", "isSet")?,
        pending_delay: layout.member("AllocationDelayInfo", "pendingDelay")?,
        delay_effect_block: layout.member("AllocationDelayInfo", "effectBlock")?,
        registered: layout.member("RegistrationStatus", "registered")?,
        slashable_until: layout.member("RegistrationStatus", "slashableUntil")?,
    })
}

/// Where a layout is supposed, it is that of the last release without slashers, whose gap they begin.
fn slashers(layout: &StorageLayout) -> Result<SlasherSlots, Problem> {
    let Ok(slashers) = layout.variable("_slashers") else {
        let slashers = layout.variable("_redistributionRecipients")?.slot + U256::ONE;
        let word = |slot: u8, offset: usize, bytes: usize| Field { slot: U256::from(slot), offset, bytes };
        let (slasher, pending, effect_block) = (word(0, 0, 20), word(1, 0, 20), word(1, 20, 4));
        return Ok(SlasherSlots { slashers, slasher, pending, effect_block });
    };
    Ok(SlasherSlots {
        slashers: slashers.slot,
        slasher: layout.member("SlasherParams", "slasher")?,
        pending: layout.member("SlasherParams", "pendingSlasher")?,
        effect_block: layout.member("SlasherParams", "effectBlock")?,
    })
}

fn delegation(layout: &StorageLayout) -> Result<DelegationSlots, Problem> {
    let slot = |label: &str| Ok(layout.variable(label)?.slot);
    let withdrawal = |label: &str| layout.member("Withdrawal", label);
    Ok(DelegationSlots {
        paused: slot("_paused")?,
        operator_shares: slot("operatorShares")?,
        operator_details: slot("_operatorDetails")?,
        delegated_to: slot("delegatedTo")?,
        pending_withdrawals: slot("pendingWithdrawals")?,
        withdrawals_queued: slot("cumulativeWithdrawalsQueued")?,
        scaling_factor: slot("_depositScalingFactor")?,
        queued_roots: slot("_stakerQueuedWithdrawalRoots")?,
        queued_withdrawals: slot("_queuedWithdrawals")?,
        scaled_shares_history: slot("_cumulativeScaledSharesHistory")?,
        salt_is_spent: slot("delegationApproverSaltIsSpent")?,
        approver: layout.member("OperatorDetails", "delegationApprover")?,
        withdrawal: WithdrawalFields {
            staker: withdrawal("staker")?,
            delegated_to: withdrawal("delegatedTo")?,
            withdrawer: withdrawal("withdrawer")?,
            nonce: withdrawal("nonce")?,
            start_block: withdrawal("startBlock")?,
            strategies: withdrawal("strategies")?,
            scaled_shares: withdrawal("scaledShares")?,
        },
    })
}

fn deposits(layout: &StorageLayout, booking: Booking) -> Result<DepositSlots, Problem> {
    let slot = |label: &str| Ok(layout.variable(label)?.slot);
    let waiting = match booking {
        Booking::ByStrategy => None,
        Booking::BySlash => Some(WaitingSlots {
            slashed: slot("_burnOrRedistributableShares")?,
            pending_sets: slot("_pendingOperatorSets")?,
            pending_slashes: slot("_pendingSlashIds")?,
        }),
    };
    Ok(DepositSlots {
        paused: slot("_paused")?,
        owner: layout.variable("_owner")?,
        whitelister: layout.variable("strategyWhitelister")?,
        nonces: slot("nonces")?,
        shares: slot("stakerDepositShares")?,
        strategy_list: slot("stakerStrategyList")?,
        whitelisted: slot("strategyIsWhitelistedForDeposit")?,
        burnable: slot("burnableShares")?,
        waiting,
    })
}

fn tokens(plain: &StorageLayout, rebasing: &StorageLayout, barring: &StorageLayout) -> Result<TokenSlots, Problem> {
    Ok(TokenSlots {
        balances: plain.variable("_balances")?.slot,
        elsewhere: BTreeMap::new(),
        units: rebasing.variable("_units")?.slot,
        rate: rebasing.variable("rate")?.slot,
        is_barred: barring.variable("isBarred")?.slot,
    })
}

fn callers(layout: &StorageLayout) -> Result<CallerSlots, Problem> {
    Ok(CallerSlots { attempts: layout.variable("attempts")?.slot, entered: layout.variable("entered")?.slot })
}

fn registrars(layout: &StorageLayout) -> Result<RegistrarSlots, Problem> {
    let slot = |label: &str| Ok(layout.variable(label)?.slot);
    Ok(RegistrarSlots {
        serves: layout.variable("serves")?,
        coming: layout.variable("coming")?,
        leaving: layout.variable("leaving")?,
        reaction: layout.variable("reaction")?,
        comings: slot("comings")?,
        leavings: slot("leavings")?,
        attempts: slot("attempts")?,
        entered: slot("successes")?,
        last_operator: slot("lastOperator")?,
        last_avs: slot("lastAvs")?,
        last_ids: slot("lastIds")?,
    })
}

fn strategy(layout: &StorageLayout, limited: &StorageLayout) -> Result<StrategySlots, Problem> {
    Ok(StrategySlots {
        paused: layout.variable("_paused")?.slot,
        total_shares: layout.variable("totalShares")?.slot,
        limits: [limited.variable("maxPerDeposit")?.slot, limited.variable("maxTotalDeposits")?.slot],
    })
}

fn pod_manager(layout: &StorageLayout) -> Result<PodManagerSlots, Problem> {
    let slot = |label: &str| Ok(layout.variable(label)?.slot);
    Ok(PodManagerSlots {
        paused: slot("_paused")?,
        owner: layout.variable("_owner")?,
        owner_to_pod: slot("ownerToPod")?,
        pod_count: slot("numPods")?,
        deposit_shares: slot("podOwnerDepositShares")?,
        slashing_factors: slot("_beaconChainSlashingFactor")?,
        burnable_shares: slot("burnableETHShares")?,
        reporter: layout.variable("proofTimestampSetter").ok(),
        is_set: layout.member("BeaconChainSlashingFactor", "isSet")?,
        slashing_factor: layout.member("BeaconChainSlashingFactor", "slashingFactor")?,
    })
}

fn pod(layout: &StorageLayout) -> Result<PodSlots, Problem> {
    Ok(PodSlots {
        owner: layout.variable("podOwner")?,
        withdrawable_gwei: layout.variable("restakedExecutionLayerGwei")?,
        validators_gwei: layout.variable("restakedValidatorsGwei").ok(),
    })
}

/// What a mapping can be asked for.
pub(super) trait Key {
    /// The key as a word.
    fn word(self) -> B256;
}

impl Key for Address {
    fn word(self) -> B256 {
        self.into_word()
    }
}

impl Key for B256 {
    fn word(self) -> B256 {
        self
    }
}

impl Key for U256 {
    fn word(self) -> B256 {
        self.into()
    }
}

impl Key for SetId {
    fn word(self) -> B256 {
        let mut word = B256::ZERO;
        word[..20].copy_from_slice(self.avs.as_slice());
        word[28..].copy_from_slice(&self.id.to_be_bytes());
        word
    }
}

impl Key for Permission {
    fn word(self) -> B256 {
        let mut word = B256::ZERO;
        word[..20].copy_from_slice(self.target.as_slice());
        word[20..24].copy_from_slice(self.selector.as_slice());
        word
    }
}

/// The slot of `key` in the mapping at `slot`.
pub(super) fn entry(slot: U256, key: impl Key) -> U256 {
    let mut input = [0; 64];
    input[..32].copy_from_slice(key.word().as_slice());
    input[32..].copy_from_slice(&slot.to_be_bytes::<32>());
    keccak256(input).into()
}

/// The slot of the first element of the dynamic array at `slot`.
pub(super) fn elements(slot: U256) -> U256 {
    keccak256(slot.to_be_bytes::<32>()).into()
}

/// The operator set that a key means.
pub(super) fn set_of(word: U256) -> SetId {
    let bytes = word.to_be_bytes::<32>();
    let id = u32::from_be_bytes(bytes[28..].try_into().expect("four bytes"));
    SetId { avs: Address::from_slice(&bytes[..20]), id }
}

/// The permission that a key means.
pub(super) fn permission_of(word: U256) -> Permission {
    let bytes = word.to_be_bytes::<32>();
    Permission { target: Address::from_slice(&bytes[..20]), selector: bytes[20..24].try_into().expect("four bytes") }
}

/// The address in the low bytes of a word.
pub(super) fn address_of(word: U256) -> Address {
    Address::from_word(word.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::{address, fixed_bytes};

    #[test]
    fn keys_go_there_and_back() {
        let set = SetId { avs: address!("00112233445566778899aabbccddeeff00112233"), id: u32::MAX };
        assert_eq!(set_of(set.word().into()), set);
        let permission = Permission { target: set.avs, selector: fixed_bytes!("36352057") };
        assert_eq!(permission_of(permission.word().into()), permission);
    }
}
