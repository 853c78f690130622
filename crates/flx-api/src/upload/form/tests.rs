use flx_core::{ColourSpace, Effort, Fit, Format, Gravity, Position};

use super::*;

#[track_caller]
fn check(name: &str, text: &str, taken: bool) {
    let field = TextField::named(name).unwrap();
    let result = Form::default().set(field, text);
    assert_eq!(result.is_ok(), taken, "{name}={text:?}: {result:?}");
    if let Err(problem) = result {
        let view = problem.view(None);
        assert_eq!(view.field.as_deref(), Some(name));
        assert!(view.value.is_some() && view.limit.is_some() && view.status == 422);
    }
}

/// What a form of these fields asks of the codec.
fn options(fields: &[(&str, &str)]) -> Options {
    let mut form = Form::default();
    for (name, text) in fields {
        form.set(TextField::named(name).unwrap(), text).unwrap();
    }
    form.options()
}

#[test]
fn values_inside_their_range_are_taken() {
    for (name, text) in [
        ("format", "webp"),
        ("format", "jpg"),
        ("format", "auto"),
        ("format", "Same"),
        ("format", "webp, avif"),
        ("quality", "40"),
        ("quality", "100"),
        ("quality", "82.0"),
        ("quality", "auto"),
        ("quality", "AUTO:Best"),
        ("maxBytes", "1"),
        ("maxBytes", "18446744073709551615"),
        ("effort", "small"),
        ("lossy", "true"),
        ("animated", "FALSE"),
        ("maxWidth", "1"),
        ("maxHeight", "4294967295"),
        ("fit", "cover"),
        ("gravity", "tl"),
        ("gravity", "attention"),
        ("enlarge", "true"),
        ("background", "#0af"),
        ("colour", "keep"),
        ("keep", "copyright, icc"),
        ("sessionId", "a-Z_0.9:x"),
        ("watermarkScale", "5"),
        ("watermarkScale", "12.5"),
        ("watermarkOpacity", "0"),
        ("watermarkPosition", "tl"),
        ("quality", ""),
        ("maxWidth", "  "),
    ] {
        check(name, text, true);
    }
}

#[test]
fn values_outside_their_range_are_refused_by_name() {
    let long = "x".repeat(65);
    for (name, text) in [
        ("format", "gif"),
        ("format", "webp,gif"),
        ("format", "auto,webp"),
        ("format", "webp,"),
        ("quality", "39"),
        ("quality", "101"),
        ("quality", "256"),
        ("quality", "82.5"),
        ("quality", "1e2"),
        ("quality", "-82"),
        ("quality", "NaN"),
        ("quality", "99999999999"),
        ("quality", "auto:"),
        ("quality", "auto:fine"),
        ("quality", "best"),
        ("maxBytes", "0"),
        ("maxBytes", "-1"),
        ("maxBytes", "10kB"),
        ("maxBytes", "1.5"),
        ("maxBytes", "18446744073709551616"),
        ("effort", "slow"),
        ("lossy", "1"),
        ("animated", "yes"),
        ("maxWidth", "0"),
        ("maxWidth", "-1"),
        ("maxWidth", "4294967296"),
        ("fit", "crop"),
        ("gravity", "XX"),
        ("gravity", "north"),
        ("enlarge", "on"),
        ("background", "red"),
        ("background", "#12345"),
        ("colour", "p3"),
        ("keep", "all"),
        ("keep", "icc,"),
        ("sessionId", "a b"),
        ("sessionId", "../x"),
        ("sessionId", &long),
        ("watermarkScale", "4.9"),
        ("watermarkScale", "51"),
        ("watermarkScale", "inf"),
        ("watermarkOpacity", "101"),
        ("watermarkPosition", "XX"),
    ] {
        check(name, text, false);
    }
}

#[test]
fn a_field_given_twice_is_refused() {
    let mut form = Form::default();
    form.set(TextField::Quality, "82").unwrap();
    let problem = form.set(TextField::Quality, "83").unwrap_err();
    assert_eq!(problem.view(None).field.as_deref(), Some("quality"));
}

