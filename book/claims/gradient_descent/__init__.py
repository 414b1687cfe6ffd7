"""Chapter 2's claims: who says what of gradient descent, and what would bear it out."""

from __future__ import annotations

from claims.experiment import Claim, Experiment
from claims.gradient_descent import runs, runs_nets
from claims.lectures import Place
from claims.rule import at_least, at_most, between

TWENTY = tuple(range(20))
RAVINE_SLIDES = (
    Place("slides-2016", "Q: What is the trajectory along which we converge"),
    Place("washington-2025", "Problem #1 with SGD"),
)
CONDITION = Place("washington-2025", "Problem #1 with SGD, aside")
STUCK = Place("washington-2025", "Problem #2 with SGD")
NOISY = (
    Place("washington-2025", "Problem #3 with SGD"),
    Place("optimisation-notes", "Optimization: SGD"),
)
SMALLER = Place("recording-2016", "a student's question after momentum")
LANDSCAPE = Place("recording-2016", "a student's question on overshooting to a wrong minimum")

RAVINE = Experiment("ravine", runs.ravine, TWENTY)
PIXELS = Experiment("pixels", runs.pixels)
SADDLES = Experiment("stuck_at_saddles", runs.stuck_at_saddles)
MINIMA = Experiment("stuck_in_minima", runs.stuck_in_minima)
HESSIANS = Experiment("random_hessians", runs.random_hessians)
CRITICAL = Experiment("critical_points", runs.critical_points, within=1e-3)
TRAINING_NOISE = Experiment("noise_in_training", runs.noise_in_training, within=1e-3)
BATCH_SIZE = Experiment("batch_size", runs.batch_size)
FLOOR = Experiment("noise_floor", runs.noise_floor)
# beyond the limit the steep direction swings for ever, and rounding with it
SHARPNESS = {
    rate: Experiment(
        f"sharpness_{rate}".replace(".", "-"),
        runs_nets.sharpness,
        settings={"rate": rate},
        within=1e-2,
    )
    for rate in (0.3, 0.6, 0.9)
}
STARTS = Experiment("starts", runs_nets.starts, within=1e-3)
STEEPNESS = Experiment("steepness", runs_nets.steepness, within=1e-3)

