//! Roots: none is lost or changed, and each waits.

use super::done;
use crate::{
    applies_if,
    call::RewardsOperation,
    ledger::DistributionRoot,
    must,
    oracle::{Checkpoint, Invariant, Scope, Verdict},
};

pub(super) const APPENDED: Invariant = Invariant {
    id: "REW-05",
    statement: "Roots are added at the end, for later and later times; of an older one nothing changes but that it is disabled, \
                and that only before it counts.",
    formula: "roots' == roots + new; ends strictly ascend and the last is currRewardsCalculationEndTimestamp; disabled' != \
              disabled implies disabled' and block.timestamp < activatedAt",
    why: "Claims name roots by number, and old ones can be claimed from for ever. One that changed, or two for one time, pay \
          what was never earned.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::REWARDS,
    check: |step| {
        applies_if!(step.touched.rewards());
        let (was, is) = (&step.before.rewards, &step.after.rewards);
        must!(is.roots.len() >= was.roots.len(), "there were {} roots and are {}", was.roots.len(), is.roots.len());
        let mut exercised = is.roots.len() > was.roots.len();
        for (index, (old, new)) in was.roots.iter().zip(&is.roots).enumerate() {
            let mut expected = old.clone();
            expected.disabled |= new.disabled && step.before.timestamp < u64::from(old.activated_at);
            exercised |= old.disabled != new.disabled;
            must!(same(&expected, new), "root {index} was {} and is {}", told(old), told(new));
        }
        for pair in is.roots.windows(2) {
            let [earlier, later] = [&pair[0], &pair[1]].map(|root| root.calculation_end);
            must!(earlier < later, "a root until {later} follows one until {earlier}");
        }
        if let Some(last) = is.roots.last() {
            must!(
                last.calculation_end == is.calculation_end,
                "the last root is until {}, and the coordinator says {}",
                last.calculation_end,
                is.calculation_end,
            );
        }
        Verdict::holds_if(exercised)
    },
};

fn same(a: &DistributionRoot, b: &DistributionRoot) -> bool {
    let words = |root: &DistributionRoot| (root.root, root.calculation_end, root.activated_at, root.disabled);
    words(a) == words(b)
}

fn told(root: &DistributionRoot) -> String {
    let state = if root.disabled { "disabled" } else { "not disabled" };
    format!("until {}, counting from {}, {state}", root.calculation_end, root.activated_at)
}

pub(super) const ROOT_WAITS: Invariant = Invariant {
    id: "REW-10",
    statement: "A root is for a time that is over, and counts once the whole activation delay is.",
    formula: "submitRoot(root, end): end < block.timestamp and activatedAt == block.timestamp + activationDelay",
    why: "While a root waits everybody can compute it again, and a wrong one is taken back. A root for a time that is not over \
          takes what others will earn.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::REWARDING.that_succeeded(),
    check: |step| {
        let Some(RewardsOperation::SubmitRoot { distribution, .. }) = done(step) else {
            return Verdict::NotApplicable;
        };
        let now = step.before.timestamp;
        let known = step.before.rewards.roots.len();
        let new = step.after.rewards.roots.get(known..).unwrap_or_default();
        must!(new.len() == 1, "one root was submitted, and {} are new", new.len());
        let counts = now.saturating_add(u64::from(step.before.rewards.activation_delay));
        must!(new[0].root == distribution.root(), "another root than the one submitted was noted");
        must!(
            u64::from(new[0].activated_at) == counts && !new[0].disabled,
            "a root of {now} that waits {} seconds is {}",
            step.before.rewards.activation_delay,
            told(&new[0]),
        );
        must!(u64::from(new[0].calculation_end) < now, "a root of {now} is until {}", new[0].calculation_end);
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{call::Distribution, invariants::rewards::scene::Claimed};

    fn submitted() -> Claimed {
        let distribution = Distribution::default();
        let mut scene = Claimed::instead(RewardsOperation::SubmitRoot { distribution, ago: 1 });
        let rewards = &mut scene.after.rewards;
        rewards.roots.push(DistributionRoot {
            calculation_end: 1_749_999_999,
            activated_at: 1_750_000_060,
            ..DistributionRoot::default()
        });
        rewards.calculation_end = 1_749_999_999;
        scene
    }

    #[test]
    fn rew_05() {
        let mut scene = submitted();
        assert_eq!(scene.judge(&APPENDED), Verdict::Holds);
        scene.after.rewards.roots[0].disabled = true;
        assert!(matches!(scene.judge(&APPENDED), Verdict::Violated(_)), "it counts already");
        scene.before.timestamp = u64::from(scene.before.rewards.roots[0].activated_at) - 1;
        assert_eq!(scene.judge(&APPENDED), Verdict::Holds, "it waits");
        scene.before.rewards.roots[0].disabled = true;
        scene.after.rewards.roots[0].disabled = false;
        assert!(matches!(scene.judge(&APPENDED), Verdict::Violated(_)), "for ever");
        let mut scene = submitted();
        scene.after.rewards.roots[1].calculation_end = 1_000;
        scene.after.rewards.calculation_end = 1_000;
        assert!(matches!(scene.judge(&APPENDED), Verdict::Violated(_)), "the same time again");
        let mut scene = submitted();
        scene.after.rewards.calculation_end += 1;
        assert!(matches!(scene.judge(&APPENDED), Verdict::Violated(_)), "another time than the last root's");
        scene.after.rewards.roots.clear();
        assert!(matches!(scene.judge(&APPENDED), Verdict::Violated(_)), "lost");
        assert_eq!(Claimed::new().judge(&APPENDED), Verdict::NotApplicable);
    }

    #[test]
    fn rew_10() {
        let mut scene = submitted();
        assert_eq!(scene.judge(&ROOT_WAITS), Verdict::Holds);
        scene.after.rewards.roots[1].activated_at -= 1;
        assert!(matches!(scene.judge(&ROOT_WAITS), Verdict::Violated(_)), "a second too early");
        let mut scene = submitted();
        scene.after.rewards.roots[1].calculation_end = 1_750_000_000;
        assert!(matches!(scene.judge(&ROOT_WAITS), Verdict::Violated(_)), "not over");
        assert_eq!(Claimed::new().judge(&ROOT_WAITS), Verdict::NotApplicable);
    }
}
