"""Chapter 1's experiments on gradient checks: the step, the precision, the kinks."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from claims.digits import digits
from claims.training_loop.nets import CLASSES, make_net

STEPS = tuple(np.logspace(-11, 0, 45).tolist())
ROUND_OFF = {"float64": 2.0**-53, "float32": 2.0**-24}
KINDS = ("forward", "centred")
SMALLEST = 1e-4  # gradients below are set aside: a relative error says little of nearly zero
KINK_STEPS = tuple(np.logspace(-6, -1, 26).tolist())
ERROR_STEPS = (1e-4, 1e-3, 1e-2)
EXAMPLES = (2, 20, 200)


class Probe:
    """The loss of a small smooth (tanh) net on 20 digits, as a function of one weight.

    The weights are float32 numbers, so that the float32 and the float64 version
    are the same net and the derivatives in float64 are the truth for both.
    """

    def __init__(self, dtype: torch.dtype, seed: int = 0, examples: int = 20) -> None:
        """Build the net of ``seed`` in ``dtype`` (torch.float32 or torch.float64)."""
        X, y = digits(seed)["training"]
        generator = torch.Generator().manual_seed(seed)
        self.shapes = ((64, 20), (20, CLASSES))
        parts = [torch.randn(s, generator=generator) / s[0] ** 0.5 for s in self.shapes]
        self.theta = torch.cat([p.flatten() for p in parts]).to(dtype)
        self.X, self.y = X[:examples].to(dtype), y[:examples]

    def loss(self, k: int, shift: float | torch.Tensor) -> torch.Tensor:
        """Softmax loss with weight number k moved by ``shift``."""
        direction = torch.zeros_like(self.theta)
        direction[k] = 1.0
        W1, W2 = (self.theta + shift * direction).split([a * b for a, b in self.shapes])
        hidden = torch.tanh(self.X @ W1.view(self.shapes[0]))
        return F.cross_entropy(hidden @ W2.view(self.shapes[1]), self.y)

    def derivatives(self, k: int) -> tuple[float, float, float, float]:
        """Loss and its first three derivatives with respect to weight k, by autograd."""
        t = torch.zeros((), dtype=self.theta.dtype, requires_grad=True)
        values = [self.loss(k, t)]
        for _ in range(3):
            values.append(torch.autograd.grad(values[-1], t, create_graph=True)[0])
        f, f1, f2, f3 = (v.item() for v in values)
        return f, f1, f2, f3


def difference_errors(seed: int, weights: int = 12) -> dict[str, float | list[float]]:
    """Relative errors of difference quotients of a tanh net, for each step of :data:`STEPS`.

    Medians over a dozen weights drawn at random.  ``"float64 centred"`` is measured,
    ``"float64 centred estimate"`` is what truncation and round-off come to by the leading terms;
    ``"... best step"`` is the step with the smallest estimate, ``"... found step"`` that with the
    smallest error, ``"... least"`` that error, and ``"... at 1e-5"`` the error at step 1e-5.
    """
    probes = {"float64": Probe(torch.float64, seed), "float32": Probe(torch.float32, seed)}
    exact = probes["float64"]
    drawn = np.random.default_rng(seed).permutation(len(exact.theta))
    truth: dict[int, tuple[float, float, float, float]] = {}
    for k in drawn.tolist():
        told = exact.derivatives(k)
        if abs(told[1]) > SMALLEST:
            truth[k] = told
        if len(truth) == weights:
            break
    f0, f1, f2, f3 = np.abs(np.array(list(truth.values()))).T
    slope = np.array([d[1] for d in truth.values()])
    h = np.array(STEPS)[:, None]
    found: dict[str, float | list[float]] = {"steps": list(STEPS)}
    for name, probe in probes.items():
        u = ROUND_OFF[name]
        with torch.no_grad():
            ahead, here, behind = (
                np.array([[probe.loss(k, s * step).item() for k in truth] for step in STEPS])
                for s in (1, 0, -1)
            )
        quotients = {"forward": (ahead - here) / h, "centred": (ahead - behind) / (2 * h)}
        estimates = {
            "forward": h / 2 * f2 + 2 * u * f0 / h,
            "centred": h**2 / 6 * f3 + u * f0 / h,
        }
        best = {"forward": 2 * np.sqrt(u * f0 / f2), "centred": np.cbrt(3 * u * f0 / f3)}
        for kind in KINDS:
            error = np.median(np.abs(quotients[kind] - slope) / f1, axis=1)
            found[f"{name} {kind}"] = error.tolist()
            found[f"{name} {kind} estimate"] = np.median(estimates[kind] / f1, axis=1).tolist()
            found[f"{name} {kind} best step"] = float(np.median(best[kind]))
            found[f"{name} {kind} found step"] = STEPS[int(error.argmin())]
            found[f"{name} {kind} least"] = float(error.min())
            found[f"{name} {kind} at 1e-5"] = float(error[np.abs(np.log(h[:, 0] / 1e-5)).argmin()])
    return found


# --- kinks ----------------------------------------------------------------------------


def first_kinks(seed: int, examples: int) -> np.ndarray:
    """For each first-layer weight of a ReLU net, the least move that reaches a kink; (64, 100).

    Moving weight (i, j) by h moves the input a[n, j] of hidden unit j on example n by
    h * x[n, i]: the kink of example n lies at |a[n, j]| / |x[n, i]|.  Constant pixels move nothing.
    """
    X = digits(seed)["training"][0][:examples]
    with torch.no_grad():
        a = make_net((64, 100, CLASSES), seed)[0](X).numpy()
    x = np.abs(X.numpy())[:, :, None]
    with np.errstate(divide="ignore"):
        return np.where(x > 0, np.abs(a)[:, None, :] / x, np.inf).min(axis=0)


def kink_shares(seed: int) -> dict[str, list[float]]:
    """Share of first-layer weights with a kink in [w - h, w + h], for each h of KINK_STEPS.

    By the number of examples in the batch: ``"2"``, ``"20"``, ``"200"``.
    """
    found = {"steps": list(KINK_STEPS)}
    for examples in EXAMPLES:
        first = first_kinks(seed, examples)
        found[str(examples)] = [float((first < h).mean()) for h in KINK_STEPS]
    return found


def checked(seed: int, h: float, examples: int = 20) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centred differences for all first-layer weights of a ReLU net, and their gradients.

    Returns quotients, gradients, and gradients of a backward pass that forgets the mask of the
    ReLU; each of shape (64, 100).
    """
    X, y = (part[:examples] for part in digits(seed)["training"])
    net = make_net((64, 100, CLASSES), seed)
    W2 = net[2].weight.detach().T
    with torch.no_grad():
        a = net[0](X)
        base = a.clamp(min=0) @ W2
        quotients = []
        for j in range(a.shape[1]):  # weight (i, j) moves unit j alone: all i at once
            sides = []
            for s in (h, -h):
                moved = (a[:, j] + s * X.T).clamp(min=0) - a[:, j].clamp(min=0)
                z = base + moved[..., None] * W2[j]
                flat = F.cross_entropy(z.flatten(0, 1), y.repeat(len(z)), reduction="none")
                sides.append(flat.view(len(z), -1).mean(1))
            quotients.append((sides[0] - sides[1]) / (2 * h))
    gradients = []
    for mask in (True, False):
        before = a.clone().requires_grad_()
        after = before.clamp(min=0)
        shown = after if mask else before + (after - before).detach()
        F.cross_entropy(shown @ W2, y).backward()
        gradients.append((X.T @ before.grad).numpy())
    return torch.stack(quotients, 1).numpy(), *gradients


