//! JPEG by jpegli, with adaptive quantisation; progressive but for the fastest.
//!
//! jpegli reports errors by a callback that must not return; ours unwinds to where the session
//! started. It meets no bytes of strangers, only samples, so that nothing but a mistake of ours or
//! want of memory can call it.

#![expect(unsafe_code, reason = "jpegli is a C++ library")]

use std::ffi::{c_int, c_uchar, c_ulong, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use image::{DynamicImage, GrayImage};
use jpegli_sys as sys;

use super::{Chroma, refused, scans};
use crate::encode::How;
use crate::encode::pixels::flatten;
use crate::planes::Ycc;
use crate::quality::SettingTable;
use crate::raster::Raster;
use crate::{Effort, Error, Stage};

unsafe extern "C-unwind" {
    // Of jpegli's own functions, which jpegli-sys leaves out (lib/jpegli/encode.h).
    fn jpegli_set_distance(info: &mut sys::jpegli_compress_struct, distance: f32, baseline: c_int);
    fn jpegli_set_progressive_level(info: &mut sys::jpegli_compress_struct, level: c_int);
    fn free(pointer: *mut c_void);
}

/// Rows that are handed over between two looks at the clock.
const ROWS: usize = 16;

/// jpegli's quality with halved chroma that scores as the scale says; by
/// `FLX_CORPUS=… just fit-quality kodak,clic 2`.
const HALVED_CHROMA: SettingTable<11> = SettingTable([
    (40, 29.1),
    (50, 44.5),
    (60, 56.7),
    (70, 65.4),
    (75, 71.5),
    (82, 82.0),
    (88, 88.6),
    (93, 93.4),
    (96, 95.4),
    (97, 95.6),
    (100, 95.9),
]);

/// The same with chroma at full resolution.
const FULL_CHROMA: SettingTable<3> = SettingTable([(93, 92.0), (97, 95.0), (100, 95.5)]);

/// jpegli's quality for the scale's.
pub(super) fn setting(quality: f32, chroma: Chroma) -> f32 {
    match chroma {
        Chroma::Full => FULL_CHROMA.at(quality),
        Chroma::Halved => HALVED_CHROMA.at(quality),
    }
}

/// The distance of Butteraugli's that jpegli itself takes for its quality, without rounding.
fn distance(setting: f32) -> f32 {
    if setting >= 30.0 {
        0.1 + (100.0 - setting) * 0.09
    } else {
        (53.0 / 3000.0 * setting - 23.0 / 20.0) * setting + 25.0
    }
    .clamp(0.01, 25.0)
}

pub(super) fn encode(
    raster: &Raster,
    setting: f32,
    chroma: Chroma,
    how: &How<'_>,
) -> Result<Vec<u8>, Error> {
    let distance = distance(setting);
    catch_unwind(AssertUnwindSafe(|| match raster {
        Raster::Ycc(planes) if planes.is_halved() => write_halved(planes, distance, how),
        Raster::Ycc(planes) => write_planes(planes, distance, chroma, how),
        Raster::Image(image) => write_image(image, distance, chroma, how),
    }))
    .unwrap_or_else(|payload| {
        let reason = payload.downcast::<String>().map_or_else(|_| String::new(), |text| *text);
        Err(refused(format!("jpegli gave up {reason}")))
    })
}

fn write_image(
    image: &DynamicImage,
    distance: f32,
    chroma: Chroma,
    how: &How<'_>,
) -> Result<Vec<u8>, Error> {
    let opaque = flatten(image, how.background);
    let (width, height) = (opaque.width(), opaque.height());
    if !opaque.color().has_color() {
        let mut session = Session::new(width, height, sys::J_COLOR_SPACE::JCS_GRAYSCALE);
        session.start(distance, chroma, how);
        return session.scanlines(&opaque.to_luma8(), how);
    }
    let mut session = Session::new(width, height, sys::J_COLOR_SPACE::JCS_RGB);
    session.start(distance, chroma, how);
    match &*opaque {
        DynamicImage::ImageRgb8(pixels) => session.scanlines(pixels, how),
        other => session.scanlines(&other.to_rgb8(), how),
    }
}

/// Planes of one size.
fn write_planes(
    planes: &Ycc,
    distance: f32,
    chroma: Chroma,
    how: &How<'_>,
) -> Result<Vec<u8>, Error> {
    let (width, height) = planes.luma.dimensions();
    let mut session = Session::new(width, height, sys::J_COLOR_SPACE::JCS_YCbCr);
    session.start(distance, chroma, how);
    let samples = planes.luma.iter().zip(planes.blue.iter()).zip(planes.red.iter());
    let mut pixels = samples.map(|((luma, blue), red)| [*luma, *blue, *red]);
    let mut rows = Vec::with_capacity(ROWS * width as usize * 3);
    while session.info.next_scanline < height {
        rows.clear();
        rows.extend(pixels.by_ref().take(ROWS * width as usize).flatten());
        session.write(&rows, how)?;
    }
    Ok(session.finish())
}

/// Planes whose chroma is halved already.
fn write_halved(planes: &Ycc, distance: f32, how: &How<'_>) -> Result<Vec<u8>, Error> {
    let (width, height) = planes.luma.dimensions();
    let mut session = Session::new(width, height, sys::J_COLOR_SPACE::JCS_YCbCr);
    session.info.raw_data_in = 1;
    session.start(distance, Chroma::Halved, how);
    // jpegli reads whole blocks.
    let padded = |plane: &GrayImage| plane.width().next_multiple_of(16) as usize + 16;
    let mut at = 0u32;
    while session.info.next_scanline < height {
        how.limits.may_go_on(Stage::Encode)?;
        let mut batches = [
            batch(&planes.luma, at, 16, padded(&planes.luma)),
            batch(&planes.blue, at / 2, 8, padded(&planes.blue)),
            batch(&planes.red, at / 2, 8, padded(&planes.red)),
        ];
        let rows = batches.each_mut().map(|rows| {
            let starts: Vec<*const u8> = rows.iter().map(|row| row.as_ptr()).collect();
            starts
        });
        let starts = rows.each_ref().map(|rows| rows.as_ptr());
        // SAFETY: sixteen rows of luma and eight each of chroma lie behind the pointers, each
        // at least as long as its blocks are wide.
        let written = unsafe {
            sys::jpegli_write_raw_data(&mut session.info, starts.as_ptr().cast(), ROWS as u32)
        };
        if written == 0 {
            return Err(refused("jpegli takes no more rows"));
        }
        at += written;
    }
    Ok(session.finish())
}

/// Rows of a plane with the last column and the last row repeated.
fn batch(plane: &GrayImage, top: u32, count: u32, length: usize) -> Vec<Vec<u8>> {
    let width = plane.width() as usize;
    let last = plane.height().saturating_sub(1);
    (top..top + count)
        .map(|row| {
            let start = row.min(last) as usize * width;
            let mut samples = plane.get(start..start + width).unwrap_or_default().to_vec();
            samples.resize(length, samples.last().copied().unwrap_or(0));
            samples
        })
        .collect()
}

/// A compressor and what it has written, both freed when dropped. jpegli points into the boxes.
struct Session {
    info: Box<sys::jpegli_compress_struct>,
    _errors: Box<sys::jpegli_error_mgr>,
    output: Box<(*mut c_uchar, c_ulong)>,
    scans: Vec<sys::jpegli_scan_info>,
}

impl Session {
    fn new(width: u32, height: u32, space: sys::J_COLOR_SPACE) -> Self {
        // SAFETY: both are plain C structs for which zeroes are valid; jpegli fills them in.
        let (info, errors) = unsafe { (std::mem::zeroed(), std::mem::zeroed()) };
        let mut errors: Box<sys::jpegli_error_mgr> = Box::new(errors);
        let mut session = Self {
            info: Box::new(info),
            output: Box::new((std::ptr::null_mut(), 0)),
            scans: Vec::new(),
            _errors: {
                // SAFETY: the pointer is to a live value.
                unsafe { sys::jpegli_std_error(&mut errors) };
                errors.error_exit = Some(fail);
                errors.output_message = Some(stay_silent);
                errors
            },
        };
        session.info.common.err = &raw mut *session._errors;
        let (bytes, length) = (&raw mut session.output.0, &raw mut session.output.1);
        // SAFETY: what the compressor is given lives in boxes beside it, and longer than it.
        unsafe {
            sys::jpegli_create_compress(&mut session.info);
            sys::jpegli_mem_dest(&mut session.info, bytes, length);
        }
        session.info.image_width = width;
        session.info.image_height = height;
        session.info.input_components =
            if space == sys::J_COLOR_SPACE::JCS_GRAYSCALE { 1 } else { 3 };
        session.info.in_color_space = space;
        // SAFETY: size and colours are set.
        unsafe { sys::jpegli_set_defaults(&mut session.info) };
        session
    }

    fn start(&mut self, distance: f32, chroma: Chroma, how: &How<'_>) {
        let count = usize::try_from(self.info.num_components).unwrap_or(0);
        let factor = if count == 3 && chroma == Chroma::Halved { 2 } else { 1 };
        // SAFETY: jpegli has allocated that many when it set its defaults.
        let components = unsafe { std::slice::from_raw_parts_mut(self.info.comp_info, count) };
        for (component, factor) in components.iter_mut().zip([factor, 1, 1]) {
            (component.h_samp_factor, component.v_samp_factor) = (factor, factor);
        }
        self.info.optimize_coding = 1;
        if how.effort != Effort::Fast {
            self.scans = scans::progressive(self.info.num_components, factor == 1, distance);
            self.info.scan_info = self.scans.as_ptr();
            self.info.num_scans = self.scans.len() as c_int;
        }
        // SAFETY: defaults are set and compression has not started; the scans live as long as the
        // compressor.
        unsafe {
            // Without scans of its own it writes one.
            jpegli_set_progressive_level(&mut self.info, 0);
            jpegli_set_distance(&mut self.info, distance, 1);
            sys::jpegli_start_compress(&mut self.info, 1);
        }
    }

    /// Writes whole rows.
    fn write(&mut self, rows: &[u8], how: &How<'_>) -> Result<(), Error> {
        let channels = usize::try_from(self.info.input_components).unwrap_or(1);
        for row in rows.chunks_exact(self.info.image_width as usize * channels) {
            if self.info.next_scanline.is_multiple_of(ROWS as u32) {
                how.limits.may_go_on(Stage::Encode)?;
            }
            let start = row.as_ptr();
            // SAFETY: one whole row lies behind the pointer.
            if unsafe { sys::jpegli_write_scanlines(&mut self.info, &raw const start, 1) } != 1 {
                return Err(refused("jpegli takes no more rows"));
            }
        }
        Ok(())
    }

    fn scanlines(mut self, samples: &[u8], how: &How<'_>) -> Result<Vec<u8>, Error> {
        self.write(samples, how)?;
        Ok(self.finish())
    }

    fn finish(mut self) -> Vec<u8> {
        // SAFETY: all rows are written; then as many bytes lie behind the pointer as it says.
        unsafe {
            sys::jpegli_finish_compress(&mut self.info);
            let (bytes, length) = *self.output;
            if bytes.is_null() {
                return Vec::new();
            }
            std::slice::from_raw_parts(bytes, length as usize).to_vec()
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: the compressor is destroyed only here, and the buffer, which it allocates by
        // `malloc` and does not free, is freed only here.
        unsafe {
            sys::jpegli_destroy_compress(&mut self.info);
            free(self.output.0.cast());
        }
    }
}

/// jpegli puts its message in place of its parameters.
extern "C-unwind" fn fail(info: &mut sys::jpegli_common_struct) {
    // SAFETY: the error manager is the one that `Session::new` set, and of both readings of its
    // parameters all bytes are valid.
    let text = unsafe { info.err.as_ref().map(|errors| errors.msg_parm.s) };
    let bytes = text.iter().flatten().map(|byte| byte.cast_unsigned()).take_while(|b| *b != 0);
    let text: Vec<u8> = bytes.collect();
    resume_unwind(Box::new(String::from_utf8_lossy(&text).into_owned()));
}

extern "C-unwind" fn stay_silent(_: &mut sys::jpegli_common_struct) {}
