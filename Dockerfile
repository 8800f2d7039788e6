# syntax=docker/dockerfile:1

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
# A C compiler for the cryptography, which is the one part that isn't Rust.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends build-essential cmake \
    && rm -rf /var/lib/apt/lists/*
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package bandeja --bin bandeja \
    && install -D target/release/bandeja /out/bandeja

FROM debian:bookworm-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /var/lib/bandeja --create-home bandeja
COPY --from=build /out/bandeja /usr/local/bin/bandeja
# By number, so that an orchestrator can see it isn't root.
USER 10001:10001
WORKDIR /var/lib/bandeja
# The defaults are for a machine of one's own: a container has to be reached from outside.
ENV BANDEJA_SERVER__BIND=0.0.0.0:8080 \
    MEDIA_URL=file:///var/lib/bandeja/media
VOLUME /var/lib/bandeja
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1:8080/health/ready"]
ENTRYPOINT ["bandeja"]
CMD ["serve"]
