//! AV1 streams to pixels: decode each tile, put the tiles together, turn YUV into RGB.

use image::DynamicImage;
use re_rav1d::dav1d::{Decoder, Error as Av1Error, Picture as Frame, Settings};

use super::premultiplied::unpremultiply;
use super::yuv::{Canvas, Colours};
use super::{Decoded, Pixels, Profile};
use crate::isobmff::{Cicp, Crop, Picture, Plane};
use crate::probe::{MAX_PROFILE_BYTES, corrupt};
use crate::{Error, SourceFormat};

pub(super) fn decode(
    picture: &Picture<'_>,
    threads: Option<std::num::NonZeroU32>,
) -> Result<Decoded, Error> {
    let all = || u32::try_from(rayon::current_num_threads()).unwrap_or(1);
    let threads = threads.map_or_else(all, std::num::NonZeroU32::get);
    let colour = &picture.colour;
    let colours = if picture.monochrome { Colours::Grey } else { Colours::Rgb };
    let mut canvas = Canvas::new(colour.width, colour.height, picture.bit_depth, colours);
    if picture.alpha.is_some() {
        canvas = canvas.with_alpha();
    }
    let mut stream_cicp = None;
    let how = How { threads, operating_point: picture.operating_point };
    for_each_tile(colour, how, |frame, left, top| {
        // What the container says about colours goes before what the stream says.
        let cicp = picture.cicp.unwrap_or_else(|| cicp_of(frame));
        stream_cicp.get_or_insert(cicp);
        canvas.draw_colour(frame, cicp, left, top)
    })?;
    if let Some(alpha) = &picture.alpha {
        if (alpha.width, alpha.height) != (colour.width, colour.height) {
            return Err(damaged(format!(
                "alpha is {}×{} px, colour {}×{} px",
                alpha.width, alpha.height, colour.width, colour.height
            )));
        }
        for_each_tile(alpha, how, |frame, left, top| canvas.draw_alpha(frame, left, top))?;
    }
    let mut image = canvas.into_image().ok_or_else(|| damaged("the picture has another size"))?;
    if picture.premultiplied {
        unpremultiply(&mut image);
    }
    let profile = match picture.icc.filter(|icc| icc.len() <= MAX_PROFILE_BYTES) {
        Some(icc) => Some(Profile::Icc(icc.to_vec())),
        None => stream_cicp
            .map(|cicp| Profile::Cicp { primaries: cicp.primaries, transfer: cicp.transfer }),
    };
    Ok(Decoded { pixels: Pixels::Image(cropped(image, picture.crop)), profile })
}

fn damaged(reason: impl Into<String>) -> Error {
    corrupt(SourceFormat::Avif, reason)
}

fn cropped(image: DynamicImage, crop: Option<Crop>) -> DynamicImage {
    match crop {
        Some(crop) => image.crop_imm(crop.left, crop.top, crop.width, crop.height),
        None => image,
    }
}

/// How a stream is decoded.
#[derive(Clone, Copy)]
struct How {
    threads: u32,
    operating_point: u8,
}

/// Decodes a plane's tiles in turn and hands each over with its place.
fn for_each_tile(
    plane: &Plane<'_>,
    how: How,
    mut draw: impl FnMut(&Frame, u32, u32) -> Result<(), Error>,
) -> Result<(), Error> {
    let places = (0..plane.rows).flat_map(|row| (0..plane.columns).map(move |col| (col, row)));
    for (tile, (column, row)) in plane.tiles.iter().zip(places) {
        let frame = decode_frame(tile, plane, how)?;
        if (frame.width(), frame.height()) != (plane.tile_width, plane.tile_height) {
            return Err(damaged(format!(
                "the stream has {}×{} px, the container {}×{} px",
                frame.width(),
                frame.height(),
                plane.tile_width,
                plane.tile_height
            )));
        }
        draw(&frame, column * plane.tile_width, row * plane.tile_height)?;
    }
    Ok(())
}

fn decode_frame(stream: &[u8], plane: &Plane<'_>, how: How) -> Result<Frame, Error> {
    let explain = |error: Av1Error| match error {
        Av1Error::UnsupportedBitstream => Error::UnsupportedVariant {
            format: SourceFormat::Avif,
            variant: "AV1 profile".to_owned(),
        },
        other => damaged(format!("AV1 stream: {other}")),
    };
    let mut settings = Settings::new();
    settings.set_n_threads(how.threads);
    // Of a picture in layers only the last and best is wanted.
    settings.set_all_layers(false);
    settings.set_operating_point(how.operating_point.into());
    // One picture in, one picture out: nothing to wait for.
    settings.set_max_frame_delay(1);
    settings.set_frame_size_limit(plane.tile_width.saturating_mul(plane.tile_height));
    let mut decoder = Decoder::with_settings(&settings).map_err(explain)?;
    match decoder.send_data(stream.to_vec(), None, None, None) {
        Ok(()) | Err(Av1Error::Again) => {}
        Err(error) => return Err(explain(error)),
    }
    loop {
        match decoder.get_picture() {
            Ok(frame) => return Ok(frame),
            // Data may be pending behind a frame that was not shown.
            Err(Av1Error::Again) => match decoder.send_pending_data() {
                Ok(()) => return decoder.get_picture().map_err(explain),
                Err(Av1Error::Again) => {}
                Err(error) => return Err(explain(error)),
            },
            Err(error) => return Err(explain(error)),
        }
    }
}

fn cicp_of(frame: &Frame) -> Cicp {
    use re_rav1d::dav1d::pixel::YUVRange;
    Cicp {
        primaries: frame.color_primaries() as u8,
        transfer: frame.transfer_characteristic() as u8,
        matrix: frame.matrix_coefficients() as u8,
        full_range: matches!(frame.color_range(), YUVRange::Full),
    }
}