CLAIMS = (
    Claim(
        "jitter",
        "jitter along steep one",
        "sign changes per step along the steep direction of a bowl of condition 100 to 1,000, at"
        " the best of ten rates",
        at_least(0.5),
        "jitter: it changes side at every second step or more often",
        RAVINE,
        "flips",
        places=RAVINE_SLIDES,
        remark="Only at rates above 1 over the steep curvature; the best one lies there.",
    ),
    Claim(
        "slow-along-the-flat",
        "very slow progress along flat direction",
        "share of the flat distance that is left after 20 steps; the same bowls and rates",
        at_least(0.5),
        "very slow: twenty steps do not even cover half of the way",
        RAVINE,
        "left",
        places=RAVINE_SLIDES,
    ),
    Claim(
        "jitter-in-a-net",
        "The same jitter shows in a net, along the Hessian's top eigenvector",
        "share of the last 100 of 3,000 full-batch steps at which the gradient along it changes"
        " sign; rate 0.9",
        at_least(0.5),
        "as for the bowls",
        SHARPNESS[0.9],
        "flips",
    ),
    Claim(
        "smaller-rate-no-jitter",
        "you wouldn't jitter as much",
        "sign changes per step along the steep direction at 0.9 over the steep curvature",
        at_most(0.5),
        "half as many as at the tuned rate",
        RAVINE,
        "calm flips",
        places=(SMALLER,),
    ),
    Claim(
        "smaller-rate-for-ever",
        "it would take you forever to go horizontally if you had a small learning rate",
        "steps to 1 % at that rate without jitter over steps at the best rate there is",
        at_least(10.0),
        "“forever”: ten times as many at least",
        RAVINE,
        "price",
        places=(SMALLER,),
        remark="The ravine is slow at every rate; doing without the jitter doubles the time.",
    ),
    Claim(
        "condition-of-a-regression",
        "You can detect this situation by calculating the condition number",
        "steps of gradient descent on raw pixels over steps on scaled ones, whose condition number"
        " is far smaller, each at its best rate; linear regression on digits to 1 % of the loss",
        at_least(2.0),
        "a warning is worth something if at least half of the steps could be saved",
        PIXELS,
        "saved",
        places=(CONDITION,),
    ),
    Claim(
        "condition-of-a-net",
        "You can detect this situation by calculating the condition number",
        "steps in which a bowl of the net's condition number at the start brings its loss to a"
        " tenth, over the steps that the net takes; rate 0.6",
        between(0.1, 10.0),
        "a forecast that is wrong by more than tenfold detects nothing",
        SHARPNESS[0.6],
        "forecast",
        places=(CONDITION,),
        remark="A net's smallest eigenvalue is close to zero whether it trains fast or slowly.",
    ),
    Claim(
        "curvature-rises",
        "At a small rate the largest curvature of a net rises as it trains",
        "largest eigenvalue after 3,000 steps over that after 100; rate 0.3",
        at_least(1.05),
        "a twentieth can be seen in the figure",
        SHARPNESS[0.3],
        "rise",
    ),
    Claim(
        "edge-of-stability",
        "At a large rate the largest curvature of a net ends at 2 over the rate",
        "largest eigenvalue after 3,000 steps times half the rate; rate 0.9",
        between(0.9, 1.1),
        "equal within a tenth",
        SHARPNESS[0.9],
        "edge",
    ),
    Claim(
        "stuck-in-a-local-minimum",
        "Zero gradient, gradient descent gets stuck",
        "share of local minima, not the lowest, that are not left in 5,000 steps; wavy valleys,"
        " start and rate at random",
        at_least(0.9),
        "nine of ten",
        MINIMA,
        places=(STUCK,),
    ),
    Claim(
        "stuck-at-a-saddle",
        "Zero gradient, gradient descent gets stuck",
        "share of saddles that are not left in 40,000 steps, from a start about 1e-8 off the axis",
        at_least(0.5),
        "more often than not",
        SADDLES,
        "stuck",
        places=(STUCK,),
        remark="It is delayed, by a time that grows with the logarithm of the distance.",
    ),
    Claim(
        "saddles-among-random-hessians",
        "Saddle points much more common in high dimension",
        "share of saddles among random symmetric matrices of size 6",
        at_least(0.9),
        "much more common: nine of ten",
        HESSIANS,
        "saddles at 6",
        places=(STUCK,),
        remark="A Hessian of a net is no such matrix: see the next two rows.",
    ),
    Claim(
        "saddles-of-a-net",
        "Saddle points much more common in high dimension",
        "saddles for each minimum among the critical points of a net with 28 weights",
        at_least(2.0),
        "much more common: twice as many at least",
        CRITICAL,
        "per minimum",
        places=(STUCK,),
        remark="Counted by a search that is drawn to every kind of critical point.",
    ),
    Claim(
        "saddles-lie-high",
        "The higher a critical point of a net lies, the more ways lead down from it",
        "rank correlation of loss and share of negative eigenvalues; the same points",
        at_least(0.7),
        "half of the ranks' variance is then shared",
        CRITICAL,
        "correlation",
    ),
    Claim(
        "gradients-are-noisy",
        "Our gradients come from minibatches so they can be noisy!",
        "error of a batch's gradient over the length of the full gradient, after 1,500 steps;"
        " digits, batches of 64",
        at_least(1.0),
        "noisy: the error is as long as what it hides",
        TRAINING_NOISE,
        "at the end",
        places=NOISY,
        remark="Before the first step the two are equally long.",
    ),
    Claim(
        "variance-by-batch-size",
        "The variance of a small batch's gradient falls as 1/B",
        "exponent, batches of 1 to 16 out of 256",
        between(-1.1, -0.9),
        "within a tenth of −1",
        BATCH_SIZE,
        "exponent",
    ),
    Claim(
        "variance-at-half",
        "A batch of half the data has half the variance that 1/B gives",
        "variance at 128 of 256 over the 1/B law",
        between(0.45, 0.55),
        "within a tenth of 128/255",
        BATCH_SIZE,
        "half",
    ),
    Claim(
        "noise-floor",
        "At a constant rate the noise keeps a run at the floor that the chapter derives",
        "mean squared distance long after the start over the derived one; independent batches",
        between(0.95, 1.05),
        "within a twentieth",
        FLOOR,
        "independent",
    ),
    Claim(
        "shuffling-lowers-the-floor",
        "Batches cut from a shuffled epoch leave a lower floor",
        "the same, over whole epochs, each example once an epoch",
        at_most(0.8),
        "a fifth less noise is worth a shuffle",
        FLOOR,
        "shuffled",
    ),
    Claim(
        "same-training-loss",
        "you almost always end up getting the same answer like the same loss in the end",
        "spread of the final training loss over its mean; six starts of a net of width 64,"
        " 3,000 steps",
        at_most(0.1),
        "within a tenth a second start is not worth its time",
        STARTS,
        "relative 64",
        places=(LANDSCAPE,),
    ),
    Claim(
        "same-test-loss",
        "you almost always end up getting the same answer like the same loss in the end",
        "spread of the test loss over its mean; the same nets",
        at_most(0.1),
        "as above",
        STARTS,
        "test 64",
        places=(LANDSCAPE,),
    ),
    Claim(
        "bad-minima-in-small-nets",
        "there's no bad local minima only happens in very small networks",
        "worst final training loss over the best; six starts of a net of width 4, 3,000 steps",
        at_least(1.5),
        "bad: half as much again",
        STARTS,
        "worst 4",
        places=(LANDSCAPE,),
        remark="Some of these nets are still on their way down.",
    ),
    Claim(
        "difference-shrinks",
        "the difference between like the worst and your best local minimum it actually kind of"
        " like shrinks down",
        "worst less best final training loss, width 64 over width 4",
        at_most(0.5),
        "it has shrunk by half",
        STARTS,
        "gap shrinks",
        places=(LANDSCAPE,),
        remark="Part of it is cheap: every wide net ends close to zero.",
    ),
    Claim(
        "difference-shrinks-relatively",
        "they're all about the same actually loss",
        "spread over mean of the final training loss, width 64 over width 4",
        at_most(0.5),
        "as above, and not only because all losses are small",
        STARTS,
        "relative shrinks",
        places=(LANDSCAPE,),
    ),
    Claim(
        "bowl-on-the-way-down",
        "end up looking much more like a … bowl",
        "largest rise on the straight line from a start to its end over the loss at the start;"
        " width 64",
        at_most(0.05),
        "a bowl has no rise on the way down; a twentieth would be seen",
        STARTS,
        "hill down 64",
        places=(LANDSCAPE,),
    ),
    Claim(
        "bowl-between-ends",
        "end up looking much more like a … bowl",
        "largest rise on the straight line between the ends of two starts over the loss at a start;"
        " width 64",
        at_most(0.05),
        "a bowl has one bottom, and no hill inside it",
        STARTS,
        "hill across 64",
        places=(LANDSCAPE,),
        remark="The hill shrinks as nets get wider.",
    ),
    Claim(
        "no-ravine",
        "instead of the crazy ravine landscape",
        "largest eigenvalue of the Hessian over the mean size of all, after 100 steps; width 32",
        at_most(10.0),
        "ten times steeper than the mean direction is a ravine",
        STEEPNESS,
        "over mean",
        places=(LANDSCAPE,),
    ),
)

#: What figures and tables of the page show beside the claims.
EXPERIMENTS: tuple[Experiment, ...] = ()
