//! The call that shows the violation, and what should have been instead.

use std::ops::Range;

use alloy_dyn_abi::DynSolValue;
use alloy_primitives::{B256, Bytes, Log, U256, hex, keccak256};

use super::{Writer, solidity::comment};
use crate::{
    call::{Outcome, Transaction},
    limits,
    own::{Asked, Returns},
    timeline::{Effect, Expectation, Expected, Part, PlayedCall, Seen, Timeline},
};

/// What a test of effects needs besides.
pub(super) const EFFECTS: &str = "
    /// What was written and what contracts paid since it is recorded. A sum: it does not matter in which order.
    function effects() internal returns (uint256 sum) {
        Vm.AccountAccess[] memory accesses = vm.stopAndReturnStateDiff();
        for (uint256 i = 0; i < accesses.length; i++) {
            Vm.AccountAccess memory access = accesses[i];
            if (access.kind == 0 && access.value != 0 && !access.reverted && access.accessor.code.length != 0) {
                unchecked {
                    sum += uint256(keccak256(abi.encode(access.accessor, access.account, access.value)));
                }
            }
            for (uint256 j = 0; j < access.storageAccesses.length; j++) {
                Vm.StorageAccess memory slot = access.storageAccesses[j];
                if (!slot.isWrite || slot.reverted || slot.previousValue == slot.newValue) continue;
                unchecked {
                    sum += uint256(keccak256(abi.encode(slot.account, slot.slot, slot.previousValue, slot.newValue)));
                }
            }
        }
    }
";

/// Index of the first call that is of a way out judged by where it led to; of none, the number of calls.
///
/// Where the bug is mended, everybody may leave in another way, and a call of this one may end otherwise. That too is not
/// what was seen.
pub(super) fn way_out(timeline: &Timeline, played: &[PlayedCall]) -> usize {
    let of_exit = || played.iter().position(|call| call.part == Part::Exit);
    let is_open = timeline.expectation.as_ref().is_some_and(|it| it.seen().is_some());
    is_open.then(of_exit).flatten().unwrap_or(played.len())
}

/// Plays the calls of a way out.
pub(super) fn left(calls: Range<usize>) -> Vec<String> {
    if calls.is_empty() {
        return Vec::new();
    }
    let calls: Vec<String> = calls.map(|index| format!("call{}()", index + 1)).collect();
    vec![
        "// Everybody leaves. Nobody can say what should be seen instead, only that it is not all of this.".to_owned(),
        format!("bool seen = {};", calls.join("\n            && ")),
        "require(!seen, REASON);".to_owned(),
    ]
}

