//! AV1 by libaom.

#![expect(unsafe_code, reason = "libaom is a C library")]

use std::ffi::{CStr, CString, c_int, c_uint};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::num::NonZeroU32;
use std::ptr;

use libaom_sys as sys;

use super::planes::{Chroma, Depth, Layers, Planes, Samples};
pub(super) use super::settings::SETTINGS;
use super::settings::{Plan, TOOLS};
use super::smooth::is_smooth;
use super::{Streams, refused};
use crate::content::{self, Kind};
use crate::encode::How;
use crate::raster::Raster;
use crate::{Error, Format, Stage};

/// More threads than this never help with one picture.
const MAX_THREADS: u32 = 64;

pub(super) fn encode(raster: &Raster, setting: f32, how: &How<'_>) -> Result<Streams, Error> {
    let plan = if content::judge(raster).kind == Kind::Photograph {
        Plan::for_photograph(setting, how.effort)
    } else {
        Plan::new(setting, how.effort)
    };
    let threads = threads(how.threads);
    let layers = Layers::of(raster, plan.depth, plan.chroma);
    let of_colour = if is_smooth(&layers.colour) { plan.for_smooth() } else { plan };
    let colour = stream(&layers.colour, &of_colour, threads)?;
    // libaom cannot be stopped within a frame, but there may be another to come.
    how.limits.may_go_on(Stage::Encode)?;
    // Even where the colours are a photograph's, alpha has a drawing's even areas and edges.
    let of_alpha = Plan::new(setting, how.effort);
    let alpha = layers.alpha.map(|alpha| stream(&alpha, &of_alpha, threads)).transpose()?;
    Ok(Streams { colour, alpha })
}

fn threads(asked: Option<NonZeroU32>) -> u32 {
    let all = || u32::try_from(rayon::current_num_threads()).unwrap_or(MAX_THREADS);
    asked.map_or_else(all, NonZeroU32::get).clamp(1, MAX_THREADS)
}

fn stream(planes: &Planes<'_>, plan: &Plan, threads: u32) -> Result<Vec<u8>, Error> {
    let picture = Picture::of(planes)?;
    let mut encoder = Encoder::new(planes, plan, threads)?;
    encoder.set("cpu-used", plan.speed)?;
    encoder.set("cq-level", plan.quantizer)?;
    // Unlike options by name, a number of libaom's own for the range is only reached by control.
    encoder.control(sys::AV1E_SET_COLOR_RANGE, sys::AOM_CR_FULL_RANGE)?;
    encoder.set("enable-qm", 1)?;
    encoder.set("qm-min", plan.matrix)?;
    encoder.set("qm-max", plan.matrix)?;
    if planes.chroma.is_some() {
        encoder.control(sys::AV1E_SET_COLOR_PRIMARIES, sys::AOM_CICP_CP_BT_709)?;
        encoder.control(sys::AV1E_SET_TRANSFER_CHARACTERISTICS, sys::AOM_CICP_TC_SRGB)?;
        encoder.control(sys::AV1E_SET_MATRIX_COEFFICIENTS, sys::AOM_CICP_MC_BT_601)?;
    }
    for (name, value) in TOOLS.iter().chain(plan.tools) {
        encoder.set(name, value)?;
    }
    let bytes = encoder.encode(&picture)?;
    Ok(super::stream::without_delimiters(&bytes))
}

/// A description of planes that libaom reads, bound to their lifetime.
struct Picture<'a> {
    raw: sys::aom_image_t,
    planes: PhantomData<&'a [u8]>,
}

