//! How a call that does not succeed ends: a custom error, a panic or a message, as exact as the contracts have it.

use std::fmt;

use alloy_primitives::{Address, Bytes, keccak256};
use alloy_sol_types::{Revert as Message, SolError};

macro_rules! errors {
    ($($name:ident),* $(,)?) => {
        /// A custom error of the protocol. None has arguments.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Error {
            $(#[doc = concat!("`", stringify!($name), "()`.")] $name,)*
        }

        impl Error {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name in the ABI.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

errors! {
    // Pausable, PauserRegistry, permissions
    CurrentlyPaused, OnlyPauser, OnlyUnpauser, InvalidNewPausedStatus, InputAddressZero,
    InvalidPermissions, NotAdmin, AdminAlreadySet, AdminAlreadyPending, AdminNotPending, AdminNotSet,
    CannotHaveZeroAdmins, AppointeeAlreadySet, AppointeeNotSet,
    // AllocationManager
    InvalidCaller, InputArrayLengthMismatch, InvalidOperatorSet, OperatorNotSlashable, InvalidWadToSlash,
    StrategiesMustBeInAscendingOrder, StrategyNotInOperatorSet, StrategyAlreadyInOperatorSet, InvalidStrategy,
    UninitializedAllocationDelay, ModificationAlreadyPending, SameMagnitude, InsufficientMagnitude, InvalidOperator,
    AlreadyMemberOfSet, NotMemberOfSet, NonexistentAVSMetadata, InvalidAVSRegistrar, InvalidRedistributionRecipient,
    InvalidSnapshotOrdering, SlasherNotSet,
    // DelegationManager
    ActivelyDelegated, NotActivelyDelegated, OperatorNotRegistered, OperatorsCannotUndelegate, CallerCannotUndelegate,
    FullySlashed, InvalidDepositScalingFactor, InputArrayLengthZero, WithdrawerNotCaller, WithdrawalNotQueued,
    WithdrawalDelayNotElapsed, SignatureExpired, InvalidSignature, SaltSpent, OnlyAllocationManager,
    OnlyEigenPodManager, OnlyStrategyManagerOrEigenPodManager,
    // StrategyManager and strategies
    OnlyDelegationManager, OnlyStrategyManager, OnlyStrategyWhitelister, StrategyNotWhitelisted, StakerAddressZero,
    SharesAmountZero, SharesAmountTooHigh, MaxStrategiesExceeded, StrategyNotFound, StrategyAlreadyInSlash,
    MaxPerDepositExceedsMax, BalanceExceedsMaxTotalDeposits, OnlyUnderlyingToken, NewSharesZero, TotalSharesExceedsMax, WithdrawalAmountExceedsTotalDeposits,
    // EigenPodManager and pods
    OnlyEigenPod, OnlyProofTimestampSetter, EigenPodAlreadyExists, SharesNegative, SharesNotMultipleOfGwei,
    LegacyWithdrawalsNotCompleted, OnlyBalanceReporter, InsufficientWithdrawableBalance, MsgValueNot32ETH,
    // RewardsCoordinator
    UnauthorizedCaller, DurationExceedsMax, InvalidDurationRemainder, DurationIsZero, InvalidStartTimestampRemainder,
    StartTimestampTooFarInPast, StartTimestampTooFarInFuture, StrategiesNotInAscendingOrder, AmountIsZero,
    AmountExceedsMax, SubmissionNotRetroactive, InvalidAddressZero, OperatorsNotInAscendingOrder,
    NewRootMustBeForNewCalculatedPeriod, RewardsEndTimestampNotElapsed, InvalidRootIndex, RootDisabled,
    RootAlreadyActivated, RootNotActivated, InvalidEarnerLeafIndex, InvalidTokenLeafIndex, InvalidClaimProof,
    EarningsNotGreaterThanClaimed, InvalidEarner, SplitExceedsMax, PreviousSplitPending,
    // StrategyFactory
    BlacklistedToken, StrategyAlreadyExists, AlreadyBlacklisted,
    // Tokens that rebase
    InsufficientAllowance, InsufficientBalance,
}

impl Error {
    /// The first four bytes of the hash of its signature.
    pub fn selector(self) -> [u8; 4] {
        let hash = keccak256(format!("{}()", self.name()));
        [hash[0], hash[1], hash[2], hash[3]]
    }
}

/// What the compiler's checks end with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panic {
    /// An addition, subtraction or multiplication beyond the type.
    Overflow,
    /// A division by zero.
    DivisionByZero,
    /// An assertion that fails. None of the protocol's, but a registrar may have some.
    Assertion,
}

impl Panic {
    const fn code(self) -> u8 {
        match self {
            Self::Overflow => 0x11,
            Self::DivisionByZero => 0x12,
            Self::Assertion => 0x01,
        }
    }
}

/// What a registrar says that says much.
pub(super) const LONG_REASON: &str = match std::str::from_utf8(&[0; 10_000]) {
    Ok(text) => text,
    Err(_) => "",
};

/// The bytes of an error that names an account.
fn about(signature: &str, account: Address) -> Bytes {
    [&keccak256(signature)[..4], account.into_word().as_slice()].concat().into()
}

/// How a call reverts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revert {
    /// With a custom error.
    Error(Error),
    /// With a panic.
    Panic(Panic),
    /// With the error of a token that refuses somebody.
    Blacklisted(Address),
    /// With the error of a registrar that refuses somebody.
    NotToday(Address),
    /// With a message.
    Message(&'static str),
    /// Without a word: a function or a contract that is not there.
    Silent,
}

impl Revert {
    /// The bytes it reverts with.
    pub fn data(self) -> Bytes {
        match self {
            Self::Error(error) => error.selector().to_vec().into(),
            Self::Panic(panic) => {
                let mut data = keccak256("Panic(uint256)")[..4].to_vec();
                data.resize(35, 0);
                data.push(panic.code());
                data.into()
            }
            Self::Blacklisted(account) => about("Blacklisted(address)", account),
            Self::NotToday(operator) => about("NotToday(address)", operator),
            Self::Message(text) => Message::from(text).abi_encode().into(),
            Self::Silent => Bytes::new(),
        }
    }

    /// What bytes say in the same words; their digits, if they are none of these.
    pub fn words(data: &Bytes) -> String {
        if data.is_empty() {
            return Self::Silent.to_string();
        }
        if let Ok(message) = Message::abi_decode(data) {
            return format!("{:?}", message.reason);
        }
        let account = Address::from_slice(data.get(16..36).unwrap_or(&[0; 20]));
        let same = |revert: Self| (revert.data() == *data).then(|| revert.to_string());
        let errors = Error::ALL.iter().copied().map(Self::Error);
        let panics = [Panic::Overflow, Panic::DivisionByZero, Panic::Assertion].map(Self::Panic);
        let foreign = [Self::Blacklisted(account), Self::NotToday(account)];
        errors.chain(panics).chain(foreign).find_map(same).unwrap_or_else(|| data.to_string())
    }
}

impl fmt::Display for Revert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => write!(f, "{}()", error.name()),
            Self::Panic(panic) => write!(f, "Panic({:#x})", panic.code()),
            Self::Blacklisted(account) => write!(f, "Blacklisted({account})"),
            Self::NotToday(operator) => write!(f, "NotToday({operator})"),
            Self::Message(text) => write!(f, "{text:?}"),
            Self::Silent => f.write_str("no reason"),
        }
    }
}

