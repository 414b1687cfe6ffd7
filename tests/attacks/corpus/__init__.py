"""The corpus of attacks: hostile, unlucky and damaged submissions, each with its fair score."""

from corpus import bombs, damage, forgery, readers, records, snooping, unlucky
from corpus.desk import ATTACKS, Attack, Desk

__all__ = ["ATTACKS", "Attack", "Desk"]
FAMILIES = (forgery, records, snooping, bombs, readers, damage, unlucky)
