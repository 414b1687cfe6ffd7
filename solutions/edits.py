"""Known mistakes as changes of the answer's text, so that two of them can be made at once.

For each mistake of the name, pairs of a piece of the answer and what stands there instead.  A
piece occurs once.  Two mistakes that change different pieces can be put into one function; a
test holds that each change alone makes the function that is declared beside the answer.
"""

from __future__ import annotations

Edits = tuple[tuple[str, str], ...]

RATE = 'config.setdefault("learning_rate", 1e-2)'
RHO = 'config.setdefault("momentum", 0.9)'
EPSILON = 'config.setdefault("epsilon", 1e-8)'
FROM_REST = 'config["velocity"] = rho'

# what the rules with a root of squares have in common
ROOT = {
    "no square root": (('np.sqrt(config["cache"])', 'config["cache"]'),),
    "epsilon inside the root": (
        ('np.sqrt(config["cache"]) + epsilon', 'np.sqrt(config["cache"] + epsilon)'),
    ),
    "epsilon fixed instead of read from the config": ((EPSILON, "1e-8"),),
}
BETAS = (("beta1 * config", "beta2 * config"), ("(1 - beta1) * dw\n", "(1 - beta2) * dw\n"),
         ("= beta2 * config.get(\"v\"", "= beta1 * config.get(\"v\""),
         ("(1 - beta2) * dw**2", "(1 - beta1) * dw**2"))  # fmt: skip
T = 'config.get("t", 0) + 1'
STORED = "config.update(m=m, v=v, t=t)"
T_ADVANCED = {
    "t advanced but not stored back": ((STORED, "config.update(m=m, v=v, t=t - 1)"),),
    "t counted from 1 and advanced first": ((T, 'config.get("t", 1) + 1'),),
    "t counted from 1 and advanced after it was used": (
        (T, 'config.get("t", 1)'),
        (STORED, "config.update(m=m, v=v, t=t + 1)"),
    ),
    "t counted from 1 and never advanced": ((T, 'config.get("t", 1)'),),
}
NEVER = {"t never advanced": ((T, 'config.get("t", 0)'),)}
ADAM = {
    "epsilon inside the root": (("np.sqrt(v_hat) + epsilon", "np.sqrt(v_hat + epsilon)"),),
    "bias correction missing": (
        ("m / (1 - beta1**t)", "m"),
        ("v / (1 - beta2**t)", "v"),
    ),
    **T_ADVANCED,
    **NEVER,
}