impl Writer<'_> {
    /// The call that shows the violation, and what should have been instead.
    pub(super) fn violating(&mut self, call: &PlayedCall, expectation: Option<&Expectation>) -> Vec<String> {
        let Some(sent) = &call.sent else { return vec!["// nothing is sent".to_owned(), "revert(REASON);".to_owned()] };
        match expectation {
            Some(Expectation::Reverts) => {
                let why = "// This must not be possible.".to_owned();
                [self.attempt(call, sent), vec![why, "require(!done, REASON);".to_owned()]].concat()
            }
            Some(Expectation::Succeeds) => {
                let why = "// This must be possible.".to_owned();
                [self.attempt(call, sent), vec![why, "require(done, REASON);".to_owned()]].concat()
            }
            Some(Expectation::RevertsWith(data)) => self.reverting(call, sent, data),
            Some(Expectation::Returns(data)) => self.returning(call, sent, data),
            Some(Expectation::Answers(all)) => [self.recorded(call), self.answering(all)].concat(),
            Some(Expectation::Holds(asked)) => [self.recorded(call), self.holding(asked)].concat(),
            Some(Expectation::Otherwise(seen)) => self.otherwise(call, sent, seen),
            None => self.otherwise(call, sent, &Seen::default()),
        }
    }

    fn answering(&mut self, all: &[Expected]) -> Vec<String> {
        let mut lines = Vec::new();
        for expected in all {
            let seen = expected.seen.as_ref().map_or_else(String::new, |seen| self.words(&expected.right, seen));
            let (right, wanted) = self.comparison(&expected.right);
            lines.push(format!("// Seen: {seen}"));
            lines.push(format!("require({right} == {wanted}, REASON);"));
        }
        lines
    }

    /// The auditor's own function is asked, with the gas that it has in a campaign.
    fn holding(&mut self, asked: &Asked) -> Vec<String> {
        let Asked { own, view } = asked;
        let (to, from) = (self.declared.address(self.book, view.to), self.declared.address(self.book, view.from));
        let (answer, holds) = match own.returns {
            Returns::Nothing => ("", "done"),
            Returns::Flag => {
                (" bytes memory answer", "done && answer.length >= 32 && abi.decode(answer, (uint256)) != 0")
            }
            Returns::Number => (" bytes memory answer", "done && answer.length >= 32"),
        };
        vec![
            format!("// {}.{} must hold, as the auditor wrote it.", comment(&own.contract), comment(&own.function)),
            format!("vm.prank({from}, {from});"),
            format!("(bool done,{answer}) ="),
            format!("    {to}.call{{gas: {}}}(abi.encodeWithSignature(\"{}()\"));", limits::GAS_PER_CALL, own.function),
            format!("require({holds}, REASON);"),
        ]
    }

    fn returning(&mut self, call: &PlayedCall, sent: &Transaction, data: &Bytes) -> Vec<String> {
        let mut lines = self.time_and_sender(call, sent);
        let right = self.decoder.output(sent.to, &sent.data, data);
        lines.push(format!("(bool done, bytes memory answer) = {};", self.raw(sent, &call.outcome)));
        lines.push("require(done, \"the call does not end as recorded\");".to_owned());
        lines.push(format!("// It must return {}", comment(&right)));
        lines.push(format!("require(keccak256(answer) == keccak256(hex\"{}\"), REASON);", hex::encode(data)));
        lines
    }

    fn reverting(&mut self, call: &PlayedCall, sent: &Transaction, data: &Bytes) -> Vec<String> {
        let mut lines = self.time_and_sender(call, sent);
        lines.push(format!("(bool done, bytes memory answer) = {};", self.raw(sent, &call.outcome)));
        lines.push(format!("// It must revert with {}", comment(&self.decoder.error(data))));
        lines.push(format!("require(!done && keccak256(answer) == keccak256(hex\"{}\"), REASON);", hex::encode(data)));
        lines
    }

    /// What was seen must not be seen again: how the call ended, what it announced, wrote and paid, and what contracts
    /// answer then.
    fn otherwise(&mut self, call: &PlayedCall, sent: &Transaction, seen: &Seen) -> Vec<String> {
        let mut lines: Vec<String> = seen.events.as_ref().map(|_| "vm.recordLogs();".to_owned()).into_iter().collect();
        lines.extend(seen.effects.as_ref().map(|_| "vm.startStateDiffRecording();".to_owned()));
        lines.push("bool seen;".to_owned());
        lines.extend(self.ended(call, sent));
        lines.push("// Nobody can say what should be seen instead. Not this.".to_owned());
        if seen.answers.is_empty() && call.succeeded {
            lines.push(
                "// No contract answers otherwise than before it. What else there is to see can tell.".to_owned(),
            );
        }
        lines.extend(seen.events.as_ref().map(|events| {
            let digest = hex::encode(digest(events));
            format!("seen = seen && keccak256(abi.encode(vm.getRecordedLogs())) == hex\"{digest}\";")
        }));
        lines.extend(
            seen.effects.as_ref().map(|effects| format!("seen = seen && effects() == {:#066x};", sum(effects))),
        );
        lines.extend(self.still_seen(seen));
        lines.push("require(!seen, REASON);".to_owned());
        lines
    }

    /// Plays a call, by its name if that can be; whether it ends as it did goes into `seen`.
    fn ended(&mut self, call: &PlayedCall, sent: &Transaction) -> Vec<String> {
        if !call.succeeded || self.understood(sent).is_none() {
            return self.ending(call, sent);
        }
        let (mut lines, expression) = self.prepared(call, sent);
        lines.extend([format!("try {expression} {{"), "    seen = true;".to_owned(), "} catch {}".to_owned()]);
        lines
    }

    /// A call of the way out; after the last, with what is to be seen then.
    pub(super) fn seen_to_end(&mut self, call: &PlayedCall, expectation: Option<&Expectation>) -> Vec<String> {
        let Some(sent) = &call.sent else { return vec!["return true; // nothing is sent".to_owned()] };
        let mut lines = self.ending(call, sent);
        let seen = expectation.and_then(Expectation::seen);
        lines.extend(seen.into_iter().flat_map(|seen| self.still_seen(seen)));
        lines
    }

    /// Whether contracts still answer so.
    fn still_seen(&mut self, seen: &Seen) -> Vec<String> {
        let compared = seen.answers.iter().map(|answer| {
            let (asked, answered) = self.comparison(answer);
            let told = answer.expected.as_ref().map_or_else(String::new, |expected| self.words(answer, expected));
            format!("seen = seen && {asked} == {answered}; // {told}")
        });
        compared.collect()
    }

    /// Plays a call; whether it ends as it did goes into `seen`.
    fn ending(&mut self, call: &PlayedCall, sent: &Transaction) -> Vec<String> {
        let mut lines = self.time_and_sender(call, sent);
        let raw = self.raw(sent, &call.outcome);
        match &call.outcome {
            Outcome::Returned(_) => lines.push(format!("(seen,) = {raw};")),
            Outcome::Reverted(data) => {
                lines.push(format!("(bool done, bytes memory answer) = {raw};"));
                lines.push(format!("// It reverted with {}", comment(&self.decoder.error(data))));
                lines.push(format!("seen = !done && keccak256(answer) == keccak256(hex\"{}\");", hex::encode(data)));
            }
            Outcome::Halted(reason) => {
                lines.push(format!("(bool done,) = {raw};"));
                lines.push(format!("seen = !done; // it halted: {}", comment(reason)));
            }
        }
        lines
    }

    /// The call, whose end is looked at.
    fn attempt(&mut self, call: &PlayedCall, sent: &Transaction) -> Vec<String> {
        let mut lines = self.time_and_sender(call, sent);
        lines.push(format!("(bool done,) = {};", self.raw(sent, &call.outcome)));
        lines
    }
}

/// The sum of the hashes of effects, as [`EFFECTS`] has it.
fn sum(effects: &[Effect]) -> U256 {
    let hash = |effect: &Effect| {
        let words = match *effect {
            Effect::Write { account, slot, before, after } => {
                vec![account.into_word(), slot.into(), before.into(), after.into()]
            }
            Effect::Payment { from, to, wei } => vec![from.into_word(), to.into_word(), wei.into()],
        };
        U256::from_be_bytes(keccak256(words.concat()).0)
    };
    effects.iter().map(hash).fold(U256::ZERO, U256::wrapping_add)
}

/// The hash of events as the cheatcode lists them, encoded.
fn digest(events: &[Log]) -> B256 {
    let log = |event: &Log| {
        let topics = event.topics().iter().map(|topic| DynSolValue::FixedBytes(*topic, 32)).collect();
        let data = DynSolValue::Bytes(event.data.data.to_vec());
        DynSolValue::Tuple(vec![DynSolValue::Array(topics), data, DynSolValue::Address(event.address)])
    };
    keccak256(DynSolValue::Array(events.iter().map(log).collect()).abi_encode())
}
