"""What is said of AdaGrad and RMSProp."""

from __future__ import annotations

from claims.adaptive_methods import bowls, races, rare, steps
from claims.experiment import EXACT, Claim, Experiment
from claims.lectures import Place
from claims.rule import at_least, at_most, between

TWENTY = tuple(range(20))

DAMPED = Place("washington-2025", "AdaGrad: what happens")
DECAYS = Place("washington-2025", "AdaGrad, question 2")
FADES = Place("optimisation-notes", "Adagrad: SGD with cache")
SPOKEN = Place("recording-2016", "on AdaGrad")
PICTURE = Place("recording-2016", "on the first picture of the race")
BOTH_RACE = Place("recording-2016", "on the picture of AdaGrad and RMSProp")
LEAKY = Place("recording-2016", "on RMSProp")
WINDOW = Place("recording-2016", "a student's question about the last hundred gradients")

RATES = Experiment("rate_ratio", bowls.rate_ratio, TWENTY)
ALONG = Experiment("race_along_the_axes", bowls.race, TWENTY, within=1e-3)
TURNED = Experiment("race_turned", bowls.race, TWENTY, {"turned": True}, within=1e-3)
RARE_FEATURES = Experiment("rare_features", rare.rare_features)
EXPONENTS = Experiment("step_exponents", steps.step_exponents)
QUIET = Experiment("rate_without_noise", bowls.rate_without_noise)
SLOPE = Experiment("constant_slope", steps.walked_later, EXACT)
STORM = Experiment("after_storm", steps.after_storm)
RACE = Experiment("race", races.race, within=1e-3)

DIRECTIONS = (
    "Progress along “steep” directions is damped; progress along “flat” directions is accelerated"
)
TWICE = "below twice the rate nobody would call it damped and accelerated"
SLOWEST = "that's actually the slowest one of all of them"
FIVE = "five per cent can be seen in a picture of the race"
EARLY = "stops too early and rmsprop will end up usually winning out"

