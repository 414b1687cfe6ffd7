"""Chapter 1's claims: who says what of the loop, and what would bear it out."""

from __future__ import annotations

from claims.experiment import Claim, Experiment
from claims.lectures import Place
from claims.rule import at_least, at_most, between
from claims.training_loop import checks, runs

FOUR_STEPS = Place("recording-2016", "on the four steps")
SANDWICH = Place("recording-2016", "on a student's question: why an activation?")
STEP_1 = Place("washington-2025", "Step 1: Check initial loss")
STEP_2 = Place("washington-2025", "Step 2: Overfit a small sample")

TWENTY = tuple(range(20))
INITIAL = Experiment("initial_losses", runs.initial_losses, TWENTY)
BY_SCALE = Experiment("initial_by_scale", runs.initial_by_scale)
RINGS = Experiment("sandwich_on_rings", runs.sandwich_on_rings, within=0.05)
CAPACITY = Experiment("capacity_on_digits", runs.capacity_on_digits, within=0.05)
NUDGES = Experiment("nudges", runs.nudges, within=0.02)
SMALL_SAMPLE = Experiment("small_sample", runs.small_sample, within=0.02)
DIFFERENCES = Experiment("difference_errors", checks.difference_errors, TWENTY, within=0.5)
KINK_SHARES = Experiment("kink_shares", checks.kink_shares, TWENTY)
KINK_ERRORS = Experiment("kink_errors", checks.kink_errors, TWENTY, within=1e-3)
TOLD_APART = Experiment("kinks_told_from_a_bug", checks.told_apart, TWENTY, within=0.02)

ONE_PER_CENT = "a wrong mean, or the true class counted, is off by a tenth or more"
ONE_POINT = "one point is four of the 360 test images"
PASSES = "the step asks for every image of the sample"

