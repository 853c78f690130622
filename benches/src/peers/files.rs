//! Files that programs read.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use image::RgbImage;

use super::program::Home;

/// Writes a file into the folder of pictures; gives its path.
///
/// # Errors
/// When it cannot be written.
pub fn write(home: &Home, name: &str, bytes: &[u8]) -> Result<PathBuf, Box<dyn Error>> {
    let folder = home.0.join("pictures");
    fs::create_dir_all(&folder)?;
    let path = folder.join(name);
    fs::write(&path, bytes)?;
    Ok(path)
}

/// The same with pixels, as a PNG that was written in no time.
///
/// # Errors
/// When it cannot be written.
pub fn write_png(home: &Home, name: &str, pixels: &RgbImage) -> Result<PathBuf, Box<dyn Error>> {
    let path = write(home, name, &[])?;
    pixels.save(&path)?;
    Ok(path)
}

/// Pixels as they are, for a program that decodes nothing.
///
/// # Errors
/// When they cannot be written.
pub fn write_ppm(path: &Path, pixels: &RgbImage) -> Result<(), Box<dyn Error>> {
    let mut file = fs::File::create(path)?;
    write!(file, "P6\n{} {}\n255\n", pixels.width(), pixels.height())?;
    Ok(file.write_all(pixels.as_raw())?)
}
