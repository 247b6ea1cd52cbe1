//! What the hand-moved worker reports: frames that the open ROM and the sample builds really drew.

/// What `hello` draws on a 60D.
pub(crate) const HELLO: &[u8] = include_bytes!("../../../../firmware/golden/60D/hello.png");
/// What `wrong-picture` draws on a 60D.
pub(crate) const WRONG: &[u8] = include_bytes!("../../../../firmware/golden/60D/wrong-picture.png");
/// What the open ROM draws on a 60D whose card has no build.
pub(crate) const NO_BUILD: &[u8] = include_bytes!("../../../../firmware/golden/60D/no-autoexec.png");

/// What `hello` is put through.
pub(crate) const SCENARIO: &str = r#"name = "hello"
description = "The hello sample draws its page and powers down."

[[step]]
action = "wait-log"
text = "hello: page drawn"
within = 5.0

[[step]]
action = "expect-screen"
name = "hello"

[[step]]
action = "wait-power-down"
within = 5.0
"#;

/// Titles of its checks.
pub(crate) const CHECKS: [&str; 3] =
    ["log says “hello: page drawn” within 5 s", "screen equals “hello”", "powers down within 5 s"];
