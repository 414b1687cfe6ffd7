"""Chapter 2's experiments on trained nets: their curvature, and what depends on the start."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch.func import grad, hessian

from claims.gradient_descent.bowls import sign_changes
from claims.gradient_descent.components import components, components_and_test
from claims.gradient_descent.nets import (
    largest_rise,
    on_the_line,
    stacked,
    stacked_loss,
    tanh_loss,
    trained,
)

WIDTHS = (1, 2, 4, 8, 16, 64)
Numbers = dict[str, float]
Lists = dict[str, float | list[float]]


LOOKS = (0, 10, 20, 40, 60, 80, 100, 150, 200, 300, 400, *range(600, 3001, 200))


def sharpness(seed: int, rate: float, looks: Sequence[int] = LOOKS) -> Lists:
    """Full-batch descent of a 10-12-10 tanh net, squared error, 120 digits; its Hessian on the way.

    The Hessian is looked at after the steps ``looks``, of which 100 is one; the last of them ends
    the run.  Lists: ``top`` (largest eigenvalue at each look) and ``loss``.  Numbers: ``edge``, the
    last ``top`` over 2 / rate; ``rise``, the last over that at 100; ``fall``, that at 100 over the
    first; ``bump``, the largest rise of the loss over the first loss; ``flips``, share of the last
    100 steps at which the gradient along the final top eigenvector changed sign; of the spectrum at
    the end the largest size over the median size (``over median``), the ``condition`` number and
    how many are ``negative``; ``forecast``, the steps in which a bowl with the condition number at
    the start brings its loss to a tenth over the steps taken here.
    """
    data = components(seed, 120, 10)
    curvature = hessian(lambda w: tanh_loss(w, data)[0])
    w = 0.3 * torch.randn(240, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    top, kept, heights, tail = [], [], [], []
    for t in range(looks[-1] + 1):
        height, g = tanh_loss(w, data)
        heights.append(float(height))
        if t in looks:
            values, vectors = torch.linalg.eigh(curvature(w))
            size = values.abs().sort().values
            top.append(float(values[-1]))
            kept.append(heights[-1])
            if t == 0:
                condition = float(size[-1] / size[0])
        tail = [*tail[-100:], g]
        w = w - rate * g
    along = torch.stack(tail) @ vectors[:, -1]
    taken = next((t for t, h in enumerate(heights) if h <= heights[0] / 10), np.inf)
    return {
        "top": top,
        "loss": kept,
        "edge": top[-1] * rate / 2,
        "rise": top[-1] / top[looks.index(100)],
        "fall": top[looks.index(100)] / top[0],
        "bump": float(largest_rise(torch.tensor(heights))) / heights[0],
        "flips": float(sign_changes(along[:, None].numpy())[0]),
        "over median": float(size[-1] / size.median()),
        "condition": float(size[-1] / size[0]),
        "negative": float((values < 0).sum()),
        "forecast": condition / 4 * float(np.log(10)) / taken,
    }


def starts(seed: int, count: int = 6, steps: int = 3000) -> Numbers:
    """Six starts of two-layer ReLU nets of several widths: where do they end?

    200 digits on 20 components, all in one batch, rate 0.5.  For each width: ``mean``,
    ``spread`` (standard deviation), ``relative`` (spread over mean), ``worst`` over the best and
    ``gap`` (worst less best) of the final training loss; ``test``, the relative spread of the test
    loss; ``late``, the mean loss at the end over that halfway; ``hill down``, the largest rise on
    the straight line from a start to its end over the loss at the start, and ``hill across``, that
    from one end to the next; both are medians of six lines.
    """
    data, test = components_and_test(seed, 200, 20)
    found: Numbers = {}
    for width in WIDTHS:
        first = stacked(width, count, seed)
        middle = trained(first, data, steps // 2)
        last = trained(middle, data, steps - steps // 2)
        begin, half, end = (stacked_loss(w, data) for w in (first, middle, last))
        other = stacked_loss(last, test)
        neighbour = [w.roll(1, 0) for w in last]
        down = largest_rise(on_the_line(first, last, data)) / begin
        across = largest_rise(on_the_line(last, neighbour, data)) / begin
        found |= {
            f"mean {width}": float(end.mean()),
            f"spread {width}": float(end.std()),
            f"relative {width}": float(end.std() / end.mean()),
            f"worst {width}": float(end.max() / end.min()),
            f"gap {width}": float(end.max() - end.min()),
            f"test {width}": float(other.std() / other.mean()),
            f"late {width}": float(end.mean() / half.mean()),
            f"hill down {width}": float(down.median()),
            f"hill across {width}": float(across.median()),
        }
    found["gap shrinks"] = found["gap 64"] / found["gap 4"]
    found["relative shrinks"] = found["relative 64"] / found["relative 4"]
    return found


def steepness(seed: int, width: int = 32, steps: int = 100) -> Numbers:
    """Spectrum of the Hessian of a two-layer ReLU net after 100 steps of full-batch descent.

    200 digits on 20 components, rate 0.5.  ``over mean``: largest eigenvalue over the mean size of
    all; ``over median``: over the median size.
    """
    data, _ = components_and_test(seed, 200, 20)
    weights = trained(stacked(width, 1, seed), data, steps)
    shapes, sizes = [w.shape for w in weights], [w.numel() for w in weights]

    def loss(flat: torch.Tensor) -> torch.Tensor:
        parts = [p.view(s) for p, s in zip(flat.split(sizes), shapes, strict=True)]
        return stacked_loss(parts, data)[0]

    flat = torch.cat([w.flatten() for w in weights])
    columns = torch.func.vmap(
        lambda v: torch.func.jvp(grad(loss), (flat,), (v,))[1], chunk_size=128
    )(torch.eye(len(flat), dtype=flat.dtype))
    size = torch.linalg.eigvalsh(columns).abs()
    return {
        "over mean": float(size.max() / size.mean()),
        "over median": float(size.max() / size.median()),
    }
