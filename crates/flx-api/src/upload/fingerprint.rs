//! A digest of what was uploaded: of its parts, not of their framing.

/// Gathers a digest of parts as they arrive. Files count in their order, texts in any.
#[derive(Debug, Default)]
pub(super) struct Fingerprint {
    texts: Vec<[u8; 32]>,
    files: blake3::Hasher,
}

impl Fingerprint {
    /// A text field as it was sent.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.texts.push(*of_part(name, "", &blake3::hash(value.as_bytes())).as_bytes());
    }

    /// A file, by the digest of its bytes.
    pub(super) fn file(&mut self, field: &str, original_name: &str, bytes: &blake3::Hash) {
        self.files.update(of_part(field, original_name, bytes).as_bytes());
    }

    /// The digest of all.
    pub(super) fn finish(mut self) -> [u8; 32] {
        self.texts.sort_unstable();
        let mut all = blake3::Hasher::new();
        all.update(self.files.finalize().as_bytes());
        self.texts.iter().for_each(|text| {
            all.update(text);
        });
        *all.finalize().as_bytes()
    }
}

/// Each member has a fixed length, so that none can run into the next.
fn of_part(field: &str, name: &str, bytes: &blake3::Hash) -> blake3::Hash {
    let mut part = blake3::Hasher::new();
    part.update(blake3::hash(field.as_bytes()).as_bytes());
    part.update(blake3::hash(name.as_bytes()).as_bytes());
    part.update(bytes.as_bytes());
    part.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[(&str, &str)], files: &[(&str, &[u8])]) -> [u8; 32] {
        let mut fingerprint = Fingerprint::default();
        texts.iter().for_each(|(name, value)| fingerprint.text(name, value));
        files.iter().for_each(|(name, bytes)| {
            fingerprint.file("file", name, &blake3::hash(bytes));
        });
        fingerprint.finish()
    }

    #[test]
    fn the_order_of_texts_does_not_count_that_of_files_does() {
        let texts = [("format", "webp"), ("quality", "82")];
        let turned = [texts[1], texts[0]];
        let files: [(&str, &[u8]); 2] = [("a.jpg", b"a"), ("b.jpg", b"b")];
        let swapped = [files[1], files[0]];
        assert_eq!(of(&texts, &files), of(&turned, &files));
        assert_ne!(of(&texts, &files), of(&texts, &swapped));
    }

    #[test]
    fn every_name_and_value_counts() {
        let whole = of(&[("format", "webp")], &[("a.jpg", b"a")]);
        for other in [
            of(&[("format", "avif")], &[("a.jpg", b"a")]),
            of(&[("effort", "webp")], &[("a.jpg", b"a")]),
            of(&[], &[("a.jpg", b"a")]),
            of(&[("format", "webp")], &[("b.jpg", b"a")]),
            of(&[("format", "webp")], &[("a.jpg", b"b")]),
            of(&[("format", "webp")], &[("a.jpg", b"a"), ("a.jpg", b"a")]),
        ] {
            assert_ne!(whole, other);
        }
    }
}
