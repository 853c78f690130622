//! Every job that flx and its peers are given, and how far flx is meant to be ahead.

use super::goals::Goals;
use super::material::Kind;
use super::program::Program;
use super::scope::Weight;

/// One program's way of doing a job.
#[derive(Debug, Clone, Copy)]
pub struct Entrant {
    /// The program.
    pub program: Program,
    /// Which of its ways, for the program and for tables.
    pub variant: &'static str,
    /// Settings that cover scores of about 55 to 90.
    pub settings: &'static [u32],
    /// What flx's figures should be at most, as a share of this entrant's.
    pub goals: Goals,
}

/// One kind of work.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// For tables.
    pub title: &'static str,
    /// What comes in.
    pub kind: Kind,
    /// What goes out.
    pub format: &'static str,
    /// How many pictures it gets.
    pub weight: Weight,
    /// Whether encoders are compared at equal scores; else at one setting each, the peer's being
    /// the one that looks as good as flx's.
    pub swept: bool,
    /// flx, then its peers.
    pub entrants: &'static [Entrant],
}

const fn flx(variant: &'static str, settings: &'static [u32]) -> Entrant {
    Entrant { program: Program::Flx, variant, settings, goals: goals(None, None, None) }
}

const fn peer(
    program: Program,
    variant: &'static str,
    settings: &'static [u32],
    goals: Goals,
) -> Entrant {
    Entrant { program, variant, settings, goals }
}

const fn goals(bytes: Option<f64>, time: Option<f64>, memory: Option<f64>) -> Goals {
    Goals { bytes, time, memory, or: None }
}

const NONE: Goals = goals(None, None, None);
const SCALE: &[u32] = &[46, 66, 80, 90, 100];
const LIBWEBP: &[u32] = &[46, 66, 80, 90, 100];
/// Settings of libwebp close enough that the cheapest that looks as good is hardly better.
const FINELY: &[u32] = &[50, 56, 62, 66, 70, 73, 76, 79, 82, 85, 88, 91, 95, 100];
const LIBJPEG: &[u32] = &[40, 62, 78, 90, 97];
const MOZJPEG: &[u32] = &[44, 63, 78, 90, 98];
const SHARP_AVIF: &[u32] = &[43, 52, 62, 76, 92];
const LIBAVIF: &[u32] = &[43, 54, 66, 80, 95];
const CQ_LEVEL: &[u32] = &[41, 32, 24, 15, 7];
const RAVIF: &[u32] = &[52, 66, 79, 88, 97];

const WEBP: &[Entrant] = &[
    flx("balanced", SCALE),
    peer(
        Program::Sharp,
        "",
        LIBWEBP,
        // Smaller files may take longer.
        Goals { or: Some((0.95, 0.9)), ..goals(Some(1.0), Some(0.75), Some(0.6)) },
    ),
];
const WEBP_SCALED: &[Entrant] = &[
    flx("balanced", SCALE),
    peer(Program::Sharp, "", LIBWEBP, goals(Some(1.0), Some(0.75), Some(0.45))),
];
const JPEG: &[Entrant] = &[
    flx("balanced", SCALE),
    peer(Program::Sharp, "", LIBJPEG, goals(Some(0.92), Some(1.2), Some(0.6))),
    peer(Program::Sharp, "mozjpeg", MOZJPEG, goals(Some(1.0), Some(0.3), Some(0.6))),
];
const AVIF_FAST: &[Entrant] = &[
    flx("fast", SCALE),
    peer(Program::Sharp, "effort0", SHARP_AVIF, goals(Some(1.0), Some(1.0), Some(0.6))),
];
const AVIF: &[Entrant] = &[
    flx("balanced", SCALE),
    peer(Program::Sharp, "effort2", SHARP_AVIF, goals(Some(1.0), Some(1.0), Some(0.6))),
];
const AVIF_SLOW: &[Entrant] = &[
    flx("small", SCALE),
    peer(Program::Sharp, "effort4", SHARP_AVIF, goals(Some(1.1), Some(0.2), Some(0.6))),
];
const AVIF_PORTABLE: &[Entrant] = &[
    Entrant { program: Program::FlxPortable, variant: "balanced", settings: SCALE, goals: NONE },
    peer(Program::Ravif, "speed6", RAVIF, goals(Some(1.05), Some(0.6), None)),
];
const PNG: &[Entrant] = &[
    flx("balanced", &[82]),
    peer(Program::Sharp, "level 9, adaptive", &[100], goals(Some(0.95), Some(1.0), None)),
];
const PNG_ASIDE: &[Entrant] = &[
    flx("balanced", &[82]),
    peer(Program::Optipng, "-o2", &[100], NONE),
    peer(Program::Pillow, "optimize", &[100], NONE),
];
const PALETTE: &[Entrant] = &[
    flx("balanced+palette", &[82]),
    peer(Program::Sharp, "palette", &[30, 50, 70, 85, 100], goals(Some(0.92), Some(1.0), None)),
];
const WEBP_ALONE: &[Entrant] = &[
    Entrant { program: Program::FlxAlone, variant: "balanced", settings: SCALE, goals: NONE },
    peer(Program::Cwebp, "", LIBWEBP, NONE),
    peer(Program::Vips, "", LIBWEBP, NONE),
];
const ANIMATION: &[Entrant] =
    &[flx("balanced", &[82]), peer(Program::Sharp, "animated", FINELY, NONE)];
