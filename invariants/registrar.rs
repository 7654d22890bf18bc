//! Registrars: who is asked when operators come and leave, what comes of the answer, and of calls back.

use alloy_primitives::{Address, FixedBytes};

use crate::{
    applies_if,
    call::{Movement, Operation, Reaction, SetId},
    invariants::sentence,
    ledger::{Membership, Notice, Permission, Registrar},
    must,
    oracle::{Assumption, Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "REG",
    title: "Registrars",
    assumes: "AVSs are accounts without code, so that one without a registrar has nobody to answer for it.",
    invariants: &[&TOLD, &ENTRY, &EXIT, &OPEN_DOORS, &IN_ORDER, &NO_RIGHTS, &SERVED],
};

/// Operators that were asked to come or to leave.
struct Asked<'a> {
    movement: Movement,
    operator: Address,
    avs: Address,
    ids: &'a [u32],
}

/// What a call asked of a registrar, however it ended.
fn asked<'a>(step: &Step<'a>) -> Option<Asked<'a>> {
    let (movement, operator, avs, ids) = match &step.call.operation {
        Operation::RegisterForSets { operator, avs, ids } => (Movement::Coming, operator, avs, ids),
        Operation::DeregisterFromSets { operator, avs, ids } => (Movement::Leaving, operator, avs, ids),
        _ => return None,
    };
    Some(Asked { movement, operator: *operator, avs: *avs, ids })
}

/// The registrar that was asked, before and after.
fn registrar<'a>(step: &Step<'a>, avs: Address) -> Option<(&'a Registrar, &'a Registrar)> {
    let address = step.before.registrar_of(avs)?;
    Some((step.before.registrar(address)?, step.after.registrar(address)?))
}

/// How the operator moved: as it was asked, and then, if the registrar was let in with that, as it called back.
fn movements(step: &Step<'_>, asked: &Asked<'_>) -> Vec<Movement> {
    let mut movements = vec![asked.movement];
    let Some((was, is)) = registrar(step, asked.avs) else { return movements };
    if is.entered > was.entered {
        match was.conduct.reaction {
            Reaction::Repeat => movements.push(asked.movement),
            Reaction::Undo => movements.push(asked.movement.opposite()),
            _ => {}
        }
    }
    movements
}

fn word(movement: Movement) -> &'static str {
    match movement {
        Movement::Coming => "came",
        Movement::Leaving => "left",
    }
}

const TOLD: Invariant = Invariant {
    id: "REG-01",
    statement: "A registrar is told of everybody who comes and leaves, with the sets, and of nobody else.",
    formula: "successful (de)registerForOperatorSets(o, avs, ids): one call (de)registerOperator(o, avs, ids) of avs's registrar; no \
              other call of any",
    why: "An AVS gives work to whom its registrar knows. Somebody of whom it was not told works without stake, or has stake \
          without work.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::WilfulRegistrars],
    scope: Scope::REST,
    check: |step| {
        applies_if!(step.touched.rest());
        let asked = asked(step).filter(|_| step.succeeded());
        let told = asked.as_ref().and_then(|asked| step.before.registrar_of(asked.avs));
        let mut exercised = false;
        for (was, is) in step.before.registrars.iter().zip(&step.after.registrars) {
            let asked = asked.as_ref().filter(|_| told == Some(was.address));
            let moved = asked.map(|asked| movements(step, asked)).unwrap_or_default();
            exercised |= asked.is_some();
            for movement in [Movement::Coming, Movement::Leaving] {
                let due = moved.iter().filter(|moved| **moved == movement).count();
                let times = is.times(movement).wrapping_sub(was.times(movement));
                must!(
                    times == due as u64,
                    "{} was told {times} times that somebody {}, and {due} did",
                    step.name(was.address),
                    word(movement),
                );
            }
            let due = asked.map_or(was.notice, |asked| Notice::of(asked.operator, asked.avs, asked.ids));
            must!(
                is.notice == due,
                "{} was told of {} and {} and sets with the hash {}, and it was about {} and {} and {}",
                step.name(was.address),
                step.name(is.notice.operator),
                step.name(is.notice.avs),
                is.notice.ids,
                step.name(due.operator),
                step.name(due.avs),
                due.ids,
            );
        }
        Verdict::holds_if(exercised)
    },
};

/// Whether a call that asked for `movement` met somebody who refuses.
fn refused(step: &Step<'_>, movement: Movement) -> Verdict {
    let Some(asked) = asked(step).filter(|asked| asked.movement == movement) else { return Verdict::NotApplicable };
    applies_if!(!step.before.lets(asked.avs, movement));
    must!(
        !step.succeeded(),
        "{} {}, and who answers for {} refused it",
        step.name(asked.operator),
        word(movement),
        step.name(asked.avs),
    );
    Verdict::Holds
}

const ENTRY: Invariant = Invariant {
    id: "REG-02",
    statement: "Whom the registrar refuses does not come.",
    formula: "registerForOperatorSets(o, avs, ids) fails if registerOperator of avs's registrar does, or if nobody answers for avs",
    why: "It is the AVS that decides who serves it. Whoever comes in against its will shares its rewards, and it cannot know it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::WilfulRegistrars],
    scope: Scope::MEMBERSHIPS,
    check: |step| refused(step, Movement::Coming),
};

