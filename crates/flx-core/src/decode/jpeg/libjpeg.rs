//! JPEG by libjpeg (libjpeg-turbo's decoder inside mozjpeg): whole or at a DCT scale, as grey, RGB
//! or planes. The one C decoder that meets bytes of strangers.
//!
//! libjpeg reports errors by a callback that must not return. Ours unwind with a typed error,
//! through C code built with unwind tables, to where the session started; nobody sees a panic.

#![expect(unsafe_code, reason = "libjpeg is a C library")]

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use image::{DynamicImage, GrayImage, RgbImage};
use mozjpeg_sys as sys;

use super::layout::{self, Factors, Plane};
use super::rows::{Channels, Rows};
use crate::decode::Pixels;
use crate::planes::Ycc;
use crate::probe::corrupt;
use crate::resize::TargetSize;
use crate::{Error, ImageInfo, Limits, SourceFormat, Stage};

/// Errors that tell nothing of damage.
const OTHERS_MAY_READ: [u32; 2] =
    [sys::JERR_SOF_UNSUPPORTED as u32, sys::JERR_FRACT_SAMPLE_NOTIMPL as u32];

/// What is wanted of a file.
pub(super) struct Task<'a> {
    pub(super) info: &'a ImageInfo,
    pub(super) components: u8,
    /// Eighths of the coded size: 1, 2, 4 or 8.
    pub(super) eighths: u32,
    /// Whether luma and chroma may stay apart.
    pub(super) planes: bool,
    /// What the picture is to be scaled to, whole.
    pub(super) scaled: Option<TargetSize>,
    pub(super) limits: &'a Limits,
}

pub(super) fn decode(input: &[u8], task: &Task<'_>) -> Result<Pixels, Error> {
    // Nothing that the closure touches is looked at again after an error.
    catch_unwind(AssertUnwindSafe(|| Session::new(input, task.limits).read(task))).unwrap_or_else(
        |payload| {
            Err(payload.downcast::<Error>().map_or_else(|_| damaged("libjpeg gave up"), |e| *e))
        },
    )
}

fn damaged(reason: impl Into<String>) -> Error {
    corrupt(SourceFormat::Jpeg, reason)
}

/// What the callbacks work with; libjpeg holds pointers to it.
struct Watch<'a> {
    errors: sys::jpeg_error_mgr,
    progress: sys::jpeg_progress_mgr,
    limits: &'a Limits,
}

/// A decompressor, destroyed when dropped. Boxed, because libjpeg points into both.
struct Session<'a> {
    info: Box<sys::jpeg_decompress_struct>,
    _watch: Box<Watch<'a>>,
    _input: &'a [u8],
}

impl<'a> Session<'a> {
    fn new(input: &'a [u8], limits: &'a Limits) -> Self {
        // SAFETY: all three are plain C structs for which zeroes are valid; libjpeg fills them in.
        let (info, errors, progress) =
            unsafe { (std::mem::zeroed(), std::mem::zeroed(), std::mem::zeroed()) };
        let mut watch = Box::new(Watch { errors, progress, limits });
        let mut info: Box<sys::jpeg_decompress_struct> = Box::new(info);
        // SAFETY: the pointers are to live values that outlive the decompressor: it is destroyed
        // in `drop`, before the boxes go. The input is borrowed for as long as the session.
        unsafe {
            sys::jpeg_std_error(&mut watch.errors);
            watch.errors.error_exit = Some(fail);
            watch.errors.emit_message = Some(warn);
            watch.errors.output_message = Some(stay_silent);
            watch.progress.progress_monitor = Some(look_at_the_clock);
            info.common.err = &raw mut watch.errors;
            sys::jpeg_create_decompress(&raw mut *info);
            info.common.client_data = (&raw mut *watch).cast();
            info.common.progress = &raw mut watch.progress;
            sys::jpeg_mem_src(&mut info, input.as_ptr(), input.len() as _);
        }
        Self { info, _watch: watch, _input: input }
    }

