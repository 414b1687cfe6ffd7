"""Chapter 4: adaptive methods, which scale every coordinate by its own past, and weight decay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cs231n_lib.exercises.adaptive_methods_cases import Rule, run, update_cases, weight_cases
from cs231n_lib.exercises.declare import Case, Group, exercise
from cs231n_lib.exercises.drivers import Call, Steps

_MOMENTS: dict[str, tuple[float, float]] = {
    "learning_rate": (0.3, 0.1),
    "beta1": (0.8, 0.4),
    "beta2": (0.95, 0.7),
}
_LEAKY: dict[str, tuple[float, float]] = {"learning_rate": (0.3, 0.1), "decay_rate": (0.9, 0.6)}
_ADAM = Rule(_MOMENTS, squares=("v",), means=("m",), counts=True)


def _adagrad_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield from update_cases(rng, Rule({"learning_rate": (0.3, 0.1)}, squares=("cache",)))


@exercise(
    groups={"defaults": 1, "state": 1, "large epsilon": 1}, driver=Steps(), cases=_adagrad_cases
)
def adagrad(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of AdaGrad: each coordinate is divided by the root of its squared gradients.

        cache <- cache + dw**2
        w     <- w - alpha * dw / (sqrt(cache) + epsilon)

    The cache takes in this gradient before it is used, and epsilon stands outside the
    root. Without a 'cache' the sum starts at zero (TensorFlow starts it at 0.1).

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-2;
            'epsilon': default 1e-8;
            'cache': sum of squared gradients, same shape as w, default zeros.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step; 'cache' holds the new sum.

    Source: J. Duchi, E. Hazan and Y. Singer, Adaptive subgradient methods for online
    learning and stochastic optimization, JMLR 2011; the diagonal form.
    """
    raise NotImplementedError


def _rmsprop_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield from update_cases(rng, Rule(_LEAKY, squares=("cache",)))


