//! `flx-admin completions`

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::context::Context;
use crate::error::Error;

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        context.output().text(&script(self.shell))
    }
}

fn script(shell: Shell) -> String {
    // Into memory first: the generator panics when it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "flx-admin", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn every_shell_completes_commands_and_plans() {
        for shell in Shell::value_variants() {
            let script = script(*shell);
            assert!(script.contains("generate-key"), "{shell}");
        }
        assert!(script(Shell::Bash).contains("free starter pro agency"));
    }
}
