//! Landlock: no path of the file system, no TCP port, no signal or abstract socket outside.

use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope};

/// How far Landlock could be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathRules {
    /// Every rule that we know of.
    Full,
    /// Only the rules that this kernel knows.
    Partial,
    /// The kernel has no Landlock.
    None,
}

impl PathRules {
    /// In words, for the report of a probe.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Full => "landlock fully enforced",
            Self::Partial => "landlock enforced as far as this kernel can",
            Self::None => "this kernel has no landlock; seccomp stands alone",
        }
    }
}

/// Newest rules asked for; older kernels apply what they know.
const NEWEST: ABI = ABI::V6;

/// Handles every access and allows none.
pub(super) fn deny_all() -> Result<PathRules, RulesetError> {
    let rules = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?;
    let status = match rules.create() {
        Ok(created) => created.restrict_self()?.ruleset,
        // A container's own filter may refuse the call: that is a missing wall, not a broken one.
        Err(_) => RulesetStatus::NotEnforced,
    };
    Ok(match status {
        RulesetStatus::FullyEnforced => PathRules::Full,
        RulesetStatus::PartiallyEnforced => PathRules::Partial,
        RulesetStatus::NotEnforced => PathRules::None,
    })
}
