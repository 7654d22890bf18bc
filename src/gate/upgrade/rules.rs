//! What must hold of an upgrade.

use serde::Serialize;

use crate::gate::divergence::{Key, Kind};

/// What holds of every upgrade that is not meant to break it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Its name for ever.
    pub id: &'static str,
    /// What holds, in a sentence.
    pub statement: &'static str,
}

const fn rule(id: &'static str, statement: &'static str) -> Rule {
    Rule { id, statement }
}

const WORTH: Rule = rule("UPG-01", "No balance, share or sum changes while contracts are upgraded");
const PENDING: Rule =
    rule("UPG-02", "What waits goes on waiting, and nothing else does: withdrawals, deallocations, slashes, delays");
const ROLES: Rule = rule("UPG-03", "Everybody keeps the roles and rights that they have, and nobody gets any");
const INITIALIZED: Rule = rule("UPG-04", "Nobody can initialize what was upgraded");
const POSSIBLE: Rule = rule("UPG-05", "Every transaction of the upgrade succeeds, whatever state the protocol is in");
const ANSWERS: Rule = rule("UPG-06", "The contracts answer what they keep");
const AFTER: Rule = rule("UPG-07", "Every invariant of the candidate holds on calls after the upgrade");
const EXIT: Rule = rule("UPG-08", "After the upgrade everybody can leave with what they are due");
const BETWEEN: Rule =
    rule("UPG-09", "While only some contracts are upgraded, no call that succeeds breaks the accounting");

/// All of them, in order.
pub const RULES: [Rule; 9] = [WORTH, PENDING, ROLES, INITIALIZED, POSSIBLE, ANSWERS, AFTER, EXIT, BETWEEN];

/// What the conditions of violations begin with that are met while some contracts are upgraded.
pub(super) const BETWEEN_PREFIX: &str = "between ";

/// The fields of what waits.
const WAITING: &[&str] = &[
    "sets with slashes that wait",
    "allocation delay",
    "slashable until",
    "deallocation queue",
    "ends of the deallocation queue",
    "allocation",
    "slash count",
    "pending slash ids",
    "burn or redistributable shares by slash id",
    "burnable shares",
    "cumulative withdrawals queued",
    "queued withdrawal roots",
    "withdrawals ever queued",
    "root",
    "staker",
    "delegated to",
    "withdrawer",
    "nonce",
    "start block",
    "strategies and scaled shares",
    "pending",
    "stored",
    "roots and submissions",
    "calculation end",
    "activation",
    "disabling",
    "activation delay",
];

/// The fields of roles and rights.
const RIGHTS: &[&str] = &[
    "owner",
    "reporter",
    "admins",
    "pending admins",
    "appointees",
    "strategy whitelister",
    "unpauser",
    "pausers",
    "paused switches",
    "AVS registrars",
    "updater",
    "claimer",
    "right to submit for all",
    "slasher",
    "redistribution recipient",
    "delegation approver",
];

/// The rule that a divergence breaks.
pub fn of(key: &Key) -> Rule {
    match key.kind {
        Kind::Ledger if RIGHTS.contains(&key.condition.as_str()) => ROLES,
        Kind::Ledger if WAITING.contains(&key.condition.as_str()) => PENDING,
        Kind::Switch => POSSIBLE,
        Kind::Initializer => INITIALIZED,
        Kind::Answers => ANSWERS,
        Kind::Invariant if key.action == "exit" => EXIT,
        Kind::Invariant if key.condition.starts_with(BETWEEN_PREFIX) => BETWEEN,
        Kind::Invariant => AFTER,
        _ => WORTH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_can_be_broken() {
        let key = |action: &str, kind, condition: &str| {
            of(&Key { action: action.to_owned(), kind, condition: condition.to_owned() })
        };
        let broken = [
            key("upgrade", Kind::Ledger, "deposit shares"),
            key("upgrade", Kind::Ledger, "pending slash ids"),
            key("upgrade", Kind::Ledger, "pausers"),
            key("upgrade", Kind::Initializer, "X.initialize"),
            key("upgrade", Kind::Switch, "X"),
            key("upgrade", Kind::Answers, "views"),
            key("staker.deposit", Kind::Invariant, "DEL-01"),
            key("exit", Kind::Invariant, "DEL-01"),
            key("staker.deposit", Kind::Invariant, "between DEL-01"),
        ];
        assert_eq!(broken, RULES);
    }
}