const ANIMATION_ALONE: &[Entrant] = &[
    Entrant { program: Program::FlxAlone, variant: "balanced", settings: &[82], goals: NONE },
    peer(Program::Gif2webp, "lossy", FINELY, NONE),
    peer(Program::Gif2webp, "mixed", FINELY, NONE),
];
const JPEG_ALONE: &[Entrant] = &[
    Entrant { program: Program::FlxAlone, variant: "balanced", settings: SCALE, goals: NONE },
    peer(Program::Cjpeg, "optimised, progressive", LIBJPEG, NONE),
    peer(Program::Vips, "", LIBJPEG, NONE),
];
const AVIF_ALONE: &[Entrant] = &[
    Entrant { program: Program::FlxAlone, variant: "balanced", settings: SCALE, goals: NONE },
    peer(Program::Avifenc, "speed 6", CQ_LEVEL, NONE),
];
const WEBP_PILLOW: &[Entrant] = &[flx("balanced", SCALE), peer(Program::Pillow, "", LIBWEBP, NONE)];
const JPEG_PILLOW: &[Entrant] =
    &[flx("balanced", SCALE), peer(Program::Pillow, "optimised, progressive", LIBJPEG, NONE)];
const AVIF_PILLOW: &[Entrant] = &[flx("balanced", SCALE), peer(Program::Pillow, "", LIBAVIF, NONE)];

const fn job(
    title: &'static str,
    kind: Kind,
    format: &'static str,
    weight: Weight,
    entrants: &'static [Entrant],
) -> Job {
    Job { title, kind, format, weight, swept: true, entrants }
}

const fn single(title: &'static str, weight: Weight, entrants: &'static [Entrant]) -> Job {
    Job { title, kind: Kind::Png, format: "png", weight, swept: false, entrants }
}

/// Not swept, as drawings are coded without loss at every quality.
const fn animated(title: &'static str, entrants: &'static [Entrant]) -> Job {
    let (kind, format) = (Kind::Animation, "webp");
    Job { title, kind, format, weight: Weight::Aside, swept: false, entrants }
}

/// The jobs, in the order of the report.
pub const JOBS: &[Job] = &[
    job("JPEG → WebP", Kind::Jpeg, "webp", Weight::Light, WEBP),
    job("24 MP JPEG → 1600 wide → WebP", Kind::Huge, "webp", Weight::Light, WEBP_SCALED),
    job("JPEG → JPEG", Kind::Jpeg, "jpg", Weight::Light, JPEG),
    job("24 MP JPEG → 1600 wide → JPEG", Kind::Huge, "jpg", Weight::Light, JPEG),
    job("JPEG → AVIF, effort fast", Kind::Jpeg, "avif", Weight::Heavy, AVIF_FAST),
    job("JPEG → AVIF", Kind::Jpeg, "avif", Weight::Heavy, AVIF),
    job("24 MP JPEG → 1600 wide → AVIF", Kind::Huge, "avif", Weight::Heavy, AVIF),
    job("JPEG → AVIF, effort small", Kind::Jpeg, "avif", Weight::Slow, AVIF_SLOW),
    job("JPEG → AVIF, portable engines", Kind::Jpeg, "avif", Weight::Slow, AVIF_PORTABLE),
    single("PNG → PNG, lossless", Weight::Light, PNG),
    single("PNG → PNG of a palette", Weight::Light, PALETTE),
    animated("GIF → animated WebP", ANIMATION),
    animated("GIF → animated WebP, a process each", ANIMATION_ALONE),
    job("JPEG → WebP, a process each", Kind::Jpeg, "webp", Weight::Aside, WEBP_ALONE),
    job("JPEG → JPEG, a process each", Kind::Jpeg, "jpg", Weight::Aside, JPEG_ALONE),
    job("JPEG → AVIF, a process each", Kind::Jpeg, "avif", Weight::Aside, AVIF_ALONE),
    single("PNG → PNG, lossless, other tools", Weight::Aside, PNG_ASIDE),
    job("JPEG → WebP, in Python", Kind::Jpeg, "webp", Weight::Aside, WEBP_PILLOW),
    job("JPEG → JPEG, in Python", Kind::Jpeg, "jpg", Weight::Aside, JPEG_PILLOW),
    job("JPEG → AVIF, in Python", Kind::Jpeg, "avif", Weight::Aside, AVIF_PILLOW),
];

impl Entrant {
    /// The name in tables.
    #[must_use]
    pub fn name(&self) -> String {
        match (self.program.is_flx(), self.variant) {
            (true, _) | (_, "") => self.program.name().to_owned(),
            (false, variant) => format!("{} {variant}", self.program.name()),
        }
    }
}
