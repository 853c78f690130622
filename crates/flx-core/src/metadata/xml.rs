//! As much of XML as XMP packets are written in.
//!
//! A document with a type declaration is refused: only those can define entities.

/// A tag as it stands in the text.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Tag<'a> {
    Open { name: &'a str, attributes: &'a str },
    Empty { name: &'a str, attributes: &'a str },
    Close,
}

/// A tag with its place: where it begins, and where the text behind it does.
#[derive(Clone, Copy)]
pub(super) struct Placed<'a> {
    pub(super) tag: Tag<'a>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The tags of a text in order; `None` when it is no XML of the simple kind.
pub(super) fn tags(text: &str) -> Option<Vec<Placed<'_>>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text.get(at..)?.find('<') {
        let start = at + next;
        let rest = text.get(start..)?;
        let passed = [("<?", "?>"), ("<!--", "-->"), ("<![CDATA[", "]]>")]
            .into_iter()
            .find(|(open, _)| rest.starts_with(open));
        if let Some((_, close)) = passed {
            at = start + rest.find(close)? + close.len();
            continue;
        }
        if rest.starts_with("<!") {
            return None;
        }
        let end = start + length(rest)?;
        let inner = text.get(start + 1..end - 1)?;
        found.push(Placed { tag: tag(inner)?, start, end });
        at = end;
    }
    Some(found)
}

/// Bytes of a tag up to its `>`; one within quotes does not count.
fn length(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    None
}

fn tag(inner: &str) -> Option<Tag<'_>> {
    if inner.starts_with('/') {
        return Some(Tag::Close);
    }
    let (inner, empty) = inner.strip_suffix('/').map_or((inner, false), |inner| (inner, true));
    let (name, attributes) =
        inner.split_once(|letter: char| letter.is_ascii_whitespace()).unwrap_or((inner, ""));
    let plain = |letter: char| letter.is_alphanumeric() || "_-.:".contains(letter);
    if name.is_empty() || !name.chars().all(plain) {
        return None;
    }
    Some(if empty { Tag::Empty { name, attributes } } else { Tag::Open { name, attributes } })
}

/// Names and values of attributes, the values with their quotes.
pub(super) fn attributes(mut text: &str) -> impl Iterator<Item = (&str, &str)> {
    std::iter::from_fn(move || {
        let (name, rest) = text.split_once('=')?;
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
        let end = rest.get(1..)?.find(quote)? + 2;
        text = rest.get(end..)?;
        Some((name.trim(), rest.get(..end)?))
    })
}
