"""Chapter 3's claims: who says what of momentum, and what would bear it out."""

from __future__ import annotations

from claims.experiment import EXACT, Claim, Experiment
from claims.lectures import Place
from claims.momentum import landscapes, rivals, runs, starts
from claims.rule import at_least, at_most, between

FORMULATIONS = Place("washington-2025", "SGD + Momentum: alternative equivalent formulation")
BUILD_UP = Place("washington-2025", "SGD + Momentum: continue moving in the general direction")
PROBLEMS = Place("washington-2025", "SGD + Momentum: the slide after Problem #3 with SGD")
MOMENTUM = Place("slides-2016", "Momentum update")
RACE = Place("slides-2016", "SGD vs Momentum")
CURLS = Place("recording-2016", "on the pictures of Nesterov's method")
LOOK_AHEAD = Place("recording-2016", "on Nesterov momentum")
FRICTION = Place("recording-2016", "on the rolling ball")
START = Place("recording-2016", "a student's question after momentum")

FORMS = Experiment("forms", runs.forms_gap, EXACT)
FORMS_CUT = Experiment("forms_cut", runs.forms_gap, EXACT, {"rate_after": 0.03})
FORMS_NESTEROV = Experiment("forms_nesterov", runs.forms_gap, EXACT, {"look_ahead": True})
MEAN = Experiment("velocity_over_mean", runs.velocity_over_mean, EXACT)
SIGNS = Experiment("velocity_when_signs_change", runs.velocity_when_signs_change, EXACT)
STEEP = Experiment("steep_direction", runs.steep_direction, tuple(range(20)))
NO_TERM = Experiment("without_the_term", runs.swing_at_the_end, EXACT, {"rho": 0.0})
NO_FRICTION = Experiment("without_friction", runs.swing_at_the_end, EXACT, {"rho": 1.0})
OVERSHOOT = Experiment("overshoot", runs.overshoot, EXACT)
SPEEDUP = Experiment("speedup", runs.speedup, tuple(range(20)))
SPEEDUP_TUNED = Experiment("speedup_tuned", runs.speedup, tuple(range(20)), {"tuned": True})
PER_DIGIT = Experiment("speedup_per_digit", runs.speedup_per_digit, EXACT)
LESS_OVERSHOOT = Experiment("overshoot_ratio", rivals.overshoot_ratio, tuple(range(20)))
DUEL = Experiment("duel", rivals.duel)
TUNED = {
    condition: Experiment(
        f"tuned_ratio_{condition}", rivals.tuned_ratio, EXACT, {"condition": float(condition)}
    )
    for condition in (10, 100, 1000)
}
GRID = Experiment("digits_grid", rivals.digits_grid, within=1e-5)
VELOCITY_START = Experiment("velocity_start", starts.velocity_start, within=1e-5)
ANNEALING = Experiment("annealing", starts.annealing, within=1e-5)
NOISE = Experiment("noise_ratio", landscapes.noise_ratio)
SADDLES = Experiment("saddle_speedup", landscapes.saddle_speedup, tuple(range(20)))
MINIMA = Experiment("local_minima", landscapes.local_minima)

SAME_POINTS = "largest distance between the two paths, as a share of the start's length"
ROUND_OFF = "200 steps of rounding stay far below"

