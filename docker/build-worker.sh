#!/usr/bin/env bash
# Builds the static worker and, when a Docker engine answers, its image from scratch.
# Usage: docker/build-worker.sh [IMAGE]   (default darkroom-worker:local). Prints what it made.
set -euo pipefail
cd "$(dirname "$0")/.."
image=${1:-darkroom-worker:local}
triple=$(rustc -vV | sed -n 's/^host: //p')
target=${CARGO_TARGET_DIR:-target}

# .cargo/config.toml makes every program static; the target is named so that proc macros are not.
cargo build --release --locked --target "$triple" -p darkroom-worker
program=$target/$triple/release/darkroom-worker
[ "$(od -An -tx1 -N4 "$program" | tr -d ' ')" = 7f454c46 ] || { echo "error: $program is no program" >&2; exit 2; }

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
cp "$program" "$context/darkroom-worker"
strip "$context/darkroom-worker" 2>/dev/null || echo "note: strip is missing, the image carries debug symbols"
printf 'program %s, %s bytes\n' "$program" "$(stat -c %s "$context/darkroom-worker")"

if docker version >/dev/null 2>&1; then
    docker build --quiet --network none --file docker/worker.Dockerfile --tag "$image" "$context"
    printf 'image %s\n' "$image"
else
    echo "no Docker engine answers: no image was made"
fi
