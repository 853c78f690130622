//! What a child gives up before it reads anything.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod parent;
#[cfg(unix)]
mod resources;

use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};

/// What holds a child, as far as the system can: each is true where it is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Containment {
    /// It allocates no more than it may: beyond that it ends, and it alone.
    pub address_space: bool,
    /// It leaves no core on the disk, grows no file and opens next to none.
    pub resources: bool,
    /// It ends when its parent does.
    pub parent: bool,
    /// The kernel ends it before its parent when memory runs out.
    pub first_to_go: bool,
    /// It gains no rights by starting a program.
    pub no_new_privileges: bool,
    /// It reaches no file and no address of the network (Landlock).
    pub files_and_network: bool,
    /// It has the system calls that memory, threads and its pipes take (seccomp).
    pub system_calls: bool,
}

impl Containment {
    /// Enters what the system has of it.
    ///
    /// # Errors
    /// When the parent is gone.
    pub(crate) fn enter(parent: u32, address_space: Option<u64>) -> io::Result<Self> {
        let mut entered = Self::default();
        #[cfg(target_os = "linux")]
        {
            entered.parent = parent::bind(parent)?;
            // The files of the system that this takes are out of reach below.
            entered.first_to_go = parent::go_first().is_ok();
        }
        #[cfg(unix)]
        {
            entered.resources = resources::bound().is_ok();
            entered.address_space =
                address_space.is_some_and(|bytes| resources::bound_memory(bytes).is_ok());
        }
        #[cfg(target_os = "linux")]
        {
            entered.no_new_privileges = rustix::thread::set_no_new_privs(true).is_ok();
            entered.files_and_network = files::give_up();
            entered.system_calls = calls::give_up();
        }
        let _ = (parent, address_space);
        Ok(entered)
    }

    fn parts(self) -> [(&'static str, bool); 7] {
        [
            ("address space", self.address_space),
            ("resources", self.resources),
            ("parent", self.parent),
            ("first to go", self.first_to_go),
            ("no new privileges", self.no_new_privileges),
            ("files and network", self.files_and_network),
            ("system calls", self.system_calls),
        ]
    }

    /// Whether everything is in force.
    #[must_use]
    pub fn is_whole(self) -> bool {
        self.parts().iter().all(|(_, is_in_force)| *is_in_force)
    }
}

impl fmt::Display for Containment {
    /// Names what is in force, then what is not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |wanted: bool| {
            let parts = self.parts().into_iter().filter(|(_, found)| *found == wanted);
            parts.map(|(name, _)| name).collect::<Vec<_>>().join(", ")
        };
        f.write_str(&named(true))?;
        let missing = named(false);
        if missing.is_empty() { Ok(()) } else { write!(f, "; not: {missing}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let mut containment = Containment { resources: true, ..Containment::default() };
        assert!(containment.to_string().starts_with("resources; not: address space, parent,"));
        assert!(!containment.is_whole());
        containment = Containment {
            address_space: true,
            resources: true,
            parent: true,
            first_to_go: true,
            no_new_privileges: true,
            files_and_network: true,
            system_calls: true,
        };
        assert!(containment.is_whole() && !containment.to_string().contains("not:"));
    }
}
