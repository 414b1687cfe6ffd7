"""The loader of CIFAR-10, on an archive of 12 pictures: no test touches the network."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import tarfile
import urllib.error
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from cs231n_lib import data

NAMES = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]


class Python2(pickle._Pickler):
    """Writes bytes as Python 2 wrote its strings: so the published files are."""

    dispatch: ClassVar[dict[type, Any]] = dict(pickle._Pickler.dispatch)

    def save_bytes(self, found: bytes) -> None:
        self.write(b"T" + len(found).to_bytes(4, "little") + found)
        self.memoize(found)

    dispatch[bytes] = save_bytes


def pickled(value: Any) -> bytes:
    out = io.BytesIO()
    Python2(out, protocol=2).dump(value)
    return out.getvalue()


def batch(number: int) -> dict[bytes, Any]:
    """Two pictures whose pixels count upwards, all red ones first."""
    pixels = (np.arange(2 * 3072).reshape(2, 3072) + number) % 256
    return {b"data": pixels.astype(np.uint8), b"labels": [number, 9], b"batch_label": b"one"}


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A function that writes an archive and makes its checksum the published one."""

    def write(**files: bytes) -> Path:
        path = tmp_path / data.CIFAR_FILE
        with tarfile.open(path, "w:gz") as archive:
            for i, name in enumerate(NAMES):
                content = files.get(name, pickled(batch(i)))
                info = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        monkeypatch.setattr(data, "CIFAR_MD5", hashlib.md5(path.read_bytes()).hexdigest())
        return tmp_path

    return write


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr(data.urllib.request, "urlopen", refuse)


def test_five_batches_are_for_training_and_the_sixth_for_testing(put) -> None:
    folder = put()
    assert data.cifar10_is_there(folder)
    X, y, X_test, y_test = data.load_cifar10(folder)
    assert (X.shape, X.dtype, y.dtype) == ((10, 3, 32, 32), np.float32, np.int64)
    assert y.tolist() == [0, 9, 1, 9, 2, 9, 3, 9, 4, 9] and y_test.tolist() == [5, 9]
    # picture 0 of batch 3: row 1, column 2 of the green pixels
    assert X[6, 1, 1, 2] == np.float32((1024 + 34 + 3) % 256) / np.float32(255)
    assert X_test.shape == (2, 3, 32, 32)


def test_nothing_is_fetched_unless_asked(tmp_path: Path) -> None:
    assert not data.cifar10_is_there(tmp_path)
    with pytest.raises(FileNotFoundError, match="download=True"):
        data.load_cifar10(tmp_path)


def test_without_a_network_it_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConnectionError, match="is there a network"):
        data.load_cifar10(tmp_path / "new", download=True)
    assert list((tmp_path / "new").iterdir()) == []


def test_what_was_fetched_is_kept(put, tmp_path: Path, monkeypatch) -> None:
    archive = put() / data.CIFAR_FILE
    content = archive.read_bytes()
    archive.unlink()
    monkeypatch.setattr(data.urllib.request, "urlopen", lambda *_, **__: io.BytesIO(content))
    first = data.load_cifar10(tmp_path, download=True)
    assert archive.read_bytes() == content
    np.testing.assert_array_equal(data.load_cifar10(tmp_path)[0], first[0])


def test_another_checksum_is_refused(put, tmp_path: Path, monkeypatch) -> None:
    content = (put() / data.CIFAR_FILE).read_bytes()
    monkeypatch.setattr(data, "CIFAR_MD5", "c58f30108f718f92721af3b95e74349a")
    with pytest.raises(ValueError, match="checksum"):
        data.load_cifar10(tmp_path)
    (tmp_path / data.CIFAR_FILE).unlink()
    monkeypatch.setattr(data.urllib.request, "urlopen", lambda *_, **__: io.BytesIO(content))
    with pytest.raises(ValueError, match="checksum"):
        data.load_cifar10(tmp_path, download=True)
    assert list(tmp_path.iterdir()) == []


class Hostile:
    def __reduce__(self) -> Any:
        return os.mkdir, ("made_by_a_pickle",)


def test_a_pickle_calls_nothing_but_numpys_arrays(put, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = put(data_batch_2=pickled(batch(1) | {b"labels": Hostile()}))
    with pytest.raises(ValueError, match=r"data_batch_2.*mkdir is no part of CIFAR-10"):
        data.load_cifar10(folder)
    assert not Path("made_by_a_pickle").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no pickle",
        pickled([1, 2]),
        pickled({b"data": np.zeros((2, 5), np.uint8), b"labels": [1, 2]}),
        pickled({b"data": np.zeros((1, 3072), np.uint8), b"labels": [b"cat"]}),
        pickled({b"data": np.zeros((1, 3072)), b"labels": [1]}),
    ],
    ids=["empty", "text", "list", "short rows", "names", "floats"],
)
def test_what_is_not_cifar_is_named(put, content: bytes) -> None:
    with pytest.raises(ValueError, match="test_batch in the archive"):
        data.load_cifar10(put(test_batch=content))
