# Short words for what is done often. `just` alone lists them.

default:
    @just --list

# the whole flow on invented cases, then http://127.0.0.1:8585/
demo:
    cargo run -- demo

# every test
test:
    cargo test --workspace

# the golden case of every indicator of the built-in pack
golden:
    cargo run -- --project data-samples pack test

# every figure of the demo counted again by another engine (needs `pip install duckdb`)
independent:
    cargo run -- --project var/demo pack export-inputs --out var/inputs
    python3 checks/independent.py var/inputs

# the pages over invented figures, without a warehouse
preview:
    cargo run -p beleidsinfo-dashboards --features preview --example preview

# formatting and lints, as CI wants them
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings

# licences and known weaknesses of dependencies (needs cargo-deny)
deny:
    cargo deny check

# all that CI does
ci:
    .ci/run
