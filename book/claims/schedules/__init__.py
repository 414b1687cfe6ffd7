"""Chapter 6's claims: who says what of learning rates over time, and what would bear it out."""

from __future__ import annotations

from claims.experiment import EXACT, Claim, Experiment
from claims.lectures import Place
from claims.rule import at_least, at_most, between
from claims.schedules import contests, runs
from claims.schedules.quadratic import floor_ratio

DECAY = Place("recording-2016", "on learning rate decay")
ADAGRAD = Place("recording-2016", "a student's question on decay with AdaGrad")
STEPS = Place("slides-2016", "Learning rate decay over time")
FIXED_POINTS = Place("washington-2025", "Learning rate decays over time")
PRACTICE = Place("washington-2025", "In practice, before Learning rate schedules")
WARMUP = Place("washington-2025", "Learning Rate Decay: Linear Warmup")
SUM_UP = Place("optimisation-notes", "Sum up: optimization")

#: How far another machine may differ where some runs are at or beyond the edge of stability, which
#: amplifies rounding: PART, where a run may cross to the next rate of a grid or be off by a good
#: part of its largest loss; APART, where it may even fail on one machine and train on another.
PART, APART = 0.5, 2.0

FLOOR = Experiment("floor_ratio", floor_ratio, tuple(range(20)))
QUADRATIC = {
    name: Experiment(
        f"quadratic_{label}", runs.tuned_against_fixed, EXACT, {"name": name}, within=1e-4
    )
    for name, label in (("greedy", "greedy"), ("linear", "linear"), ("exponential", "exponential"))
}
RATES = Experiment("four_rates", runs.four_rates, within=PART)
CONTESTS = {
    task: Experiment(
        f"contest_{task}",
        contests.contest,
        tuple(range(20)),
        settings={"wrong": wrong},
        within=1e-3,
    )
    for task, wrong in (("redrawn", contests.NOISY), ("clean", 0.0))
}
OTHERS = Experiment("other_rules", contests.other_rules, within=1e-3)
STOPPED = Experiment("stopped", contests.stopped, tuple(range(20)), within=1e-3)
RESTARTS = Experiment("restarts", contests.restarts, within=1e-3)
RANGE = Experiment("range_test", contests.range_test, within=1e-3)
STORY = Experiment("warmup_story", runs.warmup_story, within=APART)
WARM = {
    "large": Experiment(
        "warmup_large",
        runs.warmup_gain,
        settings={"hidden": [32, 32, 32], "gain": 2.0},
        within=PART,
    ),
    "proper": Experiment(
        "warmup_proper", runs.warmup_gain, settings={"hidden": [32], "gain": 1.0}, within=PART
    ),
}
BATCHES = Experiment("batches", runs.batches, within=APART)
ADAM_BATCHES = Experiment("adam_batches", runs.adam_batches, within=1e-3)

TASKS = {"redrawn": "one training label in five drawn anew", "clean": "clean labels"}
NOTHING = "less than 2 % is nothing"
TUNED = "test loss over that of the fixed rate, each at the best of eleven rates"
BEST_IN_ALL = "ride this wagon of decreasing learning rates and do best in all of them"
BY_N = "If you increase the batch size by N, also scale the initial learning rate by N"
STARTS = (
    "three hidden layers, weights twice too large",
    "one hidden layer, weights as they should be",
)
SPOKEN = {
    "step": ("Reduce learning rate at a few fixed points", FIXED_POINTS),
    "halving": ("decay learning rate by half every few epochs", STEPS),
    "exponential": ("usually in practice I just use exponential decay", DECAY),
    "linear": (BEST_IN_ALL, DECAY),
    "cosine": ("Try cosine schedule, very few hyperparameters!", PRACTICE),
}
SHAPES = {
    "step": "a tenth at a half and at three quarters of the run",
    "halving": "half every 250 updates, 3.7 epochs",
    "exponential": "to a hundredth",
    "linear": "a straight line to zero",
    "cosine": "half a cosine to zero",
}

