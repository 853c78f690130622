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

/// The fit is made on photographs, and one generated picture is no average of them: this only
/// notices when a table no longer belongs to its encoder.
#[test]
fn the_same_quality_looks_alike_in_every_lossy_format() {
    let image = picture(320, 240);
    let input = png(image.clone());
    for quality in [50, 70, 82, 93] {
        let options = |format| Options::new(format).with_quality(Quality::new(quality).unwrap());
        let scores = [Format::WebP, Format::Avif, Format::Jpeg]
            .map(|format| score(&image, &decoded(with(&input, &options(format)).bytes())));
        let spread = scores.iter().fold(f64::MIN, |a, b| a.max(*b))
            - scores.iter().fold(f64::MAX, |a, b| a.min(*b));
        assert!(spread < 12.0, "quality {quality}: {scores:?}");
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
