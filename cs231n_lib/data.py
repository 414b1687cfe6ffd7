"""Data sets: digits that need no download, and CIFAR-10, downloaded only when asked."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import pickle
import shutil
import tarfile
import urllib.request
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

CIFAR_FOLDER = Path("~/.cache/cs231n_lib").expanduser()
CIFAR_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
CIFAR_MD5 = "c58f30108f718f92721af3b95e74349a"  # as published beside the archive
CIFAR_FILE = "cifar-10-python.tar.gz"


def load_digits_split(
    seed: int = 0, test_fraction: float = 0.25
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """scikit-learn's 8 by 8 handwritten digits, shuffled and split.

    Returns ``X_train, y_train, X_test, y_test``: images as rows of 64 float64
    values scaled to [0, 1], labels as int64 from 0 to 9; 1,797 images in all.

    Parameters:
        seed: seed of the shuffle, so that a split can be repeated.
        test_fraction: share of the images in the test set, between 0 and 1.

    Raises:
        ImportError: when scikit-learn is not installed.
        ValueError: when ``test_fraction`` is not strictly between 0 and 1.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits
    (UCI, 1998), the test part, as shipped with scikit-learn.
    """
    if not 0.0 < test_fraction < 1.0:
        raise ValueError(f"test_fraction must lie between 0 and 1, got {test_fraction}")
    digits = _digits()
    digits = digits[np.random.default_rng(seed).permutation(len(digits))]
    X, y = digits[:, :64] / 16.0, digits[:, 64].astype(np.int64)
    split = round(len(y) * (1 - test_fraction))
    return X[:split], y[:split], X[split:], y[split:]


def _digits() -> np.ndarray:
    """The table that scikit-learn ships: 64 pixels from 0 to 16 and the label in each row.

    The file is read without the package, whose import takes longer than the rest of a notebook.
    """
    found = importlib.util.find_spec("sklearn")
    if found is None or not found.submodule_search_locations:
        raise ImportError("the digits come with scikit-learn: run `pip install scikit-learn`")
    path = Path(found.submodule_search_locations[0], "datasets", "data", "digits.csv.gz")
    with gzip.open(path, "rt", encoding="ascii") as file:
        return np.loadtxt(file, delimiter=",")


def cifar10_is_there(folder: str | Path = CIFAR_FOLDER) -> bool:
    """Whether the archive of CIFAR-10 lies in ``folder``."""
    return (Path(folder).expanduser() / CIFAR_FILE).is_file()


def load_cifar10(
    folder: str | Path = CIFAR_FOLDER, download: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """CIFAR-10: 60,000 colour photographs of 32 by 32 pixels in ten classes.

    Returns ``X_train, y_train, X_test, y_test``: images of shape (N, 3, 32, 32) as float32
    scaled to [0, 1], labels as int64 from 0 to 9; 50,000 for training, 10,000 for testing.

    Parameters:
        folder: where the archive (170 MB) lies, or is put.
        download: fetch the archive when it is not there.

    Raises:
        FileNotFoundError: when it is not there and ``download`` is False.
        ConnectionError: when it cannot be fetched.
        ValueError: when its checksum is not the published one, or what is inside is not
            CIFAR-10.

    Source: A. Krizhevsky, Learning multiple layers of features from tiny images (2009).
    """
    path = Path(folder).expanduser() / CIFAR_FILE
    if not path.is_file():
        if not download:
            raise FileNotFoundError(
                f"{path} is not there: call load_cifar10 with download=True to fetch it (170 MB)"
            )
        _fetch(path)
    _verify(path)
    names = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]
    with tarfile.open(path) as archive:
        batches = [_batch(archive, f"cifar-10-batches-py/{name}") for name in names]
    X, y = (np.concatenate(parts) for parts in zip(*batches[:5], strict=True))
    return X, y, *batches[5]


def _fetch(path: Path) -> None:
    """Under another name first: a broken download leaves nothing that looks complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{CIFAR_FILE}.part")
    try:
        with urllib.request.urlopen(CIFAR_URL, timeout=60) as source, part.open("wb") as target:
            shutil.copyfileobj(source, target)
        _verify(part)
        part.replace(path)
    except OSError as error:
        raise ConnectionError(
            f"CIFAR-10 could not be fetched from {CIFAR_URL} ({error}); is there a network?"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _verify(path: Path) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if found != CIFAR_MD5:
        raise ValueError(
            f"{path} has the checksum {found}, not {CIFAR_MD5}: remove it and fetch it again"
        )


class _ArraysOnly(pickle.Unpickler):
    """A pickle may call any function; this one admits what makes an array, and nothing else."""

    RECONSTRUCT = np.empty(0).__reduce__()[0]
    ADMITTED = MappingProxyType(
        {
            ("numpy.core.multiarray", "_reconstruct"): RECONSTRUCT,
            ("numpy._core.multiarray", "_reconstruct"): RECONSTRUCT,
            ("numpy", "ndarray"): np.ndarray,
            ("numpy", "dtype"): np.dtype,
        }
    )

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self.ADMITTED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of CIFAR-10") from None


def _batch(archive: tarfile.TarFile, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of one file of the archive, which is never unpacked on disk."""
    try:
        file = archive.extractfile(name)
        # written by Python 2: its strings, the pixels among them, are bytes
        found: Any = _ArraysOnly(file, encoding="bytes").load() if file else {}
        pixels, labels = found[b"data"], np.asarray(found[b"labels"], dtype=np.int64)
        if pixels.dtype != np.uint8 or pixels.shape != (len(labels), 3072):
            raise ValueError(f"pixels of type {pixels.dtype} and shape {pixels.shape}")
    except (pickle.UnpicklingError, AttributeError, EOFError, KeyError, TypeError, ValueError) as e:
        raise ValueError(f"{name} in the archive of CIFAR-10 cannot be read: {e}") from e
    return pixels.reshape(-1, 3, 32, 32).astype(np.float32) / 255, labels
