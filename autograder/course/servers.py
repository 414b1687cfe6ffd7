"""A gradebook that lies on a database server, which means PostgreSQL.

nbgrader speaks to it through SQLAlchemy like to SQLite.  What differs is said here: how it is
reached, that nobody copies it before a grading, and what it says when it does not answer.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from autograder.course import trouble

DRIVER = "postgresql+psycopg"
SHORT = ("postgres", "postgresql")  # SQLAlchemy takes them for a driver that is not installed
WAIT_SECONDS = 10  # for a server that does not answer at all


def spelled_out(address: str) -> str:
    """The address with the driver that this course installs, where it names none."""
    kind, separator, rest = address.partition("://")
    return f"{DRIVER}://{rest}" if separator and kind in SHORT else address


def is_server(address: str) -> bool:
    """Whether a gradebook is no file of SQLite."""
    return not address.startswith("sqlite:")


def version(address: str) -> str | None:
    """Version of the schema on the server, or None where it has no gradebook yet.

    Raises:
        RuntimeError: in one sentence, when the server cannot be used.
    """
    try:
        options: Any = {"connect_timeout": WAIT_SECONDS} if DRIVER in address else {}
        engine = create_engine(address, connect_args=options)
    except ModuleNotFoundError as error:
        raise RuntimeError(
            f"the gradebook lies on a database server, and {error.name}, which speaks to it, is "
            "not installed: pip install -e './autograder[postgresql]'"
        ) from error
    except (ArgumentError, SQLAlchemyError) as error:
        raise RuntimeError(f"db_url in nbgrader_config.py is no address: {error}") from error
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return str(connection.execute(text("select version_num from alembic_version")).scalar())
    except SQLAlchemyError as error:
        raise RuntimeError(trouble.sentence(error) or f"the gradebook failed: {error}") from error
    finally:
        engine.dispose()


def no_copy(address: str) -> str:
    """The sentence for who grades with a server: what must be done there."""
    name = make_url(address).database
    return (
        f"the gradebook lies on a database server, and no copy of it is made before grading: "
        f"make one there, as in `pg_dump --format=custom --file=before.dump {name}`"
    )
