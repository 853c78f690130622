//! No file, no address of the network, no signal to others: Landlock.

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, RulesetError, RulesetStatus,
    Scope,
};

/// The newest version whose rules are named here; older kernels take those that they know.
const NEWEST: ABI = ABI::V6;

/// Gives up every right that Landlock knows of. Whether all of it is in force.
pub(super) fn give_up() -> bool {
    restrict().is_ok_and(|status| status == RulesetStatus::FullyEnforced)
}

fn restrict() -> Result<RulesetStatus, RulesetError> {
    let nothing = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?;
    Ok(nothing.restrict_self()?.ruleset)
}
