//! Which lines of the sources a campaign ran, out of the edges it took and the source maps of what was deployed.
//!
//! An edge says where a stretch of code without jumps was entered; all of it ran, up to the jump that ended it. Nothing is
//! played again for it, and campaigns note nothing more than they do anyway: of each edge the runs that took it, until it is
//! common. So what is said is how often a line was run at least.

use std::{collections::BTreeMap, path::PathBuf};

use crate::{
    artifact::{Artifact, Artifacts, SourceMap, StretchKind},
    evm::Edge,
};

/// Lines by file.
pub type Lines = BTreeMap<PathBuf, FileLines>;

/// What of a file was run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileLines {
    /// By line, of those with code: how often it was run, at least.
    pub lines: BTreeMap<usize, u64>,
    /// By line: the function that begins there, and how often it was run, at least.
    pub functions: BTreeMap<usize, (String, u64)>,
}

const STOP: u8 = 0x00;
const JUMP: u8 = 0x56;
const JUMPI: u8 = 0x57;
const JUMPDEST: u8 = 0x5b;
const PUSH0: u8 = 0x5f;
const PUSH32: u8 = 0x7f;
const RETURN: u8 = 0xf3;
const REVERT: u8 = 0xfd;
const INVALID: u8 = 0xfe;
const SELFDESTRUCT: u8 = 0xff;

/// The lines of `artifacts`, and how often they were run. `codes` are all that were deployed, each with the number of its
/// first edge; `taken` are the edges with the runs that took them.
pub fn of<'c>(
    artifacts: &Artifacts,
    codes: impl Iterator<Item = (Edge, &'c [u8])>,
    taken: impl IntoIterator<Item = (Edge, u64)>,
) -> Lines {
    let taken: BTreeMap<Edge, u64> = taken.into_iter().collect();
    let mut lines = Lines::new();
    let mapped: Vec<(&Artifact, &SourceMap)> =
        artifacts.iter().filter_map(|(_, artifact)| Some((artifact, artifact.source_map.as_ref()?))).collect();
    for (first, code) in codes {
        let Some((_, map)) = mapped.iter().find(|(artifact, _)| is_code_of(artifact, code)) else { continue };
        let end = first.saturating_add(2 * Edge::try_from(code.len() + 1).unwrap_or(Edge::MAX / 2));
        let edges: Vec<_> = taken.range(first..end).map(|(edge, runs)| ((edge - first) as usize, *runs)).collect();
        add(&mut lines, map, &times(code, &edges));
    }
    lines
}

/// Whether `code` is what an artifact becomes: the same but for immutables, for which the artifact has zeros.
fn is_code_of(artifact: &Artifact, code: &[u8]) -> bool {
    let runtime = &artifact.runtime;
    runtime.len() == code.len() && runtime.iter().zip(code).all(|(built, there)| *built == 0 || built == there)
}

/// By instruction: how often it was run, at least. `edges` are counted from the beginning of the code, each with the runs that
/// took it. Ways into a stretch are different times that it ran.
fn times(code: &[u8], edges: &[(usize, u64)]) -> Vec<u64> {
    let instructions = instructions(code);
    let index: BTreeMap<usize, usize> = instructions.iter().enumerate().map(|(index, (pc, _))| (*pc, index)).collect();
    let mut times = vec![0; instructions.len()];
    let mut enter = |pc: usize, runs: u64| {
        let Some(first) = index.get(&pc) else { return };
        for (at, (_, opcode)) in instructions.iter().enumerate().skip(*first) {
            times[at] += runs;
            if ends(*opcode) {
                return;
            }
        }
    };
    enter(0, edges.iter().map(|(_, runs)| *runs).max().unwrap_or(0));
    for (edge, runs) in edges {
        let pc = edge / 2;
        match (code.get(pc), edge % 2) {
            (Some(&JUMPDEST), 0) => enter(pc, *runs),
            (Some(&JUMPI), 0) => enter(pc + 1, *runs),
            (Some(&JUMPI), _) => {
                if let Some(to) = index.get(&pc).and_then(|at| pushed(code, &instructions, *at)) {
                    enter(to, *runs);
                }
            }
            _ => {}
        }
    }
    times
}