@exercise(
    groups={"defaults": 1, "state": 2, "large epsilon": 1}, driver=Steps(), cases=_rmsprop_cases
)
def rmsprop(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of RMSProp: AdaGrad with a running mean in place of the sum.

        cache <- decay_rate * cache + (1 - decay_rate) * dw**2
        w     <- w - alpha * dw / (sqrt(cache) + epsilon)

    As in CS231n and PyTorch, epsilon stands outside the root; Keras puts it inside.

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-2;
            'decay_rate': share of the cache that is kept, default 0.99;
            'epsilon': default 1e-8;
            'cache': running mean of squared gradients, same shape as w, default zeros.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step; 'cache' holds the new mean.

    Source: T. Tieleman and G. Hinton, lecture 6.5 of Neural networks for machine
    learning, Coursera 2012; the interface of CS231n's assignment 2.
    """
    raise NotImplementedError


def _adadelta_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield from update_cases(rng, Rule(_LEAKY, squares=("cache", "step_cache"), tiny=1e-3))


@exercise(
    groups={"defaults": 1, "state": 2, "large epsilon": 1}, driver=Steps(), cases=_adadelta_cases
)
def adadelta(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of Adadelta: past steps set the length of the next one.

        cache      <- decay_rate * cache + (1 - decay_rate) * dw**2
        step        = sqrt(step_cache + epsilon) / sqrt(cache + epsilon) * dw
        step_cache <- decay_rate * step_cache + (1 - decay_rate) * step**2
        w          <- w - alpha * step

    As in the paper, epsilon stands inside both roots: it is what gets the first step
    going. The step is taken with the old step_cache, which then learns of it. The paper
    has no learning rate, that is alpha = 1; the step_cache never contains alpha.

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1.0;
            'decay_rate': share of both caches that is kept, default 0.95;
            'epsilon': default 1e-6;
            'cache': running mean of squared gradients, same shape as w, default zeros;
            'step_cache': running mean of squared steps, same shape, default zeros.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step, with both new caches.

    Source: M. Zeiler, ADADELTA: an adaptive learning rate method, arXiv:1212.5701,
    algorithm 1.
    """
    raise NotImplementedError


def _adam_almost_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield from update_cases(rng, Rule(_MOMENTS, squares=("v",), means=("m",)))


@exercise(
    groups={"defaults": 1, "state": 1, "large epsilon": 1},
    driver=Steps(),
    cases=_adam_almost_cases,
)
def adam_almost(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of Adam as the lectures first write it, without bias correction.

        m <- beta1 * m + (1 - beta1) * dw
        v <- beta2 * v + (1 - beta2) * dw**2
        w <- w - alpha * m / (sqrt(v) + epsilon)

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-3;
            'beta1': share of m that is kept, default 0.9;
            'beta2': share of v that is kept, default 0.999;
            'epsilon': default 1e-8;
            'm': running mean of gradients, same shape as w, default zeros;
            'v': running mean of squared gradients, same shape as w, default zeros.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step; 'm' and 'v' hold the new means.

    Source: the slides "Adam (almost)" of CS231n.
    """
    raise NotImplementedError


def _adam_cases(rng: np.random.Generator) -> Iterator[Case]:
    yield from update_cases(rng, _ADAM)


@exercise(groups={"defaults": 1, "state": 3, "large epsilon": 1}, driver=Steps(), cases=_adam_cases)
def adam(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of Adam: running means of gradient and squared gradient, both corrected.

        t <- t + 1
        m <- beta1 * m + (1 - beta1) * dw
        v <- beta2 * v + (1 - beta2) * dw**2
        w <- w - alpha * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon)

    As in CS231n, t counts the steps that are finished: it is advanced first, and the
    first step uses t = 1. The state keeps the means as they are, not the corrected ones.

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-3;
            'beta1': share of m that is kept, default 0.9;
            'beta2': share of v that is kept, default 0.999;
            'epsilon': default 1e-8;
            'm': running mean of gradients, same shape as w, default zeros;
            'v': running mean of squared gradients, same shape as w, default zeros;
            't': number of steps taken so far, default 0.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step, with the new 'm', 'v' and 't'.

    Source: D. Kingma and J. Ba, Adam: a method for stochastic optimization, ICLR 2015,
    algorithm 1; the interface of CS231n's assignment 2.
    """
    raise NotImplementedError


@exercise(groups={"defaults": 1, "state": 2, "large epsilon": 1}, driver=Steps(), cases=_adam_cases)
def nadam(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of Nadam: Adam whose mean of gradients looks one step ahead.

        t <- t + 1
        m <- beta1 * m + (1 - beta1) * dw
        v <- beta2 * v + (1 - beta2) * dw**2
        ahead = beta1 * m / (1 - beta1**(t + 1)) + (1 - beta1) * dw / (1 - beta1**t)
        w <- w - alpha * ahead / (sqrt(v / (1 - beta2**t)) + epsilon)

    Here m is the new mean: momentum is applied as if the next step had begun, so its
    correction is that of step t + 1. This is the paper's method with a constant beta1;
    torch.optim.NAdam raises beta1 along a schedule instead.

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 2e-3;
            'beta1': share of m that is kept, default 0.9;
            'beta2': share of v that is kept, default 0.999;
            'epsilon': default 1e-8;
            'm': running mean of gradients, same shape as w, default zeros;
            'v': running mean of squared gradients, same shape as w, default zeros;
            't': number of steps taken so far, default 0; it is advanced first.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step, with the new 'm', 'v' and 't'.

    Source: T. Dozat, Incorporating Nesterov momentum into Adam, ICLR workshop 2016.
    """
    raise NotImplementedError


def _l2_cases(rng: np.random.Generator) -> Iterator[Case]:
    for shape, reg in (((3,), 0.3), ((2, 4), 2.5), ((3, 2, 2), 1.0)):
        args = {"w": rng.normal(size=shape), "dw": rng.normal(size=shape), "reg": reg}
        yield Case("gradient", args, f"strength {reg}")
    args = {"w": rng.normal(size=(2, 3)), "dw": rng.normal(size=(2, 3)), "reg": 0.0}
    yield Case("gradient", args, "no penalty")


@exercise(groups={"gradient": 2}, driver=Call(("gradient",)), cases=_l2_cases)
def l2_gradient(w: np.ndarray, dw: np.ndarray, reg: float):
    """The gradient of a loss after an L2 penalty has been added to it.

        loss = data loss + reg / 2 * sum(w**2)

    The factor 1/2 is the convention of CS231n's assignments and of PyTorch's
    weight_decay; the lectures' slides leave it out.

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the data loss with respect to w, same shape.
        reg: strength of the penalty, a float from 0.

    Returns:
        gradient: of the whole loss with respect to w, same shape as w.

    Source: A. Krogh and J. Hertz, A simple weight decay can improve generalization,
    NIPS 1991.
    """
    raise NotImplementedError


def _adamw_cases(rng: np.random.Generator) -> Iterator[Case]:
    settings = {**_MOMENTS, "weight_decay": (0.4, 1.5)}
    rule = Rule(settings, squares=("v",), means=("m",), counts=True)
    yield from update_cases(rng, rule)
    for which, shape in ((0, (3,)), (1, (5, 2))):
        args = run(rng, shape, (1.0, 0.3, 2.0), rule.config(which), 2.0)
        yield Case("large decay", args, f"from rest, decay {settings['weight_decay'][which]}")
    config = rule.config(1) | rule.state(rng, (2, 3)) | {"weight_decay": 4.0}
    yield Case("large decay", run(rng, (2, 3), (0.5, 1.0), config, 3.0), "decay 4")


@exercise(
    groups={"defaults": 1, "state": 1, "large decay": 2, "large epsilon": 1},
    driver=Steps(),
    cases=_adamw_cases,
)
def adamw(w: np.ndarray, dw: np.ndarray, config: dict[str, Any] | None = None):
    """One step of AdamW: Adam with decoupled weight decay.

        t <- t + 1
        m <- beta1 * m + (1 - beta1) * dw
        v <- beta2 * v + (1 - beta2) * dw**2
        w <- w - alpha * lambda * w
               - alpha * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + epsilon)

    Both terms start from the old w. The decay is decoupled: it enters neither m nor v.
    As in torch.optim.AdamW it is scaled by the learning rate; in the paper's algorithm
    only the schedule multiplies it.

    Parameters:
        w: parameters, array of any shape.
        dw: gradient of the loss, without any penalty, with respect to w, same shape.
        config: dictionary, or None for the defaults, with
            'learning_rate': alpha, default 1e-3;
            'weight_decay': lambda, default 1e-2;
            'beta1': share of m that is kept, default 0.9;
            'beta2': share of v that is kept, default 0.999;
            'epsilon': default 1e-8;
            'm': running mean of gradients, same shape as w, default zeros;
            'v': running mean of squared gradients, same shape as w, default zeros;
            't': number of steps taken so far, default 0; it is advanced first.

    Returns:
        next_w: the parameters after the step, same shape as w.
        config: the dictionary for the next step, with the new 'm', 'v' and 't'.

    Source: I. Loshchilov and F. Hutter, Decoupled weight decay regularization, ICLR
    2019, algorithm 2; the scaling of torch.optim.AdamW.
    """
    raise NotImplementedError


_TRAITS = ("first_moments", "second_moments", "leaky", "bias_correction")


@exercise(
    groups={trait: Group(1, (trait,)) for trait in _TRAITS},
    driver=Call(_TRAITS),
    cases=weight_cases,
    messages={
        "first_moments": "compare a rule that uses the newest gradient only with one that has "
        "a velocity: in which entries of first do they differ",
        "second_moments": "what does a rule that divides by nothing have in second",
        "leaky": "compare the first and the last square of a long run: AdaGrad forgets neither",
        "bias_correction": "a leaky mean that starts from zero is too small in its first steps: "
        "what do its weights sum to, step by step",
    },
)
def optimizer_traits(first: np.ndarray, second: np.ndarray):
    """Four traits of an update rule, read off the weights that it gives to its past.

    With g_0, ..., g_t the gradients of one coordinate so far, the step number t of a rule is

        -alpha * sum_k first[t, k] * g_k / sqrt(sum_k second[t, k] * g_k**2)

    but for an epsilon. A rule that divides by nothing has only zeros in second. Momentum,
    for example, has first[t, k] = rho**(t - k), and AdaGrad has second[t, k] = 1. The future
    has no weight: both are zero for k > t. The traits, each True or False:

        first_moments:   some step depends, by first, on a gradient before the newest one;
        second_moments:  steps are divided by the sizes of gradients;
        leaky:           it keeps second moments and forgets old ones: at the last step the
                         oldest square weighs less than the newest;
        bias_correction: its second moments are leaky, and their weights sum to 1 at every
                         step, the first one included (to rounding: within 1e-6).

    Parameters:
        first: weights of the gradients, shape (T, T) with T >= 2; row t is of step t.
        second: weights of their squares, none negative, shape (T, T).

    Returns:
        first_moments, second_moments, leaky, bias_correction: four truth values.

    Source: the table of optimizers in the slides of CS231n, for any rule; the weights of
    Adam's means: D. Kingma and J. Ba, ICLR 2015, section 3.
    """
    raise NotImplementedError
