//! The program itself: a seed gives the same input each time, and a child process says how each seed ended.

use std::process::{Command, Output};

fn fuzz(args: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_beleidsinfo-fuzz"))
        .args(args)
        .output()
        .expect("the program starts");
    assert!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

#[test]
fn a_seed_gives_the_same_input_each_time_and_another_one_for_another_target() {
    let show = |target: &str, seed: &str| fuzz(&["show", target, seed]).stdout;
    assert_eq!(show("json", "7"), show("json", "7"));
    assert_ne!(show("json", "7"), show("json", "8"));
    assert_ne!(show("json", "7"), show("json-found", "7"));
}

#[test]
fn a_child_says_how_each_seed_ended() {
    let said = fuzz(&["work", "xml", "100", "5"]).stdout;
    let said = String::from_utf8(said).expect("text");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 10, "{said}");
    for (number, pair) in lines.chunks(2).enumerate() {
        assert_eq!(pair[0], format!("seed {}", 100 + number));
        assert!(
            ["accepted", "rejections", "file refused"].contains(&pair[1]),
            "{said}"
        );
    }
}