    fn read(mut self, task: &Task<'_>) -> Result<Pixels, Error> {
        use sys::J_COLOR_SPACE::{JCS_GRAYSCALE, JCS_RGB, JCS_YCbCr};
        // SAFETY: the decompressor has its source.
        unsafe { sys::jpeg_read_header(&mut self.info, 1) };
        let coded = (task.info.coded_width(), task.info.coded_height());
        let components = i32::from(task.components);
        let info = &mut *self.info;
        if (info.image_width, info.image_height) != coded || info.num_components != components {
            return Err(damaged("its frame header reads differently the second time"));
        }
        let (space, channels) = match info.jpeg_color_space {
            JCS_GRAYSCALE => (JCS_GRAYSCALE, Channels::One),
            JCS_YCbCr if task.planes => (JCS_YCbCr, Channels::Three),
            _ => (JCS_RGB, Channels::Three),
        };
        info.out_color_space = space;
        info.scale_num = task.eighths;
        info.scale_denom = 8;
        let layout = (space == JCS_YCbCr).then(|| self.layout(task)).flatten();
        if layout.is_none() && space == JCS_YCbCr {
            self.info.out_color_space = JCS_RGB;
        }
        self.info.raw_data_out = layout.is_some().into();
        // SAFETY: the header has been read.
        unsafe { sys::jpeg_start_decompress(&mut self.info) };
        let (width, height) = (self.info.output_width, self.info.output_height);
        let source = TargetSize { width, height };
        let target = task.scaled.unwrap_or(source);
        let wrong = || damaged("the decoder's picture has another size");
        let pixels = if let Some((planes, rows)) = layout {
            Pixels::Ycc(self.planes(planes, rows, target).ok_or_else(wrong)?)
        } else {
            let samples = self.samples(Rows::new(source, target, channels))?;
            let TargetSize { width, height } = target;
            let image = match channels {
                Channels::One => {
                    GrayImage::from_raw(width, height, samples).map(DynamicImage::ImageLuma8)
                }
                Channels::Three => {
                    RgbImage::from_raw(width, height, samples).map(DynamicImage::ImageRgb8)
                }
            };
            Pixels::Image(image.ok_or_else(wrong)?)
        };
        // SAFETY: all rows have been read. What follows them is read to the end of the image.
        unsafe { sys::jpeg_finish_decompress(&mut self.info) };
        Ok(pixels)
    }

    fn components(&self) -> &[sys::jpeg_component_info] {
        let count = usize::try_from(self.info.num_components).unwrap_or(0);
        if self.info.comp_info.is_null() {
            return &[];
        }
        // SAFETY: libjpeg has allocated that many when it read the header.
        unsafe { std::slice::from_raw_parts(self.info.comp_info, count) }
    }

    /// Where the planes stand, if the encoder can take them as they come: chroma like luma or half
    /// as wide and high, or scaled anyway.
    fn layout(&self, task: &Task<'_>) -> Option<([Plane; 3], u32)> {
        let factors: Vec<Factors> = self
            .components()
            .iter()
            .map(|c| (c.h_samp_factor.cast_unsigned(), c.v_samp_factor.cast_unsigned()))
            .collect();
        let coded = TargetSize { width: self.info.image_width, height: self.info.image_height };
        let (planes, rows) = layout::planes(coded, factors.try_into().ok()?, task.eighths)?;
        let [luma, blue, red] = planes.map(|plane| plane.size);
        let halved = TargetSize { width: luma.width.div_ceil(2), height: luma.height.div_ceil(2) };
        let scaled = task.scaled.is_some_and(|target| target != luma);
        let fits = blue == red && (scaled || blue == luma || blue == halved);
        fits.then_some((planes, rows))
    }

    /// Reads the next row; its length is that of the output's rows.
    fn row(&mut self, row: &mut [u8]) -> Result<(), Error> {
        let length = self.info.output_width as usize * self.info.output_components as usize;
        if row.len() != length {
            return Err(damaged("the decoder's rows have another length"));
        }
        let mut start = row.as_mut_ptr();
        // SAFETY: one row of exactly the output's length lies behind the pointer.
        match unsafe { sys::jpeg_read_scanlines(&mut self.info, &raw mut start, 1) } {
            1 => Ok(()),
            _ => Err(damaged("a row is missing")),
        }
    }

    fn samples(&mut self, mut rows: Rows) -> Result<Vec<u8>, Error> {
        let wrong = || damaged("the decoder's picture has another size");
        while self.info.output_scanline < self.info.output_height {
            self.row(rows.next())?;
            rows.advance().ok_or_else(wrong)?;
        }
        rows.finish().ok_or_else(wrong)
    }

