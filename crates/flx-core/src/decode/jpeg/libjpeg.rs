//! JPEG by libjpeg (libjpeg-turbo's decoder inside mozjpeg): whole or at a DCT scale, as grey, RGB
//! or planes. The one C decoder that meets bytes of strangers.
//!
//! libjpeg reports errors by a callback that must not return. Ours unwind with a typed error,
//! through C code built with unwind tables, to where the session started; nobody sees a panic.

#![expect(unsafe_code, reason = "libjpeg is a C library")]

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use image::{DynamicImage, GrayImage, RgbImage};
use mozjpeg_sys as sys;

use crate::decode::Pixels;
use crate::planes::Ycc;
use crate::probe::corrupt;
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
            JCS_GRAYSCALE => (JCS_GRAYSCALE, 1),
            JCS_YCbCr if task.planes => (JCS_YCbCr, 3),
            _ => (JCS_RGB, 3),
        };
        info.out_color_space = space;
        info.scale_num = task.eighths;
        info.scale_denom = 8;
        let halved = space == JCS_YCbCr && task.eighths == 8 && self.is_halved();
        self.info.raw_data_out = halved.into();
        // SAFETY: the header has been read.
        unsafe { sys::jpeg_start_decompress(&mut self.info) };
        let (width, height) = (self.info.output_width, self.info.output_height);
        let wrong = || damaged("the decoder's picture has another size");
        let pixels = if halved {
            Pixels::Ycc(self.halved_planes(width, height).ok_or_else(wrong)?)
        } else if space == JCS_YCbCr {
            Pixels::Ycc(self.planes(width, height).ok_or_else(wrong)?)
        } else {
            let samples = self.samples(width as usize * channels, height)?;
            let image = if channels == 1 {
                GrayImage::from_raw(width, height, samples).map(DynamicImage::ImageLuma8)
            } else {
                RgbImage::from_raw(width, height, samples).map(DynamicImage::ImageRgb8)
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

    /// Whether chroma has half the width and height of luma.
    fn is_halved(&self) -> bool {
        let factors: Vec<_> =
            self.components().iter().map(|c| (c.h_samp_factor, c.v_samp_factor)).collect();
        factors == [(2, 2), (1, 1), (1, 1)]
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

    fn samples(&mut self, stride: usize, height: u32) -> Result<Vec<u8>, Error> {
        let mut samples = vec![0; stride * height as usize];
        samples.chunks_exact_mut(stride).try_for_each(|row| self.row(row))?;
        Ok(samples)
    }

    /// Planes of one size, as upsampled by libjpeg.
    fn planes(&mut self, width: u32, height: u32) -> Option<Ycc> {
        let mut planes = [(); 3].map(|()| vec![0u8; width as usize * height as usize]);
        let mut row = vec![0u8; width as usize * 3];
        let [luma, blue, red] = &mut planes;
        let targets = luma
            .chunks_exact_mut(width as usize)
            .zip(blue.chunks_exact_mut(width as usize))
            .zip(red.chunks_exact_mut(width as usize));
        for ((luma, blue), red) in targets {
            self.row(&mut row).ok()?;
            let (pixels, _) = row.as_chunks::<3>();
            for (((luma, blue), red), pixel) in luma.iter_mut().zip(blue).zip(red).zip(pixels) {
                [*luma, *blue, *red] = *pixel;
            }
        }
        let [luma, blue, red] = planes.map(|plane| GrayImage::from_raw(width, height, plane));
        Some(Ycc { luma: luma?, blue: blue?, red: red? })
    }

    /// Luma and halved chroma as the file has them.
    fn halved_planes(&mut self, width: u32, height: u32) -> Option<Ycc> {
        // Sixteen rows of luma make eight of chroma; libjpeg writes whole blocks.
        const ROWS: usize = 16;
        let halved = (width.div_ceil(2), height.div_ceil(2));
        let mut planes = [
            GrayImage::new(width, height),
            GrayImage::new(halved.0, halved.1),
            GrayImage::new(halved.0, halved.1),
        ];
        let strides: Vec<usize> =
            self.components().iter().map(|c| c.width_in_blocks as usize * sys::DCTSIZE).collect();
        let mut scratch: Vec<Vec<u8>> =
            strides.iter().map(|stride| vec![0u8; (stride + 16) * ROWS]).collect();
        let mut done = [0usize; 3];
        while self.info.output_scanline < self.info.output_height {
            let mut rows: Vec<Vec<*mut u8>> = scratch
                .iter_mut()
                .zip(&strides)
                .map(|(rows, stride)| {
                    rows.chunks_exact_mut(stride + 16).map(<[u8]>::as_mut_ptr).collect()
                })
                .collect();
            let mut starts: Vec<*mut *mut u8> = rows.iter_mut().map(Vec::as_mut_ptr).collect();
            // SAFETY: sixteen rows for each component, each as long as its blocks are wide.
            let read = unsafe {
                sys::jpeg_read_raw_data(&mut self.info, starts.as_mut_ptr(), ROWS as u32)
            };
            if read == 0 {
                return None;
            }
            let parts = planes.iter_mut().zip(&scratch).zip(&strides).zip(&mut done);
            for (component, (((plane, rows), stride), done)) in parts.enumerate() {
                let count = if component == 0 { ROWS } else { ROWS / 2 };
                let length = plane.width() as usize;
                let targets = plane.chunks_exact_mut(length).skip(*done).take(count);
                for (target, row) in targets.zip(rows.chunks_exact(stride + 16)) {
                    target.copy_from_slice(row.get(..length)?);
                }
                *done += count;
            }
        }
        let [luma, blue, red] = planes;
        Some(Ycc { luma, blue, red })
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
