"""The corpus of attacks: hostile, unlucky and damaged submissions, each with its fair score."""

from trial.attacks.corpus import (
    bombs,
    costs,
    damage,
    endings,
    files,
    forgery,
    kernel_memory,
    machine,
    messages,
    notebooks,
    processor,
    readers,
    records,
    rendering,
    replays,
    showing,
    snooping,
    unearned,
    unlucky,
)
from trial.attacks.corpus.desk import ATTACKS, Attack, Desk

__all__ = ["ATTACKS", "FAMILIES", "Attack", "Desk"]
MODULES = (
    forgery, records, costs, replays, snooping, machine, bombs, endings, damage, files,
    readers, unlucky, messages, kernel_memory, processor, notebooks, showing, rendering, unearned
)  # fmt: skip

# what kind of attack each module holds
FAMILIES = {
    "forgery": "forging results",
    "records": "forging results",
    "replays": "forging results",
    "costs": "exhausting the judge",
    "snooping": "reading what is secret",
    "machine": "reading what is secret",
    "bombs": "exhausting and escaping",
    "endings": "exhausting and escaping",
    "damage": "breaking the pipeline",
    "files": "breaking the pipeline",
    "readers": "attacking the readers",
    "messages": "exhausting the judge",
    "kernel_memory": "exhausting and escaping",
    "processor": "taking time from others",
    "notebooks": "exhausting the judge",
    "showing": "attacking the readers",
    "rendering": "exhausting the judge",
    "unearned": "points that were not earned",
    "unlucky": "accidents in honest work",
}
