//! How fields of other types are written and read.

pub(crate) mod words;

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

    #[derive(Serialize)]
    struct Written<'a> {
        width: u32,
        height: u32,
        samples: &'a serde_bytes::Bytes,
    }

    /// The samples are its own: not every format has bytes to lend.
    #[derive(Deserialize)]
    struct Read {
        width: u32,
        height: u32,
        samples: serde_bytes::ByteBuf,
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
        let Read { width, height, samples } = Read::deserialize(from)?;
        RgbaImage::from_raw(width, height, samples.into_vec())
            .map(|picture| Arc::new(picture.into()))
            .ok_or_else(|| D::Error::custom("samples that are no picture of that size"))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, Rgba, RgbaImage};

    use crate::{Format, Limits, Options, Watermark, compress};

    fn png(image: &RgbaImage) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, ImageFormat::Png).unwrap();
        file.into_inner()
    }

    #[test]
    fn options_with_a_watermark_come_back_from_text_and_from_a_stream() {
        let mark = png(&RgbaImage::from_fn(9, 7, |x, y| Rgba([x as u8, y as u8, 200, 180])));
        let mark = Watermark::from_png(&mark, &Limits::default()).unwrap();
        let options = Options::new(Format::Png).with_watermark(mark);
        let picture = png(&RgbaImage::from_pixel(60, 40, Rgba([90, 140, 30, 255])));
        let drawn = |options: &Options| {
            compress(&picture, options, &Limits::default()).unwrap().into_bytes()
        };
        let text = serde_json::to_string(&options).unwrap();
        let from_text: Options = serde_json::from_str(&text).unwrap();
        let from_stream: Options = serde_json::from_reader(text.as_bytes()).unwrap();
        for read in [from_text, from_stream] {
            assert_eq!(drawn(&read), drawn(&options));
        }
    }
}
