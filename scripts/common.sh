# shellcheck shell=bash
# What the scripts of this folder share; sourced, never run. It does nothing but define functions and
# change to the root of the checkout, so that every script works from any directory.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1

# What takes long to make and survives a fresh clone: Go and the control planes of the e2e tests.
cache=${OC_MTC_ROLLBACK_CACHE:-/var/tmp/oc-mtc-rollback}

# say WORDS...: one line of progress with the time since the script began. On stderr, so that it
# keeps its place among the lines of meson and ninja, and stdout is left to results.
say() {
    printf '[%d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*" >&2
}

die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# version: of this program, "v0.1.0".
version() {
    sed -n "s/^  version: '\(.*\)',$/v\1/p" meson.build
}

# private_cache: the cache's place is open to everyone, and we run what lies in it.
private_cache() {
    mkdir -p "$cache"
    [ -O "$cache" ] || die "$cache belongs to somebody else; set OC_MTC_ROLLBACK_CACHE to a directory of yours"
    chmod go-w "$cache"
}

# configure DIR MESON_OPTIONS...: only when DIR is new; what somebody configured there by hand stays.
configure() {
    local dir=$1 output
    shift
    [ ! -f "$dir/build.ninja" ] || return 0
    say "configuring $dir"
    output=$(meson setup "$dir" "$@" 2>&1) || {
        printf '%s\n' "$output" >&2
        rm -rf "$dir" # half configured, it would only confuse the next attempt
        die "meson could not configure $dir"
    }
}

# compile DIR TARGETS...: everything when no target is named.
compile() {
    local dir=$1
    shift
    say "building $dir ${*:+($*)}"
    ninja -C "$dir" "$@" >&2
}
