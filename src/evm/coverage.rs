//! Edge coverage, recorded by the jump instructions themselves.
//!
//! `JUMP` and `JUMPI` are replaced in the instruction table, which costs next to nothing; an inspector would be asked at
//! every opcode. An edge has a number of its own, so there are no collisions: each code that the world knows owns a range
//! with two numbers for each of its bytes. A branch at `pc` is edge `2 pc` or `2 pc + 1`; a jump to `dest` is edge
//! `2 dest`, which no branch can be, because a jump destination is no branch.

use alloy_primitives::{B256, Bytes, map::B256HashMap};
use revm::{
    bytecode::opcode::{JUMP, JUMPI},
    handler::instructions::EthInstructions,
    interpreter::{
        Instruction, InstructionContext, InstructionExecResult,
        instructions::control,
        interpreter::{EthInterpreter, ExtBytecode},
        interpreter_types::{Jumps, LegacyBytecode},
    },
};

use super::Host;

/// Number of an edge.
pub type Edge = u32;

/// The base of code that has no edges.
const NO_EDGES: Edge = Edge::MAX;

/// Codes whose place in memory is known, at most.
const KNOWN: usize = 256;

/// The edges that were taken since the last [`EdgeMap::clear`], with how often.
#[derive(Debug, Default)]
pub struct EdgeMap {
    /// How often each edge was taken, up to 255.
    hits: Vec<u8>,
    /// The edges whose count is not zero, in order of first use.
    taken: Vec<Edge>,
    /// First edge of each code.
    bases: B256HashMap<Edge>,
    /// The same with the code, in the order of registration.
    codes: Vec<(Edge, Bytes)>,
    /// First edge of the code at an address in memory, at a place that follows from the address: contracts call each other all
    /// the time, and a hash is dearer to look up.
    known: Vec<(usize, Edge)>,
    /// The code that ran last.
    current: (usize, Edge),
}

impl EdgeMap {
    /// Gives a code its range of edges, if it has none yet. The order of registration numbers the edges, so it must not
    /// depend on what is executed.
    pub(super) fn register(&mut self, code_hash: B256, code: Bytes) {
        let next = number(self.hits.len());
        if *self.bases.entry(code_hash).or_insert(next) == next {
            self.hits.resize(self.hits.len() + 2 * (code.len() + 1), 0);
            self.codes.push((next, code));
        }
        self.forget_addresses();
    }

    /// Forgets where codes are in memory: some may be gone, and others in their place.
    pub(super) fn forget_addresses(&mut self) {
        self.known.clear();
        self.current = (0, NO_EDGES);
    }

    /// The codes that have edges, each with the number of its first.
    pub fn codes(&self) -> impl Iterator<Item = (Edge, &[u8])> {
        self.codes.iter().map(|(first, code)| (*first, code.as_ref()))
    }

    /// Forgets what was taken.
    pub fn clear(&mut self) {
        for edge in self.taken.drain(..) {
            self.hits[edge as usize] = 0;
        }
    }

    /// The edges taken, in order of first use.
    pub fn taken(&self) -> &[Edge] {
        &self.taken
    }

    /// How often `edge` was taken, up to 255.
    pub fn hits(&self, edge: Edge) -> u8 {
        self.hits[edge as usize]
    }

    /// How many edges there can be.
    pub fn capacity(&self) -> usize {
        self.hits.len()
    }

    #[expect(clippy::inline_always, reason = "every twentieth instruction is a jump")]
    #[inline(always)]
    fn record(&mut self, code: &ExtBytecode, offset: usize) {
        let address = code.bytecode_slice().as_ptr() as usize;
        if self.current.0 != address {
            self.current = (address, self.base(address, code));
        }
        if self.current.1 == NO_EDGES {
            return;
        }
        let edge = self.current.1 + number(offset);
        let hits = &mut self.hits[edge as usize];
        if *hits == 0 {
            self.taken.push(edge);
        }
        *hits = hits.saturating_add(1);
    }

    #[cold]
    fn base(&mut self, address: usize, code: &ExtBytecode) -> Edge {
        // Code is large: what is in the middle of an address tells codes apart.
        let place = (address >> 6) % KNOWN;
        if let Some((known, base)) = self.known.get(place)
            && *known == address
        {
            return *base;
        }
        let Some(base) = code.hash().and_then(|hash| self.bases.get(&hash).copied()) else {
            // Init code, or a contract born during a run. Not remembered: its memory may soon hold another code.
            return NO_EDGES;
        };
        self.known.resize(KNOWN, (0, NO_EDGES));
        self.known[place] = (address, base);
        base
    }
}

/// Contracts are small: all of a world's together have far fewer than 2^32 bytes.
#[inline]
fn number(offset: usize) -> Edge {
    Edge::try_from(offset).expect("codes are small")
}

/// Replaces the jumps by jumps that record themselves.
pub(super) fn instrument(instructions: &mut EthInstructions<EthInterpreter, Host>) {
    let table = instructions.instruction_table_mut();
    table[JUMP as usize] = Instruction::new(jump);
    table[JUMPI as usize] = Instruction::new(jumpi);
}

/// Where a jump went is read off the counter after it: one that fails goes nowhere.
fn jump(context: InstructionContext<'_, Host, EthInterpreter>) -> InstructionExecResult {
    let InstructionContext { interpreter, host } = context;
    control::jump(InstructionContext { interpreter: &mut *interpreter, host: &mut *host })?;
    let code = &interpreter.bytecode;
    host.chain.edges.record(code, 2 * code.pc());
    Ok(())
}

/// Whether a branch was taken is read off the counter: no branch leads to the instruction that follows it anyway.
fn jumpi(context: InstructionContext<'_, Host, EthInterpreter>) -> InstructionExecResult {
    let InstructionContext { interpreter, host } = context;
    // The instruction pointer has moved past the opcode already.
    let next = interpreter.bytecode.pc();
    control::jumpi(InstructionContext { interpreter: &mut *interpreter, host: &mut *host })?;
    let code = &interpreter.bytecode;
    let branch = 2 * (next - 1) + usize::from(code.pc() != next);
    host.chain.edges.record(code, branch);
    Ok(())
}
