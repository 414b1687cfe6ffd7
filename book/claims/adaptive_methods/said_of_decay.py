"""What is said of L2 and weight decay, and what a lecture's formulas and tables print."""

from __future__ import annotations

from claims.adaptive_methods import decay, races, steps
from claims.experiment import EXACT, Claim, Experiment
from claims.lectures import Place
from claims.rule import at_least, at_most, between

EQUIVALENT = Place("washington-2025", "L2 Regularization vs Weight Decay")
PRACTICE = Place("washington-2025", "In practice")
TRAITS = Place("dse316-2022", "table of optimization algorithms")
PRINTED = Place("optimisation-notes", "Adagrad, RMSProp and their combination")

TWENTY = tuple(range(20))
GAPS = {
    name: Experiment(f"decay_gap_{name}", decay.decay_gap, TWENTY, {"name": name})
    for name in ("sgd", "momentum", "adagrad", "rmsprop", "adam")
}
MATCHED = Experiment(
    "decay_gap_matched", decay.decay_gap, TWENTY, {"name": "momentum", "matched": True}
)
PULL = Experiment("loud_over_quiet", decay.loud_over_quiet)
TWO = Experiment("hidden_two", decay.hidden_two, EXACT)
SLIDE = Experiment("slide_against_torch", decay.slide_against_torch, EXACT)
MAP = Experiment("decay_map", races.decay_map, within=1e-3)
TABLE = Experiment("confirmed_traits", steps.confirmed_traits, EXACT)
ROOTLESS = Experiment("rootless", steps.rootless, EXACT)

SAME = "L2 Regularization and Weight Decay are equivalent for SGD, SGD+Momentum"
GAP = "largest distance between the two paths in 200 steps, over the start's length; same strength"
ROUND_OFF = "200 steps of rounding stay far below"
DIVISOR = "x_{t+1} = x_t − α ∇f(x_t) / (cache_{t+1} + ε)"
SHOWN = {"adagrad": "AdaGrad", "rmsprop": "RMSProp", "adam": "Adam"}

CLAIMS = (
    *(
        Claim(
            f"same-for-{name}",
            SAME,
            f"{GAP}, {shown}",
            at_most(1e-12),
            ROUND_OFF,
            GAPS[name],
            places=(EQUIVALENT,),
            remark=remark,
        )
        for name, shown, remark in (
            ("sgd", "SGD", ""),
            (
                "momentum",
                "momentum",
                "Momentum amplifies the penalty by 1/(1 − ρ) and leaves the decay alone.",
            ),
        )
    ),
    Claim(
        "same-for-momentum-matched",
        "For momentum they agree once strength, ρ and the first velocity are matched",
        f"{GAP.split(';')[0]}; after the matching derived on this page",
        at_most(1e-12),
        ROUND_OFF,
        MATCHED,
    ),
    *(
        Claim(
            f"different-for-{name}",
            "they are not the same for adaptive methods (AdaGrad, RMSProp, Adam, etc)",
            f"{GAP}, {shown}",
            at_least(0.05),
            "a twentieth of the starting distance is no round-off",
            GAPS[name],
            places=(EQUIVALENT,),
        )
        for name, shown in SHOWN.items()
    ),
    Claim(
        "loud-weights-escape-l2",
        "With L2, Adam pulls a weight whose gradients are ten times as noisy a tenth as hard",
        "pull on weights with noise 10 over that on weights with noise 1",
        between(0.08, 0.12),
        "a fifth of the tenth derived on this page",
        PULL,
        "l2",
    ),
    Claim(
        "decay-treats-all-alike",
        "AdamW pulls both alike",
        "the same",
        between(0.95, 1.05),
        "less than a twentieth is nothing",
        PULL,
        "decoupled",
    ),
    Claim(
        "adamw-over-l2",
        "AdamW should probably be your “default” optimizer for new problems",
        "test loss of AdamW over that of Adam with L2, each at the best of 25 pairs of rate and"
        " strength; digits, 1,500 steps along a cosine",
        at_most(0.98),
        "less than 2 % is nothing",
        MAP,
        "adamw over adam",
        places=(PRACTICE,),
    ),
    Claim(
        "adamw-over-none",
        "AdamW should probably be your “default” optimizer for new problems",
        "test loss of AdamW, as above, over that of Adam without decay at the best of five rates",
        at_most(0.98),
        "less than 2 % is nothing",
        MAP,
        "adamw over none",
        places=(PRACTICE,),
    ),
    Claim(
        "slide-divided",
        "The slide's AdamW is PyTorch's if λ is divided by α",
        "largest distance between the two paths in 200 steps of a falling rate, over the start's"
        " length",
        at_most(1e-12),
        ROUND_OFF,
        SLIDE,
        "divided",
    ),
    Claim(
        "slide-copied",
        "The slide's λ can be copied to PyTorch's AdamW",
        "share of a weight that 200 steps take away, PyTorch's over the slide's; α = 0.001",
        between(0.9, 1.1),
        "a tenth more or less is nothing",
        SLIDE,
        "copied",
        remark="On the slide η multiplies the decay, in PyTorch ηα does.",
    ),
    Claim(
        "penalty-copied",
        "The λ of the slide's penalty can be copied to PyTorch's weight_decay",
        "gradient of λ times the sum of squares over PyTorch's term",
        between(0.9, 1.1),
        "a tenth more or less is nothing",
        TWO,
        remark="Take 2λ: the slide's penalty has no ½.",
    ),
    Claim(
        "table-of-traits",
        "Tracks second moments (Adaptive learning rates)",
        "share of the table's 24 entries that probes find in torch's rules",
        at_least(1.0),
        "an entry is right or wrong",
        TABLE,
        places=(TRAITS,),
    ),
    *(
        Claim(
            f"without-the-root-{name}",
            DIVISOR,
            "the 500th step under gradients a hundred times as large, over the step before; the"
            f" formula as printed, {shown}",
            between(0.5, 2.0),
            "a step that adapts does not follow the gradients' scale, up to a factor of two",
            ROOTLESS,
            name,
            places=(PRINTED,),
            remark=remark,
        )
        for name, shown, remark in (
            ("adagrad", "AdaGrad", "The root is missing."),
            ("rmsprop", "RMSProp", ""),
            ("mixed", "RMSProp with momentum", ""),
        )
    ),
)
