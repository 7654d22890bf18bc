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
    /// The AVSs besides those that are somebody's account.
    pub avss: Avss,
    /// What registrars do when operators come and leave.
    pub registrars: Registrars,
}

/// AVSs that are contracts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Avss {
    /// None.
    None,
    /// The examples: a lending market, an insurance fund, a commitment registry.
    Examples,
}

/// A kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenKind {
    /// The decimal places that its amounts are shown with.
    pub decimals: u8,
    /// What it does besides moving.
    pub behaviour: Behaviour,
}

/// What registrars do when they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registrars {
    /// They let everybody in and out.
    Accepting,
    /// They refuse, fail and call back; and not every AVS has one.
    Wilful,
}

/// What a token does besides moving what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Nothing.
    Plain,
    /// Its balances change by themselves, up and down.
    Rebasing,
    /// It keeps a part of every transfer.
    Fee,
    /// It cannot be sent to some.
    Reverting,
    /// It moves neither from nor to some.
    Blacklisting,
    /// It calls those it moves between.
    Calling,
    /// Nothing itself, but EIGEN wraps it, and its strategy is that of EIGEN.
    Wrapped,
    /// Nothing itself, but its strategy takes only so much.
    Limited,
}

impl Behaviour {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Rebasing => "rebasing",
            Self::Fee => "fee",
            Self::Reverting => "reverting",
            Self::Blacklisting => "blacklisting",
            Self::Calling => "calling",
            Self::Wrapped => "wrapped",
            Self::Limited => "limited",
        }
    }

    /// Whether it does nothing besides moving, and only its strategy may be unusual.
    pub const fn only_moves(self) -> bool {
        matches!(self, Self::Plain | Self::Wrapped | Self::Limited)
    }

    /// Whether there can be accounts that it refuses.
    pub const fn bars(self) -> bool {
        matches!(self, Self::Reverting | Self::Blacklisting)
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
    registrars: Registrars::Accepting,
    avss: Avss::None,
};

/// What surrounds a deployment that somebody else made. It is played by nobody, so it is none of the kinds.
pub const LIVE: Kind =
    Kind { name: "live", text: "Whatever there is where somebody else deployed the contracts.", ..STANDARD };

const DECIMALS: Kind = Kind {
    name: "decimals",
    text: "Plain tokens of 6 and 27 decimals: amounts are tiny, or near what shares can count.",
    tokens: [plain(6), plain(27), plain(27)],
    ..STANDARD
};

/// A token of 18 decimals that does more than move.
const fn odd(behaviour: Behaviour) -> TokenKind {
    TokenKind { decimals: 18, behaviour }
}

const REBASING: Kind = Kind {
    name: "rebasing",
    text: "Two tokens whose balances change by themselves, up and down, as those of liquid staking tokens do.",
    tokens: [odd(Behaviour::Rebasing), plain(18), odd(Behaviour::Rebasing)],
    ..STANDARD
};

const FEE: Kind = Kind {
    name: "fee",
    text: "Two tokens that burn a hundredth of every transfer.",
    tokens: [odd(Behaviour::Fee), plain(18), odd(Behaviour::Fee)],
    ..STANDARD
};

const REVERTING: Kind = Kind {
    name: "reverting",
    text: "Two tokens that can be made to fail when they are sent to somebody.",
    tokens: [odd(Behaviour::Reverting), plain(18), odd(Behaviour::Reverting)],
    ..STANDARD
};

const BLACKLISTING: Kind = Kind {
    name: "blacklisting",
    text: "Two tokens with a blacklist: whoever is on it neither sends nor receives.",
    tokens: [odd(Behaviour::Blacklisting), plain(18), odd(Behaviour::Blacklisting)],
    ..STANDARD
};

const CALLBACK: Kind = Kind {
    name: "callback",
    text: "Two tokens that call stakers and recipients when they move, who then call the contracts again.",
    tokens: [odd(Behaviour::Calling), plain(18), odd(Behaviour::Calling)],
    ..STANDARD
};

const EXAMPLES: Kind = Kind {
    name: "examples",
    text: "Three AVSs that live on redistribution: a lending market, an insurance fund, a commitment registry.",
    avss: Avss::Examples,
    ..STANDARD
};

const EIGEN: Kind = Kind {
    name: "eigen",
    text: "Strategy C is that of EIGEN, which no set redistributes: it takes EIGEN, and holds what is wrapped in it.",
    tokens: [plain(18), plain(18), odd(Behaviour::Wrapped)],
    ..STANDARD
};

const LIMITED: Kind = Kind {
    name: "limited",
    text: "Strategies A and C take only so much at once, and hold only so much; the unpauser moves the limits.",
    tokens: [odd(Behaviour::Limited), plain(18), TokenKind { decimals: 6, behaviour: Behaviour::Limited }],
    ..STANDARD
};

const REGISTRARS: Kind = Kind {
    name: "registrars",
    text: "Registrars that refuse, fail, burn gas and call back, and an AVS that has none.",
    registrars: Registrars::Wilful,
    ..STANDARD
};

/// Every kind, the standard one first.
pub const KINDS: &[&Kind] = &[
    &STANDARD,
    &DECIMALS,
    &REBASING,
    &FEE,
    &REVERTING,
    &BLACKLISTING,
    &CALLBACK,
    &REGISTRARS,
    &EIGEN,
    &LIMITED,
    &EXAMPLES,
];

impl Kind {
    /// Whether some token behaves so.
    pub fn has(&self, behaviour: Behaviour) -> bool {
        self.tokens.iter().any(|token| token.behaviour == behaviour)
    }

    /// Whether `assumption` holds here.
    pub fn grants(&self, assumption: Assumption) -> bool {
        match assumption {
            Assumption::NoFee => !self.has(Behaviour::Fee),
            Assumption::NoRebase => !self.has(Behaviour::Rebasing),
            Assumption::PassiveTokens => !self.has(Behaviour::Calling),
            Assumption::CallingTokens => self.has(Behaviour::Calling),
            Assumption::LimitedStrategies => self.has(Behaviour::Limited),
            Assumption::PassiveRegistrars => self.registrars == Registrars::Accepting,
            Assumption::WilfulRegistrars => self.registrars == Registrars::Wilful,
            // What the release is to grant or deny is not denied here.
            Assumption::Redistribution | Assumption::BurnByStrategy | Assumption::FirstDelayWaits => true,
            Assumption::Examples => self.avss == Avss::Examples,
        }
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
    fn every_assumption_is_granted_somewhere() {
        for assumption in Assumption::ALL {
            assert!(KINDS.iter().any(|kind| kind.grants(assumption)), "{assumption}");
        }
        assert_eq!(find("standard").unwrap(), &STANDARD);
    }

    #[test]
    fn a_typo_is_told_with_what_was_meant() {
        let problem = find("decimal").unwrap_err().to_string();
        assert!(problem.contains("did you mean decimals?"), "{problem}");
    }
}
