//! Peak memory, by the kernel's high-water mark of a process that does one picture: this very
//! program, started again. Linux tells it; elsewhere nothing is measured.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use flx_core::cost::Cost;
use flx_core::{Effort, Format, Limits, Options, compress, probe};
use image::RgbImage;
use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor, rgb_to_ycbcr};

use crate::fixtures::{photograph, px};

const MB: u64 = 1_000_000;
/// What the allocator keeps for itself and stacks take, beside what was asked for.
const SLACK: u64 = 8 * MB;

/// What one picture is made of and into.
#[derive(Clone, Copy)]
struct Task<'a> {
    file: &'a Path,
    format: Format,
    effort: Effort,
    width: u32,
}

impl Task<'_> {
    /// Peak bytes of a process that does it, above the peak of its start and with it.
    fn peak(self) -> Option<(u64, u64)> {
        let output = Command::new(env::current_exe().unwrap())
            .args(["--exact", "memory::one_picture_in_a_process_of_its_own", "--ignored"])
            .args(["--nocapture", "--test-threads", "1"])
            .env("FLX_MEMORY_FILE", self.file)
            .env("FLX_MEMORY_FORMAT", self.format.extension())
            .env("FLX_MEMORY_EFFORT", self.effort.name())
            .env("FLX_MEMORY_WIDTH", self.width.to_string())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
        let marks: Vec<u64> = said
            .lines()
            .filter_map(|line| line.split_once("VmHWM "))
            .map(|(_, bytes)| bytes.trim().parse().unwrap())
            .collect();
        match marks.as_slice() {
            [start, end] => Some((end - start, *end)),
            _ => None,
        }
    }
}

/// The highest that this process's resident memory ever was, in bytes.
fn high_water_mark() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

#[test]
#[ignore = "the other tests here start it"]
#[allow(clippy::print_stdout, reason = "it answers the test that started it")]
fn one_picture_in_a_process_of_its_own() {
    let told = |name: &str| env::var(format!("FLX_MEMORY_{name}"));
    // Nobody started it.
    let Ok(file) = told("FILE") else { return };
    let tell = || high_water_mark().map(|bytes| println!("\nVmHWM {bytes}"));
    let options = Options::new(told("FORMAT").unwrap().parse::<Format>().unwrap())
        .with_effort(told("EFFORT").unwrap().parse().unwrap())
        .with_max_width(told("WIDTH").unwrap().parse().unwrap())
        .with_threads(px(1));
    tell();
    let input = fs::read(file).unwrap();
    compress(&input, &options, &Limits::default()).unwrap();
    tell();
}

/// A large picture of one small picture again and again, which never stands in memory whole.
struct Tiled<'a> {
    tile: &'a RgbImage,
    width: u16,
    height: u16,
}

impl ImageBuffer for Tiled<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.width
    }

    fn height(&self) -> u16 {
        self.height
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let [luma, blue, red, _] = buffers;
        for x in 0..u32::from(self.width) {
            let (x, y) = (x % self.tile.width(), u32::from(y) % self.tile.height());
            let [r, g, b] = self.tile.get_pixel(x, y).0;
            let (y, cb, cr) = rgb_to_ycbcr(r, g, b);
            luma.push(y);
            blue.push(cb);
            red.push(cr);
        }
    }
}

/// A JPEG as cameras write them, with halved chroma.
fn camera(folder: &Path, (width, height): (u16, u16), progressive: bool) -> PathBuf {
    let tile = photograph(512, 512);
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 92);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_progressive(progressive);
    encoder.encode_image(Tiled { tile: &tile, width, height }).unwrap();
    assert_eq!(probe(&file).unwrap().is_progressive(), progressive);
    let path = folder.join(if progressive { "progressive.jpg" } else { "baseline.jpg" });
    fs::write(&path, file).unwrap();
    path
}

#[test]
fn fifty_megapixels_to_2000_wide_stay_within_their_bounds() {
    let folder = Folder::new("large");
    for (progressive, bound) in [(false, 150 * MB), (true, 350 * MB)] {
        let file = camera(&folder.0, (8000, 6250), progressive);
        let task =
            Task { file: &file, format: Format::WebP, effort: Effort::Balanced, width: 2000 };
        let Some((_, peak)) = task.peak() else { return };
        assert!(peak < bound, "progressive: {progressive}: {} MB", peak / MB);
    }
}

#[test]
fn no_engine_takes_more_than_its_measured_share() {
    let folder = Folder::new("shares");
    let (width, height) = (2000, 1500);
    let file = camera(&folder.0, (width, height), false);
    let pixels = u64::from(width) * u64::from(height);
    for format in Format::ALL {
        for effort in Effort::ALL {
            let task = Task { file: &file, format, effort, width: width.into() };
            let Some((above, _)) = task.peak() else { return };
            let share = Cost::of_writing(format, effort);
            let share = share.base_bytes + pixels * share.bytes_a_pixel;
            assert!(above < share + SLACK, "{format} at {effort}: {} MB", above / MB);
        }
    }
}

#[test]
fn scaling_takes_twice_the_pixels_and_the_share_of_the_engine_at_most() {
    let folder = Folder::new("scaling");
    let (width, height) = (4800, 3600);
    let file = camera(&folder.0, (width, height), false);
    let output = 1200 * 900;
    // Decoded at half its size, the smallest that leaves 1.5 pixels for one of the result.
    let decoded = u64::from(width) * u64::from(height) / 4;
    for format in Format::ALL {
        let task = Task { file: &file, format, effort: Effort::Fast, width: 1200 };
        let Some((above, _)) = task.peak() else { return };
        let share = Cost::of_writing(format, Effort::Fast);
        let share = share.base_bytes + output * share.bytes_a_pixel;
        let bound = 2 * 3 * (decoded + output) + share;
        assert!(above < bound, "{format}: {} MB, at most {}", above / MB, bound / MB);
    }
}

/// A folder of files, gone with its value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("flx-memory-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
