//! Command-line tools: a process for every picture, from file to file.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use super::program::{Home, Program};
use super::task::{Done, Task};
use super::worker::peak_bytes;

/// The tool's name and version.
///
/// # Errors
/// When it does not run.
pub fn version(program: Program) -> Result<String, Box<dyn Error>> {
    if program == Program::FlxAlone {
        return Ok("flx, a process for each picture".to_owned());
    }
    let flag = match program {
        Program::Cwebp | Program::Gif2webp | Program::Cjpeg => "-version",
        _ => "--version",
    };
    let name = program.name();
    let output = Command::new(name).arg(flag).stdin(Stdio::null()).output()?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    Ok(format!("{name} {}", number(&text).unwrap_or("of unknown version")))
}

/// The first number with a dot, also within a word: `vips-8.14.1`.
fn number(text: &str) -> Option<&str> {
    text.split_whitespace().find_map(|word| {
        let number = word.get(word.find(|c: char| c.is_ascii_digit())?..)?;
        let number = number.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        number.contains('.').then_some(number)
    })
}

/// Runs the tool once.
///
/// # Errors
/// When it fails.
pub fn run(program: Program, home: &Home, task: &Task) -> Result<Done, Box<dyn Error>> {
    let output = output_of(home, task);
    let mut command = command(program, home, task, &output)?;
    let cpu = children_cpu_ms()?;
    let begin = Instant::now();
    let ended = command.status()?;
    let wall_ms = begin.elapsed().as_secs_f64() * 1e3;
    let cpu_ms = children_cpu_ms()? - cpu;
    if !ended.success() {
        return Err(format!("{}: {ended}", program.name()).into());
    }
    let bytes = fs::metadata(output)?.len();
    Ok(Done { wall_ms, cpu_ms, bytes, ..Done::default() })
}

/// Runs the tool once and watches its memory; gives the peak in bytes.
///
/// # Errors
/// When it fails.
pub fn peak(program: Program, home: &Home, task: &Task) -> Result<u64, Box<dyn Error>> {
    let output = output_of(home, task);
    let mut child = command(program, home, task, &output)?.spawn()?;
    let mut peak = 0;
    let ended = loop {
        // The mark only rises, so what is missed is what the last moment adds.
        peak = peak_bytes(child.id()).unwrap_or_default().max(peak);
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        std::thread::sleep(Duration::from_micros(500));
    };
    if ended.success() { Ok(peak) } else { Err(format!("{}: {ended}", program.name()).into()) }
}

fn output_of(home: &Home, task: &Task) -> std::path::PathBuf {
    let name = format!("alone.{}", task.format);
    task.output.clone().unwrap_or_else(|| home.0.join(name))
}

fn command(
    program: Program,
    home: &Home,
    task: &Task,
    output: &Path,
) -> Result<Command, Box<dyn Error>> {
    let (setting, threads) = (task.setting.to_string(), task.threads.to_string());
    let mut command = Command::new(program.name());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match program {
        Program::FlxAlone => {
            let task = Task { output: Some(output.to_owned()), ..task.clone() };
            command = Command::new(home.0.join("flx-worker"));
            command.arg("alone").arg(serde_json::to_string(&task)?);
            command.env("RAYON_NUM_THREADS", threads);
        }
        Program::Cwebp => {
            command.args(["-quiet", "-q", &setting]).arg(&task.input).arg("-o").arg(output);
            if task.threads > 1 {
                command.arg("-mt");
            }
        }
        Program::Gif2webp => {
            command.args(["-quiet", "-q", &setting]);
            // Without a way it codes without loss.
            if !task.variant.is_empty() {
                command.arg(format!("-{}", task.variant));
            }
            command.arg(&task.input).arg("-o").arg(output);
            if task.threads > 1 {
                command.arg("-mt");
            }
        }
        Program::Avifenc => {
            let level = format!("cq-level={setting}");
            command.args(["--speed", "6", "--jobs", &threads, "--min", "0", "--max", "63"]);
            command.args(["-a", "end-usage=q", "-a", &level]).arg(&task.input).arg(output);
        }
        // It reads no JPEG; a file of the same name with its pixels lies beside it.
        Program::Cjpeg => {
            command.args(["-quality", &setting, "-optimize", "-progressive", "-outfile"]);
            command.arg(output).arg(task.input.with_extension("ppm"));
        }
        Program::Optipng => {
            command.args(["-quiet", "-o2", "-clobber", "-out"]).arg(output).arg(&task.input);
        }
        Program::Vips => {
            let saved = format!("{}[Q={setting}]", output.display());
            command.arg("copy").arg(&task.input).arg(saved).env("VIPS_CONCURRENCY", threads);
        }
        other => return Err(format!("{} is no command-line tool", other.name()).into()),
    }
    Ok(command)
}

/// User and system time of all children that have ended. Not from `/proc/self/stat`, which counts
/// in ticks of 10 ms: many a small picture would take none.
fn children_cpu_ms() -> Result<f64, Box<dyn Error>> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(micros as f64 / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_tools_say() {
        for (said, version) in [
            ("1.2.4\nlibsharpyuv: 0.2.1", "1.2.4"),
            ("libjpeg-turbo version 2.1.5 (build 20230203)", "2.1.5"),
            ("Version: 0.11.1 (dav1d [dec]:1.0.0, aom [enc/dec]:v3.6.0)", "0.11.1"),
            ("OptiPNG version 0.7.7", "0.7.7"),
            ("vips-8.14.1", "8.14.1"),
        ] {
            assert_eq!(number(said), Some(version));
        }
    }
}
