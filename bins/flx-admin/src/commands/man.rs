//! `flx-admin man`

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};

use crate::cli::Cli;
use crate::context::Context;
use crate::error::Error;

#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Writes a page for every command to this folder instead of printing the main page
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        match self.dir {
            Some(dir) => clap_mangen::generate_to(Cli::command(), dir).map_err(Error::Output),
            None => context.output().text(&page()?),
        }
    }
}

fn page() -> Result<String, Error> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(Error::Output)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_commands_and_variables() {
        let page = page().unwrap();
        assert!(page.contains(".TH flx-admin 1"), "{page}");
        // roff writes a hyphen as \-.
        assert!(page.contains(r"roll\-key"), "{page}");
        assert!(page.contains("FLX_DATA_DIR"), "{page}");
    }
}
