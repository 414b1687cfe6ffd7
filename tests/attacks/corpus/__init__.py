"""The corpus of attacks: hostile, unlucky and damaged submissions, each with its fair score."""

from corpus import (
    bombs,
    damage,
    endings,
    files,
    forgery,
    machine,
    readers,
    records,
    replays,
    snooping,
    unlucky,
)
from corpus.desk import ATTACKS, Attack, Desk

__all__ = ["ATTACKS", "FAMILIES", "Attack", "Desk"]
MODULES = (
    forgery, records, replays, snooping, machine, bombs, endings, damage, files, readers, unlucky
)  # fmt: skip

# what kind of attack each module holds
FAMILIES = {
    "forgery": "forging results",
    "records": "forging results",
    "replays": "forging results",
    "snooping": "reading what is secret",
    "machine": "reading what is secret",
    "bombs": "exhausting and escaping",
    "endings": "exhausting and escaping",
    "damage": "breaking the pipeline",
    "files": "breaking the pipeline",
    "readers": "attacking the readers",
    "unlucky": "accidents in honest work",
}
