"""MLflow's database: a copy of it while the server goes on writing, and back."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from trimtab.errors import ConfigError, RegistryError

BACKEND, ARTIFACTS = "MLFLOW_BACKEND_STORE_URI", "MLFLOW_ARTIFACTS_DESTINATION"
SQLITE, POSTGRESQL = "mlflow.db", "mlflow.dump"  # what a copy is called
SERVED = "mlflow-artifacts:"  # places that the server resolves, and so are right wherever it runs


def places() -> tuple[str, str]:
    """Return where MLflow's database and its artifacts are, as the server itself is told.

    Raises:
        ConfigError: It is not given, or is no database that can be copied.
    """
    missing = [name for name in (BACKEND, ARTIFACTS) if not os.environ.get(name)]
    if missing:
        raise ConfigError(
            f"Where MLflow keeps its data is not given: {' and '.join(missing)} not set",
            where="environment",
            fix="run this where MLflow's server runs, with its settings: over HTTP it does not give all away",
        )
    database = os.environ[BACKEND]
    if not database.startswith(("sqlite:", "postgresql:", "postgresql+")):
        raise ConfigError(
            f"This database of MLflow's cannot be copied: {urlsplit(database).scheme}",
            where=f"environment: {BACKEND}",
            fix="SQLite and PostgreSQL can; back up another one with its own tools",
        )
    return database, os.environ[ARTIFACTS].removeprefix("file://")


def copy_database(uri: str, folder: Path) -> Path:
    """Copy MLflow's database as it is at one moment, and return the file.

    Raises:
        RegistryError: It cannot be read, or holds places of artifacts that only this host knows.
    """
    _require_served(uri)
    if uri.startswith("sqlite:"):
        return _copy_sqlite(Path(uri.removeprefix("sqlite:///")), folder / SQLITE)
    _postgresql("pg_dump", uri, "--format=custom", f"--file={folder / POSTGRESQL}")
    return folder / POSTGRESQL


def load_database(uri: str, dump: Path) -> None:
    """Load a copy of a PostgreSQL database into one that is empty.

    Raises:
        RegistryError: It is not empty, or refuses.
    """
    from sqlalchemy import create_engine, inspect

    if not uri.startswith("postgresql"):
        raise ConfigError(
            "The backup is of a PostgreSQL database, and goes into one",
            where=f"environment: {BACKEND}",
            fix="name an empty one there: postgresql://USER@HOST/NAME",
        )
    engine = create_engine(uri)
    try:
        tables = inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if tables:
        raise RegistryError(
            f"The database is not empty: it has {len(tables)} tables",
            where=_without_password(uri),
            fix="create an empty one, and name it; nothing has been restored",
        )
    _postgresql(
        "pg_restore",
        uri,
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        str(dump),
    )


def _copy_sqlite(source: Path, target: Path) -> Path:
    try:
        with (
            contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as live,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)
            (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error as err:
        raise RegistryError(f"MLflow's database cannot be copied: {err}", where=str(source)) from err
    if verdict != "ok":
        raise RegistryError(f"MLflow's database is damaged: {verdict}", where=str(source))
    return target


def _require_served(uri: str) -> None:
    """Refuse a database whose runs keep artifacts where the server does not serve them from."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import SQLAlchemyError

    engine = create_engine(uri)
    query = text("SELECT DISTINCT artifact_location FROM experiments WHERE lifecycle_stage = 'active'")
    try:
        with engine.connect() as connection:
            found = [place for (place,) in connection.execute(query) if not place.startswith(SERVED)]
    except SQLAlchemyError as err:
        reason = str(err).splitlines()[0]
        raise RegistryError(
            f"MLflow's database cannot be read: {reason}", where=_without_password(uri)
        ) from err
    finally:
        engine.dispose()
    if found:
        raise RegistryError(
            f"Artifacts lie where no backup would find them again: {', '.join(found[:3])}",
            where="MLflow: artifact locations of experiments",
            fix="start the server with --artifacts-destination, and without --default-artifact-root",
        )


def _postgresql(tool: str, uri: str, *args: str) -> None:
    """Run one of PostgreSQL's own tools; the password is not among its arguments, which others can see."""
    if not shutil.which(tool):
        raise RegistryError(
            f"{tool} is not installed",
            where="PATH",
            fix="install PostgreSQL's client, of the server's version or newer (Debian: postgresql-client)",
        )
    password = urlsplit(uri).password
    env = {**os.environ, **({"PGPASSWORD": unquote(password)} if password else {})}
    command = [tool, f"--dbname={_without_password(uri)}", *args]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RegistryError(f"{tool} failed: {done.stderr.strip()[:500]}", where=_without_password(uri))


def _without_password(uri: str) -> str:
    """Return an address as PostgreSQL's tools take it, without the driver and the password."""
    parts = urlsplit(uri)
    user = f"{parts.username}@" if parts.username else ""
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme.partition("+")[0], f"{user}{host}", parts.path, parts.query, ""))
