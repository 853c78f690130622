//! Animated WebP by libwebp, which codes of each frame what differs from the one before.

#![expect(unsafe_code, reason = "libwebp is a C library")]

use std::ffi::{CStr, c_int};
use std::mem::MaybeUninit;
use std::ptr::NonNull;

use libwebp_sys as sys;

use super::libwebp::{Layout, Picture, Source};
use super::{refused, settings};
use crate::encode::pixels::Pixels;
use crate::encode::{Coding, How};
use crate::raster::Raster;
use crate::strip::webp::ALPHA;
use crate::{Error, Limits, Stage};

/// The longest that WebP can show a frame, in milliseconds: some four and a half hours.
pub(crate) const MAX_DURATION: u32 = (1 << 24) - 1;

/// libwebp's method at most, for animations.
const MOST_METHOD: c_int = 5;

/// The version of the interface that these bindings were made for.
const ABI: c_int = sys::WEBP_MUX_ABI_VERSION.cast_signed();

/// Takes frames of one size, one after the other, and puts them together.
pub(crate) struct Animation<'a> {
    encoder: NonNull<sys::WebPAnimEncoder>,
    config: sys::WebPConfig,
    limits: &'a Limits,
    size: (u32, u32),
    /// When the next frame begins, in milliseconds. libwebp lets it wrap around.
    now: u32,
    has_alpha: bool,
}

/// Where the flags of the extended header stand in the file (RFC 9649, section 2.7.1).
const FLAGS: usize = 20;

impl<'a> Animation<'a> {
    /// `plays` is how often the animation is shown, 0 for ever.
    pub(crate) fn new(
        (width, height): (u32, u32),
        plays: u16,
        coding: Coding,
        how: &How<'a>,
    ) -> Result<Self, Error> {
        let mut config = settings::config(coding, how)?;
        // Frames of few colours are tried without loss by the same settings, and there the last
        // method takes up to seventy times as long.
        config.method = config.method.min(MOST_METHOD);
        let mut options = MaybeUninit::<sys::WebPAnimEncoderOptions>::zeroed();
        // SAFETY: the function initialises the value behind the pointer, which is live.
        let known = unsafe { sys::WebPAnimEncoderOptionsInitInternal(options.as_mut_ptr(), ABI) };
        if known == 0 {
            return Err(refused("its version is another"));
        }
        // SAFETY: initialised just now.
        let mut options = unsafe { options.assume_init() };
        options.anim_params.loop_count = plays.into();
        // What is around the frames shows the page, whatever a viewer makes of this colour.
        options.anim_params.bgcolor = 0;
        // Frames of few colours are tried without loss, and only so if they are very few.
        options.allow_mixed = c_int::from(coding != Coding::Lossless);
        let side = |pixels: u32| c_int::try_from(pixels).map_err(refused);
        let (columns, rows) = (side(width)?, side(height)?);
        // SAFETY: `options` is initialised and only read during the call.
        let encoder =
            unsafe { sys::WebPAnimEncoderNewInternal(columns, rows, &raw const options, ABI) };
        let encoder = NonNull::new(encoder).ok_or_else(|| refused("not enough memory"))?;
        let (size, limits) = ((width, height), how.limits);
        Ok(Self { encoder, config, limits, size, now: 0, has_alpha: false })
    }

    /// Adds a frame that is shown for so many milliseconds. One that looks like the frame before
    /// only makes that one longer.
    pub(crate) fn add(&mut self, frame: &Raster, duration: u32) -> Result<(), Error> {
        if (frame.width(), frame.height()) != self.size {
            return Err(refused("a frame of another size"));
        }
        let (width, height) = self.size;
        let source = match Pixels::of(frame) {
            Pixels::Rgb(pixels) => {
                Picture::of(&Source::new(pixels.as_raw(), width, height, 3)?, Layout::Packed)
            }
            Pixels::Rgba(pixels) => {
                self.has_alpha = true;
                Picture::of(&Source::new(pixels.as_raw(), width, height, 4)?, Layout::Packed)
            }
        };
        let mut picture = source?;
        picture.stop_with(self.limits);
        // SAFETY: the encoder lives until dropped, the picture holds its imported pixels, the
        // configuration is validated; neither of these two nor the limits that the picture asks are
        // used beyond the call.
        let added = unsafe {
            sys::WebPAnimEncoderAdd(
                self.encoder.as_ptr(),
                picture.as_mut_ptr(),
                self.now.cast_signed(),
                &raw const self.config,
            )
        };
        if added == 0 {
            self.limits.may_go_on(Stage::Encode)?;
            return Err(self.error());
        }
        self.now = self.now.wrapping_add(duration.min(MAX_DURATION));
        Ok(())
    }

    /// The file.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Error> {
        let mut data = sys::WebPData { bytes: std::ptr::null(), size: 0 };
        // SAFETY: a frame of nothing at the end gives the last one its duration; the encoder lives,
        // and `data` is initialised and owned here.
        let assembled = unsafe {
            let encoder = self.encoder.as_ptr();
            let nothing = std::ptr::null_mut();
            let end = self.now.cast_signed();
            sys::WebPAnimEncoderAdd(encoder, nothing, end, std::ptr::null()) != 0
                && sys::WebPAnimEncoderAssemble(encoder, &raw mut data) != 0
        };
        if !assembled || data.bytes.is_null() {
            return Err(self.error());
        }
        // SAFETY: libwebp has put `size` bytes behind `bytes`, which are freed once, after copying.
        let mut file = unsafe {
            let file = std::slice::from_raw_parts(data.bytes, data.size).to_vec();
            sys::WebPFree(data.bytes.cast_mut().cast());
            file
        };
        // libwebp cuts frames to what is visible and then takes them for opaque, although the page
        // shows around them.
        if self.has_alpha
            && file.get(12..16) == Some(b"VP8X".as_slice())
            && let Some(flags) = file.get_mut(FLAGS)
        {
            *flags |= ALPHA;
        }
        Ok(file)
    }

    fn error(&self) -> Error {
        // SAFETY: the encoder lives; it returns a string of its own that ends with 0.
        let reason = unsafe {
            let text = sys::WebPAnimEncoderGetError(self.encoder.as_ptr());
            if text.is_null() { None } else { Some(CStr::from_ptr(text).to_string_lossy()) }
        };
        refused(reason.unwrap_or_default())
    }
}

impl Drop for Animation<'_> {
    fn drop(&mut self) {
        // SAFETY: made by `WebPAnimEncoderNewInternal` and deleted only here.
        unsafe { sys::WebPAnimEncoderDelete(self.encoder.as_ptr()) };
    }
}
