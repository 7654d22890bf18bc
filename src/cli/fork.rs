//! What a campaign plays: contracts that it deploys, or those that live on a node.

use alloy_primitives::B256;

use crate::{
    artifact::Artifacts,
    config::{ForkSettings, Settings},
    invariants::{Needs, needs},
    own::is_own,
    problem::Problem,
    protocol::{Protocol, eigenlayer::EigenLayer},
};

/// What is played.
pub(super) struct Subject {
    pub protocol: EigenLayer,
    /// What was asked of a node for it.
    fork: Option<Asked>,
}

#[cfg(feature = "anvil")]
type Asked = std::sync::Arc<crate::node::Fork>;

/// There are no nodes.
#[cfg(not(feature = "anvil"))]
type Asked = std::convert::Infallible;

impl Subject {
    /// What `settings` name; `load` makes the contracts of a release.
    pub fn of(settings: &mut Settings, load: impl FnOnce(&str) -> Result<Artifacts, Problem>) -> Result<Self, Problem> {
        let Some(fork) = &settings.fork else {
            let artifacts = load(settings.release.name)?;
            return Ok(Self { protocol: EigenLayer::in_world(artifacts, settings.world)?, fork: None });
        };
        let subject = Self::forked(fork, load)?;
        // What came before is nobody's history here. Whoever is not named may have shares: what adds up over those who are
        // says nothing, and the model knows too little.
        let enough: &[Needs] = if subject.protocol.has_all_stakers() {
            &[Needs::Nothing, Needs::AllStakers, Needs::Model]
        } else {
            &[Needs::Nothing]
        };
        let judged = &mut settings.options.invariants;
        judged.retain(|invariant| is_own(invariant.id) || enough.contains(&needs(invariant)));
        if judged.is_empty() {
            return Err(Problem::new("no invariant is left that can be judged without history")
                .hint("leave --invariants out; all_stakers = true in the deployment lets more be judged"));
        }
        Ok(subject)
    }

    /// Identifies the state that it begins with, if that is somebody else's.
    #[cfg(feature = "anvil")]
    pub fn hash(&self) -> Option<B256> {
        self.fork.as_ref().map(|fork| fork.hash())
    }

    #[cfg(not(feature = "anvil"))]
    pub fn hash(&self) -> Option<B256> {
        self.fork.map(|never| match never {})
    }

    /// Keeps what was asked.
    #[cfg(feature = "anvil")]
    pub fn save(&self) -> Result<(), Problem> {
        self.fork.as_ref().map_or(Ok(()), |fork| fork.save())
    }

    #[cfg(not(feature = "anvil"))]
    pub fn save(&self) -> Result<(), Problem> {
        self.fork.map_or(Ok(()), |never| match never {})
    }

    /// Whether something of it could not be read.
    pub fn has_failed(&self) -> bool {
        self.protocol.origin().is_some_and(|origin| origin.backing.failure().is_some())
    }

    /// A deployment that lives on a node.
    #[cfg(feature = "anvil")]
    pub fn forked(
        settings: &ForkSettings,
        load: impl FnOnce(&str) -> Result<Artifacts, Problem>,
    ) -> Result<Self, Problem> {
        use std::{sync::Arc, time::Duration};

        use crate::{
            config::deployment,
            evm::{Backing, Origin},
            node::{Fork, Live},
        };

        /// How long a node has for an answer.
        const PATIENCE: Duration = Duration::from_secs(20);

        let file = &settings.deployment;
        let deployment = deployment(file)?;
        let artifacts = load(deployment.release.name)?;
        let live = Live::connect(&settings.url, settings.block, PATIENCE)?;
        let fork = Arc::new(Fork::open(live, &settings.cache)?);
        let backing: Arc<dyn Backing> = Arc::<Fork>::clone(&fork);
        let origin = Origin { chain_id: fork.chain_id(), block: fork.block(), backing, deployment: file.clone() };
        let told = |problem: Problem| problem.at(file.display());
        let protocol = EigenLayer::forked(artifacts, &deployment, &*fork.live(), origin).map_err(told)?;
        let ledger = fork.ledger(&protocol)?;
        protocol.confirm_on(&*fork.live(), &ledger).map_err(told)?;
        Ok(Self { protocol, fork: Some(fork) })
    }

    #[cfg(not(feature = "anvil"))]
    pub fn forked(_: &ForkSettings, _: impl FnOnce(&str) -> Result<Artifacts, Problem>) -> Result<Self, Problem> {
        Err(Problem::new("this slashproof was built without nodes").hint("build it with the default features"))
    }
}
