//! What contracts compare: operands of `EQ`, `LT` and `GT`, noted by the instructions themselves.

use alloy_primitives::U256;
use revm::{
    bytecode::opcode::{EQ, GT, LT},
    handler::instructions::EthInstructions,
    interpreter::{
        Instruction, InstructionContext, InstructionExecResult, instructions::bitwise, interpreter::EthInterpreter,
    },
};

use super::Host;

/// Comparisons of a call that are kept: the last ones, since the one that made it fail is among them.
const KEPT: usize = 8;

/// Numbers below are selectors' positions, flags, loop counters: they say nothing of amounts.
const LEAST: u64 = 256;

/// The last comparisons between different numbers.
#[derive(Debug, Default)]
pub(super) struct Comparisons {
    operands: [(U256, U256); KEPT],
    count: usize,
    is_on: bool,
}

impl Comparisons {
    /// Notes them.
    pub fn noted() -> Self {
        Self { is_on: true, ..Self::default() }
    }

    /// What was compared last, the last first.
    pub fn last(&self) -> impl Iterator<Item = (U256, U256)> {
        let first = self.count.saturating_sub(KEPT);
        (first..self.count).rev().map(|number| self.operands[number % KEPT])
    }

    #[inline]
    fn note(&mut self, left: U256, right: U256) {
        let least = U256::from(LEAST);
        if left != right && left >= least && right >= least {
            self.operands[self.count % KEPT] = (left, right);
            self.count += 1;
        }
    }
}

/// Replaces comparisons by comparisons that note themselves.
pub(super) fn instrument(instructions: &mut EthInstructions<EthInterpreter, Host>) {
    let table = instructions.instruction_table_mut();
    table[EQ as usize] = Instruction::new(|context| noted(context, bitwise::eq));
    table[LT as usize] = Instruction::new(|context| noted(context, bitwise::lt));
    table[GT as usize] = Instruction::new(|context| noted(context, bitwise::gt));
}

#[inline]
fn noted(
    context: InstructionContext<'_, Host, EthInterpreter>,
    compare: impl FnOnce(InstructionContext<'_, Host, EthInterpreter>) -> InstructionExecResult,
) -> InstructionExecResult {
    if context.host.chain.comparisons.is_on {
        let stack = &context.interpreter.stack;
        if let (Ok(left), Ok(right)) = (stack.peek(0), stack.peek(1)) {
            context.host.chain.comparisons.note(left, right);
        }
    }
    compare(context)
}
