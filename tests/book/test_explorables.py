"""The numbers that explorables compute in a page are those of the course's own functions."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

import figures
from autograder.judging import reference
from autograder.paths import ROOT
from explorables import HERE, Explorable, source, static

ANSWERS = reference.answers()
MODULES = sorted(p.stem for p in HERE.glob("*.mjs"))
SHOWN = sorted(set(MODULES) - {"plot", "rules"})
RULES = {
    "sgd": ("sgd", {}),
    "momentum": ("sgd_momentum", {"momentum": 0.8}),
    "nesterov": ("nesterov", {"momentum": 0.8}),
    "adagrad": ("adagrad", {}),
    "rmsprop": ("rmsprop", {}),
    "adam": ("adam", {"beta1": 0.8}),
    "adamw": ("adamw", {"beta1": 0.8}),
}
START = [-2.0, 0.7]


def node() -> str:
    """The program that also renders the book's formulas."""
    path = ROOT / "book" / "_ext" / "course_math.py"
    spec = importlib.util.spec_from_file_location("course_math", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.find_node()


def ask(module: str, expression: str) -> Any:
    """The value of a JavaScript expression in which ``m`` is one of the modules."""
    program = f"""
        import * as m from {json.dumps((HERE / f"{module}.mjs").as_uri())};
        console.log(JSON.stringify({expression}));
    """
    words = [node(), "--input-type=module", "-e", program]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_that_of_the_course(rule: str) -> None:
    settings = {"start": START, "rate": 0.03, "momentum": 0.8, "noise": 0, "steps": 25}
    found = ask("race", f"m.run({json.dumps(rule)}, m.LANDSCAPES.ravine, {json.dumps(settings)})")
    name, more = RULES[rule]
    w, config, places = np.array(START), {"learning_rate": 0.03, **more}, [START]
    for _ in range(25):
        w, config = ANSWERS[name](w, w * [1.0, 25.0], config)
        places.append(w)
    np.testing.assert_allclose(found["places"], places, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("rule", ["adagrad", "rmsprop"])
def test_the_effective_rate_is_the_step_over_the_gradient(rule: str) -> None:
    settings = {"start": START, "rate": 0.03, "momentum": 0, "noise": 0, "steps": 3}
    found = ask("race", f"m.run({json.dumps(rule)}, m.LANDSCAPES.bowl, {json.dumps(settings)})")
    places, rates = np.array(found["places"]), np.array(found["rates"])
    np.testing.assert_allclose(rates, (places[:-1] - places[1:]) / places[:-1], rtol=1e-9)


@pytest.mark.parametrize("land", ["ravine", "saddle", "beale", "bowl"])
def test_a_landscape_has_its_gradient(land: str) -> None:
    points = np.random.default_rng(3).uniform(-1, 1, size=(5, 2))
    h = 1e-5
    for p in points:
        near = [p + s * h * np.eye(2)[i] for i in range(2) for s in (1, -1)]
        told = ask(
            "race",
            f"[m.LANDSCAPES.{land}.gradient({p.tolist()}), "
            f"{json.dumps([q.tolist() for q in near])}.map(m.LANDSCAPES.{land}.f)]",
        )
        right, left = told[1][::2], told[1][1::2]
        slopes = (np.array(right) - left) / (2 * h)
        np.testing.assert_allclose(told[0], slopes, rtol=1e-7, atol=1e-8)


def test_a_turned_landscape_has_its_gradient_and_its_minimum() -> None:
    h, p = 1e-5, [0.7, -0.4]
    near = [p[0] + h, p[1]], [p[0] - h, p[1]], [p[0], p[1] + h], [p[0], p[1] - h]
    told = ask(
        "race",
        "(() => {const land = m.turned(m.LANDSCAPES.ravine, 0.6);"
        f" return [land.gradient({p}), {json.dumps(near)}.map(land.f), land.f([0, 0]),"
        " land.f([Math.cos(0.6), Math.sin(0.6)])]})()",
    )
    slopes = np.array([told[1][0] - told[1][1], told[1][2] - told[1][3]]) / (2 * h)
    np.testing.assert_allclose(told[0], slopes, rtol=1e-7)
    assert told[2] == 0
    assert told[3] == pytest.approx(0.5)  # one along the floor of (x^2 + 25 y^2) / 2


@pytest.mark.parametrize(("rule", "turns"), [("sgd", True), ("momentum", True), ("adam", False)])
def test_only_rules_without_axes_turn_with_the_landscape(rule: str, turns: bool) -> None:
    settings = {"rate": 0.02, "momentum": 0.9, "noise": 0, "steps": 40}
    angle, start = np.pi / 4, np.array([-2.8, 1.2])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    def path(by: float, start: np.ndarray) -> np.ndarray:
        told = json.dumps({**settings, "start": start.tolist()})
        land = f"m.turned(m.LANDSCAPES.ravine, {by})"
        return np.array(ask("race", f"m.run({rule!r}, {land}, {told}).places"))

    gap = np.abs(path(angle, turn @ start) - path(0, start) @ turn.T).max()
    assert gap < 1e-10 if turns else gap > 0.1


def test_at_its_defaults_the_race_teaches_what_its_chapter_says() -> None:
    settings = json.dumps(
        {"start": [-2.8, 1.2], "rate": 0.02, "momentum": 0.9, "noise": 0, "steps": 80}
    )
    land = "m.LANDSCAPES.ravine"
    ends = ask(
        "race",
        f"['sgd', 'momentum'].map((r) => {land}.f(m.run(r, {land}, {settings}).places.at(-1)))",
    )
    assert ends == pytest.approx([0.1549, 0.00445], rel=0.01)


def test_a_method_has_the_colour_that_figures_give_it() -> None:
    names, colours = ask("race", "[m.NAMES, m.COLOURS]")
    assert {names[rule]: colour for rule, colour in colours.items()} == {
        name: figures.METHODS[name] for name in names.values()
    }


def test_the_same_noise_for_every_rule_and_it_is_normal() -> None:
    drawn = np.array(
        ask("rules", "(() => {const d = m.normals(5); return [...Array(20000)].map(d)})()")
    )
    assert abs(drawn.mean()) < 4 / np.sqrt(20000)
    assert abs(drawn.var() - 1) < 4 * np.sqrt(2 / 20000)
    assert abs(np.mean(np.abs(drawn) < 1) - 0.6827) < 0.015
    assert ask("rules", "m.normals(5)() === m.normals(5)()")


def test_contours_lie_where_the_function_has_that_value() -> None:
    found = np.array(ask("race", "m.contours(([x, y]) => x * x + y * y, [-2, 2], [-2, 2], [1])"))
    assert len(found) > 100
    np.testing.assert_allclose((found**2).sum(axis=-1), 1, atol=2e-3)


def schedules() -> dict[str, Any]:
    lr, total = 0.4, 70
    a = ANSWERS
    return {
        "constant": lambda t: a["constant"](t, lr),
        "exponential": lambda t: a["exponential_decay"](t, lr, np.log(100) / total),
        "inverse": lambda t: a["inverse_time_decay"](t, lr, 19 / total),
        "linear": lambda t: a["linear_decay"](t, lr, total),
        "cosine": lambda t: a["cosine_decay"](t, lr, total),
        "restarts": lambda t: a["cosine_warm_restarts"](t, lr, total // 7, 2),
        "step": lambda t: lr * (1 if t < 35 else 0.1 if t < 52.5 else 0.01),
    }


@pytest.mark.parametrize("kind", schedules())
def test_a_schedule_is_that_of_the_chapter(kind: str) -> None:
    ours = schedules()[kind]
    plain = ask("schedule", f"m.rates({kind!r}, {{lr: 0.4, total: 70, warmup: 0}})")
    np.testing.assert_allclose(plain, [ours(t) for t in range(70)], rtol=1e-12, atol=1e-15)
    warm = ask("schedule", f"m.rates({kind!r}, {{lr: 0.4, total: 82, warmup: 12}})")
    right = [ANSWERS["linear_warmup"](t, 12, ours) for t in range(82)]
    np.testing.assert_allclose(warm, right, rtol=1e-12, atol=1e-15)


def test_the_small_net_has_its_gradient() -> None:
    expression = """(() => {
        const q = Float64Array.from([0.3, -1, 0.8, 0.4, 0.1, -0.2, 0.7, -0.5, 0.2]);
        const data = m.points(), order = [3, 8, 20, 41, 2, 77, 60], h = 1e-6, g = q.slice();
        m.loss(q, data, order, 1, 7, g);
        const at = (i, d) => {
            const moved = q.slice();
            moved[i] += d;
            return m.loss(moved, data, order, 1, 7);
        };
        const slopes = [...q].map((_, i) => (at(i, h) - at(i, -h)) / (2 * h));
        const seen = order.slice(1).map((i) => [data.x[2 * i], data.x[2 * i + 1], data.y[i]]);
        return [[...g], slopes, at(0, 0), seen];
    })()"""
    analytic, numeric, loss, seen = ask("schedule", expression)
    np.testing.assert_allclose(analytic, numeric, rtol=1e-6, atol=1e-8)
    assert np.count_nonzero(analytic) > 5
    x, y = np.array(seen)[:, :2], np.array(seen)[:, 2]
    hidden = np.maximum(0, x @ np.array([[0.3, 0.8], [-1, 0.4]]) + [0.1, -0.2])
    score = hidden @ [0.7, -0.5] + 0.2
    assert loss == pytest.approx(np.log1p(np.exp(-y * score)).mean(), rel=1e-12)


def test_one_label_in_five_is_wrong_and_the_rest_are_the_same() -> None:
    wrong, right = ask(
        "schedule", "[m.points('wrong'), m.points('right')].map((d) => [[...d.x], [...d.y]])"
    )
    assert wrong[0] == right[0]
    np.testing.assert_array_equal(right[1], np.tile([-1, 1], 48))
    changed = np.flatnonzero(np.array(wrong[1]) != right[1])
    assert len(changed) == 19 and abs(np.diff(changed) - 5).max() <= 4


def test_a_run_is_plain_descent_over_shuffled_epochs() -> None:
    """With all points in one batch the order does not matter: each step is the gradient's."""
    expression = """(() => {
        const data = m.points(), q = m.start(2, 3), g = q.slice(), all = [...data.y.keys()];
        const by_hand = [m.loss(q, data, all, 0, 96, g)];
        for (const rate of [0.5, 0.25]) {
            for (let i = 0; i < q.length; i++) q[i] -= rate * g[i];
            by_hand.push(m.loss(q, data, all, 0, 96, g));
        }
        return [by_hand, m.train(data, [0.5, 0.25], 2, {hidden: 3, batch: 96})];
    })()"""
    by_hand, run = ask("schedule", expression)
    np.testing.assert_allclose(run, [[i, loss] for i, loss in enumerate(by_hand)], rtol=1e-12)


def test_the_band_is_made_of_five_runs_of_five_starts() -> None:
    expression = """(() => {
        const data = m.points(), schedule = m.rates("cosine", {lr: 1, total: 60, warmup: 0});
        const runs = [0, 1, 2, 3, 4].map((seed) => m.train(data, schedule, seed).map((r) => r[1]));
        return [runs, m.band(data, schedule)];
    })()"""
    runs, band = (np.array(found) for found in ask("schedule", expression))
    assert len(np.unique(runs[:, 0])) == len(np.unique(runs[:, -1])) == 5
    np.testing.assert_array_equal(band[:, 0], np.arange(0, 61, 6))  # after every epoch
    np.testing.assert_array_equal(
        band[:, 1:].T, [runs.min(0), np.median(runs, axis=0), runs.max(0)]
    )


def last_losses(task: str, kinds: list[str], peaks: list[float]) -> np.ndarray:
    """Median of the five last losses: a row for each schedule, a column for each peak."""
    return np.array(
        ask(
            "schedule",
            f"{json.dumps(kinds)}.map((kind) => {json.dumps(peaks)}.map((lr) => "
            f"m.band(m.points({task!r}), m.rates(kind, {{lr, total: 300, warmup: 0}})).at(-1)[2]))",
        )
    )


def test_with_wrong_labels_the_designer_shows_what_its_chapter_says() -> None:
    """Linear and cosine decay beat the best constant rate, an exponential one does not."""
    peaks = [0.5, 0.7, 1.0, 1.4, 2.0]
    told = last_losses("wrong", ["constant", "linear", "cosine", "exponential"], peaks)
    constant, linear, cosine, exponential = told.min(axis=1)
    assert linear < 0.97 * constant and cosine < 0.97 * constant
    assert exponential > constant
    where = told.argmin(axis=1)
    assert (where[1:] >= where[0]).all()  # a decay starts at least as high
    assert told[0].argmin() not in (0, len(peaks) - 1)


def test_with_right_labels_no_decay_helps_at_any_rate() -> None:
    told = last_losses("right", ["constant", "linear", "cosine", "exponential"], [0.5, 1.0, 2.0])
    assert (told[0] < 0.7 * told[1:]).all()


def test_the_designer_answers_at_once() -> None:
    spent = ask(
        "schedule",
        "(() => {const at = process.cpuUsage(); for (let i = 0; i < 4; i++)"
        " m.band(m.points(), m.rates('cosine', {lr: 1, total: 300, warmup: 0}));"
        " return process.cpuUsage(at).user / 4000})()",
    )
    assert spent < 150  # milliseconds of processor time for five seeds


@pytest.mark.parametrize("name", ["well", "quadratic", "root", "flat"])
def test_newtons_step_is_that_of_the_course(name: str) -> None:
    for x in (-1.3, 0.4, 1.6):
        told = ask(
            "newton",
            f"(() => {{const f = m.FUNCTIONS.{name}, s = m.steps(f, {x}, 0.1), h = 1e-4;"
            f"return [s.gradient, s.newton, f.d({x}), f.h({x}),"
            f"f.f({x} + h), f.f({x}), f.f({x} - h), m.model(f, {x})({x} + 1)]}})()",
        )
        gradient, newton, d, h, right, here, left, modelled = told
        np.testing.assert_allclose(d, (right - left) / 2e-4, rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(h, (right - 2 * here + left) / 1e-8, rtol=1e-4, atol=1e-5)
        assert gradient == pytest.approx(x - 0.1 * d, rel=1e-12)
        step = ANSWERS["newton_step"](np.array([x]), np.array([d]), np.array([[h]]))
        assert newton == pytest.approx(step[0], rel=1e-12)
        assert modelled == pytest.approx(here + d + h / 2, rel=1e-12)


def test_there_is_no_newton_step_without_curvature() -> None:
    assert ask("newton", "Number.isNaN(m.steps(m.FUNCTIONS.flat, 0, 0.1).newton)")


def test_damping_is_added_to_the_curvature_and_a_length_shortens_the_step() -> None:
    x, d, h = 0.3, 4 * 0.3 * (0.09 - 1), 12 * 0.09 - 4
    for damping, length in ((0.0, 0.5), (2.0, 1.0), (6.0, 0.25)):
        found = ask("newton", f"m.steps(m.FUNCTIONS.well, {x}, 0.1, {damping}, {length}).newton")
        step = ANSWERS["newton_step"](np.array([x]), np.array([d]), np.array([[h + damping]]))
        assert found == pytest.approx(x + length * (step[0] - x), rel=1e-12)
    f, there = ask(
        "newton",
        "[m.FUNCTIONS.well.f, m.FUNCTIONS.well.f].map((f, i) =>"
        " f(i ? m.steps(m.FUNCTIONS.well, 0.3, 0.1, 6).newton : 0.3))",
    )
    assert there < f  # uphill without damping
    bottom = ask(
        "newton",
        "(() => {const f = m.FUNCTIONS.well, to = m.steps(f, 1.6, 0.1, 3).newton;"
        " const q = m.model(f, 1.6, 3); return [q(to - 0.1) - q(to), q(to + 0.1) - q(to)]})()",
    )
    assert bottom[0] > 0 and bottom[0] == pytest.approx(bottom[1])  # the model's lowest place


def test_newton_leaves_the_picture_where_it_diverges() -> None:
    """On the root of 1 + x^2 the step leads from x to -x^3."""
    inside = ask("newton", "m.visits(m.FUNCTIONS.root, 0.9, 6)")
    outside = ask("newton", "m.visits(m.FUNCTIONS.root, 1.1, 6)")
    for found in (inside, outside):
        np.testing.assert_allclose(found[1:], -(np.array(found[:-1]) ** 3), rtol=1e-9, atol=1e-15)
    assert abs(inside[-1]) < 1e-20 and abs(outside[-1]) > 1e25
    damped = ask("newton", "m.visits(m.FUNCTIONS.root, 1.1, 30, 0.5)")
    assert abs(damped[-1]) < 1e-3
    flat = ask("newton", "m.visits(m.FUNCTIONS.flat, 1.2, 5)")
    np.testing.assert_allclose(flat, 1.2 * (2 / 3) ** np.arange(6), rtol=1e-12)


@pytest.mark.parametrize("x", [-1e10, -7.3, 1.0, 4.0, 4.1, 250.0])
def test_the_view_holds_the_point_wherever_it_is(x: float) -> None:
    view, f, land = ask(
        "newton", f"[m.view(m.FUNCTIONS.root, {x}), m.FUNCTIONS.root.f({x}), m.FUNCTIONS.root]"
    )
    assert view["x"][0] <= x <= view["x"][1]
    assert view["y"][0] < f < view["y"][1]
    assert (view["x"] == land["x"]) == (abs(x) <= 4)  # back at home, the view is the first one


@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
@pytest.mark.parametrize(
    ("rate", "momentum"),
    [(0.02, 0.9), (0.02, 0.5), (0.3, 0.9), (1.9, 0.1), (1.2, 0.6), (3.0, 0.9), (3.9, 0.9)],
)
def test_the_oscillator_is_one_two_by_two_map(rate: float, momentum: float, rule: str) -> None:
    settings = {"curvature": 1, "rate": rate, "momentum": momentum, "steps": 9}
    told, seen = ask(
        "oscillator",
        f"[m.regime({json.dumps(settings)}, {rule!r}), m.path({rule!r}, {json.dumps(settings)})]",
    )
    kept = momentum * (1 - rate) if rule == "nesterov" else momentum
    step = np.array([[1 - rate, kept], [-rate, kept]])
    roots = np.linalg.eigvals(step)
    found = np.array([complex(*z) for z in told["roots"]])
    np.testing.assert_allclose(
        np.sort_complex(found), np.sort_complex(roots.astype(complex)), atol=1e-12
    )
    size = np.abs(roots).max()
    assert told["size"] == pytest.approx(size, rel=1e-9)
    if size >= 1:
        assert told["kind"] == "diverges"
    elif np.iscomplexobj(roots):
        assert told["kind"] == "swings"
        assert told["turn"] == pytest.approx(np.abs(np.angle(roots[0])), rel=1e-9)
    else:
        assert told["kind"] == ("creeps" if roots[np.abs(roots).argmax()] > 0 else "jumps")
    at = np.array([1.0, 0.0])
    for place in seen[1:]:
        at = step @ at
        np.testing.assert_allclose(place, at, rtol=1e-9, atol=1e-12)


def test_the_look_ahead_has_a_limit_of_its_own() -> None:
    """At rate 3 momentum swings and Nesterov diverges; its limit is 2 (1 + rho) / (1 + 2 rho)."""
    limit = 2 * 1.9 / 2.8
    pairs = [[3, "momentum"], [3, "nesterov"]]
    pairs += [[limit - 1e-6, "nesterov"], [limit + 1e-6, "nesterov"]]
    kinds = ask(
        "oscillator",
        json.dumps(pairs)
        + ".map(([rate, rule]) => m.regime({curvature: 1, rate, momentum: 0.9}, rule).kind)",
    )
    assert kinds == ["swings", "diverges", "jumps", "diverges"]


@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
def test_the_borders_of_the_plane_part_its_regimes(rule: str) -> None:
    rates = [round(float(a), 3) for a in np.linspace(0.05, 3.95, 40)]
    told = ask(
        "oscillator",
        f"{rates}.map((a) => Object.values(m.BORDERS.{rule}).map((border) => [border(a),"
        f" ...[-1e-4, 1e-4].map((d) => m.regime({{curvature: 1, rate: a, momentum: border(a) + d}},"
        f" {rule!r}).kind)]))",
    )
    parted = 0
    for swings, diverges in told:
        for (rho, below, above), kind in ((swings, "swings"), (diverges, "diverges")):
            if rho is not None and 0.001 < rho < 0.999:
                assert below != above and kind in (below, above)
                parted += 1
    assert parted > 40 if rule == "momentum" else parted > 15
    told = ask("oscillator", f"Object.values(m.BORDERS.{rule}).map((border) => border(0.04))")
    assert told[0] == pytest.approx(0.64 if rule == "momentum" else 0.8 / 1.2)


def test_what_is_left_is_the_distance_in_the_portrait() -> None:
    settings = {"curvature": 2, "rate": 0.05, "momentum": 0.8}
    found = ask("oscillator", f"m.errors('momentum', {json.dumps(settings)}, 0.1, 40)")
    a = 0.01
    step, at, want = np.array([[1 - a, 0.8], [-a, 0.8]]), np.array([1.0, 0.0]), [1.0]
    for _ in range(40):
        at = step @ at
        want.append(np.hypot(at[0], at[1] / np.sqrt(a)))
    np.testing.assert_allclose(found, want, rtol=1e-10)


def test_it_is_told_when_a_path_leaves_the_portrait() -> None:
    at = {"curvature": 1, "momentum": 0.9}
    found = ask(
        "oscillator",
        "[['momentum', 0.02], ['momentum', 3.9], ['nesterov', 1.4]].map(([rule, rate]) => {"
        f"const now = {{...{json.dumps(at)}, rate}}, points = m.path(rule, now);"
        " return [m.leaves(points, now), points.map(([x, v]) => [x, v / Math.sqrt(rate)])]})",
    )
    for step, points in found:
        out = np.abs(points).max(axis=1) > 1.3
        assert step == (int(out.argmax()) if out.any() else -1)
    assert found[0][0] == -1
    assert all(step > 0 for step, _ in found[1:])


def test_an_axis_may_be_spread_by_the_root() -> None:
    told = ask("plot", "[0, 1, 4].map((v) => m.Chart.place({range: [0, 4], root: true}, v))")
    assert told == [0, 0.5, 1]
    told = ask("plot", "[0.01, 0.1, 1].map((v) => m.Chart.place({range: [0.01, 1], log: true}, v))")
    assert told == pytest.approx([0, 0.5, 1])


@pytest.mark.parametrize("kind", ["centred", "forward"])
@pytest.mark.parametrize("single", [False, True])
def test_the_error_of_a_quotient_is_numpys(kind: str, single: bool) -> None:
    f = np.float32 if single else np.float64
    for x, h in ((1.0, 1e-1), (1.0, 1e-3), (0.3, 1e-2)):
        x1, h1 = f(x), f(h)
        above, below = f(x1 + h1), f(x1 - h1)
        cube = lambda v: f(f(v * v) * v)  # noqa: E731
        rise = (
            f(f(cube(above) - cube(below)) / f(2 * h1))
            if kind == "centred"
            else f(f(cube(above) - cube(x1)) / h1)
        )
        slope = 3 * float(x1) ** 2
        want = abs(float(rise) - slope) / slope
        found = ask(
            "gradient_check", f"m.error(m.FUNCTIONS.cube, {kind!r}, {x}, {h}, {json.dumps(single)})"
        )
        assert found == pytest.approx(want, rel=1e-9)


@pytest.mark.parametrize("kind", ["centred", "forward"])
@pytest.mark.parametrize("single", [False, True])
def test_the_best_error_is_what_theory_promises_and_no_lucky_one(kind: str, single: bool) -> None:
    """At 1 the exponential and its derivatives are equal: only the unit round-off matters."""
    rows, best = ask(
        "gradient_check",
        f"(() => {{const rows = m.errors(m.FUNCTIONS.exp, {kind!r}, 1, {json.dumps(single)});"
        " return [rows, m.best(rows)]})()",
    )
    h, errors, medians = np.array(rows).T
    middle = [np.median(errors[abs(np.log10(h / at)) < 0.2501]) for at in h[10:-10]]
    np.testing.assert_allclose(medians[10:-10], middle, rtol=1e-12)
    u = 2.0**-24 if single else 2.0**-53
    promised = np.cbrt(9 * u**2) / 2 if kind == "centred" else 2 * np.sqrt(u)  # at most
    where = np.cbrt(3 * u) if kind == "centred" else 2 * np.sqrt(u)
    assert promised / 4 < best[2] < 1.1 * promised
    assert abs(np.log10(best[0] / where)) < 0.6
    assert best[2] == medians.min()
    assert errors.min() < best[2] / 5  # luck


@pytest.mark.parametrize("name", MODULES)
def test_a_script_for_a_page_needs_no_other_file(name: str) -> None:
    text = source(name)
    assert not re.search(r"^\s*(import|export)\b", text, re.MULTILINE)
    assert text.count("const explorable =") == (name in SHOWN)
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_an_unknown_explorable_is_refused() -> None:
    with pytest.raises(FileNotFoundError):
        source("nothing")


def test_the_page_holds_the_picture_the_options_and_no_early_end_of_the_script() -> None:
    page = Explorable("race", static.race(), 'a "ravine" & more', rates=True)._repr_html_()
    assert 'alt="a &quot;ravine&quot; &amp; more"' in page
    assert 'data-options="{&quot;rates&quot;: true}"' in page
    assert page.count("</script>") == 1
    assert page.endswith("</script>")
    assert not plt.get_fignums()


@pytest.mark.parametrize("name", [n for n in vars(static) if n in (*SHOWN, "effective_rates")])
def test_a_static_figure_shows_finite_lines(name: str) -> None:
    figure = getattr(static, name)()
    (axes,) = figure.axes
    lines = [line.get_xydata() for line in axes.get_lines()]
    assert lines and all(np.isfinite(line).all() for line in lines)
    plt.close(figure)


def test_every_explorable_stands_in_a_chapter() -> None:
    text = "".join(p.read_text("utf-8") for p in Path(ROOT / "book").glob("*.md"))
    used = set(re.findall(r'Explorable\(\s*"(\w+)"', text))
    assert used == set(SHOWN)
