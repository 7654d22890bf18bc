//! The price of a share: what is told and what is announced.

use alloy_primitives::{B256, U256, b256};

use crate::{
    applies_if,
    call::Question,
    ghost::payments,
    invariants::{sentence, words::answer},
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Step, Verdict},
};

pub(super) const BACK_AND_FORTH: Invariant = Invariant {
    id: "STR-04",
    statement: "Tokens that are turned into shares and back are never more than they were, nor are shares: each price is rounded down.",
    formula: "underlyingToShares(v) == floor(v * (T + 1000) / (B + 1000)), sharesToUnderlying(n) == floor(n * (B + 1000) / (T + \
              1000)); so sharesToUnderlying(underlyingToShares(v)) <= v",
    why: "Who prices shares by these answers, in a market or a vault, is drained in circles where they gain.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUESTIONS,
    check: |step| {
        let Some((question, words)) = answer(step) else { return Verdict::NotApplicable };
        let strategy = match question {
            Question::SharesForTokens { strategy, .. } | Question::TokensForShares { strategy, .. } => *strategy,
            _ => return Verdict::NotApplicable,
        };
        let Some(strategy) = step.after.strategy(strategy) else { return Verdict::NotApplicable };
        let told = words.word(0);
        let (asked, due, back) = match question {
            Question::SharesForTokens { tokens, .. } => {
                (tokens, strategy.shares_for(*tokens), told.and_then(|shares| strategy.tokens_for(shares)))
            }
            Question::TokensForShares { shares, .. } => {
                (shares, strategy.tokens_for(*shares), told.and_then(|tokens| strategy.shares_for(tokens)))
            }
            _ => return Verdict::NotApplicable,
        };
        must!(
            due.is_some() && told == due && back.is_some_and(|back| back <= *asked),
            "for {asked} of {}, {due} is due and {told} is told, which is worth {back}",
            step.name(strategy.address),
            due = sentence::said(&due),
            told = sentence::said(&told),
            back = sentence::said(&back)
        );
        Verdict::Holds
    },
};

/// The first word of what a strategy announces.
const EXCHANGE_RATE_EMITTED: B256 = b256!("0xd2494f3479e5da49d386657c292c610b5b01df313d07c62eb0cfa49924a31be8");

/// The last rate that a strategy announced in the step.
fn announced(step: &Step<'_>, strategy: alloy_primitives::Address) -> Option<U256> {
    let by =
        |log: &&alloy_primitives::Log| log.address == strategy && log.topics().first() == Some(&EXCHANGE_RATE_EMITTED);
    let event = step.events.iter().rev().find(by)?;
    event.data.data.get(..32).map(U256::from_be_slice)
}

pub(super) const RATE: Invariant = Invariant {
    id: "STR-06",
    statement: "Whoever changes the shares of a strategy makes it announce what a share is worth now, rounded down.",
    formula: "T(t)' != T(t) implies an event ExchangeRateEmitted of t, the last with floor(1e18 * (B' + 1000) / (T' + 1000))",
    why: "Whoever follows prices from outside knows no other.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens],
    scope: Scope::REST.that_succeeded(),
    check: |step| {
        applies_if!(step.succeeded() && step.touched.rest());
        let paid = payments(step.before, step.call);
        let mut exercised = false;
        for (index, is) in step.after.token_strategies() {
            // A strategy that is paid announces what it had before.
            let changed = step.before.strategies[index].total_shares != is.total_shares;
            if !changed || paid.iter().any(|payment| payment.into == Some(index)) {
                continue;
            }
            exercised = true;
            let (told, due) = (announced(step, is.address), is.exchange_rate());
            must!(
                told.is_some() && told == due,
                "in wei, 1e18 shares of {} are worth {due}, and {told} was announced",
                step.name(is.address),
                due = sentence::said(&due),
                told = sentence::said(&told)
            );
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::{Bytes, Log, keccak256};

    use super::*;
    use crate::invariants::fixture::{Scene, asking, judge, numbers, returning};

    fn violated(invariant: &Invariant, scene: &Scene) -> bool {
        matches!(judge(invariant, scene), Verdict::Violated(_))
    }

    #[test]
    fn str_04() {
        // 3000 and the virtual 1000 shares for 1000 and the virtual 1000 wei: two shares for a wei.
        let priced = |question: &dyn Fn(alloy_primitives::Address) -> Question| {
            let mut scene = asking(|scene| question(scene.after.strategies[0].address));
            let strategy = &mut scene.after.strategies[0];
            (strategy.total_shares, strategy.balance) = (U256::from(3_000), U256::from(1_000));
            scene
        };
        let told = |scene: &Scene, number: u64| returning(scene.clone(), &numbers([number]));
        let tokens = priced(&|strategy| Question::SharesForTokens { strategy, tokens: U256::from(7) });
        assert_eq!(judge(&BACK_AND_FORTH, &told(&tokens, 14)), Verdict::Holds);
        assert!(violated(&BACK_AND_FORTH, &told(&tokens, 15)) && violated(&BACK_AND_FORTH, &told(&tokens, 13)));
        let shares = priced(&|strategy| Question::TokensForShares { strategy, shares: U256::from(7) });
        assert_eq!(judge(&BACK_AND_FORTH, &told(&shares, 3)), Verdict::Holds);
        assert!(violated(&BACK_AND_FORTH, &told(&shares, 4)), "rounded up");
        assert!(violated(&BACK_AND_FORTH, &returning(shares, &[])));
        assert_eq!(judge(&BACK_AND_FORTH, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn str_06() {
        assert_eq!(EXCHANGE_RATE_EMITTED, keccak256("ExchangeRateEmitted(uint256)"));
        let mut scene = Scene::deposited();
        scene.after.strategies[0].balance += U256::from(7);
        let strategy = scene.after.strategies[0].address;
        let event = |rate: U256| {
            Log::new_unchecked(strategy, vec![EXCHANGE_RATE_EMITTED], Bytes::from(rate.to_be_bytes::<32>()))
        };
        let rate = scene.after.strategies[0].exchange_rate().unwrap();
        assert!(violated(&RATE, &scene), "nothing was announced");
        scene.events = vec![event(U256::ONE), event(rate)];
        assert_eq!(judge(&RATE, &scene), Verdict::Holds);
        scene.events.push(event(rate - U256::ONE));
        assert!(violated(&RATE, &scene));
        assert_eq!(judge(&RATE, &Scene::quiet()), Verdict::NotApplicable);
    }
}