impl<'a> Picture<'a> {
    fn of(planes: &'a Planes<'_>) -> Result<Self, Error> {
        let (width, height) = (planes.width, planes.height);
        let limit = Format::Avif.max_side();
        if width == 0 || height == 0 || width > limit || height > limit {
            return Err(refused(format!("{width}×{height} px, at most {limit} px a side")));
        }
        let layout = planes.chroma.as_ref().map_or(Chroma::Halved, |(layout, _)| *layout);
        let halved = u32::from(layout == Chroma::Halved);
        let (sides, bytes) = ((width >> halved, height >> halved), bytes(planes.depth));
        let sides = (sides.0 + (width & halved), sides.1 + (height & halved));
        let full = (width, height);
        // SAFETY: the type is C data for which zeroes are a valid value; null pointers and zero
        // lengths mean that a picture has no planes.
        let mut raw: sys::aom_image_t = unsafe { MaybeUninit::zeroed().assume_init() };
        let format = if halved == 1 { sys::AOM_IMG_FMT_I420 } else { sys::AOM_IMG_FMT_I444 };
        let deep = if planes.depth == Depth::Ten { sys::AOM_IMG_FMT_HIGHBITDEPTH } else { 0 };
        raw.fmt = format | deep;
        raw.range = sys::AOM_CR_FULL_RANGE;
        raw.monochrome = c_int::from(planes.chroma.is_none());
        (raw.w, raw.h) = full;
        (raw.d_w, raw.d_h) = full;
        raw.bit_depth = planes.depth.bits();
        (raw.x_chroma_shift, raw.y_chroma_shift) = (halved, halved);
        raw.bps = (if halved == 1 { 12 } else { 24 } * bytes).cast_signed();
        let [luma, blue, red] = &mut raw.planes;
        *luma = address(&planes.luma, full)?;
        if let Some((_, [blues, reds])) = &planes.chroma {
            *blue = address(blues, sides)?;
            *red = address(reds, sides)?;
        }
        let chroma = (sides.0 * bytes).cast_signed();
        raw.stride = [(width * bytes).cast_signed(), chroma, chroma];
        Ok(Self { raw, planes: PhantomData })
    }
}

/// The address of a plane whose length fits its sides. libaom only reads behind it.
fn address(samples: &Samples<'_>, (width, height): (u32, u32)) -> Result<*mut u8, Error> {
    let expected = width as usize * height as usize;
    let (address, found) = match samples {
        Samples::Eight(codes) => (codes.as_ptr(), codes.len()),
        Samples::Ten(codes) => (codes.as_ptr().cast(), codes.len()),
    };
    if found == expected {
        Ok(address.cast_mut())
    } else {
        Err(refused(format!("{found} samples in a plane of {width}×{height}")))
    }
}

const fn bytes(depth: Depth) -> u32 {
    match depth {
        Depth::Eight => 1,
        Depth::Ten => 2,
    }
}

/// A codec context of libaom's, destroyed when dropped.
struct Encoder(sys::aom_codec_ctx_t);

impl Encoder {
    fn new(planes: &Planes<'_>, plan: &Plan, threads: u32) -> Result<Self, Error> {
        let mut config = MaybeUninit::uninit();
        // SAFETY: the function only returns a pointer to a static table.
        let codec = unsafe { sys::aom_codec_av1_cx() };
        let usage = sys::AOM_USAGE_ALL_INTRA;
        // SAFETY: the table is valid, and the function fills the whole value when it succeeds.
        let mut config = unsafe {
            let status = sys::aom_codec_enc_config_default(codec, config.as_mut_ptr(), usage);
            check(status, ptr::null())?;
            config.assume_init()
        };
        config.g_w = planes.width;
        config.g_h = planes.height;
        config.g_limit = 1;
        config.g_lag_in_frames = 0;
        config.g_threads = threads;
        config.g_bit_depth = planes.depth.bits();
        config.g_input_bit_depth = planes.depth.bits();
        let full = matches!(planes.chroma, Some((Chroma::Full, _)));
        config.g_profile = u32::from(full);
        config.monochrome = u32::from(planes.chroma.is_none());
        config.rc_end_usage = sys::AOM_Q;
        config.rc_min_quantizer = u32::from(plan.quantizer);
        config.rc_max_quantizer = u32::from(plan.quantizer);
        let deep = planes.depth == Depth::Ten;
        let flags = if deep { sys::AOM_CODEC_USE_HIGHBITDEPTH } else { 0 };
        let version = sys::AOM_ENCODER_ABI_VERSION.cast_signed();
        let mut context = MaybeUninit::zeroed();
        // SAFETY: the context is zeroed memory as libaom wants it, the configuration is complete
        // and copied; on failure libaom has freed what it took.
        let context = unsafe {
            let status = sys::aom_codec_enc_init_ver(
                context.as_mut_ptr(),
                codec,
                &raw const config,
                flags.into(),
                version,
            );
            check(status, ptr::null())?;
            context.assume_init()
        };
        Ok(Self(context))
    }

