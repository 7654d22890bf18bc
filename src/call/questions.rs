//! Views, asked in a transaction.

use alloy_dyn_abi::{DynSolType, DynSolValue};
use alloy_primitives::{Address, B256, FixedBytes, U256, keccak256};
use serde::{Deserialize, Serialize};

use super::{SetId, decimal};

/// What can be asked of the contracts and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Question {
    /// How much magnitude is free.
    AllocatableMagnitude {
        /// Whose.
        operator: Address,
        /// Where.
        strategy: Address,
    },
    /// How an allocation stands.
    Allocation {
        /// Whose.
        operator: Address,
        /// To which set.
        set: SetId,
        /// Where.
        strategy: Address,
    },
    /// How much of an operator's stake a set has.
    AllocatedStake {
        /// Whose.
        operator: Address,
        /// Which set.
        set: SetId,
        /// Where.
        strategy: Address,
    },
    /// How much of an operator's stake a set will still have, whatever the operator asks for.
    MinimumSlashableStake {
        /// Whose.
        operator: Address,
        /// Which set.
        set: SetId,
        /// Where.
        strategy: Address,
        /// In how many blocks.
        ahead: u32,
    },
    /// Whether a set can slash an operator in somebody's favour.
    OperatorRedistributable {
        /// Whom.
        operator: Address,
    },
    /// What can be withdrawn.
    WithdrawableShares {
        /// By whom.
        staker: Address,
        /// Where.
        strategies: Vec<Address>,
    },
    /// How many deposit shares there are behind what some deposit shares are worth.
    DepositShares {
        /// Whose.
        staker: Address,
        /// Where.
        strategy: Address,
        /// Deposit shares. What can be withdrawn for them is asked about.
        #[serde(with = "decimal")]
        shares: U256,
    },
    /// How many shares tokens are worth.
    SharesForTokens {
        /// Where.
        strategy: Address,
        /// Wei.
        #[serde(with = "decimal")]
        tokens: U256,
    },
    /// How many tokens shares are worth.
    TokensForShares {
        /// Where.
        strategy: Address,
        /// Shares.
        #[serde(with = "decimal")]
        shares: U256,
    },
    /// What a slash of everything would take from the queue.
    SlashableSharesInQueue {
        /// Of whose stakers.
        operator: Address,
        /// Where.
        strategy: Address,
    },
    /// What a queued withdrawal pays in shares.
    QueuedWithdrawal {
        /// Whose.
        staker: Address,
        /// Which: counted from the oldest that is in the queue.
        nth: u32,
    },
    /// What of the state a view shows.
    Shown {
        /// Who is asked.
        contract: Address,
        /// Its signature.
        view: String,
        /// Of what.
        of: Vec<Argument>,
    },
}

/// Bytes that say which function is called.
const SELECTOR: usize = 4;

/// What a view is asked about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Argument {
    /// Somebody, or a contract.
    Address(Address),
    /// Several.
    Addresses(Vec<Address>),
    /// An operator set.
    Set(SetId),
    /// A number of any kind.
    Number(#[serde(with = "decimal")] U256),
    /// A hash.
    Hash(B256),
    /// Which function.
    Function(FixedBytes<4>),
}

impl Argument {
    /// What calldata of a view with this signature asks about; `None` if it is something else.
    pub fn read(view: &str, data: &[u8]) -> Option<Vec<Self>> {
        let parameters = DynSolType::parse(&view[view.find('(')?..]).ok()?;
        let values = parameters.abi_decode_params(data.get(SELECTOR..)?).ok()?;
        match values {
            DynSolValue::Tuple(values) => values.into_iter().map(Self::of).collect(),
            _ => None,
        }
    }

    fn of(value: DynSolValue) -> Option<Self> {
        Some(match value {
            DynSolValue::Address(address) => Self::Address(address),
            DynSolValue::Uint(number, _) => Self::Number(number),
            DynSolValue::FixedBytes(word, 32) => Self::Hash(word),
            DynSolValue::FixedBytes(word, SELECTOR) => Self::Function(FixedBytes::from_slice(&word[..SELECTOR])),
            DynSolValue::Array(items) => {
                Self::Addresses(items.iter().map(DynSolValue::as_address).collect::<Option<_>>()?)
            }
            DynSolValue::Tuple(members) => match members[..] {
                [DynSolValue::Address(avs), DynSolValue::Uint(id, 32)] => Self::Set(SetId { avs, id: id.to() }),
                _ => return None,
            },
            _ => return None,
        })
    }

    fn value(&self) -> DynSolValue {
        match self {
            Self::Address(address) => (*address).into(),
            Self::Addresses(addresses) => DynSolValue::Array(addresses.iter().map(|it| (*it).into()).collect()),
            Self::Set(SetId { avs, id }) => {
                DynSolValue::Tuple(vec![(*avs).into(), DynSolValue::Uint(U256::from(*id), 32)])
            }
            Self::Number(number) => (*number).into(),
            Self::Hash(hash) => (*hash).into(),
            Self::Function(selector) => {
                let mut word = B256::ZERO;
                word[..SELECTOR].copy_from_slice(selector.as_slice());
                DynSolValue::FixedBytes(word, SELECTOR)
            }
        }
    }

    /// The calldata that asks a view with this signature about `of`.
    pub fn calldata(view: &str, of: &[Self]) -> Vec<u8> {
        let arguments = DynSolValue::Tuple(of.iter().map(Self::value).collect());
        [&keccak256(view)[..SELECTOR], &arguments.abi_encode_params()].concat()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn an_argument() -> impl Strategy<Value = (&'static str, Argument)> {
        let address = any::<[u8; 20]>().prop_map(Address::from);
        prop_oneof![
            address.clone().prop_map(|it| ("address", Argument::Address(it))),
            prop::collection::vec(address.clone(), 0..4).prop_map(|all| ("address[]", Argument::Addresses(all))),
            (address, any::<u32>()).prop_map(|(avs, id)| ("(address,uint32)", Argument::Set(SetId { avs, id }))),
            any::<[u64; 4]>().prop_map(|limbs| ("uint256", Argument::Number(U256::from_limbs(limbs)))),
            any::<[u8; 32]>().prop_map(|hash| ("bytes32", Argument::Hash(hash.into()))),
            any::<[u8; 4]>().prop_map(|selector| ("bytes4", Argument::Function(selector.into()))),
        ]
    }

    proptest! {
        #[test]
        fn calldata_says_what_is_asked(of in prop::collection::vec(an_argument(), 0..4)) {
            let (kinds, of): (Vec<_>, Vec<_>) = of.into_iter().unzip();
            let view = format!("view({})", kinds.join(","));
            prop_assert_eq!(Argument::read(&view, &Argument::calldata(&view, &of)), Some(of));
        }
    }
}