const EXIT: Invariant = Invariant {
    id: "REG-03",
    statement: "Whom the registrar does not let go stays.",
    formula: "deregisterFromOperatorSets(o, avs, ids) fails if deregisterOperator of avs's registrar does",
    why: "What the AVS counts and what the protocol counts would differ for ever. That an AVS can keep its operators is a risk \
          that they take when they come.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::WilfulRegistrars],
    scope: Scope::MEMBERSHIPS,
    check: |step| refused(step, Movement::Leaving),
};

/// Selectors of the functions that ask for a permission. A test compares them with their signatures.
mod selector {
    pub const REGISTER: [u8; 4] = [0xad, 0xc2, 0xe3, 0xd9];
    pub const DEREGISTER: [u8; 4] = [0x6e, 0x34, 0x92, 0xb5];
    pub const MODIFY_ALLOCATIONS: [u8; 4] = [0x95, 0x28, 0x99, 0xee];
    pub const SET_REGISTRAR: [u8; 4] = [0xd3, 0xd9, 0x6f, 0xf4];
    pub const MODIFY_DETAILS: [u8; 4] = [0x54, 0xb7, 0xc9, 0x6c];
}

/// Whether `caller` may move the operator.
fn may_move(step: &Step<'_>, asked: &Asked<'_>, movement: Movement, caller: Address) -> bool {
    let may = |account: Address, selector: [u8; 4]| {
        let permission = Permission { target: step.before.terms.managers.allocation, selector: FixedBytes(selector) };
        step.before.can_call(account, caller, permission)
    };
    match movement {
        Movement::Coming => may(asked.operator, selector::REGISTER),
        Movement::Leaving => may(asked.operator, selector::DEREGISTER) || may(asked.avs, selector::DEREGISTER),
    }
}

/// The switch for coming and leaving.
const REGISTRATION_SWITCH: usize = 2;

/// Whether nothing but the registrar could keep the operator from moving.
fn is_due(step: &Step<'_>, asked: &Asked<'_>) -> bool {
    let (ledger, manager) = (step.before, step.before.terms.managers.allocation);
    let Some(operator) = ledger.operator_index(asked.operator) else { return false };
    let free = |(at, id): (usize, &u32)| {
        let Some(set) = ledger.sets.iter().position(|set| set.id.avs == asked.avs && set.id.id == *id) else {
            return false;
        };
        let membership = &ledger.operators[operator].memberships[set];
        let movable = match asked.movement {
            Movement::Coming => !membership.is_slashable(ledger.block),
            Movement::Leaving => membership.registered,
        };
        movable && ledger.sets[set].exists && !asked.ids[..at].contains(id)
    };
    ledger.is_operator(asked.operator)
        && !ledger.control.paused(manager).bit(REGISTRATION_SWITCH)
        && may_move(step, asked, asked.movement, step.call.actor)
        && asked.ids.iter().enumerate().all(free)
}

const OPEN_DOORS: Invariant = Invariant {
    id: "REG-04",
    statement: "Whom the registrar lets come or go does, if nothing else is in the way.",
    formula: "who may act, not paused, isOperator(o), sets that exist, not slashable before coming, registered before leaving, and \
              the registrar does not revert: the call succeeds",
    why: "An operator that cannot leave is held hostage. It must not need anybody's consent but its AVS's, and of that only to \
          what it asks.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::MEMBERSHIPS,
    check: |step| {
        let Some(asked) = asked(step) else { return Verdict::NotApplicable };
        applies_if!(step.before.lets(asked.avs, asked.movement) && is_due(step, &asked));
        must!(
            step.succeeded(),
            "{} could not be moved in or out of sets of {}, and its registrar would have let it",
            step.name(asked.operator),
            step.name(asked.avs),
        );
        Verdict::Holds
    },
};

/// What a movement makes of a membership; `None` if it must fail.
fn moved(step: &Step<'_>, membership: &Membership, movement: Movement) -> Option<Membership> {
    let mut moved = membership.clone();
    let possible = match movement {
        Movement::Coming => !membership.is_slashable(step.before.block),
        Movement::Leaving => membership.registered,
    };
    moved.registered = movement == Movement::Coming;
    if movement == Movement::Leaving {
        let until = step.before.block + step.before.terms.deallocation_delay;
        moved.slashable_until = u32::try_from(until).ok()?;
    }
    possible.then_some(moved)
}

