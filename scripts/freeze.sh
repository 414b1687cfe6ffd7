#!/usr/bin/env bash
# Write constraints.txt anew: the newest versions that fit together, except torch.
#
# torch stays where it is until its line in constraints.txt is changed by hand: it is by far
# the largest package, and a figure of the book may change with it. Run this with the oldest
# Python that the course supports, so that the versions fit the newer ones too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PYTHON=${PYTHON:-python3.11}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
grep '^torch==' constraints.txt >"$work/constraints.txt"
sed "s|^-c .*|-c $work/constraints.txt|" requirements.txt >"$work/requirements.txt"

"$PYTHON" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$work/requirements.txt"
{
    echo "# Every package of the environment, exactly; written by scripts/freeze.sh, not by hand."
    # Of torch's builds (`+cpu`) any will do; pip itself is left to the machine.
    "$work/venv/bin/python" -m pip freeze --all --exclude-editable |
        grep -v -E '^pip==' | sed 's/+cpu$//' | LC_ALL=C sort -f
} >"$work/new.txt"
mv "$work/new.txt" constraints.txt
echo "constraints.txt: $(grep -c == constraints.txt) packages"
