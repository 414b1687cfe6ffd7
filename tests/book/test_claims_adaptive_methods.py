"""The chapter's experiments against hand computations and independent oracles."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from claims import VERDICTS, adaptive_methods, at_least, gpu_records, near
from claims import adaptive_runs as lab

TWO = np.array([[3.0], [-1.0]])  # the gradients of the chapter's worked example, rate 0.1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("adagrad", [-0.1, 0.1 / np.sqrt(10)]),
        ("rmsprop", [-1.0, 0.1 / np.sqrt(0.0991)]),
        ("almost", [-0.1 * 0.3 / np.sqrt(0.009), -0.1 * 0.17 / np.sqrt(0.009991)]),
        ("adam", [-0.1, -0.1 * (0.17 / 0.19) / np.sqrt(0.009991 / 0.001999)]),
        ("momentum", [-0.3, -0.17]),
    ],
)
def test_two_steps_by_hand(name, expected):
    steps = lab.steps_under(lab.maker(name, 0.1), TWO)[:, 0]
    assert steps == pytest.approx(expected, rel=1e-6)


def test_nadam_starts_with_the_leap_that_the_chapter_derives():
    step = lab.steps_under(lab.maker("nadam", 1.0), np.array([[-5.0]]))[0, 0]
    assert step == pytest.approx(1 + 0.9 / 1.9, rel=1e-6)


def test_run_obeys_its_rates_its_box_and_its_point():
    # f = x**2 / 2 from 1: rates 0.5 and 0.1 give 0.5 and 0.45
    path = lab.run(lab.maker("sgd", 9.0), lab.bowl([1.0]), [1.0], 2, rates=np.array([0.5, 0.1]))
    assert path[:, 0] == pytest.approx([1, 0.5, 0.45])
    path = lab.run(lab.maker("sgd", 1.0), lab.told(-np.ones((2, 1))), [0.5], 2, box=1.0)
    assert path[:, 0] == pytest.approx([0.5, 1.0, 1.0])
    turned = np.array([[2.0, 1.0], [1.0, 2.0]])
    path = lab.run(lab.maker("sgd", 0.1), lab.bowl(turned), [1.0, 0.0], 1)
    assert path[1] == pytest.approx([0.8, -0.1])


@pytest.mark.parametrize(
    ("name", "second"), [("adagrad", 10.0), ("rmsprop", 0.0991), ("adam", 0.009991 / 0.001999)]
)
def test_rates_along_divide_by_the_second_moment(name, second):
    rates = lab.rates_along(lab.maker(name, 0.1), lab.told(TWO), [0.0], 2)
    assert rates[1, 0] == pytest.approx(0.1 / np.sqrt(second), rel=1e-5)


def test_random_bowls_have_the_condition_they_promise():
    for turned in (False, True):
        matrix, start = lab.random_bowl(8, turned)
        values = np.linalg.eigvalsh(matrix)
        assert values[-1] / values[0] == pytest.approx(100)
        assert np.linalg.norm(start) == pytest.approx(np.linalg.norm(lab.random_bowl(8)[1]))
    assert not np.allclose(matrix, np.diag(np.diag(matrix)))


def test_adagrad_prefers_axes():
    assert lab.rate_ratio(7) > 10
    assert lab.adagrad_speedup(7) > 5 * lab.adagrad_speedup(7, turned=True)


def test_steps_to_counts_the_last_step_outside():
    assert lab.steps_to(np.array([[1.0], [0.0], [-0.5], [1e-3], [1e-4]])) == 3


def test_the_fading_step():
    assert lab.step_exponent(9) == pytest.approx(-0.5, abs=0.05)
    assert abs(lab.step_exponent(9, "rmsprop")) < 0.1
    assert lab.rate_without_noise(9) == pytest.approx(1, abs=1e-3)
    t = np.arange(1, 4001)
    exact = np.sum(t[1000:] ** -0.5) / np.sum(t[:1000] ** -0.5)
    assert lab.walked_later() == pytest.approx(exact, rel=1e-6)


def test_the_storm_passes_for_rmsprop_only():
    # AdaGrad divides by sqrt(20 * 100**2 + t), RMSProp by about 1
    assert lab.after_storm(9) == pytest.approx(np.sqrt(20 * 100**2 + 1450), rel=0.15)


def test_excess_is_what_torch_does():
    gradients = np.random.default_rng(9).normal(size=(40, 3))
    two = [lab.steps_under(lab.maker(name, 1e-3), gradients) for name in ("almost", "adam")]
    t = np.arange(1, 41)[:, None]
    assert np.allclose(two[0] / two[1], lab.excess(t), rtol=1e-4)
    assert lab.excess(1) == pytest.approx(np.sqrt(10))
    assert lab.first_step_ratio(9) == pytest.approx(np.sqrt(10), rel=1e-5)
    last = lab.last_biased_step()
    assert lab.excess(last) > 1.05 >= lab.excess(last + 1)


def test_decay_gaps():
    assert lab.decay_gap(9, "sgd") < 1e-13
    assert lab.decay_gap(9, "momentum", matched=True) < 1e-13
    assert lab.decay_gap(9, "momentum") > 0.1
    assert lab.decay_gap(9, "adam") > 0.05
    assert lab.decay_gap(9, "adam", strength=0.0) == 0


def test_pulls_follow_the_two_limits():
    loud = np.array([0.001, 10.0])
    quiet, noisy = lab.pulls(loud, 9, decoupled=False)
    assert quiet == pytest.approx(10, rel=0.3)  # the sign of the penalty: 1 / strength
    assert noisy == pytest.approx(0.1, rel=0.2)
    assert lab.pulls(loud, 9, decoupled=True) == pytest.approx([1, 1], abs=0.03)
    assert lab.loud_over_quiet(9, decoupled=True) == pytest.approx(1, abs=0.03)


def test_the_hidden_two_and_the_missing_root():
    assert lab.hidden_two() == pytest.approx(2)
    assert lab.rootless_ratio(9) == pytest.approx(0.01)
    assert lab.rootless_ratio(9, root=True) == pytest.approx(1)


def test_rare_large_gradients_need_a_long_memory():
    assert lab.rare(9, 0.9)[-1] > 0.9
    assert lab.rare(9, 0.999)[-1] < -0.8
    assert lab.rare(9, 0.9, amsgrad=True)[-1] < 0.5
    assert np.abs(lab.rare(9, 0.9, steps=500)).max() <= 1


def test_floors_follow_the_formula():
    # plain descent: x <- (1 - a) x - a noise has the variance a / (2 - a)
    assert np.mean(lab.floor("sgd", 0.1, 9)[-500:]) == pytest.approx(np.sqrt(0.1 / 1.9), rel=0.05)
    assert np.mean(lab.floor("adam", 0.1, 9)[-500:]) == pytest.approx(np.sqrt(0.05), rel=0.1)
    assert lab.floor_ratio(9) < 0.5


def test_table_is_found_by_the_probes_and_a_wrong_one_is_not(monkeypatch):
    assert lab.confirmed_traits() == 1
    wrong = lab.TABLE | {"adagrad": (False, True, True, False)}
    monkeypatch.setattr(lab, "TABLE", wrong)
    assert lab.confirmed_traits() == pytest.approx(23 / 24)


def test_digits_learn_repeat_and_feel_their_arguments():
    base = lab.digits("adam", 0.01, 0, 20)
    assert base == lab.digits.__wrapped__("adam", 0.01, 0, 20)
    assert base[0] < np.log(10) and 0.1 < base[1] <= 1
    for more in ({"beta2": 0.9}, {"cosine": True}, {"batch": 8}):
        assert abs(lab.digits("adam", 0.01, 0, 20, **more)[0] - base[0]) > 1e-4


def test_gpu_records_are_shown_and_never_made_up(tmp_path):
    assert gpu_records.shown(tmp_path) == "No measurement on a GPU has been recorded yet."
    assert gpu_records.shown(tmp_path / "absent").startswith("No measurement")
    row = {"rule": "adam", "size": 1000, "yours_s": 0.002, "yours_min_s": 0.001}
    row |= {"yours_max_s": 0.003, "traffic_s": 0.0005}
    record = {"ran": {"device": "a card", "date": "a day"}, "rows": [row | {"fused_s": None}]}
    (tmp_path / "a.json").write_text(json.dumps(record))
    text = gpu_records.shown(tmp_path)
    assert "device: a card, date: a day" in text
    assert text.splitlines()[-1].split() == [
        *("adam", "1,000", "2.000", "(", "1.000,", "3.000)", "-", "0.500")
    ]


def test_what_the_page_says_of_the_gpu_is_in_the_record():
    """Three sentences of the chapter: near the traffic when large, start-up when small."""
    text = (Path(gpu_records.__file__).parents[1] / "adaptive_methods.md").read_text("utf-8")
    rows = json.loads((gpu_records.GPU / "optimizers.json").read_text("utf-8"))["rows"]
    large = [row for row in rows if row["size"] == 2**26]
    small = [row for row in rows if row["size"] == 2**20]
    assert [row["rule"] for row in large] == [row["rule"] for row in small] == ["adam", "adamw"]
    for row in large:
        assert 1.01 <= row["yours_s"] / row["traffic_s"] < 1.035
        assert 0.85 <= row["yours_s"] / row["fused_s"] < 0.885
    for row in small:
        assert 2.65 <= row["yours_s"] / row["fused_s"] < 2.85
    assert "1 to 3 % more than the memory traffic alone" in text
    assert "12 to 15 % less than PyTorch's fused rule" in text
    assert "2.7 to 2.8 times as long" in text


def test_verdicts_follow_their_thresholds():
    values = np.array([0.7, 0.9])
    assert adaptive_methods._below(0.8)(values) == "does not hold"
    assert adaptive_methods._below(0.8, 1.0)(values) == "holds in part"
    assert adaptive_methods._below(1.0)(values) == "holds"
    assert at_least(0.9, 0.75)(values) == "holds in part"
    assert near(0.8, 0.11)(values) == "holds"


def test_table_has_every_verdict():
    verdicts = [claim.verdict for claim in adaptive_methods.claims()]
    assert set(verdicts) == set(VERDICTS)
    assert verdicts[:3] == ["holds", "holds", "does not hold"]
