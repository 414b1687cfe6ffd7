"""How velocity and momentum begin: a first velocity, and a momentum that is raised."""

from __future__ import annotations

from claims.momentum.digits import EFFECTIVE, STEPS, Setting, digits_losses

CONSTANT = (0.5, 0.9, 0.99)
RAISED = ((0.5, 0.9), (0.5, 0.99), (0.9, 0.99))


def velocity_start(seed: int, at: tuple[int, ...] = (150, STEPS)) -> dict[str, float]:
    """Training loss from a random first velocity over that from zero, on the digits.

    The effective rate is 0.5.  The first velocity is as long as the terminal velocity under the
    first gradient, in a random direction; both runs see the same minibatches.  ``"0.9 at 150"``
    is with rho 0.9 after 150 steps; ``"loss 0.9 at 150"`` the loss from zero.
    """
    settings = [
        Setting(0.5 * (1 - rho), rho, kick=kick) for rho in (0.9, 0.99) for kick in (0.0, 1.0)
    ]
    found: dict[str, float] = {}
    for steps, losses in digits_losses(seed, settings, at).items():
        for plain, kicked, rho in ((0, 1, 0.9), (2, 3, 0.99)):
            found[f"loss {rho} at {steps}"] = losses[plain]["training"]
            found[f"{rho} at {steps}"] = losses[kicked]["training"] / losses[plain]["training"]
    return found


def annealing(seed: int, steps: int = STEPS) -> dict[str, float]:
    """The digits with constant rho and with rho raised along a straight line.

    The rate is such that the last step has one of three effective rates.

    Returns:
        The training loss of each run (``"0.5 0.9"`` at effective rate 0.5 with rho 0.9,
        ``"0.5 0.5 to 0.99"`` raised); and ``tuned``, the test loss with the best raised rho over
        that with the best constant, each the best of nine (three rates and three constants, or
        three pairs) on validation images.
    """
    constant = {f"{e} {rho}": Setting(e * (1 - rho), rho) for e in EFFECTIVE for rho in CONSTANT}
    raised = {
        f"{e} {first} to {last}": Setting(e * (1 - last), first, last_rho=last)
        for e in EFFECTIVE
        for first, last in RAISED
    }
    every = constant | raised
    losses = digits_losses(seed, list(every.values()), (steps,))[steps]
    found = {name: loss["training"] for name, loss in zip(every, losses, strict=True)}
    best = [
        min(runs, key=lambda run: run["validation"])["test"]
        for runs in (losses[: len(constant)], losses[len(constant) :])
    ]
    found["tuned"] = best[1] / best[0]
    return found
