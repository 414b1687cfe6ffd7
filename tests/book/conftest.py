"""Chapters import ``claims`` from their own folder; the tests do the same."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book"))
