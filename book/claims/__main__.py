"""Run the experiments behind the lectures' claims, and keep what they find.

    make claims                              # those whose record is missing or of other code
    make claims ONLY=momentum                # of one chapter
    make claims ONLY=momentum/saddles        # one claim, or one experiment

The records lie in ``book/claims/<chapter>/records``; the pages show them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from claims import table
from claims.run import needed, run_all


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m claims",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="*", help="chapters, claims or experiments; default: all")
    parser.add_argument(
        "--again", action="store_true", help="also those whose record is good; default: not those"
    )
    parser.add_argument("--workers", type=int, help="processes; default: one per core")
    asked = parser.parse_args(arguments)
    try:
        names = asked.name or table.chapters()
        experiments = {e.address: e for name in names for e in table.chosen(name)}.values()
    except ValueError as trouble:
        print(trouble, file=sys.stderr)
        return 2
    ahead = list(experiments) if asked.again else needed(experiments)
    if not ahead:
        print("Every record is of today's code; --again runs them all the same.")
        return 0
    troubles = run_all(ahead, asked.workers)
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    print(f"{len(ahead) - len(troubles)} of {len(ahead)} experiments have their records.")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
