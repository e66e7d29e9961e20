#!/usr/bin/env bash
# Re-make the lock files from pyproject.toml: what runs, what builds, what develops.
# Pinned versions stay unless they no longer fit; `tools/lock.sh --upgrade` takes the newest that do.
# No host and no path of this machine gets into them, so that they serve with any index or mirror of PyPI.
set -euo pipefail
cd "$(dirname "$0")/.."

python=.venv/bin/python
[ -x .venv/bin/pip-compile ] || { echo "pip-compile is missing: run tools/setup.sh first" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' ||
    { echo "lock with Python 3.11, the oldest that is supported: newer ones leave out what it needs" >&2; exit 1; }
unset PIP_FIND_LINKS

compile() { # OUTPUT ARGUMENT...
    local output=$1
    shift
    echo "locking $output" >&2
    .venv/bin/pip-compile --quiet --no-config --generate-hashes --allow-unsafe --strip-extras --no-header \
        --no-emit-options --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
        --constraint tools/constraints.txt --output-file "$output" "$@" 2>build/lock.log ||
        { cat build/lock.log >&2; exit 1; }
}

mkdir -p build
"$python" - >build/dev.in <<'PYTHON'
import tomllib
with open("pyproject.toml", "rb") as file:
    print(*tomllib.load(file)["dependency-groups"]["dev"], sep="\n")
PYTHON

compile requirements.lock "$@" pyproject.toml
compile requirements-build.lock "$@" --only-build-deps --build-deps-for wheel --build-deps-for editable pyproject.toml
compile requirements-dev.lock "$@" --constraint requirements.lock pyproject.toml build/dev.in requirements-build.lock
sed -i 's|-r build/dev.in|tracegraph (pyproject.toml::dependency-groups.dev)|' requirements-dev.lock

if grep -nE '[a-z]+://|--(index|extra|find|trusted)|/(home|root|tmp|Users)/' requirements*.lock; then
    echo "the lock files name a host or a path of this machine" >&2
    exit 1
fi
