//! The words of a source, without its comments, and what they stand in: items, lists, parentheses.

/// A name or a number, a literal with its quotes, or any other character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    /// Counted from one.
    pub(super) line: usize,
}

/// The words of a source, in order.
pub(super) fn of_source(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(first) = rest.chars().next() {
        let comment = comment(rest);
        let length = if let Some(length) = comment {
            length
        } else if first == '"' || first == '\'' {
            literal(rest, first)
        } else if is_of_name(first) {
            rest.find(|letter| !is_of_name(letter)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (word, after) = rest.split_at(length);
        if comment.is_none() && !first.is_whitespace() {
            words.push(Word { text: word, line });
        }
        line += word.bytes().filter(|byte| *byte == b'\n').count();
        rest = after;
    }
    words
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == '$'
}

/// What a literal says, without its quotes; `None` for any other word.
pub(super) fn quoted(word: &str) -> Option<&str> {
    let quote = word.chars().next().filter(|first| ['"', '\''].contains(first))?;
    word[1..].strip_suffix(quote)
}

/// Whether a word is a name or a number.
pub(super) fn is_name(word: &str) -> bool {
    word.starts_with(is_of_name)
}

/// Bytes of the comment that `text` begins with, if it does.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find(['\n', '\r', '\u{2028}', '\u{2029}']).unwrap_or(text.len()));
    }
    let comment = text.strip_prefix("/*")?;
    Some(comment.find("*/").map_or(text.len(), |end| end + 4))
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

/// How deep words stand in parentheses and braces.
#[derive(Clone, Copy, Default)]
struct Depth {
    parentheses: usize,
    braces: usize,
}

impl Depth {
    /// Past this word. What is closed and was never opened is passed over.
    fn pass(&mut self, word: Word<'_>) {
        match word.text {
            "(" => self.parentheses += 1,
            ")" => self.parentheses = self.parentheses.saturating_sub(1),
            "{" => self.braces += 1,
            "}" => self.braces = self.braces.saturating_sub(1),
            _ => {}
        }
    }

    fn is_outside(self) -> bool {
        self.parentheses == 0 && self.braces == 0
    }
}

/// What is declared one after the other: each ends with a semicolon or a closing brace.
pub(super) fn items<'w, 'a>(words: &'w [Word<'a>]) -> Vec<&'w [Word<'a>]> {
    let (mut items, mut start, mut depth) = (Vec::new(), 0, Depth::default());
    for (at, word) in words.iter().enumerate() {
        depth.pass(*word);
        if depth.is_outside() && matches!(word.text, ";" | "}") {
            items.push(&words[start..=at]);
            start = at + 1;
        }
    }
    items.push(&words[start..]);
    items
}

/// The words of an item before its braces, and those between them.
pub(super) fn head_and_body<'w, 'a>(item: &'w [Word<'a>]) -> (&'w [Word<'a>], &'w [Word<'a>]) {
    let Some(open) = outside(item).find(|at| item[*at].text == "{") else { return (item, &[]) };
    let body = &item[open + 1..];
    match body.split_last() {
        Some((last, body)) if last.text == "}" => (&item[..open], body),
        _ => (&item[..open], body),
    }
}

/// The places of words that stand in no parentheses and braces, with those that open them.
pub(super) fn outside(words: &[Word<'_>]) -> impl Iterator<Item = usize> {
    let mut depth = Depth::default();
    words.iter().enumerate().filter_map(move |(at, word)| {
        let is_outside = depth.is_outside();
        depth.pass(*word);
        is_outside.then_some(at)
    })
}

/// What stands between the parentheses that `words` begin with, and what comes after them.
pub(super) fn within<'w, 'a>(words: &'w [Word<'a>]) -> Option<(&'w [Word<'a>], &'w [Word<'a>])> {
    words.first().filter(|first| first.text == "(")?;
    let mut depth = Depth::default();
    let end = words.iter().position(|word| {
        depth.pass(*word);
        depth.is_outside()
    })?;
    Some((&words[1..end], &words[end + 1..]))
}

/// The parts of a list.
pub(super) fn parts<'w, 'a>(words: &'w [Word<'a>], separator: &str) -> Vec<&'w [Word<'a>]> {
    let (mut parts, mut start) = (Vec::new(), 0);
    for at in outside(words).filter(|at| words[*at].text == separator) {
        parts.push(&words[start..at]);
        start = at + 1;
    }
    parts.push(&words[start..]);
    parts
}

/// The path of names that `words` begin with: `A.B` of `A.B(c)`.
pub(super) fn path<'a>(words: &[Word<'a>]) -> Vec<&'a str> {
    let mut path = Vec::new();
    let mut rest = words;
    while let Some((name, after)) = rest.split_first().filter(|(name, _)| is_name(name.text)) {
        path.push(name.text);
        match after.split_first().filter(|(dot, _)| dot.text == ".") {
            Some((_, after)) => rest = after,
            None => break,
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts<'a>(words: &[Word<'a>]) -> Vec<&'a str> {
        words.iter().map(|word| word.text).collect()
    }

    #[test]
    fn comments_are_no_words_and_literals_are_one() {
        let text = "a/*b*/c//d\n'\\'e' \"{\" 1_0.f\n\u{fc}/**/g/* h";
        let literals = ("'\\'e'", "\"{\"");
        let expected = [
            ("a", 1),
            ("c", 1),
            (literals.0, 2),
            (literals.1, 2),
            ("1_0", 2),
            (".", 2),
            ("f", 2),
            ("\u{fc}", 3),
            ("g", 3),
        ];
        assert_eq!(of_source(text).iter().map(|word| (word.text, word.line)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn items_end_where_nothing_is_open() {
        let words = of_source("a; b({c;}) d {e; {f} } g");
        let found: Vec<String> = items(&words).into_iter().map(|item| texts(item).concat()).collect();
        assert_eq!(found, ["a;", "b({c;})d{e;{f}}", "g"]);
        let (head, body) = head_and_body(items(&words)[1]);
        assert_eq!((texts(head).concat(), texts(body).concat()), ("b({c;})d".to_owned(), "e;{f}".to_owned()));
    }

    proptest! {
        #[test]
        fn whatever_the_text_is_no_word_is_lost(text in "[a-c{}();,.=+/*'\"\\\\ \n\u{fc}]{0,60}") {
            let words = of_source(&text);
            let items = items(&words);
            prop_assert_eq!(items.concat(), words.clone());
            for item in items {
                let (head, body) = head_and_body(item);
                prop_assert!(head.len() + body.len() <= item.len());
                prop_assert_eq!(parts(head, ",").concat().len(), head.len() - outside(head).filter(|at| head[*at].text == ",").count());
                prop_assert!(within(head).is_none_or(|(one, other)| one.len() + other.len() + 2 == head.len()));
                path(body);
            }
        }
    }
}
