"""What nbgrader makes anew for every submission, kept for the next one.

It opens the gradebook about a dozen times for each submission, each time with a new engine,
and an engine forgets how it translated each query into SQL.  It also checks its own schema
against the schema of schemas before each cell.  Both took about 40 % of the one process
through which all submissions pass.
"""

from __future__ import annotations

import json
from functools import cache
from types import SimpleNamespace
from typing import Any

import sqlalchemy
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from nbgrader import api
from nbgrader.nbgraderformat import common

_kept = cache(sqlalchemy.create_engine)


def engine(url: Any, **options: Any) -> sqlalchemy.Engine:
    """The engine for an address: one for each, but a new one for each database in memory."""
    database = sqlalchemy.make_url(url).database
    if not database or database == ":memory:":
        return sqlalchemy.create_engine(url, **options)
    return _kept(url, **options)


@cache
def _validator(schema: str) -> Any:
    found = json.loads(schema)
    kind = validator_for(found)
    kind.check_schema(found)
    return kind(found)


def validate(instance: Any, schema: dict[str, Any]) -> None:
    """What ``jsonschema.validate`` does, with the schema itself checked once.

    Raises:
        jsonschema.ValidationError: as there.
    """
    error = best_match(_validator(json.dumps(schema)).iter_errors(instance))
    if error is not None:
        raise error


def install() -> None:
    """Let every nbgrader program that reads this course's configuration keep both."""
    api.create_engine = engine
    common.jsonschema = SimpleNamespace(validate=validate)