def relative(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """|a - b| / max(1e-8, |a| + |b|), entry by entry."""
    return np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b))


def kink_errors(seed: int) -> dict[str, float]:
    """How far a check is off where it meets a kink; 20 digits, gradients above 1e-4.

    ``"share 0.001"`` is the share of weights with a kink in [w - h, w + h], h = 0.001;
    ``"median 0.001"`` and ``"largest 0.001"`` are the relative errors there, ``"elsewhere 0.001"``
    the largest one at all other weights.  Where there is no kink, the errors are 0.
    """
    found = {}
    first = first_kinks(seed, 20)
    for h in ERROR_STEPS:
        quotient, gradient, _ = checked(seed, h)
        kept = np.abs(gradient) > SMALLEST
        error = relative(quotient, gradient)
        there, elsewhere = error[kept & (first < h)], error[kept & (first >= h)]
        found[f"share {h}"] = float((first < h)[kept].mean())
        found[f"median {h}"] = float(np.median(there)) if len(there) else 0.0
        found[f"largest {h}"] = float(there.max(initial=0.0))
        found[f"elsewhere {h}"] = float(elsewhere.max(initial=0.0))
    return found


def told_apart(seed: int, examples: int = 100) -> dict[str, float]:
    """Of the weights that a check at h = 1e-3 calls wrong, the share that it calls so at 1e-5.

    Wrong is a relative error above 1e-4; 100 digits, gradients above 1e-4.  ``"kinks"``: the
    gradient is right; ``"bug"``: its backward pass forgets the mask of the ReLU.

    Raises:
        ValueError: if the first check called no weight wrong.
    """
    (coarse, right, wrong), (fine, _, _) = (checked(seed, h, examples) for h in (1e-3, 1e-5))
    found = {}
    for name, gradient in (("kinks", right), ("bug", wrong)):
        kept = np.abs(gradient) > SMALLEST
        first, then = (relative(q, gradient)[kept] > 1e-4 for q in (coarse, fine))
        if not first.any():
            raise ValueError(f"seed {seed}: no alarm that a smaller step could stop")
        found[name] = float((first & then).sum() / first.sum())
        found[f"{name} at first"] = float(first.mean())
    return found
