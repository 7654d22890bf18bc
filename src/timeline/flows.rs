//! What a call moves into strategies and out of them: read from balances, not from what the call says.

use alloy_primitives::{Address, U256};

use crate::{ledger::Ledger, oracle::Step};

/// Where funds go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// Into a strategy.
    Deposited,
    /// Out of one, to a staker.
    ToStaker,
    /// Out of one, to the burn address.
    Burned,
    /// Out of one, to the recipient of a set.
    Redistributed,
    /// Out of one, to somebody else.
    Elsewhere,
}

impl Way {
    /// In the order drawn.
    pub const ALL: [Self; 5] = [Self::Deposited, Self::ToStaker, Self::Burned, Self::Redistributed, Self::Elsewhere];

    /// In a few words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Deposited => "deposited",
            Self::ToStaker => "to stakers",
            Self::Burned => "burned",
            Self::Redistributed => "to recipients",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// Funds that moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Where to.
    pub way: Way,
    /// Who paid in, or was paid.
    pub who: String,
    /// Of which token; native ETH has the name of its strategy.
    pub token: String,
    /// Wei.
    pub amount: U256,
}

/// What moved into and out of strategies.
pub(super) fn of(step: &Step<'_>) -> Vec<Flow> {
    let mut flows = Vec::new();
    for (index, token) in step.after.tokens.iter().enumerate() {
        let balance = |ledger: &Ledger| {
            let strategies =
                ledger.strategies.iter().filter(|at| at.token == token.address || at.wrapper == Some(token.address));
            strategies
                .map(|at| held(ledger, index, at.address).unwrap_or(at.balance))
                .fold(U256::ZERO, U256::saturating_add)
        };
        let (before, after) = (balance(step.before), balance(step.after));
        for holder in &step.after.holders {
            if step.after.strategy(*holder).is_some() {
                continue;
            }
            let (Some(had), Some(has)) = (held(step.before, index, *holder), held(step.after, index, *holder)) else {
                continue;
            };
            // Tokens that move between others are none of the strategies' business.
            let (way, amount) = match (has > had, after < before) {
                (true, true) => (way_to(step.after, *holder), has - had),
                (false, false) if has < had && after > before => (Way::Deposited, had - has),
                _ => continue,
            };
            flows.push(Flow { way, who: step.book.name(*holder), token: step.book.name(token.address), amount });
        }
    }
    flows.extend(native(step));
    flows
}

fn held(ledger: &Ledger, token: usize, holder: Address) -> Option<U256> {
    let holder = ledger.holders.iter().position(|at| *at == holder)?;
    ledger.tokens[token].balances.get(holder).copied()
}

fn way_to(ledger: &Ledger, holder: Address) -> Way {
    if holder == ledger.terms.burn_address {
        Way::Burned
    } else if ledger.sets.iter().any(|set| set.recipient == holder) {
        Way::Redistributed
    } else if ledger.staker(holder).is_some() {
        Way::ToStaker
    } else {
        Way::Elsewhere
    }
}

/// ETH that pods pay out.
fn native(step: &Step<'_>) -> Vec<Flow> {
    let held =
        |ledger: &Ledger| ledger.native.pods.iter().map(|pod| pod.balance).fold(U256::ZERO, U256::saturating_add);
    if held(step.after) >= held(step.before) {
        return Vec::new();
    }
    let stakers = step.after.stakers.iter().zip(step.before.native.balances.iter().zip(&step.after.native.balances));
    let paid = stakers.filter(|(_, (had, has))| has > had);
    let flow = |who: Address, amount: U256| Flow {
        way: Way::ToStaker,
        who: step.book.name(who),
        token: "ETH".to_owned(),
        amount,
    };
    paid.map(|(staker, (had, has))| flow(staker.address, *has - *had)).collect()
}