#[test]
fn the_defaults_are_those_of_the_contract() {
    let options = options(&[]);
    assert_eq!(options.format(), FormatChoice::One(Format::WebP));
    assert_eq!(options.quality(), QualityChoice::Fixed(Quality::new(82).unwrap()));
    assert!(options.max_width().is_none() && options.watermark().is_none());
    assert!(options.max_bytes().is_none() && options.keep().is_nothing());
    assert!(options.animated() && !options.enlarge() && !options.lossy_png());
    assert_ne!(Form::default().session_id(), Form::default().session_id());
}

#[test]
fn each_field_says_what_it_is_named_for() {
    let options = options(&[
        ("format", "same"),
        ("quality", "auto:low"),
        ("maxBytes", "50000"),
        ("effort", "fast"),
        ("lossy", "true"),
        ("animated", "false"),
        ("maxWidth", "400"),
        ("maxHeight", "300"),
        ("fit", "contain"),
        ("gravity", "TR"),
        ("enlarge", "true"),
        ("background", "102030"),
        ("colour", "keep"),
        ("keep", "copyright,gps"),
    ]);
    assert_eq!(options.format(), FormatChoice::Same);
    assert_eq!(options.quality(), QualityChoice::Auto(AutoQuality::Low));
    assert_eq!(options.max_bytes().map(NonZeroU64::get), Some(50_000));
    assert_eq!(options.effort(), Effort::Fast);
    assert!(options.lossy_png() && !options.animated() && options.enlarge());
    let sides = (options.max_width(), options.max_height());
    assert_eq!(sides, (NonZeroU32::new(400), NonZeroU32::new(300)));
    assert_eq!(options.fit(), Fit::Contain);
    assert_eq!(options.gravity(), Gravity::Point(Position::TopRight));
    let background = options.background();
    assert_eq!((background.red, background.green, background.blue), (0x10, 0x20, 0x30));
    assert_eq!(options.colour_space(), ColourSpace::Source);
    let keep = options.keep();
    assert!(keep.copyright && keep.gps && !keep.icc && !keep.exif && !keep.xmp);
}

#[track_caller]
fn check_format(format: &str, accept: &str, expected: Option<&[Format]>) {
    let mut form = Form::default();
    form.set(TextField::Format, format).unwrap();
    let chosen = form.choose_format(&Accepted::parse(accept));
    let what = format!("format={format} with Accept: {accept}");
    let Some(expected) = expected else {
        let view = chosen.expect_err(&what).view(None);
        assert_eq!((view.status, view.field.as_deref()), (406, Some("Accept")), "{what}");
        return;
    };
    chosen.unwrap_or_else(|problem| panic!("{what}: {problem}"));
    let candidates = form.options().format().candidates(flx_core::SourceFormat::Gif);
    assert_eq!(candidates, expected.iter().copied().collect(), "{what}");
}

#[test]
fn auto_takes_the_formats_that_the_client_takes() {
    use Format::{Avif, Jpeg, Png, WebP};
    let chrome = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
    let safari = "image/webp,image/avif,image/jxl,image/heic,video/*;q=0.8,image/png,image/*;q=0.8";
    for (accept, expected) in [
        ("", &[WebP, Avif][..]),
        ("*/*", &[WebP, Avif]),
        ("application/json", &[WebP, Avif]),
        ("application/json, image/jpeg", &[WebP, Avif]),
        ("image/*", &[WebP, Avif]),
        ("application/octet-stream", &[WebP, Avif]),
        ("image/jpeg", &[Jpeg]),
        ("image/jpeg, image/PNG;q=0.5", &[Jpeg, Png]),
        ("image/*, image/avif;q=0", &[WebP]),
        (chrome, &[WebP, Avif]),
        (safari, &[WebP, Avif, Png]),
    ] {
        check_format("auto", accept, Some(expected));
    }
    check_format("auto", "image/gif", None);
    check_format("auto", "image/svg+xml, image/webp;q=0", None);
}

#[test]
fn a_list_is_narrowed_to_what_the_client_takes() {
    use Format::{Avif, Jpeg, WebP};
    check_format("webp,avif", "application/json", Some(&[WebP, Avif]));
    check_format("webp,avif", "image/webp", Some(&[WebP]));
    check_format("jpg,avif", "image/webp, image/*;q=0.1", Some(&[Jpeg, Avif]));
    check_format("webp,avif", "image/jpeg", None);
}

#[test]
fn a_format_that_is_named_stands_whatever_the_client_takes() {
    check_format("png", "image/webp", Some(&[Format::Png]));
    check_format("same", "image/avif", Some(&[Format::WebP]));
}
