"""The format of records: what goes in comes out, and nothing else gets in."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from cs231n_lib.wire import Function, Rng, WireError, pack, unpack


def test_a_tree_comes_back_as_it_was() -> None:
    tree = {
        "a": np.arange(6.0).reshape(2, 3),
        "zero": np.array(2.5),
        "none": None,
        "list": [1, 2.5, "x", True, float("inf")],
        "f": Function("cubic", {"a": np.ones(2), "b": np.zeros(2)}),
        "rng": Rng(7),
        "empty": np.zeros((0, 3)),
    }
    back = unpack(pack(tree))
    assert list(back) == list(tree)
    np.testing.assert_array_equal(back["a"], tree["a"])
    assert back["zero"].shape == () and back["zero"] == 2.5
    assert back["list"] == tree["list"]
    assert back["f"].name == "cubic" and back["rng"] == Rng(7)
    assert back["empty"].shape == (0, 3)


@pytest.mark.parametrize("value", [object(), lambda: 0, np.array([1j]), np.array([object()]), {1}])
def test_what_is_no_plain_data_is_refused(value: object) -> None:
    with pytest.raises(WireError):
        pack({"x": value})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 8,
        b"\xff" * 64,
        pickle.dumps({"a": 1}),
        pack({"a": 1})[:-3],
        (2**63).to_bytes(8, "little") + b"{}",
    ],
)
def test_damaged_or_foreign_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        unpack(data)


def test_a_tree_that_is_nested_without_end_is_refused() -> None:
    tree: dict = {}
    tree["x"] = tree
    with pytest.raises(WireError):
        pack(tree)
