"""What is kept from one submission to the next says and does what nbgrader's own would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from nbgrader import api, nbgraderformat
from nbgrader.nbgraderformat import common
from sqlalchemy import text

from autograder.grading import reuse

SCHEMA = json.loads((Path(nbgraderformat.__file__).parent / "v3.json").read_text("utf-8"))
RIGHT = {
    "schema_version": 3, "grade": True, "solution": False, "locked": True, "task": False,
    "points": 2, "grade_id": "sgd", "cell_type": "code",
}  # fmt: skip


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "create_engine", api.create_engine)
    monkeypatch.setattr(common, "jsonschema", jsonschema)
    reuse.install()


@pytest.mark.parametrize(
    "wrong", [{"points": "two"}, {"points": -1}, {"grade": "yes"}, {"grade_id": 3}, {"more": 1}]
)
def test_a_wrong_cell_gets_the_same_sentence(wrong: dict[str, Any]) -> None:
    common.jsonschema.validate(RIGHT, SCHEMA)
    cell = {**RIGHT, **wrong}
    with pytest.raises(jsonschema.ValidationError) as theirs:
        jsonschema.validate(cell, SCHEMA)
    with pytest.raises(jsonschema.ValidationError) as ours:
        common.jsonschema.validate(cell, SCHEMA)
    assert ours.value.message == theirs.value.message


def test_a_schema_that_is_none_is_refused() -> None:
    with pytest.raises(jsonschema.SchemaError):
        common.jsonschema.validate(RIGHT, {"type": "no such type"})


def test_one_engine_for_each_address_and_a_new_one_for_each_memory(tmp_path: Path) -> None:
    one, other = (f"sqlite:///{tmp_path / name}.db" for name in ("one", "other"))
    assert reuse.engine(one) is reuse.engine(one) is not reuse.engine(other)
    for memory in ("sqlite://", "sqlite:///:memory:"):
        assert reuse.engine(memory) is not reuse.engine(memory)


def test_a_gradebook_that_is_taken_away_or_put_back_is_read_anew(tmp_path: Path) -> None:
    """An engine that kept its connection would go on with the file that is gone."""
    path = tmp_path / "gradebook.db"
    url = f"sqlite:///{path}"

    def students() -> list[str]:
        with api.Gradebook(url) as book:
            return [s.id for s in book.students]

    with api.Gradebook(url) as book:
        book.add_student("ada")
    kept = path.read_bytes()
    path.unlink()
    assert students() == []
    path.write_bytes(kept)
    assert students() == ["ada"]


def test_queries_are_translated_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    sizes = []
    for _ in range(3):
        with api.Gradebook(url) as book:
            book.db.execute(text("SELECT 1"))
            assert book.students == []
            sizes.append(len(book.engine._compiled_cache))
    assert sizes[0] > 0 and sizes[1] == sizes[2]