const IN_ORDER: Invariant = Invariant {
    id: "REG-05",
    statement: "What a registrar calls back is as if it was called afterwards.",
    formula: "with a call back in (de)registerOperator: registered(o,e) and slashableUntil(o,e) are those of the call, then of the \
              call back; a call back that would fail afterwards fails",
    why: "An operator that is half in, or half out, could leave twice, come back while it can be slashed, or be told of twice.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::WilfulRegistrars],
    scope: Scope::MEMBERSHIPS.that_succeeded(),
    check: |step| {
        let Some(asked) = asked(step).filter(|_| step.succeeded()) else { return Verdict::NotApplicable };
        let (Some((was, _)), Some(operator)) = (registrar(step, asked.avs), step.before.operator_index(asked.operator))
        else {
            return Verdict::NotApplicable;
        };
        applies_if!(matches!(was.conduct.reaction, Reaction::Repeat | Reaction::Undo));
        let movements = movements(step, &asked);
        for (set, id) in step.before.sets.iter().map(|set| set.id).enumerate() {
            let named = id.avs == asked.avs && asked.ids.contains(&id.id);
            let (before, after) =
                (&step.before.operators[operator].memberships[set], &step.after.operators[operator].memberships[set]);
            let due = movements.iter().filter(|_| named).try_fold(before.clone(), |at, to| moved(step, &at, *to));
            let place = || format!("{} in {}", sentence::operator(step, operator), sentence::set(step, id));
            let Some(due) = due else {
                return Verdict::Violated(format!(
                    "{} was let in when it called back about {}",
                    step.name(was.address),
                    place()
                ));
            };
            must!(
                (due.registered, due.slashable_until) == (after.registered, after.slashable_until),
                "{} was to be registered: {}, slashable until {}; it is {}, {}",
                place(),
                due.registered,
                due.slashable_until,
                after.registered,
                after.slashable_until,
            );
        }
        Verdict::Holds
    },
};

/// Whether the registrar has the right to what it calls back.
fn has_right(step: &Step<'_>, asked: &Asked<'_>, registrar: &Registrar) -> bool {
    let managers = &step.before.terms.managers;
    let may = |account: Address, target: Address, selector: [u8; 4]| {
        let permission = Permission { target, selector: FixedBytes(selector) };
        step.before.can_call(account, registrar.address, permission)
    };
    match registrar.conduct.reaction {
        Reaction::None => false,
        Reaction::Repeat => may_move(step, asked, asked.movement, registrar.address),
        Reaction::Undo => may_move(step, asked, asked.movement.opposite(), registrar.address),
        Reaction::Slash => {
            let mut sets = asked.ids.iter().map(|id| SetId { avs: asked.avs, id: *id });
            sets.any(|set| step.before.may_slash(set, registrar.address))
        }
        Reaction::Allocate => may(asked.operator, managers.allocation, selector::MODIFY_ALLOCATIONS),
        Reaction::Replace => may(asked.avs, managers.allocation, selector::SET_REGISTRAR),
        Reaction::Approve => may(asked.operator, managers.delegation, selector::MODIFY_DETAILS),
    }
}

const NO_RIGHTS: Invariant = Invariant {
    id: "REG-06",
    statement: "Being asked gives a registrar no rights.",
    formula: "a call back in (de)registerOperator succeeds only if canCall(account, registrar, target, function) for whose account \
              it needs",
    why: "The registrar is the AVS's choice, not the operator's. If it could act for either because it was asked, an AVS could \
          slash, allocate and deregister through it what it may not itself.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::WilfulRegistrars],
    scope: Scope::MEMBERSHIPS.that_succeeded(),
    check: |step| {
        let Some(asked) = asked(step).filter(|_| step.succeeded()) else { return Verdict::NotApplicable };
        let Some((was, is)) = registrar(step, asked.avs) else { return Verdict::NotApplicable };
        applies_if!(is.attempts > was.attempts && !has_right(step, &asked, was));
        must!(
            is.entered == was.entered,
            "{} was asked by {}, called back to {}, and was let in without the right",
            step.name(was.address),
            step.name(asked.operator),
            sentence::word(was.conduct.reaction),
        );
        Verdict::Holds
    },
};

const SERVED: Invariant = Invariant {
    id: "REG-07",
    statement: "An AVS's registrar is one that said it serves it, and stays it until another is set.",
    formula: "registrar(avs) changes only in setAVSRegistrar(avs, r), to r, with supportsAVS(avs) of r before it",
    why: "A registrar that does not know the AVS answers for it what it likes; an account without code lets nobody in or out.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::WilfulRegistrars],
    scope: Scope::REST,
    check: |step| {
        applies_if!(step.touched.rest());
        let set = match step.call.operation {
            Operation::SetAvsRegistrar { avs, registrar } if step.succeeded() => Some((avs, registrar)),
            _ => None,
        };
        for ((avs, was), (_, is)) in step.before.control.registrars.iter().zip(&step.after.control.registrars) {
            let due = set.filter(|(of, _)| of == avs).map_or(*was, |(_, to)| to);
            must!(
                *is == due,
                "{} has {} for its registrar, which is {}",
                step.name(*avs),
                step.name(*is),
                step.name(due),
            );
        }
        let Some((avs, registrar)) = set else { return Verdict::NotApplicable };
        must!(
            step.before.serves(registrar),
            "{} took {} for its registrar, which does not serve it",
            step.name(avs),
            step.name(registrar),
        );
        Verdict::Holds
    },
};

#[cfg(test)]
#[path = "registrar/tests.rs"]
mod tests;
