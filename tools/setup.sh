#!/usr/bin/env bash
# Make this checkout ready to work in; may be run again at any time, and then does only what is missing.
#
#   tools/setup.sh             everything: .venv with the locked development tools, and for the tests Java, Maven, Neo4j's
#                              jars and Chromium
#   tools/setup.sh --runtime   only what tracegraph itself needs (for `make demo`)
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { printf 'setup: %s\n' "$@" >&2; exit 1; }

case "${1:-}" in
"") mode=dev ;;
--runtime) mode=runtime ;;
*) fail "unknown argument $1; known: --runtime" ;;
esac

# --- system packages: installed where we may (root, apt-get), else named ---------------------------------------------

apt_updated=
apt_install() { # fails where it may not or cannot
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    [ -n "$apt_updated" ] || { DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 </dev/null || true; apt_updated=yes; }
    say "installing $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null </dev/null
}

# --- Python ----------------------------------------------------------------------------------------------------------

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local candidate
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3.14 python3; do
        if is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer was not found. Install it (Debian: apt-get install python3 python3-venv python3-dev)," \
        "or name it: PYTHON=/path/to/python3.11 tools/setup.sh"
}

if ! { [ -x .venv/bin/python ] && is_new_enough .venv/bin/python; }; then
    python=$(find_python)
    say "making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv ||
        fail "this Python has no venv module (Debian: apt-get install python3-venv)"
fi
python=.venv/bin/python

# --- locked packages -------------------------------------------------------------------------------------------------

case $mode in
runtime) locks=(requirements.lock requirements-build.lock) ;;
dev) locks=(requirements-dev.lock) ;;
esac
for lock in "${locks[@]}"; do
    [ -f "$lock" ] || fail "$lock is missing: restore it from git, or make it with tools/lock.sh"
done

stamp=.venv/tracegraph-setup-$mode
state=$(cat "${locks[@]}" pyproject.toml | "$python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
if ! grep -qsx "$state" "$stamp"; then
    say "installing the locked packages (${locks[*]})"
    for lock in "${locks[@]}"; do
        "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" </dev/null
    done
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . </dev/null
    echo "$state" >"$stamp"
fi
[ "$mode" = dev ] || exit 0

# --- Java, Maven, Chromium and Neo4j's jars for the tests ----------------------------------------------------------------------

has_java() { # 17 or newer
    local version
    version=$({ "${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 || true; } | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
    [ "${version:-0}" -ge 17 ]
}
if ! has_java; then
    apt_install openjdk-17-jre-headless || apt_install default-jre-headless || true
    has_java || fail "Java 17 or newer is needed by the tests' Neo4j (Debian: apt-get install openjdk-17-jre-headless)"
fi
if ! command -v mvn >/dev/null; then
    apt_install maven || true
    command -v mvn >/dev/null || fail "Maven is needed to fetch the tests' Neo4j (Debian: apt-get install maven)"
fi
has_chromium() { [ -n "${TRACEGRAPH_TEST_CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }
if ! has_chromium; then
    apt_install chromium || true
    has_chromium || fail "Chromium is needed by the tests of the pages (Debian: apt-get install chromium)," \
        "or name one: TRACEGRAPH_TEST_CHROMIUM=/path/to/chromium"
fi
if ! compgen -G 'tools/neo4j/target/classpath-*.txt' >/dev/null; then
    say "fetching Neo4j's jars from Maven Central (once; 145 MB, about two minutes)"
fi
"$python" tests/neo4j_server.py fetch >/dev/null
"$python" -m tests.verapdf fetch >/dev/null # 9 MB