EDITS: dict[str, dict[str, Edits]] = {
    "affine_forward": {
        "bias forgotten": ((" + b\n", "\n"),),
        "bias subtracted": ((" + b\n", " - b\n"),),
        "axes flattened in the wrong order": (
            ("reshape(x.shape[0], -1)", 'reshape(x.shape[0], -1, order="F")'),
        ),
        "examples mixed up when flattening": (
            ("reshape(x.shape[0], -1)", "reshape(-1, x.shape[0]).T"),
        ),
    },
    "affine_backward": {
        "bias gradient not summed over the batch": (("dout.sum(axis=0)", "dout"),),
        "bias gradient averaged over the batch": (("dout.sum(axis=0)", "dout.mean(axis=0)"),),
        "bias gradient summed over the units": (("dout.sum(axis=0)", "dout.sum(axis=1)"),),
        "dx not reshaped to the shape of x": ((").reshape(x.shape)", ")"),),
        "dw averaged over the batch": ((".T @ dout", ".T @ dout / len(dout)"),),
    },
    "softmax_loss": {
        "gradient not divided by N": (("dx / N", "dx"),),
        "true class missing in the gradient": (("dx[np.arange(N), y] -= 1", "pass"),),
        "sign of the gradient flipped": (("return loss, dx", "return loss, -dx"),),
        "sign of the loss flipped": (("-log_probs", "log_probs"),),
        "the gradient through every p_j": (
            ("dx = np.exp(log_probs)", "dx = np.exp(log_probs) * x.shape[1]"),
            ("dx[np.arange(N), y] -= 1", "dx -= 1"),
        ),
    },
    "svm_loss": {
        "margin counted for the true class": (("margins.sum() / N", "margins.sum() / N + 1.0"),),
        "gradient not divided by N": (("dx / N", "dx"),),
        "true class missing in the gradient": (
            ("dx[np.arange(N), y] = -dx.sum(axis=1)", "pass"),
        ),
        "true class gets -1 however many margins are active": (
            ("= -dx.sum(axis=1)", "= -1"),
        ),
        "margin of 0 instead of 1": (("[:, None] + 1)", "[:, None])"),),
    },
    "sgd": {
        "ascent for descent": (("w - ", "w + "),),
        "gradient not scaled by the rate": (("rate * dw", "dw"),),
        "learning rate fixed at 0.01": ((RATE, "1e-2"),),
        "another default rate": (("1e-2", "1e-3"),),
        "only the sign of the gradient": (("* dw", "* np.sign(dw)"),),
        "step of fixed length": (("* dw", "* dw / np.linalg.norm(dw)"),),
        "step returned instead of the new parameters": (("return w -", "return -"),),
    },
    "sgd_momentum": {
        "velocity not stored back": ((FROM_REST, "new = rho"), ('config["velocity"], c', "new, c")),
        "sign of the gradient flipped": (("v - ", "v + "),),
        "gradient not scaled by the rate": (("rate * dw", "dw"),),
        "momentum coefficient fixed at 0.9": ((RHO, "0.9"),),
        "plain gradient descent": (("rho * v -", "-"),),
        "gradient averaged instead of added": (("rate * dw", "(1 - rho) * rate * dw"),),
        "velocity with the other sign": (("v - ", "v + "), ("w + ", "w - ")),
        "Nesterov instead of plain momentum": (("w + ", "w - rho * v + (1 + rho) * "),),
    },
    "sgd_momentum_torch": {
        "velocity not stored back": ((FROM_REST, "new = rho"), ('config["velocity"], c', "new, c")),
        "the rate inside the velocity": (("v + dw", "v - rate * dw"), ("w - rate * ", "w + ")),
        "rate applied twice": (("v + dw", "v + rate * dw"),),
        "ascent for descent": (("w - ", "w + "),),
        "gradient damped by 1 - rho": (("+ dw", "+ (1 - rho) * dw"),),
        "velocity with the other sign": (("v + ", "v - "), ("w - ", "w + ")),
    },
    "nesterov_lookahead": {
        "no look-ahead: plain momentum": (("(w + rho * v)", "(w)"),),
        "look-ahead in the wrong direction": (("(w + rho", "(w - rho"),),
        "looks ahead by the whole velocity": (("(w + rho * v)", "(w + v)"),),
        "steps from the look-ahead point": (
            ('w + config["velocity"]', 'w + rho * v + config["velocity"]'),
        ),
        "velocity not stored back": ((FROM_REST, "new = rho"), ('config["velocity"], c', "new, c")),
    },
    "nesterov": {
        "new velocity without the factor 1 + rho": (("(1 + rho) * ", ""),),
        "old velocity not taken back": (("w - rho * v ", "w "),),
        "velocity not stored back": (('config["velocity"] = v_new', "pass"),),
        "plain momentum": (("w - rho * v + (1 + rho) * ", "w + "),),
    },
    "adagrad": {
        **ROOT,
        "ascent for descent": (("return w - ", "return w + "),),
        "one cache for all coordinates": (("+ dw**2", "+ np.sum(dw**2)"),),
    },
    "rmsprop": {
        **ROOT,
        "the two shares exchanged": (
            ("decay * cache", "(1 - decay) * cache"),
            ("(1 - decay) * dw**2", "decay * dw**2"),
        ),
        "the new square at full weight": (("(1 - decay) * dw**2", "dw**2"),),
        "no leak: AdaGrad": (
            ("decay * cache + (1 - decay) * dw**2", "cache + dw**2"),
        ),
    },
    "adam_almost": {
        "epsilon inside the root": (("np.sqrt(v) + epsilon", "np.sqrt(v + epsilon)"),),
        "epsilon fixed instead of read from the config": ((EPSILON, "1e-8"),),
        "no square root": (("np.sqrt(v)", "v"),),
        "beta1 and beta2 exchanged": BETAS,
        "no first moment: RMSProp": (("rate * m /", "rate * dw /"),),
        "moments not stored back": (("config.update(m=m, v=v)", "pass"),),
        "second moment of m instead of the gradient": (
            ("(1 - beta2) * dw**2", "(1 - beta2) * m**2"),
        ),
    },
    "adam": {
        **ADAM,
        "epsilon fixed instead of read from the config": ((EPSILON, "1e-8"),),
        "no square root": (("np.sqrt(v_hat)", "v_hat"),),
        "t advanced twice": ((T, 'config.get("t", 0) + 2'),),
        "corrected moments stored back": (
            (STORED, "config.update(m=m / (1 - beta1**t), v=v / (1 - beta2**t), t=t)"),
        ),
        "t advanced after it was used": (
            (T, 'config.get("t", 0)'), (STORED, "config.update(m=m, v=v, t=t + 1)"),
        ),
    },
    "nadam": {
        "epsilon inside the root": (("np.sqrt(v_hat) + epsilon", "np.sqrt(v_hat + epsilon)"),),
        "second moment not corrected": (("v / (1 - beta2**t)", "v"),),
        "the gradient's own share missing": ((" + (1 - beta1) * dw / (1 - beta1**t)", ""),),
        "the gradient's share not corrected": (("dw / (1 - beta1**t)", "dw"),),
        "both terms corrected at step t": (("beta1 ** (t + 1)", "beta1**t"),),
        **T_ADVANCED,
        **NEVER,
    },
    "adamw": {
        **ADAM,
        "decay not scaled by the rate": (("rate * decay * w", "decay * w"),),
        "sign of the decay flipped": (("w - rate * decay", "w + rate * decay"),),
        "decay twice as strong": (("rate * decay", "2 * rate * decay"),),
        "no decay: plain Adam": ((" - rate * decay * w", ""),),
    },
    "l2_gradient": {
        "twice the penalty's gradient": (("reg * w", "2 * reg * w"),),
        "half the penalty's gradient": (("reg * w", "reg / 2 * w"),),
        "sign of the penalty flipped": (("dw + reg", "dw - reg"),),
    },
    "step_decay": {
        "floor missing: falls at every step": (("step // step_size", "step / step_size"),),
        "falls by gamma instead of to gamma": (("* gamma **", "* (1 - gamma) **"),),
    },
    "exponential_decay": {
        "grows instead of decaying": (("-k", "k"),),
        "off by one: decays before the first step": (("* step)", "* (step + 1))"),),
        "half-life: two for e": (("np.exp(", "2.0 ** ("),),
    },
    "inverse_time_decay": {
        "off by one: decays before the first step": (("* step)", "* (step + 1))"),),
    },
    "linear_decay": {
        "falls on after the end": (("min(step, total)", "step"),),
        "minimum ignored": ((" + done * lr_min", ""),),
        "minimum added on top": (("+ done * lr_min", "+ lr_min"),),
    },
    "cosine_decay": {
        "rises again after the end": (("min(step, total)", "step"),),
        "degrees for radians": (("np.pi * done", "180 * done"),),
        "a whole period instead of half": (("np.pi *", "2 * np.pi *"),),
        "factor one half missing": ((" / 2", ""),),
        "minimum added on top": (("(lr - lr_min)", "lr"),),
    },
    "gradient_noise": {
        "no finite-population correction": ((" * (N - batch_size) / (N - 1)", ""),),
        "correction with N instead of N - 1": (("/ (N - 1)", "/ N"),),
        "sum divided by N - 1": (("2) / N\n", "2) / (N - 1)\n"),),
        "not divided by the batch size": (("variance / batch_size", "variance"),),
        "mean gradient not subtracted": ((" - per_example_grads.mean(axis=0)", ""),),
    },
    "kfac_precondition": {
        "damping without its root": (
            ("A + np.sqrt(damping)", "A + damping"),
            ("S + np.sqrt(damping)", "S + damping"),
        ),
        "only one factor damped": (("S + np.sqrt(damping) * np.eye(len(S))", "S"),),
        "input factor left out": (("np.linalg.inv(A) @ ", ""),),
    },
    "hessian_vector_product": {
        "forward difference for centred": (("grad(x - h * v)", "grad(x)"), ("(2 * h)", "h")),
        "not divided by the step": ((" / (2 * h)", ""),),
        "divided by h alone": (("(2 * h)", "h"),),
    },
}  # fmt: skip
