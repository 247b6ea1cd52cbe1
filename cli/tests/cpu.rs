//! The commands that check the processor, as a user types them.

#[allow(dead_code, reason = "shared with tests that need more of it")]
mod support;

use support::{code, darkroom, errors, text};

#[test]
fn random_programs_end_alike_and_the_same_on_any_number_of_threads() {
    let hashes = |threads: &str| {
        let options = ["--isa", "v5-arm,v7-thumb2-a9", "--programs", "300", "--seed", "5", "--hash"];
        let ways = ["cpu-compare", "--against", "interp", "--threads", threads];
        let output = darkroom(&[&ways[..], &options].concat());
        assert_eq!(code(&output), Some(0), "{}{}", text(&output), errors(&output));
        let said = text(&output);
        assert!(said.contains("v5-arm: 300 programs, ") && said.contains(" 0 differ"), "{said}");
        let hashes: Vec<String> =
            said.lines().filter(|line| line.contains("state hashes")).map(str::to_owned).collect();
        assert_eq!(hashes.len(), 2, "{said}");
        hashes
    };
    assert_eq!(hashes("1"), hashes("3"));
}

#[test]
fn an_unknown_instruction_set_is_refused_with_the_known_ones() {
    let output = darkroom(&["cpu-compare", "--isa", "v8"]);
    assert_eq!(code(&output), Some(3));
    assert!(
        errors(&output).contains("'v8'") && errors(&output).contains("v7-thumb2-r4"),
        "{}",
        errors(&output)
    );
}

#[test]
fn guests_that_mean_harm_do_none() {
    let run = || {
        let output =
            darkroom(&["cpu-fuzz", "--seed", "3", "--cases", "40", "--threads", "2", "--seconds", "600"]);
        assert_eq!(code(&output), Some(0), "{}{}", text(&output), errors(&output));
        text(&output).split(" in ").next().map(str::to_owned).expect("a first half")
    };
    let first = run();
    assert!(first.starts_with("40 cases, "), "{first}");
    assert_eq!(first, run(), "the same cases execute the same instructions");
}
