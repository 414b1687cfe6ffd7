"""Chapter 5's claims: who says what of second-order methods, and what would bear it out."""

from __future__ import annotations

from claims.experiment import EXACT, Claim, Experiment
from claims.lectures import Place
from claims.rule import at_least, at_most, between
from claims.second_order import batches, costs, dropout, kfac, quasi, runs

NEWTON = Place("recording-2016", "on Newton's method")
NO_RATE = Place("recording-2016", "on what is nice about Newton's update")
BFGS = Place("recording-2016", "on BFGS")
LIMITED = Place("recording-2016", "on L-BFGS")
RANDOMNESS = Place("recording-2016", "on L-BFGS and sources of randomness")
STEP = Place("washington-2025", "(1) Use gradient and Hessian to form quadratic approximation")
COST = Place("washington-2025", "Q: Why is this bad for deep learning?")
QUASI = Place("washington-2025", "Quasi-Newton methods")
L_BFGS = Place("washington-2025", "L-BFGS")

TWENTY = tuple(range(20))
ONE_STEP = Experiment("one_step", runs.one_step_error, TWENTY)
INVARIANCE = Experiment("invariance", runs.invariance_gap)
NEAR = Experiment("arrivals_near", runs.arrivals, TWENTY, {"spread": 0.1})
FAR = Experiment("arrivals_far", runs.arrivals, TWENTY, {"spread": 1.0})
WELLS = Experiment("minimum_share", runs.minimum_share)
MODEL = Experiment("model_of_a_net", runs.model_of_a_net, within=0.05)
LOGISTIC = Experiment("logistic", runs.logistic, within=1e-3)
BYTES = Experiment("hessian_bytes", costs.hessian_bytes, EXACT)
OPERATIONS = Experiment("cholesky_growth", costs.cholesky_growth, EXACT)
RANK = Experiment("update_rank", quasi.update_rank, TWENTY)
TWO_LOOPS = Experiment("two_loop_gap", quasi.two_loop_gap, TWENTY)
KEPT = Experiment("numbers_kept", quasi.numbers_kept, EXACT)
# at the rates that win, a change of the start by 1e-15 changes the last losses as a new seed does
ROUNDED = 100.0
FULL = Experiment("full_batch", batches.full_batch, within=ROUNDED)
MINI = Experiment("minibatch_64", batches.minibatch, settings={"batch": 64}, within=ROUNDED)
MINI_256 = Experiment("minibatch_256", batches.minibatch, settings={"batch": 256}, within=ROUNDED)
PAIRS = Experiment("pair_errors", batches.pair_errors, within=0.1)
MASK_PAIRS = Experiment("mask_errors", batches.mask_errors)
MASKS = Experiment("masks", dropout.masks, within=ROUNDED)
KFAC_SQUARED = Experiment("kfac_squared", kfac.block_gap, TWENTY, {"kind": "squared"})
KFAC_SOFTMAX = Experiment("kfac_softmax", kfac.block_gap, TWENTY)
FISHER = Experiment("fisher_gap", kfac.fisher_gap, within=1e-3)

ROUND_OFF = "condition 10,000 times the rounding of float64 is 1e-12"
HALF = "half the loss for the same work"
TWICE = "twice the loss of the plain method is bad"
AS_LARGE = "from here on the error is larger than what is measured"
BUDGET = "digits, full batch, each at the best of four settings"

