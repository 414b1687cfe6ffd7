"""What is said of Adam: its start, its constants, its rate, its rivals, and where it breaks."""

from __future__ import annotations

from claims.adaptive_methods import bowls, races, steps
from claims.adaptive_methods.said_of_adagrad import RACE
from claims.experiment import EXACT, Claim, Experiment
from claims.lectures import Place
from claims.rule import at_least, at_most, between

CORRECTION = Place("recording-2016", "on Adam's bias correction")
SETTINGS = Place("recording-2016", "on Adam's hyperparameters")
STARTING = Place("washington-2025", "Adam (full form)")
PRACTICE = Place("washington-2025", "In practice")
DECAY_TOO = Place("recording-2016", "a student's question about AdaGrad and decay")
DEFAULT = Place("recording-2016", "on learning rates")
SUM_UP = Place("optimisation-notes", "Sum up: optimization")

UNCORRECTED = Experiment("uncorrected", steps.uncorrected, EXACT)
FLOOR = Experiment("noisy_floor", bowls.noisy_floor)
SMALL_BATCHES = Experiment("small_batches", races.small_batches, within=1e-3)
COUNTEREXAMPLE = Experiment("counterexample", steps.counterexample)

TUNED = "each at the best of seven rates; digits, 1,500 steps"
NOTHING = "less than 2 % is nothing"
TENTH = "a tenth more or less would not change anybody's choice"
HELPS = "tends to help a little bit"
SENSE = "certainly decaying the learning rate probably does not make sense"
RIVALS = {"momentum": "momentum", "rmsprop": "RMSProp", "adagrad": "AdaGrad"}
OUTPERFORM = "SGD+Momentum can outperform Adam but may require more tuning of LR and schedule"
MATTERS = "Even for Adam/RMSProp learning rate matters"
THEOREM = "Adam's mean regret goes to zero on every convex problem, as its paper's theorem has it"