/// The instructions: where each is, and what.
fn instructions(code: &[u8]) -> Vec<(usize, u8)> {
    let mut all = Vec::new();
    let mut pc = 0;
    while let Some(opcode) = code.get(pc) {
        all.push((pc, *opcode));
        pc += 1 + immediate(*opcode);
    }
    all
}

/// Bytes after an opcode that belong to it.
fn immediate(opcode: u8) -> usize {
    if (PUSH0..=PUSH32).contains(&opcode) { usize::from(opcode - PUSH0) } else { 0 }
}

/// Whether what follows is not run next, or only after a jump.
fn ends(opcode: u8) -> bool {
    matches!(opcode, STOP | JUMP | JUMPI | RETURN | REVERT | INVALID | SELFDESTRUCT)
}

/// The number that was pushed just before the instruction `at`: where a branch leads.
fn pushed(code: &[u8], instructions: &[(usize, u8)], at: usize) -> Option<usize> {
    let (pc, opcode) = instructions[at.checked_sub(1)?];
    let digits =
        code.get(pc + 1..pc + 1 + immediate(opcode)).filter(|digits| !digits.is_empty() && digits.len() <= 4)?;
    Some(digits.iter().fold(0, |number, digit| number << 8 | usize::from(*digit)))
}

fn add(lines: &mut Lines, map: &SourceMap, times: &[u64]) {
    for (stretch, times) in map.stretches().into_iter().zip(times) {
        let Some(stretch) = stretch else { continue };
        let file = lines.entry(stretch.at.file).or_default();
        let most = match stretch.kind {
            StretchKind::Function(name) => &mut file.functions.entry(stretch.at.line).or_insert((name, 0)).1,
            StretchKind::Code => file.lines.entry(stretch.at.line).or_default(),
            StretchKind::Contract => continue,
        };
        *most = (*most).max(*times);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PUSH1 8 JUMPI, PUSH1 1 POP, STOP; then a destination that falls into another, and one that nobody reaches.
    const CODE: [u8; 15] =
        [0x60, 0x08, JUMPI, 0x60, 0x01, 0x50, STOP, 0x50, JUMPDEST, 0x50, JUMPDEST, 0x60, JUMPDEST, JUMP, JUMPDEST];

    fn ran_at(edges: &[(usize, u64)]) -> Vec<(usize, u64)> {
        let instructions = instructions(&CODE);
        let times = times(&CODE, edges);
        instructions.iter().zip(times).filter(|(_, times)| *times > 0).map(|((pc, _), times)| (*pc, times)).collect()
    }

    #[test]
    fn what_follows_an_edge_runs_up_to_the_next_jump() {
        let with = |times: u64, all: &[usize]| all.iter().map(|pc| (*pc, times)).collect::<Vec<_>>();
        assert!(ran_at(&[]).is_empty(), "code that was never entered");
        assert_eq!(ran_at(&[(2 * 2, 3)]), with(3, &[0, 2, 3, 5, 6]), "a branch that was not taken");
        let within = with(2, &[0, 2, 8, 9, 10, 11, 13]);
        assert_eq!(ran_at(&[(2 * 2 + 1, 2)]), within, "one that was, and a destination within");
        assert_eq!(ran_at(&[(2 * 14, 1)]), with(1, &[0, 2, 14]), "a jump");
        assert_eq!(ran_at(&[(2 * 12, 1)]), with(1, &[0, 2]), "what is pushed is no destination");
        let both = [with(5, &[0, 2, 8, 9]), with(9, &[10, 11, 13])].concat();
        assert_eq!(ran_at(&[(2 * 2 + 1, 5), (2 * 10, 4)]), both, "two ways into a stretch");
    }
}
