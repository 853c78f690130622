//! One quality scale for all lossy formats.

use flx_core::{Format, Options, Quality};

use crate::fixtures::{decoded, picture, png, score, with};

#[test]
fn a_higher_quality_gives_more_bytes_and_a_better_score() {
    let image = picture(320, 240);
    let input = png(image.clone());
    for format in [Format::WebP, Format::Avif, Format::Jpeg] {
        let measured: Vec<(usize, f64)> = [40, 60, 82, 100]
            .into_iter()
            .map(|quality| {
                let quality = Quality::new(quality).unwrap();
                let result = with(&input, &Options::new(format).with_quality(quality));
                (result.bytes().len(), score(&image, &decoded(result.bytes())))
            })
            .collect();
        for pair in measured.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{format}: {measured:?}");
            assert!(pair[0].1 < pair[1].1 + 0.5, "{format}: {measured:?}");
        }
    }
}

#[test]
fn stage_times_are_told_for_every_stage_that_ran() {
    use flx_core::Stage;
    let result = with(&png(picture(64, 64)), &Options::default());
    let stages: Vec<Stage> = result.timings().iter().map(|(stage, _)| stage).collect();
    assert_eq!(
        stages,
        [Stage::Probe, Stage::Decode, Stage::Colour, Stage::Resize, Stage::Orient, Stage::Encode]
    );
    assert!(result.timings().total() > std::time::Duration::ZERO);
}
