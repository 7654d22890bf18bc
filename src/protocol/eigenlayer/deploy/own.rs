//! The contracts with invariants of the auditor's own: created and set up once everything else is there.

use alloy_primitives::U256;

use super::{
    Cast, Contracts, Planner,
    wiring::{Given, Thing},
};
use crate::{
    book::Role,
    call::Transaction,
    own::{self, Asked},
    problem::Problem,
    protocol::Setup,
    signature::Key,
};

/// Who creates them: nobody whom the book knows, so that nothing else is played because of them.
const AUDITOR: &str = "auditor";

/// What they can be given, for whoever asks for something else.
const GIVEN: &str = "they can be given contracts of the protocol by their interfaces, such as IAllocationManager, and the lists \
                     operators, stakers, avss, strategies and tokens, by these names";

impl Planner<'_> {
    /// Plans their creation, and what asks their functions. First all are created, so that their addresses are those of the
    /// auditor's first nonces; then those that have a `setUp` are set up.
    pub(super) fn own(&mut self, contracts: &Contracts, cast: &Cast) -> Result<Vec<Asked>, Problem> {
        if self.artifacts.own.is_empty() {
            return Ok(Vec::new());
        }
        self.know_everything(contracts, cast);
        let auditor = Key::of(AUDITOR).address();
        let artifacts: Vec<_> = self.artifacts.own.iter().map(|(name, _)| self.artifacts.get(name)).collect();
        let (mut creations, mut set_ups) = (Vec::new(), Vec::new());
        for (nonce, (artifact, (name, file))) in (0..).zip(artifacts.iter().zip(&self.artifacts.own)) {
            let told = |problem: Problem| problem.hint(GIVEN).at(file.display());
            let arguments = self.wiring.constructor(artifact).map_err(told)?;
            let address = auditor.create(nonce);
            if self.book.address(name).is_some() {
                return Err(Problem::new(format!("{name} is somebody else's name")).at(file.display()));
            }
            self.book.add(name, Role::Auditor, address, Some(name));
            let init_code = [&artifact.creation[..], &arguments].concat().into();
            creations.push(Setup::Create { from: auditor, init_code, address });
            if let Some(data) = self.wiring.longest_call("setUp", artifact).map_err(told)? {
                let (data, value) = (data.into(), U256::ZERO);
                set_ups.push(Setup::Send(Transaction { from: auditor, to: address, data, value }));
            }
        }
        // Blocks pass at the end of a deployment.
        let last = self.sends.iter().rposition(|step| matches!(step, Setup::Pass { .. })).unwrap_or(self.sends.len());
        self.sends.splice(last..last, creations.into_iter().chain(set_ups));
        let asked = |own: own::Own| {
            let to = self.book.address(&own.contract).expect("it is in the book");
            let view = Transaction { from: auditor, to, data: own.input.clone(), value: U256::ZERO };
            Asked { own, view }
        };
        Ok(own::of(artifacts)?.into_iter().map(asked).collect())
    }

    fn know_everything(&mut self, contracts: &Contracts, cast: &Cast) {
        let wiring = &mut self.wiring;
        wiring.know(Thing::RewardsCoordinator, contracts.rewards_coordinator);
        wiring.know(Thing::StrategyFactory, contracts.strategy_factory);
        wiring.know(Thing::Operators, Given::Addresses(cast.operators.clone()));
        wiring.know(Thing::Stakers, Given::Addresses(cast.stakers.clone()));
        wiring.know(Thing::Avss, Given::Addresses(cast.avss.clone()));
        wiring.know(Thing::Strategies, Given::Addresses(cast.strategies.clone()));
        wiring.know(Thing::Tokens, Given::Addresses(cast.tokens.clone()));
    }
}
