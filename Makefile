# Two commands matter: `make demo` plays a phone call, `make test` proves it.

# Where rustup puts cargo, for shells that have not been told yet.
export PATH := $(PATH):$(HOME)/.cargo/bin

.PHONY: demo test bench check prerequisites

# The demo's options: make demo ARGS='--once'
demo: prerequisites
	cargo run --release --locked -- demo $(ARGS)

# A part of the tests: make test ARGS='book_appointment'
test: prerequisites
	cargo test --locked $(ARGS)

bench: prerequisites
	cargo bench --locked $(ARGS)

check: prerequisites
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings
	RUSTDOCFLAGS=-Dwarnings cargo doc --no-deps --locked

prerequisites:
	@sh .ci/prerequisites
