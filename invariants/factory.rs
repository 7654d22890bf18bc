//! The strategy factory: one strategy for a token, and none for what nobody should deposit.

use crate::{
    applies_if,
    call::{FactoryOperation, Operation},
    must,
    oracle::{Checkpoint, Family, Invariant, Scope, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "FAC",
    title: "Strategy factory",
    assumes: "Nothing beyond the protocol itself.",
    invariants: &[&ONE_FOR_EACH, &LISTED],
};

const ONE_FOR_EACH: Invariant = Invariant {
    id: "FAC-01",
    statement: "A token gets one strategy of the factory, once and for ever, and none after it was blacklisted, which is for \
                ever too.",
    formula: "deployedStrategies(token) != 0 implies deployedStrategies(token)' == it; deployedStrategies(token)' != it implies \
              not isBlacklisted(token); isBlacklisted(token) implies isBlacklisted(token)'",
    why: "Stakers find the strategy of a token by asking the factory. A second one splits the stake; one for a blacklisted token \
          takes deposits that should not be.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::REWARDS,
    check: |step| {
        applies_if!(step.touched.rewards());
        let mut exercised = false;
        for (was, is) in step.before.factory.tokens.iter().zip(&step.after.factory.tokens) {
            let name = step.name(is.address);
            exercised |= was != is;
            must!(was.strategy.is_zero() || was.strategy == is.strategy, "{name} has another strategy than before");
            must!(was.strategy == is.strategy || !was.blacklisted, "{name} is blacklisted and has a new strategy");
            must!(is.blacklisted || !was.blacklisted, "{name} is not blacklisted any more");
        }
        Verdict::holds_if(exercised)
    },
};

const LISTED: Invariant = Invariant {
    id: "FAC-02",
    statement: "What the factory makes takes deposits at once; what it made for a token that it blacklists takes none.",
    formula: "deployNewStrategy(token): strategyIsWhitelistedForDeposit(deployedStrategies(token)); blacklistTokens(tokens): \
              for each with a strategy, not",
    why: "A strategy that takes no deposits is of no use to who had it made. A blacklisted token is one whose deposits break \
          the strategy's accounting.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::MAKING_STRATEGIES.that_succeeded(),
    check: |step| {
        let Operation::Factory(operation) = &step.call.operation else { return Verdict::NotApplicable };
        applies_if!(step.succeeded());
        let factory = &step.after.factory;
        let strategy = |token| factory.token(token).map(|token| token.strategy).filter(|made| !made.is_zero());
        match operation {
            FactoryOperation::Deploy { token } => {
                let listed = strategy(*token).and_then(|made| factory.is_whitelisted(made));
                must!(listed == Some(true), "the new strategy of {} takes no deposits", step.name(*token));
                Verdict::Holds
            }
            FactoryOperation::Blacklist { tokens } => {
                let mut exercised = false;
                for (token, made) in tokens.iter().filter_map(|token| Some((token, strategy(*token)?))) {
                    exercised = true;
                    let listed = factory.is_whitelisted(made);
                    must!(
                        listed != Some(true),
                        "{} is blacklisted, and its strategy takes deposits",
                        step.name(*token)
                    );
                }
                Verdict::holds_if(exercised)
            }
            _ => Verdict::NotApplicable,
        }
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::Address;

    use super::*;
    use crate::{
        invariants::fixture::{Scene, judge},
        ledger::{Factory, FactoryStrategy, FactoryToken},
    };

    const MADE: Address = Address::repeat_byte(0x57);

    /// A strategy is made for the token.
    fn deployed() -> Scene {
        let mut scene = Scene::quiet();
        let token = scene.before.tokens[0].address;
        let strategies = vec![FactoryStrategy { address: MADE, whitelisted: false }];
        let tokens = vec![FactoryToken { address: token, ..FactoryToken::default() }];
        scene.before.factory = Factory { tokens, strategies, ..Factory::default() };
        scene.after = scene.before.clone();
        scene.after.factory.tokens[0].strategy = MADE;
        scene.after.factory.strategies[0].whitelisted = true;
        scene.call.operation = Operation::Factory(FactoryOperation::Deploy { token });
        scene
    }

    #[test]
    fn fac_01() {
        let mut scene = deployed();
        assert_eq!(judge(&ONE_FOR_EACH, &scene), Verdict::Holds);
        scene.before.factory.tokens[0].blacklisted = true;
        scene.after.factory.tokens[0].blacklisted = true;
        assert!(matches!(judge(&ONE_FOR_EACH, &scene), Verdict::Violated(_)), "it may have none");
        scene.before.factory.tokens[0].strategy = MADE;
        scene.after.factory.tokens[0].blacklisted = false;
        assert!(matches!(judge(&ONE_FOR_EACH, &scene), Verdict::Violated(_)), "it may have one again");
        let mut scene = deployed();
        scene.before.factory.tokens[0].strategy = Address::repeat_byte(1);
        assert!(matches!(judge(&ONE_FOR_EACH, &scene), Verdict::Violated(_)), "a second one");
        assert_eq!(judge(&ONE_FOR_EACH, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn fac_02() {
        let mut scene = deployed();
        assert_eq!(judge(&LISTED, &scene), Verdict::Holds);
        let token = scene.before.tokens[0].address;
        scene.call.operation = Operation::Factory(FactoryOperation::Blacklist { tokens: vec![token] });
        assert!(matches!(judge(&LISTED, &scene), Verdict::Violated(_)), "it still takes deposits");
        scene.after.factory.strategies[0].whitelisted = false;
        assert_eq!(judge(&LISTED, &scene), Verdict::Holds);
        scene.call.operation = Operation::Factory(FactoryOperation::Deploy { token });
        assert!(matches!(judge(&LISTED, &scene), Verdict::Violated(_)), "it takes no deposits");
        assert_eq!(judge(&LISTED, &Scene::quiet()), Verdict::NotApplicable);
    }
}
