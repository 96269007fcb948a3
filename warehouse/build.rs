//! Rebuilds when a definition changes: the built-in pack is embedded.
fn main() {
    println!("cargo:rerun-if-changed=../sql");
}
