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
        const net = {W: [[0.3, -1], [0.8, 0.4]], b: [0.1, -0.2], v: [0.7, -0.5], c: 0.2};
        const data = m.points().slice(0, 7), h = 1e-5;
        const flat = (p) => [...p.W.flat(), ...p.b, ...p.v, p.c];
        const back = (q) => ({
            W: [[q[0], q[1]], [q[2], q[3]]], b: [q[4], q[5]], v: [q[6], q[7]], c: q[8],
        });
        const at = (i, d) => {
            const q = flat(net);
            q[i] += d;
            return m.lossAndGradient(back(q), data).loss;
        };
        const slope = (_, i) => (at(i, h) - at(i, -h)) / (2 * h);
        return [flat(m.lossAndGradient(net, data).g), flat(net).map(slope)];
    })()"""
    analytic, numeric = ask("schedule", expression)
    assert len(analytic) == 9
    np.testing.assert_allclose(analytic, numeric, rtol=1e-7, atol=1e-9)


def test_what_the_page_says_of_decays_is_so() -> None:
    """A decay from a higher rate beats the best constant rate on this net."""
    last = (
        "train(m.points(), m.rates(kind, {lr, total: 600, warmup: 0})).slice(-5).map((x) => x[1])"
    )
    told = ask(
        "schedule",
        f"['constant', 'cosine'].map((kind) => [0.05, 0.1, 0.2, 0.5, 1].map((lr) => m.{last}))",
    )
    constant, cosine = np.array(told).mean(axis=-1)
    assert constant.min() == constant[1]  # at 0.1
    assert cosine[1] < constant.min()
    assert cosine[3] < 0.95 * cosine[1]


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


@pytest.mark.parametrize(
    ("rate", "momentum", "kind"),
    [
        (0.02, 0.9, "swings: underdamped"),
        (0.02, 0.5, "creeps: overdamped"),
        (1.9, 0.1, "jumps from side to side"),
        (3.9, 0.9, "does not settle"),
    ],
)
def test_the_oscillator_is_one_two_by_two_map(rate: float, momentum: float, kind: str) -> None:
    settings = {"curvature": 1, "rate": rate, "momentum": momentum, "steps": 9}
    told = ask(
        "oscillator",
        f"[m.regime({json.dumps(settings)}), m.path('momentum', {json.dumps(settings)})]",
    )
    step = np.array([[1 - rate, momentum], [-rate, momentum]])
    size = np.abs(np.linalg.eigvals(step)).max()
    assert told[0]["size"] == pytest.approx(size, rel=1e-9)
    assert told[0]["kind"] == (kind if size < 1 else "does not settle")
    at = np.array([1.0, 0.0])
    for seen in told[1][1:]:
        at = step @ at
        np.testing.assert_allclose(seen, at, rtol=1e-9, atol=1e-12)


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
    used = set(re.findall(r'Explorable\("(\w+)"', text))
    assert used == set(SHOWN)
