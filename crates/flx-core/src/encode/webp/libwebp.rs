//! The one place that talks to libwebp.

#![expect(unsafe_code, reason = "libwebp is a C library")]

use std::ffi::c_int;
use std::marker::PhantomData;

use libwebp_sys as sys;

use super::planes::Planes;
use super::refused;
use crate::{Error, Limits, Stage};

/// Passes settings on when libwebp finds them in range.
pub(super) fn checked(config: sys::WebPConfig) -> Result<sys::WebPConfig, Error> {
    // SAFETY: the pointer is to a live, initialised value.
    if unsafe { sys::WebPValidateConfig(&raw const config) } == 0 {
        return Err(refused("its settings are out of range"));
    }
    Ok(config)
}

/// Interleaved 8-bit samples whose length has been checked against the sides.
pub(super) struct Source<'a> {
    samples: &'a [u8],
    width: i32,
    height: i32,
    stride: i32,
    has_alpha: bool,
}

impl<'a> Source<'a> {
    /// Three channels are RGB, four RGBA.
    pub(super) fn new(
        samples: &'a [u8],
        width: u32,
        height: u32,
        channels: u32,
    ) -> Result<Self, Error> {
        let expected = width as usize * height as usize * channels as usize;
        if samples.len() != expected || !matches!(channels, 3 | 4) {
            return Err(refused(format!("{} bytes of pixels, not {expected}", samples.len())));
        }
        let side = |pixels: u32| i32::try_from(pixels).map_err(refused);
        Ok(Self {
            samples,
            width: side(width)?,
            height: side(height)?,
            stride: side(width.saturating_mul(channels))?,
            has_alpha: channels == 4,
        })
    }
}

/// How libwebp keeps a picture before coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Luma and halved chroma, for lossy coding.
    Planes,
    /// RGBA, for lossless coding.
    Packed,
}

/// A picture of libwebp's, freed when dropped.
pub(super) struct Picture<'a> {
    raw: sys::WebPPicture,
    planes: PhantomData<&'a mut Planes>,
}

impl<'a> Picture<'a> {
    fn new(width: i32, height: i32, layout: Layout) -> Result<Self, Error> {
        let mut raw = sys::WebPPicture::new().map_err(|()| refused("its version is another"))?;
        raw.width = width;
        raw.height = height;
        raw.use_argb = c_int::from(layout == Layout::Packed);
        Ok(Self { raw, planes: PhantomData })
    }

    /// A picture with its own copy of the samples, converted into the layout.
    pub(super) fn of(source: &Source<'_>, layout: Layout) -> Result<Self, Error> {
        let mut picture = Self::new(source.width, source.height, layout)?;
        let raw = &raw mut picture.raw;
        let pixels = source.samples.as_ptr();
        // SAFETY: `Source::new` has checked that `height` rows of `stride` bytes lie behind
        // `pixels`; both functions only read them.
        let imported = unsafe {
            if source.has_alpha {
                sys::WebPPictureImportRGBA(raw, pixels, source.stride)
            } else {
                sys::WebPPictureImportRGB(raw, pixels, source.stride)
            }
        };
        if imported == 0 {
            return Err(refused("not enough memory"));
        }
        Ok(picture)
    }

    /// Lets the coder of animations give up when the deadline passes or the caller cancels.
    pub(super) fn stop_with(&mut self, limits: &'a Limits) {
        self.raw.progress_hook = Some(may_go_on);
        self.raw.user_data = (&raw const *limits).cast_mut().cast();
    }

    /// For the coder of animations, which reads the picture and changes its copy only.
    pub(super) fn as_mut_ptr(&mut self) -> *mut sys::WebPPicture {
        &raw mut self.raw
    }

    /// A picture that borrows planes.
    pub(super) fn of_planes(planes: &'a mut Planes) -> Result<Self, Error> {
        let (width, height) = (planes.width as usize, planes.height as usize);
        let chroma = width.div_ceil(2) * height.div_ceil(2);
        if (planes.luma.len(), planes.blue.len(), planes.red.len())
            != (width * height, chroma, chroma)
        {
            return Err(refused("planes of another size"));
        }
        let side = |pixels: u32| i32::try_from(pixels).map_err(refused);
        let mut picture = Self::new(side(planes.width)?, side(planes.height)?, Layout::Planes)?;
        let raw = &mut picture.raw;
        raw.colorspace = sys::WebPEncCSP::WEBP_YUV420;
        raw.y = planes.luma.as_mut_ptr();
        raw.u = planes.blue.as_mut_ptr();
        raw.v = planes.red.as_mut_ptr();
        raw.y_stride = side(planes.width)?;
        raw.uv_stride = side(planes.width.div_ceil(2))?;
        Ok(picture)
    }

    /// The file, unless the deadline passes or the caller cancels meanwhile.
    pub(super) fn encode(
        mut self,
        config: &sys::WebPConfig,
        limits: &Limits,
    ) -> Result<Vec<u8>, Error> {
        let mut file: Vec<u8> = Vec::new();
        self.raw.writer = Some(append);
        self.raw.custom_ptr = (&raw mut file).cast();
        self.raw.progress_hook = Some(may_go_on);
        self.raw.user_data = (&raw const *limits).cast_mut().cast();
        // SAFETY: the configuration is validated; the picture holds its imported pixels, or borrows
        // planes of the sizes checked in `of_planes`; `file` and `limits`, which the two callbacks
        // take, outlive the call.
        let encoded = unsafe { sys::WebPEncode(config, &raw mut self.raw) };
        if encoded == 0 {
            limits.may_go_on(Stage::Encode)?;
            return Err(refused(format!("{:?}", self.raw.error_code)));
        }
        Ok(file)
    }
}

impl Drop for Picture<'_> {
    fn drop(&mut self) {
        // SAFETY: the value was initialised by libwebp and is freed only here; borrowed planes are
        // none of the memory that libwebp has allocated and frees.
        unsafe { sys::WebPPictureFree(&raw mut self.raw) };
    }
}

/// Takes the next part of the file; 0 stops the encoder.
unsafe extern "C" fn append(
    data: *const u8,
    size: usize,
    picture: *const sys::WebPPicture,
) -> c_int {
    if size == 0 {
        return 1;
    }
    // SAFETY: called by libwebp during `Picture::encode`, which has put a vector that nobody else
    // uses meanwhile behind `custom_ptr`; `size` bytes can be read behind `data`.
    let (file, data) = unsafe {
        (&mut *(*picture).custom_ptr.cast::<Vec<u8>>(), std::slice::from_raw_parts(data, size))
    };
    if file.try_reserve(size).is_err() {
        return 0;
    }
    file.extend_from_slice(data);
    1
}

/// Called a hundred times or so in an encode; 0 stops it.
unsafe extern "C" fn may_go_on(_percent: c_int, picture: *const sys::WebPPicture) -> c_int {
    // SAFETY: called by libwebp while it codes a picture; `Picture::encode` or `stop_with` has put
    // limits behind `user_data` that are only read and outlive the picture.
    let limits = unsafe { &*(*picture).user_data.cast::<Limits>() };
    c_int::from(limits.may_go_on(Stage::Encode).is_ok())
}
