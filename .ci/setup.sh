#!/usr/bin/env bash
# Installs what the build misses, and nothing that is there: `setup.sh build`, `setup.sh test` with a browser, or `setup.sh spark`
# with Java.
# Safe to run again; without a terminal; as root or as a user. Versions live in Cargo.lock, package-lock.json and here.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly trunk_version=0.21.14 # the newest that Rust 1.95 compiles
readonly wanted=${1:-build}
readonly tools=${XDG_CACHE_HOME:-$HOME/.cache}/logloupe/tools
export PATH=$tools/bin:$PWD/node_modules/.bin:$HOME/.cargo/bin:$PATH

say() { printf 'setup: %s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

need() { command -v "$1" >/dev/null || stop "$1 is missing: $2"; }

# The pinned compiler, with the target that a browser runs.
rust() {
    need rustup 'see https://rustup.rs'
    local channel
    channel=$(sed -n 's/^channel *= *"\(.*\)"/\1/p' rust-toolchain.toml)
    if ! rustup run "$channel" rustc --version >/dev/null 2>&1; then
        say "installing Rust $channel"
        rustup toolchain install "$channel" --profile minimal --component clippy --component rustfmt
    fi
    if ! rustup target list --installed --toolchain "$channel" | grep -qx wasm32-unknown-unknown; then
        say 'adding the target wasm32-unknown-unknown'
        rustup target add wasm32-unknown-unknown --toolchain "$channel"
    fi
    # Both lints and tests need them; a toolchain that was there before may lack them.
    local component
    for component in clippy rustfmt; do
        rustup component list --installed --toolchain "$channel" | grep -q "^$component" ||
            rustup component add "$component" --toolchain "$channel"
    done
}

# wasm-opt and the browser's driver, as package-lock.json pins them.
node_packages() {
    need node 'Node 20 or later'
    need npm 'it comes with Node'
    local stamp=node_modules/.package-lock.json
    if [ ! -e "$stamp" ] || [ package-lock.json -nt "$stamp" ]; then
        say 'npm ci'
        npm ci --no-audit --no-fund --loglevel=error
        touch "$stamp"
    fi
}

# Installs one cargo tool: in its usual place, or apart when another version is there that we must not replace.
cargo_tool() {
    local program=$1 version=$2
    shift 2
    case "$("$program" --version 2>/dev/null)" in
    *" $version" | *" $version ("*) return ;;
    esac
    local root=()
    if command -v "$program" >/dev/null; then root=(--root "$tools"); fi
    say "building $program $version (once; one to three minutes)"
    env -u CARGO_TARGET_DIR CARGO_PROFILE_DEV_DEBUG=0 cargo install "${root[@]}" --debug --no-default-features "$@" >&2
}

cargo_tools() {
    local bindgen_version
    bindgen_version=$(grep -A1 '^name = "wasm-bindgen"$' Cargo.lock | sed -n 's/^version = "\(.*\)"/\1/p')
    # Not --locked: its lock file names a version of webpki-roots that not every mirror has.
    cargo_tool wasm-bindgen "$bindgen_version" wasm-bindgen-cli --version "$bindgen_version" \
        --bin wasm-bindgen --bin wasm-bindgen-test-runner
    cargo_tool trunk "$trunk_version" trunk --version "$trunk_version" --locked
}

# What the tests need of Debian: a real browser, for the wasm and page tests, and what packs the single-file page.
for_test() {
    command -v xz >/dev/null || missing+=(xz-utils)
    [ -x "${CHROMIUM:-/usr/bin/chromium}" ] || missing+=(chromium fonts-dejavu-core)
    [ -x "${CHROMEDRIVER:-/usr/bin/chromedriver}" ] || missing+=(chromium-driver)
}

# What Apache Spark runs on.
for_spark() {
    command -v java >/dev/null || missing+=(openjdk-17-jre-headless)
}

debian_packages() {
    local missing=()
    "for_$wanted"
    [ ${#missing[@]} -gt 0 ] || return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; then
            stop "${missing[*]} is missing, and only root may install it: apt-get install ${missing[*]}" \
                '(or set CHROMIUM and CHROMEDRIVER)'
        fi
        as_root=(sudo)
    fi
    command -v apt-get >/dev/null ||
        stop "${missing[*]} is missing and there is no apt-get: install what that is (set CHROMIUM and CHROMEDRIVER, if those)"
    say "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

rust
if [ "$wanted" != spark ]; then
    node_packages
    cargo_tools
fi
if [ "$wanted" != build ]; then debian_packages; fi