CLAIMS = (
    Claim(
        "twice-the-rate-twice-the-floor",
        "Twice a small fixed rate has twice the noise floor",
        "variance at rest on the noisy quadratic, rate times curvature 0.04 over 0.02",
        between(1.9, 2.1),
        "twice, within 5 %",
        FLOOR,
    ),
    *(
        Claim(
            f"quadratic-{name}",
            says,
            "E[x²] after 1,000 steps of the noisy quadratic, over that of the best fixed rate;"
            " each at the best of 200 top rates",
            at_most(0.98),
            NOTHING,
            QUADRATIC[name],
        )
        for name, says in (
            ("greedy", "The best rate for each step beats every fixed rate"),
            ("linear", "A straight line to zero beats every fixed rate"),
            ("exponential", "An exponential decay to a hundredth beats every fixed rate"),
        )
    ),
    Claim(
        "high-rate-is-faster",
        "is faster than the good learning rate you see you make very fast progress",
        "updates of the high rate over those of the good one until the excess loss is a fifth of"
        " the first; softmax classifier, labels redrawn",
        at_most(0.8),
        "a fifth of the updates is saved",
        RATES,
        "faster",
        places=(DECAY,),
    ),
    Claim(
        "high-rate-cannot-settle",
        "you can't settle down into like nice parts of your loss function",
        "mean excess loss in the second half of 3,000 updates, high over good",
        at_least(1.25),
        "a quarter more can be seen in a picture",
        RATES,
        "unsettled",
        places=(DECAY,),
    ),
    Claim(
        "high-then-decay",
        BEST_IN_ALL,
        "excess loss at the end, high rate with a cosine over the best of the four fixed rates",
        at_most(0.8),
        "a fifth less can be seen in a picture",
        RATES,
        "decayed",
        places=(DECAY,),
        remark="The four rates are those of the picture; nobody tuned them.",
    ),
    *(
        Claim(
            f"{name}-{task}",
            SPOKEN[name][0],
            f"{TUNED}; {SHAPES[name]}; {words}",
            at_most(0.98),
            NOTHING,
            CONTESTS[task],
            name,
            places=(SPOKEN[name][1],),
        )
        for task, words in TASKS.items()
        for name in SPOKEN
    ),
    *(
        Claim(
            f"cosine-training-{task}",
            BEST_IN_ALL,
            "least training loss at any of eleven top rates, cosine over fixed;"
            f" 1,500 updates, {words}",
            at_most(0.98),
            NOTHING,
            CONTESTS[task],
            "training",
            places=(DECAY,),
        )
        for task, words in TASKS.items()
    ),
    *(
        Claim(
            f"cosine-accuracy-{task}",
            BEST_IN_ALL,
            f"test accuracy of the cosine minus that of the fixed rate, in points; {words}",
            at_least(0.5),
            "half a point is two images of the 359",
            CONTESTS[task],
            "accuracy gain",
            places=(DECAY,),
            remark="The rates are those whose validation loss is lowest.",
        )
        for task, words in TASKS.items()
    ),
    Claim(
        "stable-like-cosine",
        "A constant rate that falls to zero in the last fifth does as well as a cosine",
        "test loss over the cosine's, each at the best of eleven rates; labels redrawn",
        at_most(1.02),
        "more than 2 % would be a price",
        CONTESTS["redrawn"],
        "stable over cosine",
    ),
    Claim(
        "schedule-free-like-cosine",
        "Schedule-Free SGD does as well as a cosine, without knowing the length of the run",
        "test loss over the cosine's, each at the best of eleven rates; labels redrawn",
        at_most(1.02),
        "more than 2 % would be a price",
        CONTESTS["redrawn"],
        "free over cosine",
    ),
    Claim(
        "stopped-too-soon",
        "A cosine stopped half-way is worse than one that was meant for half the run",
        "test loss after 750 updates, cosine over 1,500 over cosine over 750; labels redrawn",
        at_least(1.02),
        NOTHING,
        STOPPED,
    ),
    Claim(
        "restarts-may-be-stopped",
        "Just before a restart the run is better than a single cosine at that moment",
        "test loss after 645 of 1,500 updates, with restarts over without; labels redrawn",
        at_most(0.98),
        NOTHING,
        RESTARTS,
        "at 645",
    ),
    Claim(
        "restarts-cost-nothing",
        "At the end, restarts have cost nothing",
        "test loss after 1,500 updates, with restarts over without; labels redrawn",
        at_most(1.02),
        "more than 2 % would be a price",
        RESTARTS,
        "at 1500",
    ),
    Claim(
        "rate-matters-for-adam",
        "Even for Adam/RMSProp learning rate matters",
        "Adam's highest test loss at a fixed rate from 0.0005 to 0.064 over that at the chosen one",
        at_least(1.25),
        "a quarter more loss matters",
        OTHERS,
        "wrong rate",
        places=(SUM_UP,),
    ),
    Claim(
        "decay-helps-adam",
        "it tends to help a little bit",
        "Adam's test loss with a cosine over that with a fixed rate, each at the best of eight"
        " rates; labels redrawn",
        at_most(0.98),
        NOTHING,
        OTHERS,
        "Adam",
        places=(ADAGRAD, SUM_UP),
    ),
    Claim(
        "fixed-adam-is-ok",
        "it often works ok even with constant learning rate",
        "Adam's test loss with a fixed rate over that with a cosine; the same runs",
        at_most(1.1),
        "a tenth more loss is no longer “ok”",
        OTHERS,
        "fixed Adam",
        places=(PRACTICE,),
    ),
    Claim(
        "decay-with-adagrad",
        "certainly decaying the learning rate probably does not make sense",
        "AdaGrad's test loss with a cosine over that with a fixed rate, each at the best of eight"
        " rates; labels redrawn",
        at_least(0.98),
        "a gain of less than 2 % is nothing",
        OTHERS,
        "AdaGrad",
        places=(ADAGRAD,),
    ),
    Claim(
        "momentum-outperforms-adam",
        "SGD+Momentum can outperform Adam",
        "test loss of momentum over Adam's, both with a cosine, each at the best of eight rates;"
        " labels redrawn",
        at_most(0.98),
        NOTHING,
        OTHERS,
        "momentum over Adam",
        places=(PRACTICE,),
    ),
    Claim(
        "momentum-needs-more-tuning",
        "may require more tuning of LR and schedule",
        "of eight doublings of the rate, those within a tenth of the lowest validation loss:"
        " Adam's number minus momentum's, both with a cosine",
        at_least(1.0),
        "one doubling: twice the rate still works",
        OTHERS,
        "octaves",
        places=(PRACTICE,),
    ),
    Claim(
        "high-rates-explode",
        "High initial learning rates can make loss explode",
        "highest minibatch loss over the first one; three hidden layers, weights twice too large,"
        " rate 0.4",
        at_least(10.0),
        "“explode”: tenfold",
        STORY,
        "cold top",
        places=(WARMUP,),
    ),
    Claim(
        "warm-up-prevents-it",
        "linearly increasing learning rate from 0 … can prevent this",
        "the same with a ramp over 100 updates to the same rate",
        at_most(1.5),
        "minibatches differ by about so much",
        STORY,
        "warm top",
        places=(WARMUP,),
    ),
    *(
        Claim(
            f"warm-up-{name}",
            "Warm-up lets larger rates train",
            f"largest rate that trains, with a ramp over without; {words}",
            at_least(1.33),
            "a third more; the rates tried are 19 % apart",
            experiment,
        )
        for (name, experiment), words in zip(WARM.items(), STARTS, strict=True)
    ),
    Claim(
        "edge-of-stability",
        "During the ramp the largest curvature stays near its limit, 2 over the rate",
        "median of curvature times rate over 2, updates 50 to 160 of the run with warm-up",
        between(0.5, 2.0),
        "within a factor of two",
        STORY,
        "edge",
    ),
    *(
        Claim(
            f"same-loss-{n}",
            BY_N,
            f"training loss after six epochs, batch {4 * n} and rate {0.02 * n:g} over batch 4 and"
            " rate 0.02",
            between(0.9, 1.1),
            "a tenth is far less than the unscaled rate costs",
            BATCHES,
            f"same {n}",
            places=(WARMUP,),
        )
        for n in (4, 16, 64)
    ),
    Claim(
        "square-root-16",
        "16 times the batch, 4 times the rate: the same loss, for SGD",
        "training loss after six epochs, batch 64 and rate 0.08 over batch 4 and rate 0.02",
        between(0.9, 1.1),
        "as above",
        BATCHES,
        "root 16",
    ),
    *(
        Claim(
            f"adam-{word}-16",
            f"16 times the batch, {times} times the rate: the same loss, for Adam",
            f"training loss after six epochs, batch 64, rate {rate} over batch 4, rate 0.0005",
            between(0.9, 1.1),
            "as above",
            ADAM_BATCHES,
            word,
        )
        for word, times, rate in (("root", 4, "0.002"), ("linear", 16, "0.008"))
    ),
    *(
        Claim(
            f"best-rate-{n}",
            BY_N,
            f"rate of the lowest validation loss, batch {4 * n} over batch 4, fifteen rates each",
            between(n / 2, 2 * n),
            "within a factor of two of N",
            BATCHES,
            f"ratio {n}",
            places=(WARMUP,),
        )
        for n in (4, 16, 64)
    ),
    Claim(
        "range-test",
        "The steepest fall of a range test is a safe top rate, and not far too low",
        "that rate over the top rate with which a full cosine run has the lowest validation loss",
        between(0.25, 1.0),
        "above the best rate is unsafe; below a quarter of it is no help",
        RANGE,
        "share",
    ),
)

#: What figures and tables of the page show beside the claims.
EXPERIMENTS: tuple[Experiment, ...] = ()
