//! A trial before a campaign, for contracts that do not say where their variables are: a few calls are played, and the
//! contracts are asked whether the ledger is what they say.

use crate::{call::Call, draw::Dice, executor::Executor, generator::Generator, problem::Problem, protocol::Protocol};

/// Runs of a trial, calls of each, and after how many of them the contracts are asked.
const RUNS: u64 = 3;
const CALLS: usize = 200;
const ASKED_EVERY: usize = 40;

/// Plays and asks. The first answer that differs is a problem.
pub fn hold(protocol: &dyn Protocol) -> Result<(), Problem> {
    let mut executor = Executor::deploy(protocol)?;
    executor.confirm()?;
    for run in 0..RUNS {
        executor.reset();
        let mut dice = Dice::of_run(0, 0, run);
        let generator = Generator::for_run(protocol, &mut dice);
        for played in 1..=CALLS {
            let delay = generator.delay(&mut dice, executor.ledger());
            executor.advance(delay);
            let next = generator.next(&mut dice, executor.ledger()).call;
            let Some((action, actor, operation)) = next else { continue };
            executor.execute(&Call { action, actor, delay, operation });
            if played % ASKED_EVERY == 0 {
                executor.confirm()?;
            }
        }
    }
    Ok(())
}
