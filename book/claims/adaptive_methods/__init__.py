"""Chapter 4's claims: who says what of adaptive methods, and what would bear it out."""

from __future__ import annotations

from claims.adaptive_methods import said_of_adagrad, said_of_adam, said_of_decay
from claims.experiment import Experiment

CLAIMS = (*said_of_adagrad.CLAIMS, *said_of_adam.CLAIMS, *said_of_decay.CLAIMS)

RACE = said_of_adam.RACE
MAP = said_of_decay.MAP
COUNTEREXAMPLE = said_of_adam.COUNTEREXAMPLE
RARE_FEATURES = said_of_adagrad.RARE_FEATURES

#: What figures and tables of the page show beside the claims.
EXPERIMENTS: tuple[Experiment, ...] = (RACE, MAP, COUNTEREXAMPLE, RARE_FEATURES)