CLAIMS = (
    *(
        Claim(
            f"initial-softmax-{key.lower()}",
            "sanity check loss at initialization e.g. log(C) for softmax with C classes",
            f"first loss over log 10; {start}",
            between(0.99, 1.01),
            ONE_PER_CENT,
            INITIAL,
            f"softmax {key}",
            places=(STEP_1,),
            remark=remark,
        )
        for key, start, remark in (
            ("small", "weights of deviation 0.01", ""),
            ("default", "the weights that PyTorch draws by default", ""),
            (
                "He",
                "He initialisation in every layer",
                "Scores that spread add half their variance.",
            ),
        )
    ),
    *(
        Claim(
            f"initial-svm-{key.lower()}",
            "The SVM loss starts at C − 1",
            f"first SVM loss over 9; {start}",
            between(0.99, 1.01),
            ONE_PER_CENT,
            INITIAL,
            f"svm {key}",
            remark=remark,
        )
        for key, start, remark in (
            ("small", "weights of deviation 0.01", ""),
            (
                "He",
                "He initialisation in every layer",
                "Hinges that are closed no longer balance those that are open.",
            ),
        )
    ),
    Claim(
        "one-linear-sandwich",
        "your entire neural network ends up being one single linear sandwich",
        "largest difference between four trained affine layers and the one map that they multiply"
        " out to, over the largest score",
        at_most(1e-12),
        "four products in float64 lose a few times 1e-16 each",
        RINGS,
        "gap",
        places=(SANDWICH,),
    ),
    Claim(
        "capacity-on-rings",
        "so your capacity is equal to that of just a linear classifier",
        "accuracy of four affine layers less that of one, in points; disc inside a ring",
        between(-1.0, 1.0),
        "one point of a hundred matters to nobody",
        RINGS,
        "deeper",
        places=(SANDWICH,),
    ),
    Claim(
        "capacity-on-digits",
        "so your capacity is equal to that of just a linear classifier",
        "test accuracy of two affine layers with 16 units between them less that of one layer, in"
        " points; digits",
        between(-1.0, 1.0),
        ONE_POINT,
        CAPACITY,
        "wide",
        places=(SANDWICH,),
    ),
    Claim(
        "capacity-through-two-units",
        "so your capacity is equal to that of just a linear classifier",
        "the same with 2 units between them",
        between(-1.0, 1.0),
        ONE_POINT,
        CAPACITY,
        "squeezed",
        places=(SANDWICH,),
        remark="It is an upper bound: the narrowest layer limits the rank.",
    ),
    Claim(
        "wiggle-on-rings",
        "all this wiggle that you can use to actually fit your data",
        "accuracy with ReLU less that without, in points, same widths; disc inside a ring",
        at_least(30.0),
        "guessing is right for half: most of the other half must be gained",
        RINGS,
        "relu gain",
        places=(SANDWICH,),
    ),
    Claim(
        "wiggle-on-digits",
        "all this wiggle that you can use to actually fit your data",
        "test accuracy of 16 ReLU units less that of 16 units without, in points; digits",
        at_least(1.0),
        ONE_POINT,
        CAPACITY,
        "relu gain",
        places=(SANDWICH,),
    ),
    Claim(
        "nudge-lowers-the-loss-of-the-batch",
        "how we should nudge every single weight in the network so that we're better classifying"
        " these images",
        "share of steps that lower the loss of their own batch; digits, best of five rates",
        at_least(0.95),
        "a nudge that knew nothing would help about every other time",
        NUDGES,
        "batch",
        places=(FOUR_STEPS,),
    ),
    Claim(
        "nudge-names-more-of-the-batch",
        "how we should nudge every single weight in the network so that we're better classifying"
        " these images",
        "share of steps after which fewer images of the batch are named rightly; same runs",
        at_most(0.05),
        "one step of twenty",
        NUDGES,
        "worse",
        places=(FOUR_STEPS,),
    ),
    Claim(
        "nudge-harms-the-others",
        "The step that suits its batch often raises the loss of the whole training set",
        "share of steps that raise it; same runs",
        at_least(0.2),
        "one step of five would be seen in any curve",
        NUDGES,
        "harm",
    ),
    Claim(
        "small-sample-is-learned",
        "Try to train to 100% training accuracy on a small sample of training data"
        " (~5-10 minibatches)",
        "accuracy on five minibatches of 64 digits after 1,500 steps on them, best of three rates",
        at_least(1.0),
        PASSES,
        SMALL_SAMPLE,
        "right",
        places=(STEP_2,),
    ),
    Claim(
        "rate-too-low",
        "Loss not going down? LR too low, bad initialization",
        "loss after 1,500 steps over the first loss; rate 1e-5, a tenth of the lowest that the"
        " lecture suggests",
        at_least(0.9),
        "less than a tenth would be taken for standing still",
        SMALL_SAMPLE,
        "too low",
        places=(STEP_2,),
    ),
    Claim(
        "zero-initialisation",
        "Loss not going down? LR too low, bad initialization",
        "the same; all weights zero, best of three usual rates",
        at_least(0.9),
        "less than a tenth would be taken for standing still",
        SMALL_SAMPLE,
        "zero",
        places=(STEP_2,),
        remark="Only the output bias learns: how often each class occurs.",
    ),
    Claim(
        "rate-too-high-explodes",
        "Loss explodes to Inf or NaN? LR too high, bad initialization",
        "share of the rates 10, 100, 1,000 and 10,000 that end at Inf or NaN",
        at_least(0.5),
        "half of the rates that are far too high",
        SMALL_SAMPLE,
        "exploded",
        places=(STEP_2,),
        remark="The units die instead; the loss stays finite and nothing is learned.",
    ),
    *(
        Claim(
            f"small-sample-lets-through-{name}",
            f"The small sample is learned as well {wrong}",
            "accuracy on the sample after 1,500 steps, best of three rates",
            at_least(1.0),
            PASSES,
            SMALL_SAMPLE,
            value,
        )
        for name, wrong, value in (
            ("a-frozen-layer", "if the first layer gets no gradient", "frozen"),
            ("a-missing-mask", "if the backward pass forgets the mask of the ReLU", "no mask"),
            ("wrong-labels", "if every image has the label of another", "shuffled"),
        )
    ),
    Claim(
        "float64-check",
        "In float64 a right gradient looks right at h = 1e-5",
        "relative error of a centred difference of a tanh net, median of a dozen weights",
        at_most(1e-7),
        "the CS231n notes: be happy with 1e-7 and less",
        DIFFERENCES,
        "float64 centred at 1e-5",
    ),
    Claim(
        "float32-check",
        "In float32 a right gradient looks wrong at h = 1e-5",
        "the same",
        at_least(1e-2),
        "the CS231n notes: above 1e-2 the gradient is probably wrong",
        DIFFERENCES,
        "float32 centred at 1e-5",
    ),
    Claim(
        "kinks-go",
        "What a kink spoils is mended by a smaller step",
        "of the weights that a check at h = 1e-3 calls wrong, the share that it calls so at 1e-5;"
        " ReLU net, 100 digits, right gradient",
        at_most(0.1),
        "nine of ten alarms are gone",
        TOLD_APART,
        "kinks",
    ),
    Claim(
        "bugs-stay",
        "What a bug spoils is not",
        "the same; the backward pass forgets the mask of the ReLU",
        at_least(0.9),
        "nine of ten alarms stay",
        TOLD_APART,
        "bug",
    ),
)

#: What figures and tables of the page show beside the claims.
EXPERIMENTS = (BY_SCALE, KINK_SHARES, KINK_ERRORS)
