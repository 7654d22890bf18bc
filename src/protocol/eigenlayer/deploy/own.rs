//! The contracts with invariants of the auditor's own: created and set up once everything else is there.

use alloy_primitives::U256;

use super::{
    Cast, Contracts, Planner, know_core,
    wiring::{Given, Thing, Wiring},
};
use crate::{
    artifact::Artifacts,
    book::{Book, Role},
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

/// What there is of them.
#[derive(Debug)]
pub struct Prepared {
    /// What creates them and sets them up. First all are created, so that their addresses are those of the auditor's first
    /// nonces; then those that have a `setUp` are set up.
    pub script: Vec<Setup>,
    /// What asks their functions.
    pub asked: Vec<Asked>,
}

impl Planner<'_> {
    /// Plans their creation, and what asks their functions.
    pub(super) fn own(&mut self, contracts: &Contracts, cast: &Cast) -> Result<Vec<Asked>, Problem> {
        know_everybody(&mut self.wiring, contracts, cast);
        let Prepared { script, asked } = prepare(self.artifacts, &self.wiring, &mut self.book)?;
        // Blocks pass at the end of a deployment.
        let last = self.sends.iter().rposition(|step| matches!(step, Setup::Pass { .. })).unwrap_or(self.sends.len());
        self.sends.splice(last..last, script);
        Ok(asked)
    }
}

/// The same on a deployment that somebody else made.
pub fn beside(artifacts: &Artifacts, contracts: &Contracts, cast: &Cast, book: &mut Book) -> Result<Prepared, Problem> {
    let mut wiring = Wiring::default();
    know_core(&mut wiring, contracts);
    know_everybody(&mut wiring, contracts, cast);
    prepare(artifacts, &wiring, book)
}

fn prepare(artifacts: &Artifacts, wiring: &Wiring, book: &mut Book) -> Result<Prepared, Problem> {
    let auditor = Key::of(AUDITOR).address();
    let (mut script, mut set_ups) = (Vec::new(), Vec::new());
    for (nonce, (name, file)) in (0..).zip(&artifacts.own) {
        let artifact = artifacts.get(name);
        let told = |problem: Problem| problem.hint(GIVEN).at(file.display());
        let arguments = wiring.constructor(artifact).map_err(told)?;
        let address = auditor.create(nonce);
        if book.address(name).is_some() {
            return Err(Problem::new(format!("{name} is somebody else's name")).at(file.display()));
        }
        book.add(name, Role::Auditor, address, Some(name));
        let init_code = [&artifact.creation[..], &arguments].concat().into();
        script.push(Setup::Create { from: auditor, init_code, address });
        if let Some(data) = wiring.longest_call("setUp", artifact).map_err(told)? {
            let (data, value) = (data.into(), U256::ZERO);
            set_ups.push(Setup::Send(Transaction { from: auditor, to: address, data, value }));
        }
    }
    script.extend(set_ups);
    let asked = |own: own::Own| {
        let to = book.address(&own.contract).expect("it is in the book");
        let view = Transaction { from: auditor, to, data: own.input.clone(), value: U256::ZERO };
        Asked { own, view }
    };
    let own = own::of(artifacts.own.iter().map(|(name, _)| artifacts.get(name)))?;
    Ok(Prepared { script, asked: own.into_iter().map(asked).collect() })
}

fn know_everybody(wiring: &mut Wiring, contracts: &Contracts, cast: &Cast) {
    wiring.know(Thing::RewardsCoordinator, contracts.rewards_coordinator);
    wiring.know(Thing::StrategyFactory, contracts.strategy_factory);
    wiring.know(Thing::Operators, Given::Addresses(cast.operators.clone()));
    wiring.know(Thing::Stakers, Given::Addresses(cast.stakers.clone()));
    wiring.know(Thing::Avss, Given::Addresses(cast.avss.clone()));
    wiring.know(Thing::Strategies, Given::Addresses(cast.strategies.clone()));
    wiring.know(Thing::Tokens, Given::Addresses(cast.tokens.clone()));
}
