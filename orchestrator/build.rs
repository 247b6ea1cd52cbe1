//! Tells cargo that the embedded migrations change the crate.
fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}
