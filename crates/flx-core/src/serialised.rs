//! How fields of other types are written and read.

/// Words that stand in the program. Read back they are the same words again: there are not many, so
/// each that is met is kept for good, up to a bound that only a liar reaches.
pub(crate) mod words {
    use std::borrow::Cow;
    use std::collections::BTreeSet;
    use std::sync::{Mutex, PoisonError};

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    const MOST: usize = 256;
    const LONGEST: usize = 256;

    static MET: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

    pub(crate) fn serialize<S: Serializer>(words: &str, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(words)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<&'static str, D::Error> {
        let read = Cow::<str>::deserialize(from)?;
        let mut met = MET.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = met.get(read.as_ref()) {
            return Ok(known);
        }
        if met.len() >= MOST || read.len() > LONGEST {
            return Err(D::Error::custom("words that no program has"));
        }
        let kept: &'static str = Box::leak(read.into_owned().into_boxed_str());
        met.insert(kept);
        Ok(kept)
    }
}

/// As Exif numbers it.
pub(crate) mod orientation {
    use image::metadata::Orientation;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &Orientation, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u8(value.to_exif())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Orientation, D::Error> {
        let number = u8::deserialize(from)?;
        Orientation::from_exif(number).ok_or_else(|| D::Error::custom("no orientation"))
    }
}

/// Width, height and samples of a watermark, which is RGBA of 8 bit.
pub(crate) mod pixels {
    use std::sync::Arc;

    use image::{DynamicImage, RgbaImage};
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Written<'a> {
        width: u32,
        height: u32,
        #[serde(borrow)]
        samples: &'a serde_bytes::Bytes,
    }

    pub(crate) fn serialize<S: Serializer>(
        picture: &Arc<DynamicImage>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let (width, height) = (picture.width(), picture.height());
        Written { width, height, samples: serde_bytes::Bytes::new(picture.as_bytes()) }
            .serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Arc<DynamicImage>, D::Error> {
        let Written { width, height, samples } = Written::deserialize(from)?;
        RgbaImage::from_raw(width, height, samples.to_vec())
            .map(|picture| Arc::new(picture.into()))
            .ok_or_else(|| D::Error::custom("samples that are no picture of that size"))
    }
}