    /// Luma and chroma as the file has them, or all three at the size of the target.
    fn planes(&mut self, planes: [Plane; 3], rows: u32, target: TargetSize) -> Option<Ycc> {
        /// libjpeg writes whole blocks; one more is room to be wrong by.
        const MARGIN: usize = sys::DCTSIZE;
        let [luma, ..] = planes;
        let mut parts: Vec<Part> = Vec::with_capacity(planes.len());
        for (plane, component) in planes.iter().zip(self.components()) {
            let stride = component.width_in_blocks as usize * plane.block as usize + MARGIN;
            let target = if target == luma.size { plane.size } else { target };
            parts.push(Part {
                scratch: vec![0; stride * plane.rows as usize],
                stride,
                rows: Rows::showing(plane.size, plane.shown, target, Channels::One),
                target,
                left: plane.size.height,
            });
        }
        while self.info.output_scanline < self.info.output_height {
            let mut starts: Vec<Vec<*mut u8>> = parts
                .iter_mut()
                .map(|part| {
                    part.scratch.chunks_exact_mut(part.stride).map(<[u8]>::as_mut_ptr).collect()
                })
                .collect();
            let mut starts: Vec<*mut *mut u8> = starts.iter_mut().map(Vec::as_mut_ptr).collect();
            // SAFETY: for each component there are as many rows as libjpeg's rule for scaled blocks
            // makes of one row of its units, each longer than its blocks are wide.
            let read =
                unsafe { sys::jpeg_read_raw_data(&mut self.info, starts.as_mut_ptr(), rows) };
            if read == 0 {
                return None;
            }
            parts.iter_mut().try_for_each(Part::take)?;
        }
        let mut images = parts.into_iter().map(Part::image);
        Some(Ycc { luma: images.next()??, blue: images.next()??, red: images.next()?? })
    }
}

/// A plane that is being read.
struct Part {
    /// The rows that come at a time.
    scratch: Vec<u8>,
    stride: usize,
    rows: Rows,
    target: TargetSize,
    /// Rows that are still to come; what comes after them is padding.
    left: u32,
}

impl Part {
    fn take(&mut self) -> Option<()> {
        for row in self.scratch.chunks_exact(self.stride).take(self.left as usize) {
            let next = self.rows.next();
            next.copy_from_slice(row.get(..next.len())?);
            self.rows.advance()?;
            self.left -= 1;
        }
        Some(())
    }

    fn image(self) -> Option<GrayImage> {
        GrayImage::from_raw(self.target.width, self.target.height, self.rows.finish()?)
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        // SAFETY: the decompressor is created in `new` and destroyed only here.
        unsafe { sys::jpeg_destroy_decompress(&mut self.info) };
    }
}

/// libjpeg's way to report what it cannot go on after.
extern "C-unwind" fn fail(info: &mut sys::jpeg_common_struct) {
    // SAFETY: the error manager is the one that `Session::new` set.
    let code = unsafe { info.err.as_ref() }.map_or(0, |errors| errors.msg_code);
    let error = match code.cast_unsigned() {
        // Of a kind that others may read: odd sampling factors.
        code if OTHERS_MAY_READ.contains(&code) => Error::UnsupportedVariant {
            format: SourceFormat::Jpeg,
            variant: format!("libjpeg's message {code}"),
        },
        code => damaged(format!("libjpeg's message {code}")),
    };
    resume_unwind(Box::new(error));
}

/// Of libjpeg's warnings those are harmless that leave every sample as it was coded; after the
/// others it fills in grey or noise.
extern "C-unwind" fn warn(info: &mut sys::jpeg_common_struct, level: i32) {
    if level >= 0 {
        return;
    }
    // SAFETY: as in `fail`.
    let code = unsafe { info.err.as_ref() }.map_or(0, |errors| errors.msg_code);
    let reason = match code.cast_unsigned() {
        code if code == sys::JWRN_HIT_MARKER as u32 => "its data ends before the picture does",
        code if code == sys::JWRN_JPEG_EOF as u32 => "the file ends before the picture does",
        code if code == sys::JWRN_HUFF_BAD_CODE as u32 => "it has an invalid Huffman code",
        code if code == sys::JWRN_MUST_RESYNC as u32 => "a restart marker is missing",
        _ => return,
    };
    resume_unwind(Box::new(damaged(reason)));
}

extern "C-unwind" fn stay_silent(_: &mut sys::jpeg_common_struct) {}

extern "C-unwind" fn look_at_the_clock(info: &mut sys::jpeg_common_struct) {
    let watch = info.client_data.cast::<Watch<'_>>();
    // SAFETY: `Session::new` has put a live value there, and the limits are only read.
    let limits = unsafe { watch.as_ref() }.map(|watch| watch.limits);
    if let Some(Err(error)) = limits.map(|limits| limits.may_go_on(Stage::Decode)) {
        resume_unwind(Box::new(error));
    }
}
