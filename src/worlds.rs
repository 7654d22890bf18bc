//! Kinds of world: what surrounds the protocol. Each but the standard one is unusual in one way, so that what is found
//! there has one cause.

use crate::{
    oracle::Assumption,
    problem::{Problem, nearest},
};

/// A kind of world.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name, unique.
    pub name: &'static str,
    /// What is unusual about it, in a sentence.
    pub text: &'static str,
    /// The tokens of strategies A, B and C.
    pub tokens: [TokenKind; 3],
}

/// A kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenKind {
    /// The decimal places that its amounts are shown with.
    pub decimals: u8,
    /// What it does besides moving.
    pub behaviour: Behaviour,
}

/// What a token does besides moving what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Nothing.
    Plain,
}

impl Behaviour {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
        }
    }

    /// What cannot be taken for granted where there is such a token.
    const fn denies(self) -> &'static [Assumption] {
        match self {
            Self::Plain => &[],
        }
    }
}

/// A token that only moves.
const fn plain(decimals: u8) -> TokenKind {
    TokenKind { decimals, behaviour: Behaviour::Plain }
}

/// The world that is played when none is named.
pub const STANDARD: Kind = Kind {
    name: "standard",
    text: "Plain tokens of 18 and 6 decimals, and registrars that let everybody in.",
    tokens: [plain(18), plain(18), plain(6)],
};

const DECIMALS: Kind = Kind {
    name: "decimals",
    text: "Plain tokens of 6 and 27 decimals: amounts are tiny, or near what shares can count.",
    tokens: [plain(6), plain(27), plain(27)],
};

/// Every kind, the standard one first.
pub const KINDS: &[&Kind] = &[&STANDARD, &DECIMALS];

impl Kind {
    /// Whether `assumption` holds here.
    pub fn grants(&self, assumption: Assumption) -> bool {
        !self.tokens.iter().any(|token| token.behaviour.denies().contains(&assumption))
    }
}

/// The kind called `name`.
pub fn find(name: &str) -> Result<&'static Kind, Problem> {
    KINDS.iter().find(|kind| kind.name == name).copied().ok_or_else(|| {
        let problem = Problem::new(format!("there is no world {name:?}"));
        match nearest(name, KINDS.iter().map(|kind| kind.name)) {
            Some(near) => problem.hint(format!("did you mean {near}? slashproof list worlds names them all")),
            None => problem.hint("slashproof list worlds names them all"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_world_grants_everything() {
        assert!(Assumption::ALL.into_iter().all(|assumption| STANDARD.grants(assumption)));
        assert_eq!(find("standard").unwrap(), &STANDARD);
    }

    #[test]
    fn a_typo_is_told_with_what_was_meant() {
        let problem = find("decimal").unwrap_err().to_string();
        assert!(problem.contains("did you mean decimals?"), "{problem}");
    }
}