/// Why playing a call in the model does not reach its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It reverts.
    Reverts(Revert),
    /// It depends on what the ledger does not keep.
    Unpredicted(&'static str),
}

/// What comes of a part of a call.
pub type Foreseen<T = ()> = Result<T, Stop>;

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Reverts(Revert::Error(error))
    }
}

impl From<Panic> for Stop {
    fn from(panic: Panic) -> Self {
        Self::Reverts(Revert::Panic(panic))
    }
}

/// A revert with a message.
pub(super) const fn message<T>(text: &'static str) -> Foreseen<T> {
    Err(Stop::Reverts(Revert::Message(text)))
}

/// Ends the call with `error` unless the condition holds.
pub(super) fn require(condition: bool, error: Error) -> Foreseen {
    if condition { Ok(()) } else { Err(error.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_understood() {
        assert_eq!(Error::CurrentlyPaused.selector(), [0x84, 0x0a, 0x48, 0xd5]);
        let samples = [
            Revert::Error(Error::FullySlashed),
            Revert::Panic(Panic::Overflow),
            Revert::Panic(Panic::Assertion),
            Revert::Blacklisted(Address::repeat_byte(7)),
            Revert::NotToday(Address::repeat_byte(8)),
            Revert::Message("Math: mulDiv overflow"),
            Revert::Silent,
        ];
        for revert in samples {
            assert_eq!(Revert::words(&revert.data()), revert.to_string());
        }
        assert_eq!(Revert::words(&Bytes::from_static(&[1, 2])), "0x0102");
    }
}
