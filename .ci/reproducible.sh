#!/usr/bin/env bash
# Builds what is committed twice from nothing, in folders with names of unlike length and with unlike homes of cargo, and
# compares every file. Takes two whole builds. Ends with 1 where a byte differs, and leaves both folders to look at.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly commit=${1:-HEAD}
readonly home=${CARGO_HOME:-$HOME/.cargo}
place=$(mktemp -d "${TMPDIR:-/tmp}/logloupe-twice-XXXXXX")
readonly place

# One build, in a folder of its own; what was downloaded is shared.
build() {
    local folder=$place/$1
    mkdir -p "$folder/source" "$folder/cargo"
    git archive "$commit" | tar -x -C "$folder/source"
    cp -a -L node_modules "$folder/source/node_modules"
    touch "$folder/source/node_modules/.package-lock.json"
    local known
    for known in "$home"/*; do ln -s "$known" "$folder/cargo/"; done
    env -u CARGO_TARGET_DIR CARGO_HOME="$folder/cargo" make -C "$folder/source" single
}

build a
build a-folder-with-a-longer-name
readonly first=$place/a/source second=$place/a-folder-with-a-longer-name/source
if diff -r "$first/dist" "$second/dist" && cmp "$first/single/logloupe.html" "$second/single/logloupe.html"; then
    printf '\nBoth builds are the same, byte for byte.\n'
    (cd "$first" && sha256sum dist/SHA256SUMS single/logloupe.html)
    printf '%s  the page, as its shield shows it\n' "$(grep -v ' index.html$' "$first/dist/SHA256SUMS" | sha256sum | cut -d ' ' -f 1)"
    rm -rf "$place"
else
    printf '\nThe builds differ; both are in %s\n' "$place"
    exit 1
fi