CLAIMS = (
    Claim(
        "two-forms-agree",
        "they are equivalent - give same sequence of x",
        f"{SAME_POINTS}; constant rate",
        at_most(1e-12),
        ROUND_OFF,
        FORMS,
        places=(FORMULATIONS,),
    ),
    Claim(
        "two-forms-agree-when-the-rate-changes",
        "they are equivalent - give same sequence of x",
        f"{SAME_POINTS}; rate cut to a tenth at step 20",
        at_most(1e-12),
        ROUND_OFF,
        FORMS_CUT,
        places=(FORMULATIONS,),
        remark="PyTorch's form rescales its velocity at once, the other one coasts on.",
    ),
    Claim(
        "running-mean",
        "Build up ‘velocity’ as a running mean of gradients",
        "velocity under a constant gradient, in units of that gradient; ρ = 0.9",
        between(0.9, 1.1),
        "a mean of equal numbers is that number",
        MEAN,
        places=(BUILD_UP,),
        remark="It is a running sum: the mean times 1/(1 − ρ).",
    ),
    Claim(
        "damped-by-changing-signs",
        "Velocity becomes damped in steep direction due to quickly changing sign",
        "velocity under a gradient that changes sign at each step, over that of one gradient",
        at_most(0.8),
        "a fifth less would be seen in a picture of the path",
        SIGNS,
        places=(MOMENTUM,),
        remark="It tends to 1/(1 + ρ).",
    ),
    Claim(
        "steep-direction-settles",
        "damping these oscillations in the steep directions",
        "steps until the steepest coordinate of a bowl settles, momentum's over SGD's at the same"
        " rate, drawn where SGD changes side at every step and settles",
        at_most(1.0),
        "whoever damps a swing must not make it last longer",
        STEEP,
        places=(FRICTION,),
        remark="The gradients do change sign, but with momentum no longer at every step.",
    ),
    Claim(
        "no-rest-without-the-term",
        "if this [mu] times V was not there then this ball would never come to a rest",
        "largest |x| in the last 100 of 5,000 steps, as a share of the start; no term, ρ = 0",
        at_least(0.5),
        "half of the swing would still be there",
        NO_TERM,
        places=(FRICTION,),
        remark="Without the term it stops at every step. What keeps it rolling is ρ = 1.",
    ),
    Claim(
        "no-rest-without-friction",
        "Without friction, which is 1 − ρ, the ball never comes to rest",
        "largest |x| in the last 100 of 5,000 steps, as a share of the start; ρ = 1",
        at_least(0.5),
        "half of the swing would still be there",
        NO_FRICTION,
    ),
    Claim(
        "overshoots",
        "notice momentum overshooting the target",
        "how far the flattest coordinate runs past the minimum, as a share of its start;"
        " condition 100, ρ = 0.9",
        at_least(0.01),
        "a hundredth can be seen in a picture",
        OVERSHOOT,
        places=(RACE,),
    ),
    Claim(
        "much-faster",
        "but overall getting to the minimum much faster",
        "steps of SGD at its best rate over steps of momentum; random bowls of condition 100",
        at_least(2.0),
        "“much”: half the steps are saved",
        SPEEDUP,
        places=(RACE,),
    ),
    Claim(
        "tenfold-in-the-limit",
        "With the best constants for either, momentum needs a tenth of the steps for each digit",
        "SGD's steps over momentum's, per digit and in the limit; condition 100",
        between(9.0, 11.0),
        "the square root of the condition number, within a tenth",
        PER_DIGIT,
    ),
    Claim(
        "tenfold-for-three-digits",
        "With the best constants for either, momentum needs a tenth of the steps for three digits",
        "SGD's steps over momentum's until the distance is a thousandth; the same bowls",
        between(9.0, 11.0),
        "as above",
        SPEEDUP_TUNED,
        remark="With a double root r the error goes like t·rᵗ: the factor t costs steps at first.",
    ),
    Claim(
        "nesterov-overshoots-less",
        "curls around much more quickly",
        "Nesterov's overshoot over momentum's; one coordinate, same random rate, ρ = 0.9",
        at_most(0.8),
        "“much”: a fifth less would be seen in a picture of the path",
        LESS_OVERSHOOT,
        places=(CURLS,),
        remark="The gain shrinks as the rate times the curvature goes to 0.",
    ),
    Claim(
        "nesterov-renamed",
        "Variable transform and rearranging saves the day",
        f"{SAME_POINTS}; PyTorch's Nesterov against x + ρv of the look-ahead form",
        at_most(1e-12),
        ROUND_OFF,
        FORMS_NESTEROV,
        places=(Place("slides-2016", "Nesterov Momentum update: variable transform"),),
    ),
    Claim(
        "nesterov-on-bowls",
        "almost always works better than just standard momentum",
        "share of random bowls on which Nesterov needs fewer steps; same rate and ρ, at which"
        " both converge and one arrives in 800 steps",
        at_least(0.9),
        "“almost always”: nine times of ten",
        DUEL,
        "wins",
        places=(LOOK_AHEAD,),
    ),
    Claim(
        "nesterov-on-swinging-bowls",
        "almost always works better than just standard momentum",
        "the same, among the bowls whose every coordinate swings",
        at_least(0.9),
        "“almost always”: nine times of ten",
        DUEL,
        "swings",
        places=(LOOK_AHEAD,),
    ),
    Claim(
        "nesterov-on-digits",
        "almost always works better than just standard momentum",
        "share of nine settings, three effective rates and three ρ, at which Nesterov's training"
        " loss is lower by 2 % or more; a small net on the digits, 1,500 steps",
        at_least(0.88),
        "“almost always”: eight of nine; less than 2 % is nothing",
        GRID,
        "better",
        places=(LOOK_AHEAD,),
    ),
    Claim(
        "nesterov-tuned-on-digits",
        "almost always works better than just standard momentum",
        "Nesterov's test loss over momentum's, each at the best of nine settings",
        at_most(0.98),
        "less than 2 % is nothing",
        GRID,
        "tuned",
        places=(LOOK_AHEAD,),
        remark="The settings are chosen on validation images, from the same nine.",
    ),
    *(
        Claim(
            f"nesterov-tuned-{condition}",
            "you almost always converge faster",
            "Nesterov's steps over momentum's, per digit, each with its best rate and ρ;"
            f" condition {condition}",
            at_most(0.98),
            "less than 2 % is nothing",
            experiment,
            places=(CURLS,),
        )
        for condition, experiment in TUNED.items()
    ),
    *(
        Claim(
            f"first-velocity-{rho}-{steps}".replace(".", ""),
            "it doesn't matter too much because you end up building it up in the first few steps",
            "training loss from a random first velocity, as long as the first gradient's terminal"
            f" velocity, over that from zero; digits, ρ = {rho}, effective rate 0.5,"
            f" {steps:,} steps",
            between(0.9, 1.1),
            "a tenth of a training loss is less than one seed differs from another",
            VELOCITY_START,
            f"{rho} at {steps}",
            places=(START,),
        )
        for rho in (0.9, 0.99)
        for steps in (150, 1500)
    ),
    *(
        Claim(
            f"noise-at-{effective}".replace(".", "-"),
            "SGD + Momentum: […] Gradient Noise",
            "stationary variance of momentum over SGD's at the same effective rate;"
            f" effective rate times curvature {effective}, ρ = 0.9",
            at_most(0.8),
            "a fifth less noise would be worth a sentence",
            NOISE,
            effective,
            places=(PROBLEMS,),
            remark=remark,
        )
        for effective, remark in (
            ("0.1", "The slide lists the trouble beneath the method's name and says no more."),
            ("1.5", "SGD can bear 2 at most: close to that, momentum is far quieter."),
        )
    ),
    *(
        Claim(
            "saddles-" + rate.replace(" ", "-"),
            "SGD + Momentum: […] Saddle points",
            f"SGD's steps over momentum's until a saddle is left from a tiny distance; {rate}",
            at_least(2.0),
            "half the steps are saved",
            SADDLES,
            rate,
            places=(PROBLEMS,),
            remark=remark,
        )
        for rate, remark in (
            ("same rate", "From exactly on the saddle both stay for ever."),
            ("same effective rate", "Momentum must build up its velocity first."),
        )
    ),
    *(
        Claim(
            "local-minima-" + rate.replace(" ", "-"),
            "SGD + Momentum: […] Local Minima",
            "share of wavy valleys in one dimension where momentum ends lower, less the share where"
            f" SGD does; {rate}",
            at_least(0.1),
            "one valley of ten",
            MINIMA,
            rate,
            places=(PROBLEMS,),
            remark=remark,
        )
        for rate, remark in (
            ("same rate", "A ball that comes from high up rolls through shallow dips."),
            ("same effective rate", "SGD's rate is ten times as large here."),
        )
    ),
    Claim(
        "annealing",
        "Raising ρ during the run beats the best constant",
        "test loss with ρ raised (0.5 to 0.9, 0.5 to 0.99, 0.9 to 0.99) over that with constant ρ"
        " (0.5, 0.9, 0.99), each the best of its nine, at three effective rates; digits, 1,500"
        " steps",
        at_most(0.98),
        "less than 2 % is nothing",
        ANNEALING,
        "tuned",
        remark="Slides: “Sometimes annealed over time”. Recording: “not super common”. Neither says"
        " that it helps.",
    ),
)

#: What figures and tables of the page show beside the claims.
EXPERIMENTS: tuple[Experiment, ...] = ()