CLAIMS = (
    Claim(
        "first-step",
        "Without bias correction Adam's first step is √10 times too long",
        "its length over Adam's",
        between(3.16, 3.17),
        "3.162, rounded",
        UNCORRECTED,
        "first",
    ),
    Claim(
        "longest-step",
        "The twelfth step is the worst, 6.57 times too long",
        "the largest such ratio in 5,000 steps",
        between(6.56, 6.58),
        "6.57, rounded",
        UNCORRECTED,
        "longest",
    ),
    Claim(
        "first-few-steps",
        "this is only changing your update at the very first few time steps",
        "the last step that the correction changes by more than 5 %",
        at_most(100),
        "nobody would call more than a hundred steps a few",
        UNCORRECTED,
        "last",
        places=(CORRECTION,),
        remark="True of the mean of gradients, not of the mean of squares.",
    ),
    Claim(
        "minor-point",
        "kind of like a minor point",
        f"test loss without correction over that with it, {TUNED}",
        between(0.9, 1.1),
        TENTH,
        RACE,
        "almost over adam",
        places=(CORRECTION,),
    ),
    Claim(
        "beta2-same-rate",
        "relatively robust settings",
        "Adam's training loss with β₂ = 0.995 over that with 0.999, both at the rate 0.01; digits,"
        " 1,500 steps",
        between(0.85, 1.15),
        "less would not change anybody's choice",
        RACE,
        "beta2, same rate",
        places=(SETTINGS,),
    ),
    Claim(
        "beta2-tuned",
        "relatively robust settings",
        f"the same of the test loss, {TUNED}",
        between(0.9, 1.1),
        TENTH,
        RACE,
        "beta2, tuned",
        places=(SETTINGS,),
    ),
    *(
        Claim(
            f"start-at-{name}",
            "learning_rate = 1e-3 or 5e-4 is a great starting point for many models",
            f"Adam's test loss at the rate {number} over that at the best of seven; digits,"
            " 1,500 steps",
            at_most(1.25),
            "“great”: nothing to gain beyond a quarter of the loss",
            RACE,
            f"{number} over tuned",
            places=(STARTING,),
        )
        for name, number in (("1e-3", "0.001"), ("5e-4", "0.0005"))
    ),
    *(
        Claim(
            f"rate-matters-for-{name}",
            MATTERS,
            f"{RIVALS.get(name, 'Adam')}'s validation loss at a rate half a decade off over the"
            " lowest, mean of both sides; digits, 1,500 steps",
            at_least(1.1),
            "a tenth more loss is worth a search",
            RACE,
            f"{name} off",
            places=(SUM_UP,),
        )
        for name in ("adam", "rmsprop")
    ),
    *(
        Claim(
            f"better-than-{name}",
            "better than momentum or rmsprop or a degrade or anything like that",
            f"Adam's test loss over {shown}'s, {TUNED}",
            at_most(0.98),
            NOTHING,
            RACE,
            f"adam over {name}",
            places=(DEFAULT,),
        )
        for name, shown in RIVALS.items()
    ),
    Claim(
        "momentum-outperforms",
        OUTPERFORM,
        f"test loss of momentum over Adam's, both along a cosine, {TUNED}",
        at_most(0.98),
        NOTHING,
        RACE,
        "momentum over adam, cosine",
        places=(PRACTICE,),
    ),
    Claim(
        "momentum-needs-its-rate",
        OUTPERFORM,
        "how much the validation loss grows at a rate half a decade off: momentum's growth over"
        " Adam's; digits, 1,500 steps",
        at_least(1.05),
        "five per cent more loss for the same miss",
        RACE,
        "momentum off over adam off",
        places=(PRACTICE,),
    ),
    Claim(
        "momentum-needs-its-schedule",
        OUTPERFORM,
        f"what a cosine divides the test loss by: momentum's quotient over Adam's, {TUNED}",
        at_least(1.02),
        NOTHING,
        RACE,
        "momentum's gain over adam's",
        places=(PRACTICE,),
    ),
    Claim(
        "constant-rate-is-ok",
        "it often works ok even with constant learning rate",
        f"Adam's test loss at a constant rate over that along a cosine, {TUNED}",
        at_most(1.25),
        "“ok”: at most a quarter more loss",
        RACE,
        "constant over cosine, adam",
        places=(PRACTICE,),
    ),
    Claim(
        "decay-helps-on-a-noisy-bowl",
        HELPS,
        "Adam's distance to a noisy minimum after 3,000 steps, cosine over constant, each at the"
        " best of eight rates",
        at_most(0.95),
        "a twentieth nearer is worth a schedule",
        FLOOR,
        "adam",
        places=(DECAY_TOO, SUM_UP),
    ),
    Claim(
        "decay-helps-on-digits",
        HELPS,
        f"Adam's test loss, cosine over constant, {TUNED}",
        at_most(0.98),
        NOTHING,
        RACE,
        "cosine over constant, adam",
        places=(DECAY_TOO, SUM_UP),
    ),
    *(
        Claim(
            f"decay-helps-with-small-batches-{part}",
            HELPS,
            f"Adam's {part} loss with batches of 8, cosine over constant, {TUNED}",
            at_most(0.98),
            NOTHING,
            SMALL_BATCHES,
            part,
            places=(DECAY_TOO, SUM_UP),
        )
        for part in ("training", "test")
    ),
    Claim(
        "no-decay-for-adagrad-on-a-noisy-bowl",
        SENSE,
        "AdaGrad's distance to a noisy minimum, cosine over constant, each at the best of eight"
        " rates",
        at_least(0.95),
        "a twentieth nearer would be worth a schedule",
        FLOOR,
        "adagrad",
        places=(DECAY_TOO,),
    ),
    Claim(
        "no-decay-for-adagrad-on-digits",
        SENSE,
        f"AdaGrad's test loss, cosine over constant, {TUNED}",
        at_least(0.98),
        NOTHING,
        RACE,
        "cosine over constant, adagrad",
        places=(DECAY_TOO,),
    ),
    *(
        Claim(
            f"theorem-{name}".replace(".", ""),
            THEOREM.replace("Adam", name if name == "AMSGrad" else "Adam"),
            "mean regret over the last 1,000 of 5,000 steps, as a share of the largest; rate 1/√t,"
            f" rare large slopes, {setting}",
            at_most(0.1),
            "a tenth of the regret of staying at the maximum",
            COUNTEREXAMPLE,
            name,
            remark=remark,
        )
        for name, setting, remark in (
            ("0.9", "β₂ = 0.9", "It walks to the maximum and stays there."),
            ("0.999", "β₂ = 0.999", "Its memory is ten times the pause between large slopes."),
            ("AMSGrad", "AMSGrad with β₂ = 0.9", ""),
        )
    ),
)