CLAIMS = (
    Claim(
        "rates-along-the-axes",
        DIRECTIONS,
        "AdaGrad's rate along the flattest direction over that along the steepest, after 50 steps;"
        " bowls of condition 100 along the axes",
        at_least(2.0),
        TWICE,
        RATES,
        "along the axes",
        places=(DAMPED, SPOKEN),
    ),
    Claim(
        "rates-turned",
        DIRECTIONS,
        "the same on bowls that are turned at random",
        at_least(2.0),
        TWICE,
        RATES,
        "turned",
        places=(DAMPED, SPOKEN),
        remark="It sees coordinates, not directions.",
    ),
    Claim(
        "adagrad-quicker-along-the-axes",
        "both of them converge quite quickly",
        "steps of SGD over AdaGrad's, each at the best of seven rates; condition 100, along the"
        " axes",
        at_least(2.0),
        "“quite quickly”: half the steps are saved",
        ALONG,
        "sgd over adagrad",
        places=(BOTH_RACE,),
    ),
    Claim(
        "adagrad-quicker-turned",
        "both of them converge quite quickly",
        "the same on bowls that are turned at random",
        at_least(2.0),
        "“quite quickly”: half the steps are saved",
        TURNED,
        "sgd over adagrad",
        places=(BOTH_RACE,),
    ),
    *(
        Claim(
            f"sgd-slowest-{name}",
            SLOWEST,
            "steps of SGD over those of the slowest of momentum, Nesterov, AdaGrad, Adadelta and"
            f" RMSProp, each at the best of seven rates; condition 100, {where}",
            at_least(1.05),
            FIVE,
            experiment,
            "sgd over slowest",
            places=(PICTURE,),
        )
        for name, where, experiment in (
            ("along-the-axes", "along the axes", ALONG),
            ("turned", "turned", TURNED),
        )
    ),
    Claim(
        "sgd-slowest-on-digits",
        SLOWEST,
        "training loss of SGD over the highest of the other five; digits, 1,500 steps, each at the"
        " best of seven rates",
        at_least(1.05),
        FIVE,
        RACE,
        "sgd over slowest",
        places=(PICTURE,),
    ),
    Claim(
        "rare-features",
        "AdaGrad learns rare features where one rate for all weights cannot",
        "typical error of the five rarest weights after 3,000 examples, AdaGrad's over SGD's, SGD"
        " at the best of seven constant and seven falling rates",
        at_most(0.5),
        "half the error is worth a second array",
        RARE_FEATURES,
        "rarest",
    ),
    Claim(
        "rare-features-risk",
        "and its predictions are better as a whole",
        "expected excess error over all features, AdaGrad's over SGD's, as above",
        at_most(0.8),
        "a fifth of the error is worth a second array",
        RARE_FEATURES,
        "risk",
    ),
    Claim(
        "step-decays",
        "Decays to zero",
        "power of t by which AdaGrad's typical step falls under noise of one size, t = 100 to"
        " 3,000",
        at_most(-0.25),
        "at that power 10,000 steps make it a tenth",
        EXPONENTS,
        "adagrad",
        places=(DECAYS, FADES),
    ),
    Claim(
        "step-decays-like-the-root",
        "Under noise of one size AdaGrad's step falls like one over the root of t",
        "the same power",
        between(-0.55, -0.45),
        "a tenth of the power derived on this page",
        EXPONENTS,
        "adagrad",
    ),
    Claim(
        "rate-without-noise",
        "decays towards zero",
        "AdaGrad's rates after 3,000 steps over those after 300; bowls without noise",
        at_most(0.5),
        "falling like the root of t, it would be 0.32",
        QUIET,
        places=(SPOKEN,),
        remark="Gradients that die out leave the sum as it is.",
    ),
    Claim(
        "stops-completely",
        "you end up stopping learning at like completely",
        "AdaGrad on a constant slope: distance covered in steps 1,001 to 4,000 over that in the"
        " first 1,000",
        at_most(0.1),
        "a tenth of the distance in three times the steps is nearly a stop",
        SLOPE,
        places=(SPOKEN,),
        remark="The sum of 1/√t has no limit: slow, but never stopped.",
    ),
    Claim(
        "rmsprop-keeps-moving",
        "we're not going to just converge completely to zero updates",
        "power of t by which RMSProp's typical step falls, as above",
        at_least(-0.05),
        "at that power 10,000 steps take less than two fifths",
        EXPONENTS,
        "rmsprop",
        places=(LEAKY,),
    ),
    Claim(
        "storm",
        "After twenty huge gradients RMSProp recovers and AdaGrad does not",
        "RMSProp's typical step over AdaGrad's, 1,400 to 1,500 steps after gradients a hundred"
        " times as large",
        at_least(10.0),
        "a step of a tenth is one that has not recovered",
        STORM,
        "rmsprop over adagrad",
    ),
    Claim(
        "adagrad-stops-too-early",
        EARLY,
        "AdaGrad's training loss over RMSProp's, each at the best of seven rates; digits, 1,500"
        " steps",
        at_least(1.5),
        "“too early”: half as much loss again",
        RACE,
        "adagrad over rmsprop, training",
        places=(BOTH_RACE,),
    ),
    Claim(
        "rmsprop-wins",
        EARLY,
        "the same of the test loss, the rates chosen on validation images",
        at_least(1.02),
        "less than 2 % is nothing",
        RACE,
        "adagrad over rmsprop",
        places=(BOTH_RACE,),
    ),
    Claim(
        "leaky-is-a-window-after-a-storm",
        "effectively doing what you're describing",
        "steps until RMSProp (0.99) is back at half its step after a storm, over those of a mean of"
        " the last hundred squares",
        between(0.5, 2.0),
        "whatever is effectively a window forgets like one, up to a factor of two",
        STORM,
        "leaky over window",
        places=(WINDOW,),
        remark="A window forgets at once; a leaky mean lets what is huge fade.",
    ),
    Claim(
        "leaky-is-a-window-on-digits",
        "effectively doing what you're describing",
        "test loss of a mean of the last hundred squares over RMSProp's, each at the best of seven"
        " rates; digits, 1,500 steps",
        between(0.9, 1.1),
        "a tenth more or less would not change anybody's choice",
        RACE,
        "window over rmsprop",
        places=(WINDOW,),
    ),
)
