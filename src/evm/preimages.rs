//! What contracts hash, noted by the instruction itself while a call is traced.

use std::collections::BTreeMap;

use alloy_primitives::{B256, Bytes, U256};
use revm::{
    bytecode::opcode::KECCAK256,
    handler::instructions::EthInstructions,
    interpreter::{
        Instruction, InstructionContext, InstructionExecResult, instructions::system, interpreter::EthInterpreter,
    },
};

use super::Host;

/// What was hashed, by the hash.
pub type Preimages = BTreeMap<B256, Bytes>;

/// The longest that is noted: keys of mappings are short.
const LONGEST: usize = 128;

/// What was hashed since it was switched on.
#[derive(Debug, Default)]
pub(super) struct Hashes {
    pub seen: Preimages,
    pub is_on: bool,
}

/// Replaces the hash by one that notes itself.
pub(super) fn instrument(instructions: &mut EthInstructions<EthInterpreter, Host>) {
    instructions.instruction_table_mut()[KECCAK256 as usize] = Instruction::new(hash);
}

fn hash(context: InstructionContext<'_, Host, EthInterpreter>) -> InstructionExecResult {
    let InstructionContext { interpreter, host } = context;
    if !host.chain.hashes.is_on {
        return system::keccak256(InstructionContext { interpreter, host });
    }
    let operands = (interpreter.stack.peek(0), interpreter.stack.peek(1));
    system::keccak256(InstructionContext { interpreter: &mut *interpreter, host: &mut *host })?;
    // It succeeded, so what was hashed is in memory, and the hash is on the stack.
    if let ((Ok(offset), Ok(length)), Ok(hash)) = (operands, interpreter.stack.peek(0))
        && (U256::ONE..=U256::from(LONGEST)).contains(&length)
    {
        let (offset, length) = (offset.saturating_to::<usize>(), length.to::<usize>());
        let bytes = Bytes::copy_from_slice(&interpreter.memory.slice_len(offset, length));
        host.chain.hashes.seen.insert(hash.into(), bytes);
    }
    Ok(())
}
