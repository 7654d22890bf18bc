//! What went wrong on the way to a campaign, for the person who can mend it: a sentence, and a hint on its own line.
//!
//! One type for all of it, because nobody branches on what kind of bad input it was; everybody prints it and stops with
//! exit code 2. What a protocol does is never a problem: reverts, halts and violations are data.

use std::fmt;

/// Bad input: what, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    sentence: String,
    hint: Option<String>,
}

impl Problem {
    /// A problem without a hint.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), hint: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says where it happened.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.sentence = format!("{place}: {}", self.sentence);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

/// The candidate most like `given`, if one is near enough to be what was meant.
pub fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(given, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len().max(given.len()) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_has_its_own_line() {
        let problem = Problem::new("no such thing").hint("try another").at("here");
        assert_eq!(problem.to_string(), "here: no such thing\nhint: try another");
    }

    #[test]
    fn the_nearest_is_near() {
        assert_eq!(nearest("worker", ["workers", "depth"]), Some("workers"));
        assert_eq!(nearest("colour", ["workers", "depth"]), None);
    }
}
