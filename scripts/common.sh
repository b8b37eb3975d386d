# shellcheck shell=bash
# What the scripts of this folder share; sourced, never run. It does nothing but define functions and
# change to the root of the checkout, so that every script works from any directory.

unset CDPATH # cd would say where it goes
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

# Several sources are compiled as one, since most of the time goes into headers.
together=(-Dunity=on -Dunity_size=8)

# What is quickest to compile: for tests, which wait for sockets more than for the processor.
quick=("${together[@]}" -Doptimization=0 -Ddebug=false -Db_pie=false -Db_staticpic=false)

# For scripts/test --sanitize and for scripts/fuzz, which share the objects. b_lundef: the sanitizers'
# symbols are found only at run time. -g1: a report needs lines, but not variables, and full debug
# information would double the time.
# shellcheck disable=SC2034 # used by those who source this
sanitized=("${quick[@]}" -Dcpp_args=-g1 '-Db_sanitize=address,undefined' -Db_lundef=false -Dfuzz=true)

# with_clang COMMAND...: through ccache where it is installed, for the second clone.
with_clang() {
    local clang=clang++-19
    ! command -v ccache >/dev/null || clang="ccache $clang"
    CXX=$clang CXX_LD=gold "$@"
}
# what ccache needs to take a file with a precompiled header
export CCACHE_SLOPPINESS=pch_defines,time_macros

# configure DIR MESON_OPTIONS...: only when DIR is new; what somebody configured there by hand stays.
# Unless it was configured with other options by an older state of these scripts: then it is made anew.
configure() {
    local dir=$1 output with
    shift
    with="$root: ${CXX:-} $*" # the absolute paths in it are of this place
    if [ -f "$dir/build.ninja" ]; then
        [ -f "$dir/configured-with" ] && [ "$(cat "$dir/configured-with")" != "$with" ] || return 0
        say "$dir was configured in another way, or elsewhere; making it anew"
    fi
    # also what an interrupted attempt has left: meson would take it for done
    rm -rf "$dir"
    say "configuring $dir"
    output=$(meson setup "$dir" "$@" 2>&1) || {
        printf '%s\n' "$output" >&2
        rm -rf "$dir" # half configured, it would only confuse the next attempt
        die "meson could not configure $dir"
    }
    printf '%s\n' "$with" >"$dir/configured-with"
}

# compile DIR TARGETS...: everything when no target is named.
compile() {
    local dir=$1
    shift
    say "building $dir ${*:+($*)}"
    NINJA_STATUS='[%f of %t, %e s] ' ninja -C "$dir" "$@" >&2
}
