# Shared by the scripts: what the machine must have, and where cargo puts things. Sourced, not run.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\033[1m==> %s\033[0m\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 2; }

# as_root COMMAND…: as it is for root, else through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
        die "this needs root or sudo: $*"
    fi
}

# have_program NAME: on the PATH, or where Debian keeps server programs.
have_program() {
    command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || compgen -G "/usr/lib/postgresql/*/bin/$1" >/dev/null
}

# need PROGRAM=PACKAGE…: installs the Debian packages whose program is missing, and says which.
need() {
    local missing=() pair
    for pair in "$@"; do
        have_program "${pair%%=*}" || missing+=("${pair#*=}")
    done
    [ ${#missing[@]} -eq 0 ] && return
    command -v apt-get >/dev/null || die "please install these programs' packages: ${missing[*]}"
    say "installing Debian packages: ${missing[*]}"
    as_root apt-get update -qq
    # Debian would otherwise start a database cluster of its own, which nobody here uses.
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

need_rust() {
    command -v cargo >/dev/null && return
    [ -f "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"
    command -v cargo >/dev/null || die "Rust is missing: install it from https://rustup.rs, then run this again"
}

# Programs are built for the host, always with the target named (see .cargo/config.toml).
host_triple() { rustc -vV | sed -n 's/^host: //p'; }
programs() { printf '%s/%s/%s' "${CARGO_TARGET_DIR:-target}" "$(host_triple)" "$1"; }
