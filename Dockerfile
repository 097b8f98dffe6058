# The gateway alone: PostgreSQL is somebody else's container (compose.yaml).

FROM rust:1-slim-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libssl-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build

# The dependencies, in a layer that lasts as long as the two manifests: built for a program that is empty.
COPY Cargo.toml Cargo.lock ./
RUN mkdir -p src tests/it benches/gateway \
    && touch src/lib.rs \
    && echo 'fn main() {}' | tee src/main.rs tests/it/main.rs benches/gateway/main.rs > /dev/null \
    && cargo build --release --locked \
    && rm -r src tests benches

# The program. Its files may be older than the empty one's, so cargo is told that they changed.
COPY . .
RUN touch src/lib.rs src/main.rs && cargo build --release --locked

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libssl3 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /build/target/release/vapi-gateway /usr/local/bin/vapi-gateway
COPY LICENSE-APACHE LICENSE-MIT /usr/share/doc/vapi-gateway/

# It writes no file, so the file system may be read-only; a number, so that it is seen not to be root.
USER 10001:10001
ENV GATEWAY__SERVER__BIND=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["vapi-gateway", "healthcheck"]
ENTRYPOINT ["vapi-gateway"]
CMD ["serve"]
