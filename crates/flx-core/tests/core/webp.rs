//! Still WebP: sizes, alpha, effort, and stopping half-way.

use std::time::Duration;

use flx_core::{
    CancelFlag, Effort, Error, Format, Limits, Options, Progress, Quality, Stage, compress,
};
use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage, Rgba, RgbaImage};

use crate::fixtures::{decoded, difference, jpeg, photograph, png, score, to, with};

#[test]
fn every_small_and_odd_size_comes_out_as_it_went_in() {
    for (width, height) in [(1, 1), (1, 2), (2, 1), (1, 97), (97, 1), (15, 17), (101, 103)] {
        let image = RgbImage::from_fn(width, height, |x, y| {
            Rgb([90 + (x / 2) as u8, 120 - (y / 2) as u8, 60])
        });
        for input in [png(image.clone()), jpeg(&image, 95)] {
            let shown = decoded(to(Format::WebP, &input).bytes());
            let mean = difference(&shown, &image.clone().into());
            assert!(mean < 4.0, "{width}×{height}: {mean:.1}");
        }
    }
}

#[test]
fn the_longest_side_webp_can_hold_is_written_and_one_more_refused_by_name() {
    let row = |width| png(GrayImage::from_fn(width, 2, |x, _| Luma([(x / 64) as u8])));
    let longest = decoded(to(Format::WebP, &row(16_383)).bytes());
    assert_eq!((longest.width(), longest.height()), (16_383, 2));
    let refused = compress(&row(16_384), &Options::default(), &Limits::default()).unwrap_err();
    let Error::OutputTooLarge { format, width, limit, .. } = refused else { panic!("{refused}") };
    assert_eq!((format, width, limit), (Format::WebP, 16_384, 16_383));
}

#[test]
fn alpha_is_exact_up_to_the_edge_of_a_shape() {
    for (width, height) in [(64, 64), (33, 17), (1, 5)] {
        let image = RgbaImage::from_fn(width, height, |x, y| {
            let alpha = if x > y { 255 } else { (x * 37 + y * 11) as u8 };
            Rgba([200, (x * 3) as u8, (y * 3) as u8, alpha])
        });
        for effort in Effort::ALL {
            let options = Options::new(Format::WebP).with_effort(effort);
            let shown = decoded(with(&png(image.clone()), &options).bytes()).into_rgba8();
            let alphas = |image: &RgbaImage| image.pixels().map(|p| p.0[3]).collect::<Vec<_>>();
            assert_eq!(alphas(&shown), alphas(&image), "{width}×{height}, {effort}");
        }
    }
}

#[test]
fn more_effort_than_the_least_takes_fewer_bytes_at_about_the_same_score() {
    let image = photograph(640, 480);
    let input = png(image.clone());
    let results = Effort::ALL.map(|effort| {
        let options =
            Options::new(Format::WebP).with_effort(effort).with_quality(Quality::new(75).unwrap());
        let bytes = with(&input, &options).bytes().to_vec();
        (bytes.len(), score(&image, &decoded(&bytes)))
    });
    let [fast, balanced, small] = results;
    assert!(small.0 < fast.0 && balanced.0 < fast.0, "{results:?}");
    for other in [fast, small] {
        assert!((other.1 - balanced.1).abs() < 2.5, "{results:?}");
    }
}

#[test]
fn a_long_encode_stops_soon_after_it_is_cancelled() {
    let input = png(DynamicImage::from(photograph(1600, 1600)));
    let flag = CancelFlag::new();
    let raised = flag.clone();
    let limits = Limits::default().with_cancel(flag).with_progress(Progress::new(move |stage| {
        if stage == Stage::Encode {
            let raised = raised.clone();
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(30));
                raised.raise();
            });
        }
    }));
    let options = Options::new(Format::WebP).with_effort(Effort::Small);
    let stopped = compress(&input, &options, &limits).unwrap_err();
    assert_eq!(stopped, Error::Cancelled { stage: Stage::Encode });
}

#[test]
fn flat_graphics_come_back_without_loss_where_that_is_smaller() {
    let chart = RgbImage::from_fn(480, 320, |x, y| {
        let bar = x / 40 % 2 == 1 && y > 300 - x / 2;
        let line = x % 80 == 0 || y % 40 == 0;
        Rgb(if bar {
            [200, 40, 30]
        } else if line {
            [120; 3]
        } else {
            [255; 3]
        })
    });
    let result = to(Format::WebP, &png(chart.clone()));
    assert_eq!(decoded(result.bytes()).into_rgb8(), chart);
}
