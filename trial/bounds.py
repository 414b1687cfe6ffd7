"""Exact (Clopper-Pearson) bounds on a probability, from how often something happened."""

from __future__ import annotations


def upper(times: int, tries: int, confidence: float = 0.95) -> float:
    """Upper end of the one-sided interval for a probability, after ``times`` in ``tries``.

    It is the p at which ``times`` or fewer would happen with probability 1 - confidence;
    with ``times = 0`` that is 1 - (1 - confidence)**(1 / tries).

    Source: C. Clopper and E. Pearson, The use of confidence or fiducial limits (1934).
    """
    from scipy.stats import beta

    return 1.0 if times >= tries else float(beta.ppf(confidence, times + 1, tries - times))


def lower(times: int, tries: int, confidence: float = 0.95) -> float:
    """Lower end of the one-sided interval, the mirror image of :func:`upper`."""
    return 1.0 - upper(tries - times, tries, confidence)