    fn set(&mut self, name: &str, value: impl ToString) -> Result<(), Error> {
        let both = (CString::new(name), CString::new(value.to_string()));
        let (Ok(name), Ok(value)) = both else { return Err(refused("an option has a zero byte")) };
        // SAFETY: the context is initialised; both strings end in zero and are only read.
        let status =
            unsafe { sys::aom_codec_set_option(&raw mut self.0, name.as_ptr(), value.as_ptr()) };
        check(status, &raw const self.0)
    }

    /// For controls that take an `int`, and no others.
    fn control(&mut self, control: c_uint, value: c_uint) -> Result<(), Error> {
        let (control, value) = (control.cast_signed(), value.cast_signed());
        // SAFETY: the context is initialised, and the callers' controls take one `int`.
        let status = unsafe { sys::aom_codec_control(&raw mut self.0, control, value) };
        check(status, &raw const self.0)
    }

    fn encode(&mut self, picture: &Picture<'_>) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        // The second call says that no more frames come.
        for frame in [&raw const picture.raw, ptr::null()] {
            // SAFETY: the context is initialised; the picture's planes have the lengths that its
            // sides and strides state, live as long as it, and are only read.
            let status = unsafe { sys::aom_codec_encode(&raw mut self.0, frame, 0, 1, 0) };
            check(status, &raw const self.0)?;
            self.append_packets(&mut bytes);
        }
        if bytes.is_empty() { Err(refused("libaom gave no data")) } else { Ok(bytes) }
    }

    fn append_packets(&mut self, bytes: &mut Vec<u8>) {
        let mut at: sys::aom_codec_iter_t = ptr::null();
        loop {
            // SAFETY: the context is initialised, and the iterator starts at null.
            let packet = unsafe { sys::aom_codec_get_cx_data(&raw mut self.0, &raw mut at) };
            // SAFETY: a packet lives until the next call that codes.
            let Some(packet) = (unsafe { packet.as_ref() }) else { return };
            if packet.kind == sys::AOM_CODEC_CX_FRAME_PKT {
                // SAFETY: packets of this kind hold a frame, and `sz` bytes behind `buf`.
                bytes.extend_from_slice(unsafe {
                    let frame = packet.data.frame;
                    std::slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz)
                });
            }
        }
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: the context was initialised and is destroyed only here.
        unsafe { sys::aom_codec_destroy(&raw mut self.0) };
    }
}

/// An error with libaom's own words; the context may be null.
fn check(status: sys::aom_codec_err_t, context: *const sys::aom_codec_ctx_t) -> Result<(), Error> {
    if status == sys::AOM_CODEC_OK {
        return Ok(());
    }
    let text = |words: *const std::ffi::c_char| {
        // SAFETY: libaom's texts are null or end in zero, and outlive this call.
        (!words.is_null()).then(|| unsafe { CStr::from_ptr(words) }.to_string_lossy().into_owned())
    };
    // SAFETY: the function looks the number up in a table.
    let what = text(unsafe { sys::aom_codec_err_to_string(status) }).unwrap_or_default();
    // SAFETY: the context is null or initialised, and libaom takes both.
    match text(unsafe { sys::aom_codec_error_detail(context) }) {
        Some(detail) => Err(refused(format!("{what}: {detail}"))),
        None => Err(refused(what)),
    }
}
