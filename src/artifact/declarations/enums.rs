//! The members of enums, out of the text of a source: what is left where the compiler was not asked for syntax trees.

use std::{iter::Peekable, vec};

/// The enums of a source, by their names with that of the contract they are in, with their members in order.
pub(in crate::artifact) fn of_source(text: &str) -> Vec<(String, Vec<String>)> {
    let mut words = words(text).into_iter().peekable();
    let (mut found, mut holder, mut depth) = (Vec::new(), String::new(), 0_usize);
    while let Some(word) = words.next() {
        match word.as_str() {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            "contract" | "interface" | "library" if depth == 0 => holder = words.next().unwrap_or_default(),
            "enum" if depth <= 1 => {
                let name = words.next().unwrap_or_default();
                let name = if depth == 0 { name } else { format!("{holder}.{name}") };
                found.push((name, members(&mut words)));
            }
            _ => {}
        }
    }
    found
}

/// What stands between the braces that follow.
fn members(words: &mut Peekable<vec::IntoIter<String>>) -> Vec<String> {
    if words.next_if(|word| word == "{").is_none() {
        return Vec::new();
    }
    words.take_while(|word| word != "}").filter(|word| word != ",").collect()
}

/// Names, and other characters one by one; without blanks, comments and literals.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest[2..].find("*/").map_or(rest.len(), |end| end + 4)
        } else if first == '"' || first == '\'' {
            literal(rest, first)
        } else if is_name(first) {
            rest.find(|letter| !is_name(letter)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (word, after) = rest.split_at(length);
        if is_name(first) || matches!(word, "{" | "}" | ",") {
            words.push(word.to_owned());
        }
        rest = after;
    }
    words
}

/// Bytes of the literal that `text` begins with.
fn literal(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        if letter == quote && !escaped {
            return at + 1;
        }
        escaped = letter == '\\' && !escaped;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enums_are_named_by_the_contract_they_are_in() {
        let text = "
            enum Top { A }
            // enum Never { X }
            abstract contract C is D(\"enum { \\\" }\") {
                /* enum Never { X } */
                enum Status { INACTIVE, // not yet
                    ACTIVE, /* { */ WITHDRAWN }
                function f() external { string memory s = 'contract X {'; if (a) { b(); } }
                enum Last { B, C }
            }
            interface I { enum Other { Z } }
        ";
        let told: Vec<String> = of_source(text).iter().map(|(name, members)| format!("{name}:{members:?}")).collect();
        let expected = [
            "Top:[\"A\"]",
            "C.Status:[\"INACTIVE\", \"ACTIVE\", \"WITHDRAWN\"]",
            "C.Last:[\"B\", \"C\"]",
            "I.Other:[\"Z\"]",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_ends_too_early_ends() {
        for text in ["enum", "enum A", "enum A {", "contract", "/* enum", "\"", "enum A { B, ü", "contract C { \"\\"] {
            of_source(text);
        }
        assert_eq!(of_source("enum A { B, C"), [("A".to_owned(), vec!["B".to_owned(), "C".to_owned()])]);
    }
}
