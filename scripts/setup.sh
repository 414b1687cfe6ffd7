#!/usr/bin/env bash
# Set-up in two steps that do nothing when nothing is missing:
#
#   scripts/setup.sh system [required]   bubblewrap, Chromium, Python's venv module
#   scripts/setup.sh environment         the Python environment in $VENV
#
# PYTHON and VENV come from the Makefile. With `required`, a missing program is an error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PYTHON=${PYTHON:-python3}
VENV=${VENV:-.venv}

fail() {
    echo "$*" >&2
    exit 1
}

# Signs that a shell, PATH, or the address of the gradebook take for something else.
check_place() {
    case "$PWD" in
        *[:\"\\\`\$%?]* | *$'\n'*)
            fail "Please rename the folder $PWD: the course cannot work where a path has one of : \" \\ \` \$ % ? in it." ;;
    esac
}

check_python() {
    command -v "$PYTHON" >/dev/null ||
        fail "The course needs Python 3.11 or newer, and there is no \`$PYTHON\`: install Python, or name yours, as in \`make PYTHON=python3.12 course\`."
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "The course needs Python 3.11 or newer, and \`$PYTHON\` is $("$PYTHON" --version 2>&1): name a newer one, as in \`make PYTHON=python3.12 course\`."
}

find_browser() {
    [ -n "${CHROMIUM:-}" ] ||
        command -v chromium || command -v chromium-browser || command -v google-chrome
}

# Names of the packages that are not there yet.
missing() {
    command -v bwrap >/dev/null || echo bubblewrap
    find_browser >/dev/null || echo chromium
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ||
        "$PYTHON" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])'
}

# Install packages if that can be done without asking anyone.
install() {
    local as_root=()
    command -v apt-get >/dev/null || return 0
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || return 0
        as_root=(sudo -n)
    fi
    as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0)
    echo "      installing $*"
    # A package list that cannot be read anew may still do, so its failure ends nothing here.
    "${as_root[@]}" update || true
    # One by one: a package that this system does not have must not keep out the others.
    local package
    for package; do
        "${as_root[@]}" install --yes --no-install-recommends "$package" >/dev/null || true
    done
}

system() {
    check_python
    local packages
    packages=$(missing)
    [ -z "$packages" ] || install $packages
    packages=$(missing | paste -sd ' ')
    [ -n "$packages" ] || return 0
    [ "${1:-}" != required ] ||
        fail "Please install, then start again: $packages."
    case " $packages " in
        *-venv*) fail "Please install, then start again: $packages." ;;
        *bubblewrap*) echo "      Please install: $packages. We go on, but nothing can be graded without bubblewrap." ;;
        *) echo "      Please install: $packages. We go on, since only \`make test\` needs it." ;;
    esac
}

# Changes when the environment has to be made anew. Settings of ruff and the like do not count.
fingerprint() {
    "$PYTHON" - requirements.txt constraints.txt pyproject.toml autograder/pyproject.toml <<'END'
import hashlib, json, os, sys, tomllib
parts = [sys.version, os.getcwd()]
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        if not path.endswith(".toml"):
            parts.append(file.read().decode())
            continue
        tables = tomllib.load(file)
    setuptools = tables["tool"]["setuptools"]
    parts += [tables["build-system"], tables["project"], setuptools]
print(hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest())
END
}

environment() {
    check_python
    local stamp="$VENV/.stamp" wanted
    wanted=$(fingerprint)
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
        return 0
    fi
    echo "      making $VENV, which takes a minute or two"
    "$PYTHON" -m venv --clear "$VENV"
    # The versions also bind where pip builds our two packages. As an address, since pip takes a
    # blank in a path for the end of it.
    PIP_CONSTRAINT=$("$PYTHON" -c 'import pathlib; print(pathlib.Path("constraints.txt").resolve().as_uri())')
    export PIP_CONSTRAINT PIP_BUILD_CONSTRAINT="$PIP_CONSTRAINT"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check -r requirements.txt
    echo "$wanted" >"$stamp"
}

# Each box and each wall is a new Python that may not write: without this, every one of them
# would compile our modules for itself. Only what changed is compiled; a folder that cannot be
# written stays as it is.
compile_ours() {
    "$VENV/bin/python" -m compileall -qq autograder cs231n_lib $([ ! -d solutions ] || echo solutions) || true
}

check_place
case "${1:-}" in
    system) system "${2:-}" ;;
    environment)
        environment
        compile_ours
        ;;
    *) fail "usage: scripts/setup.sh system [required] | environment" ;;
esac
