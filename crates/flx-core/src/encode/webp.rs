//! Lossy WebP by libwebp.

#![expect(unsafe_code, reason = "libwebp is a C library")]

use libwebp_sys as sys;

use super::pixels::Pixels;
use super::{Coding, How, failed};
use crate::raster::Raster;
use crate::{Error, Format};

/// libwebp's effort: 4 is its default; 5 and 6 save 6–8 % in 1.1–1.9 times the time.
const METHOD: i32 = 4;

pub(super) fn encode(raster: &Raster, coding: Coding, how: &How<'_>) -> Result<Vec<u8>, Error> {
    let config = config(coding, how)?;
    match Pixels::of(raster) {
        Pixels::Rgb(pixels) => {
            write(&config, &Source::new(pixels.as_raw(), pixels.width(), pixels.height(), 3)?)
        }
        Pixels::Rgba(pixels) => {
            write(&config, &Source::new(pixels.as_raw(), pixels.width(), pixels.height(), 4)?)
        }
    }
}

fn config(coding: Coding, how: &How<'_>) -> Result<sys::WebPConfig, Error> {
    let mut config = sys::WebPConfig::new().map_err(|()| refused("its version is another"))?;
    match coding {
        Coding::Lossy(setting) | Coding::Setting { setting, .. } => {
            config.quality = setting.clamp(0.0, 100.0);
        }
        Coding::Lossless => {
            config.lossless = 1;
            config.exact = 1;
        }
    }
    config.method = METHOD;
    config.thread_level = i32::from(how.threads.is_none_or(|threads| threads.get() > 1));
    // SAFETY: the pointer is to a live, initialised value.
    if unsafe { sys::WebPValidateConfig(&raw const config) } == 0 {
        return Err(refused("its settings are out of range"));
    }
    Ok(config)
}

fn refused(reason: impl ToString) -> Error {
    failed(Format::WebP, reason)
}

/// Interleaved 8-bit samples whose length has been checked against the sides.
struct Source<'a> {
    samples: &'a [u8],
    width: i32,
    height: i32,
    stride: i32,
    has_alpha: bool,
}

impl<'a> Source<'a> {
    fn new(samples: &'a [u8], width: u32, height: u32, channels: u32) -> Result<Self, Error> {
        let limit = Format::WebP.max_side();
        let expected = width as usize * height as usize * channels as usize;
        if width == 0 || height == 0 || width > limit || height > limit {
            return Err(refused(format!("{width}×{height} px, at most {limit} px a side")));
        }
        if samples.len() != expected {
            return Err(refused(format!("{} bytes of pixels, not {expected}", samples.len())));
        }
        Ok(Self {
            samples,
            // Sides of at most 14 bits and four channels fit.
            width: width.cast_signed(),
            height: height.cast_signed(),
            stride: (width * channels).cast_signed(),
            has_alpha: channels == 4,
        })
    }
}

fn write(config: &sys::WebPConfig, source: &Source<'_>) -> Result<Vec<u8>, Error> {
    let mut picture = Picture::new()?;
    let mut output = Output::new();
    let raw = &mut picture.0;
    raw.width = source.width;
    raw.height = source.height;
    raw.writer = Some(sys::WebPMemoryWrite);
    raw.custom_ptr = (&raw mut output.0).cast();
    let pixels = source.samples.as_ptr();
    // SAFETY: `Source::new` has checked that `height` rows of `stride` bytes lie behind `pixels`;
    // both functions only read them.
    let imported = unsafe {
        if source.has_alpha {
            sys::WebPPictureImportRGBA(&raw mut *raw, pixels, source.stride)
        } else {
            sys::WebPPictureImportRGB(&raw mut *raw, pixels, source.stride)
        }
    };
    if imported == 0 {
        return Err(refused("not enough memory"));
    }
    // SAFETY: the configuration is validated, the picture holds its imported pixels, and the
    // writer's state behind `custom_ptr` outlives the call.
    let encoded = unsafe { sys::WebPEncode(config, &raw mut *raw) };
    if encoded == 0 {
        return Err(refused(format!("{:?}", picture.0.error_code)));
    }
    Ok(output.bytes().to_vec())
}

/// A picture of libwebp's, freed when dropped.
struct Picture(sys::WebPPicture);

impl Picture {
    fn new() -> Result<Self, Error> {
        sys::WebPPicture::new().map(Self).map_err(|()| refused("its version is another"))
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: the value was initialised by libwebp and is freed only here.
        unsafe { sys::WebPPictureFree(&raw mut self.0) };
    }
}

/// A growing buffer of libwebp's, freed when dropped.
struct Output(sys::WebPMemoryWriter);

impl Output {
    fn new() -> Self {
        let mut writer = std::mem::MaybeUninit::uninit();
        // SAFETY: the function initialises the whole value.
        Self(unsafe {
            sys::WebPMemoryWriterInit(writer.as_mut_ptr());
            writer.assume_init()
        })
    }

    fn bytes(&self) -> &[u8] {
        if self.0.mem.is_null() {
            return &[];
        }
        // SAFETY: libwebp has written `size` bytes behind `mem`.
        unsafe { std::slice::from_raw_parts(self.0.mem, self.0.size) }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // SAFETY: the value was initialised by libwebp and is cleared only here.
        unsafe { sys::WebPMemoryWriterClear(&raw mut self.0) };
    }
}