CLAIMS = (
    Claim(
        "one-step",
        "you can jump directly to that minimum of that approximating bowl",
        "distance to a quadratic's minimum after one step, over that before; condition 10,000",
        at_most(1e-10),
        ROUND_OFF,
        ONE_STEP,
        places=(NEWTON,),
    ),
    Claim(
        "invariance",
        "Stretched coordinates do not change where Newton's steps lead",
        "largest distance from the unstretched run's points, over the solution's length; logistic"
        " regression, each weight scaled by 1/10 to 10",
        at_most(1e-10),
        "as above",
        INVARIANCE,
    ),
    Claim(
        "no-rate-near",
        "no learning rate no hyper parameter in this update",
        "share of starts from which full steps find the minimum of a convex loss; weights of"
        " deviation 0.1",
        at_least(0.95),
        "nobody needs a rate where nineteen starts of twenty arrive",
        NEAR,
        places=(NO_RATE,),
    ),
    Claim(
        "no-rate-far",
        "no learning rate no hyper parameter in this update",
        "the same from starts ten times as far off",
        at_least(0.95),
        "as above",
        FAR,
        places=(NO_RATE,),
        remark="Off a quadratic a full step may overshoot; a line search mends that.",
    ),
    Claim(
        "faster-in-steps",
        "faster convergence",
        "steps of gradient descent, with or without momentum, over Newton's, until the loss is a"
        " millionth above its minimum; logistic regression, best of twelve settings",
        at_least(2.0),
        "half the steps are saved",
        LOGISTIC,
        "per step",
        places=(NO_RATE,),
    ),
    Claim(
        "faster-in-gradients",
        "Newton's method is also faster if its Hessian counts as one gradient for each weight",
        "the same with every Newton step counted as 66 gradients",
        at_least(1.0),
        "faster means that less work is done",
        LOGISTIC,
        "per gradient",
    ),
    Claim(
        "minimum-of-the-model-at-the-start",
        "Step to the minima of the approximation",
        "negative eigenvalues of the Hessian of a net with 610 weights, at the start",
        at_most(0.5),
        "a model with a single one has no minimum",
        MODEL,
        "start",
        places=(STEP,),
        remark="The step goes to the critical point, of whatever kind.",
    ),
    Claim(
        "minimum-of-the-model-when-trained",
        "Step to the minima of the approximation",
        "the same after 1,500 steps of SGD",
        at_most(0.5),
        "as above",
        MODEL,
        "trained",
        places=(STEP,),
    ),
    Claim(
        "saddles-attract",
        "With ten parameters, Newton's method ends almost always in a saddle or a maximum",
        "share of starts that end in a minimum; a double well along each axis",
        at_most(0.05),
        "“almost always”: nineteen starts of twenty",
        WELLS,
        "plain 10",
    ),
    Claim(
        "damping-mends-it",
        "Damping leads to a minimum from almost every start",
        "the same with the Hessian's eigenvalues raised to 0.5 or more",
        at_least(0.95),
        "“almost every”: nineteen starts of twenty",
        WELLS,
        "damped 10",
    ),
    Claim(
        "memory",
        "Hessian has O(N^2) elements",
        "exponent with which the bytes of a net's Hessian grow, from 85 to 1,210 weights",
        between(1.99, 2.01),
        "a count has no noise",
        BYTES,
        places=(COST,),
    ),
    Claim(
        "operations",
        "Inverting takes O(N^3)",
        "operations of a Cholesky factorisation with 100 unknowns over those with 50, counted"
        " one by one",
        between(7.0, 9.0),
        "eight times as many, within an eighth: lower powers of N still show",
        OPERATIONS,
        places=(COST,),
    ),
    Claim(
        "rank-one",
        "successive updates that are all Rank 1",
        "rank of what BFGS's update changes; random pairs in eight dimensions",
        between(0.5, 1.5),
        "a rank is a whole number",
        RANK,
        places=(BFGS, QUASI),
        remark="The rank is two: one eigenvalue of the change is positive, one negative.",
    ),
    Claim(
        "no-matrix",
        "Does not form/store the full inverse Hessian",
        "numbers that torch's L-BFGS keeps, per parameter; 1,000 parameters, ten pairs",
        at_most(30.0),
        "a few vectors for each pair; the matrix would be 1,000",
        KEPT,
        places=(QUASI,),
    ),
    Claim(
        "two-loops",
        "Two loops over ten pairs give the direction that BFGS's matrix gives",
        "distance between the two directions, over their length",
        at_most(1e-10),
        "rounding stays far below",
        TWO_LOOPS,
    ),
    Claim(
        "crushes",
        "l-bfgs can usually crush these loss functions very easily",
        "steps of gradient descent, with or without momentum, over evaluations of L-BFGS, until"
        " the loss is a millionth above its minimum; logistic regression, best of twelve settings",
        at_least(5.0),
        "“crush”: a fifth of the work or less",
        LOGISTIC,
        "over lbfgs",
        places=(LIMITED,),
        remark="L-BFGS was not tuned.",
    ),
    *(
        Claim(
            f"full-batch-{mark}",
            "works very well in full batch, deterministic mode",
            f"L-BFGS's training loss over full-batch SGD's after {mark} evaluations; {BUDGET}",
            at_most(0.5),
            HALF,
            FULL,
            f"over full {mark}",
            places=(L_BFGS,),
        )
        for mark in (30, 100)
    ),
    *(
        Claim(
            f"full-batch-against-minibatches-{mark}",
            "it's better to just do this noisier stuff but do more of it",
            f"L-BFGS's training loss in full batch over that of SGD on minibatches of 64; {mark}"
            " epochs, each at the best of four settings",
            at_least(2.0),
            "“better”: half the loss for the same number of gradients",
            FULL,
            f"over 64 {mark}",
            places=(RANDOMNESS,),
            remark=remark,
        )
        for mark, remark in ((30, "SGD takes 17 steps for each evaluation of L-BFGS."), (100, ""))
    ),
    Claim(
        "noisy-and-more-accurate",
        "it's better to just do this noisier stuff but do more of it",
        "test accuracy of SGD on minibatches of 64 minus that of full-batch L-BFGS; 100 epochs,"
        " setting and epoch chosen by validation loss",
        at_least(0.005),
        "half a percentage point, two of 359 images",
        FULL,
        "accuracy lead",
        places=(RANDOMNESS,),
    ),
    *(
        Claim(
            f"minibatch-{size}-{kind}",
            "Does not transfer very well to mini-batch setting. Gives bad results",
            f"L-BFGS's training loss over SGD's after 100 epochs of minibatches of {size}; {how};"
            " four settings each",
            at_least(2.0),
            TWICE,
            experiment,
            f"{kind} over SGD",
            places=(L_BFGS,),
        )
        for size, experiment in (("64", MINI), ("256", MINI_256))
        for kind, how in (
            ("mixed", "a pair compares gradients of two minibatches"),
            ("searched", "a Wolfe search and several iterations on each minibatch"),
            ("paired", "both gradients of a pair on one minibatch"),
        )
    ),
    Claim(
        "minibatch-accuracy",
        "Does not transfer very well to mini-batch setting. Gives bad results",
        "test accuracy of SGD minus that of the best of these three kinds of L-BFGS; minibatches"
        " of 64, setting and epoch chosen by validation loss",
        at_least(0.005),
        "half a percentage point, two of 359 images",
        MINI,
        "accuracy lead",
        places=(L_BFGS,),
    ),
    *(
        Claim(
            f"swapped-minibatch-{size}",
            "its approximations end up being incorrect as you swap different mini batches",
            "error of y if the minibatch changes within a pair, over the length of y; at the steps"
            f" that L-BFGS takes, minibatches of {size}",
            at_least(1.0),
            AS_LARGE,
            PAIRS,
            f"{size} error",
            places=(LIMITED,),
        )
        for size in (64, 256)
    ),
    Claim(
        "swapped-mask",
        "you have to make sure that you fix this dropout",
        "error of y if the dropout mask changes within a pair, over the length of y; at the steps"
        " that L-BFGS takes on all examples",
        at_least(1.0),
        AS_LARGE,
        PAIRS,
        "mask error",
        places=(RANDOMNESS,),
    ),
    Claim(
        "new-masks",
        "disable all sources of randomness because it's really not going to like it",
        "training loss of L-BFGS with a new mask at each evaluation over that of SGD with new"
        " masks; full batch, 300 evaluations, four settings each, chosen by validation loss",
        at_least(1.1),
        "a tenth more loss is more than the masks' own noise",
        MASKS,
        "new over SGD, training",
        places=(RANDOMNESS,),
    ),
    Claim(
        "held-mask",
        "A mask that is held for the whole run does not regularise as dropout does",
        "test loss of L-BFGS with one mask held over that of SGD with new masks; as above",
        at_least(1.1),
        "a regulariser that costs a tenth of the test loss is none",
        MASKS,
        "held over SGD",
    ),
    Claim(
        "kfac-squared",
        "For squared error K-FAC's block is the exact block of a linear layer",
        "distance of K-FAC's block from the exact one, over the exact one's norm",
        at_most(1e-10),
        "rounding stays far below",
        KFAC_SQUARED,
    ),
    Claim(
        "kfac-softmax",
        "For a confident softmax K-FAC's block is another one",
        "the same for a softmax with weights of deviation 1",
        at_least(0.1),
        "a tenth of the norm is no rounding",
        KFAC_SOFTMAX,
    ),
    Claim(
        "empirical-fisher",
        "With the data's labels in place of drawn ones, the output factor is another matrix",
        "distance of mean g gᵀ from the factor with drawn labels, over the latter's norm; trained"
        " softmax regression on the digits",
        at_least(0.1),
        "as above",
        FISHER,
        "trained",
    ),
)

#: What figures and tables of the page show beside the claims.
EXPERIMENTS = (MASK_PAIRS,)
