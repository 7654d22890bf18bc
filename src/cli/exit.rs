//! Exit codes. Part of the public contract: scripts branch on them.

use std::process::ExitCode;

use crate::{gate::Verdict, report::Judgement};

/// Every selected invariant held and was exercised; of a replay, the violation no longer shows; of a gate, it passes.
pub const HELD: u8 = 0;
/// Something was violated; of a replay, the violation shows again; of a gate, it fails.
pub const VIOLATED: u8 = 1;
/// It could not run, or not with all that it was given: usage, artifacts, deployment, files.
pub const FAILED: u8 = 2;
/// Nothing was violated, but an invariant was never exercised, an action never succeeded, or not all runs were played; of
/// a gate, somebody has to look.
pub const INCONCLUSIVE: u8 = 3;

/// The exit code of a campaign.
pub fn of(judgement: Judgement) -> ExitCode {
    ExitCode::from(match judgement {
        Judgement::Held => HELD,
        Judgement::Violated => VIOLATED,
        Judgement::Inconclusive => INCONCLUSIVE,
    })
}

/// The exit code of a gate.
pub fn of_gate(verdict: Verdict) -> ExitCode {
    ExitCode::from(match verdict {
        Verdict::Pass => HELD,
        Verdict::Fail => VIOLATED,
        Verdict::Inconclusive => INCONCLUSIVE,
    })
}
