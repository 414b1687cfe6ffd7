"""The judge on trial: how often it is wrong, and what becomes of whoever attacks it.

    python -m trial sgd_momentum          # one exercise: mutants, mistakes, styles
    python -m trial mutants --show sgd    # one question, with every change that was tried
    python -m trial                       # every exercise: about half an hour

What is found is kept in ``book/trial_records``, where the book reads it.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Callable, Sequence

from cs231n_lib import exercises

OF_EXERCISES = {
    "mutants": "does every change of an answer lose points?",
    "mistakes": "does the same mistake always get the same points?",
    "styles": "do right solutions in other styles keep theirs?",
    "names": "how many wrong functions are told what is wrong?",
    "show": "what does each mistaken function look like?",
}
OF_THE_GRADER = {
    "faults": "is a grade lost when the grader is killed or starved?",
    "stock": "what do the attacks get here, and from nbgrader as it is by default?",
}
SEEDS = {"mistakes": 100, "styles": 200}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="python -m trial",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    trials = top.add_subparsers(dest="what", metavar="trial")
    for name, question in OF_EXERCISES.items():
        one = trials.add_parser(name, help=question)
        one.add_argument("exercise", nargs="*", help="names; default: all")
        if name in SEEDS:
            one.add_argument(
                "--seeds",
                type=int,
                default=SEEDS[name],
                help="gradings of each; fewer than %(default)s, the default, are kept nowhere",
            )
        if name == "mutants":
            one.add_argument(
                "--show",
                action="store_true",
                help="list every change and its fate; default: only numbers and troubles",
            )
    for name, question in OF_THE_GRADER.items():
        one = trials.add_parser(name, help=question)
        if name == "stock":
            one.add_argument(
                "--only", choices=("ours", "stock"), help="renew one half; default: both"
            )
            one.add_argument(
                "--resume",
                action="store_true",
                help="keep the rows that are there; default: try all again",
            )
            one.add_argument(
                "--attack", action="append", default=[], help="this one, kept nowhere; default: all"
            )
    return top


def named(exercise: str) -> str:
    """The name of an exercise.

    Raises:
        KeyError: when there is none; the message names what is near.
    """
    try:
        return exercises.get(exercise).name
    except KeyError as error:
        near = difflib.get_close_matches(exercise, [*OF_EXERCISES, *OF_THE_GRADER], n=1)
        other = f"; the trial is called {near[0]}" if near else ""
        told = f"{error.args[0]}{other}; `autograder list` shows all exercises"
        raise KeyError(told) from error


def run(args: argparse.Namespace) -> int:
    """Hold one trial; returns the exit status."""
    names = [named(n) for n in getattr(args, "exercise", [])]
    if args.what == "mutants":
        from trial.mutants import score

        return score.run(say, names, args.show)
    if args.what == "styles":
        from trial.styles import honest

        return honest.run(say, names, args.seeds)
    if args.what == "show":
        from trial.mistakes import whole

        return whole.run(say, names)
    if args.what == "names":
        from trial.mistakes import naming

        return naming.run(say, names)
    if args.what == "mistakes":
        from trial.mistakes import steady

        return steady.run(say, names, args.seeds)
    if args.what == "stock":
        from trial.stock import comparison

        return comparison.run(args.only, args.resume, args.attack)
    from trial.faults import faults

    return faults.run(say)


def main(argv: Sequence[str] | None = None) -> int:
    """Hold the trials that the command line asks for; returns the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    top = parser()
    try:
        if words and (words[0].startswith("-") or words[0] in {**OF_EXERCISES, **OF_THE_GRADER}):
            return run(top.parse_args(words))
        names = [named(w) for w in words]
        whole = [run(top.parse_args([what, *names])) for what in ("mutants", "mistakes", "styles")]
        return max(whole)
    except KeyboardInterrupt:
        return fail("stopped; what was found so far is kept")
    except (RuntimeError, ValueError, KeyError, OSError, ImportError) as error:
        return fail(str(error.args[0] if error.args else error))


say: Callable[[str], None] = print


def fail(text: str) -> int:
    """Say what is wrong, in one sentence, and return the exit status."""
    print(f"trial: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
