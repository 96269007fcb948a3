//! Rebuilds when the demo project changes: it is embedded.
fn main() {
    println!("cargo:rerun-if-changed=data-samples");
}
