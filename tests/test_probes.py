"""The probes tell kinds of update rules apart by experiment; here on rules made for that."""

from __future__ import annotations

import numpy as np
import pytest

from cs231n_lib.probes import (
    Update,
    corrects_bias,
    last_step,
    leaks,
    tracks_first_moments,
    tracks_second_moments,
    traits,
)


def plain(w, dw, config=None):
    return w - 0.1 * dw, {}


def rolling(w, dw, config=None):
    """Keeps the last gradient too: the shortest memory of a sign."""
    last = (config or {}).get("last", np.zeros_like(w))
    return w - 0.1 * (dw + 0.5 * last), {"last": dw}


def summed(w, dw, config=None):
    """Divides by the root of everything so far."""
    total = (config or {}).get("total", 0) + dw**2
    return w - dw / np.sqrt(total), {"total": total}


def jointly(w, dw, config=None):
    """As ``summed``, with one total for all coordinates: no second moment of each."""
    total = (config or {}).get("total", 0) + np.sum(dw**2)
    return w - dw / np.sqrt(total), {"total": total}


def averaged(corrected: bool) -> Update:
    def update(w, dw, config=None):
        c = {"beta2": 0.99, "v": 0.0, "n": 0, **(config or {})}
        c["v"] = c["beta2"] * c["v"] + (1 - c["beta2"]) * dw**2
        c["n"] += 1
        scale = 1 - c["beta2"] ** c["n"] if corrected else 1
        return w - dw / np.sqrt(c["v"] / scale), c

    return update


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (plain, (False, False, False, False)),
        (rolling, (True, False, False, False)),
        (summed, (False, True, False, False)),
        (jointly, (False, False, False, False)),
        (averaged(False), (False, True, True, False)),
        (averaged(True), (False, True, True, True)),
    ],
    ids=["plain", "rolling", "summed", "jointly", "averaged", "averaged and corrected"],
)
def test_every_kind_of_rule_is_recognised(rule: Update, found: tuple[bool, ...]) -> None:
    assert tuple(traits(rule).values()) == found
    probes = (tracks_first_moments, tracks_second_moments, leaks, corrects_bias)
    assert tuple(probe(rule) for probe in probes) == found


def test_the_last_step_is_taken_at_zero_with_the_state_of_the_ones_before() -> None:
    """Weights decay to nothing at zero, and the last gradient counts half: -0.1 (3 + 1)."""
    found = last_step(rolling, [np.full(2, 2.0), np.full(2, 3.0)])
    np.testing.assert_allclose(found, -0.4)


def test_a_rule_that_works_in_place_is_probed_as_well() -> None:
    def update(w, dw, config=None):
        w -= dw
        dw *= 0
        return w, config

    assert not any(traits(update).values())
