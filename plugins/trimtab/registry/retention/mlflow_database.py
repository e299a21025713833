"""MLflow's database: copy it while the server writes to it, and load the copy into an empty one."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from trimtab.errors import ConfigError, RegistryError
from trimtab.registry.tracking import (
    ARTIFACT_LOCATIONS_SQL,
    ARTIFACTS_VARIABLE,
    BACKEND_STORE_VARIABLE,
    SERVED_ARTIFACTS,
)

SQLITE_COPY, POSTGRESQL_COPY = "mlflow.db", "mlflow.dump"  # file names of a copy


def read_server_settings() -> tuple[str, str]:
    """Return the addresses of MLflow's database and artifacts, from the settings of the server.

    Raises:
        ConfigError: A setting is not in the environment, or the kind of database cannot be copied.
    """
    missing = [name for name in (BACKEND_STORE_VARIABLE, ARTIFACTS_VARIABLE) if not os.environ.get(name)]
    if missing:
        raise ConfigError(
            f"The settings of MLflow's server are not set: {' and '.join(missing)}",
            where="environment",
            fix="run this where MLflow's server runs, with its settings: its HTTP API does not give all data",
        )
    database = os.environ[BACKEND_STORE_VARIABLE]
    if not database.startswith(("sqlite:", "postgresql:", "postgresql+")):
        raise ConfigError(
            f"This kind of MLflow database cannot be copied: {urlsplit(database).scheme}",
            where=f"environment: {BACKEND_STORE_VARIABLE}",
            fix="use SQLite or PostgreSQL, or back up the database with its own tools",
        )
    return database, os.environ[ARTIFACTS_VARIABLE].removeprefix("file://")


def copy_database(uri: str, folder: Path) -> Path:
    """Copy MLflow's database as of one moment, and return the file.

    Raises:
        RegistryError: It cannot be read, or has artifact locations that only this host knows.
    """
    _require_served_artifacts(uri)
    if uri.startswith("sqlite:"):
        return _copy_sqlite(Path(uri.removeprefix("sqlite:///")), folder / SQLITE_COPY)
    _postgresql("pg_dump", uri, "--format=custom", f"--file={folder / POSTGRESQL_COPY}")
    return folder / POSTGRESQL_COPY


def load_database(uri: str, dump: Path) -> None:
    """Load a copy of a PostgreSQL database into an empty one.

    Raises:
        ConfigError: The address is not that of a PostgreSQL database.
        RegistryError: The database is not empty, or `pg_restore` fails.
    """
    from sqlalchemy import create_engine, inspect

    if not uri.startswith("postgresql"):
        raise ConfigError(
            "The backup has a PostgreSQL database, which cannot be loaded into another kind",
            where=f"environment: {BACKEND_STORE_VARIABLE}",
            fix="set it to an empty PostgreSQL database: postgresql://USER@HOST/NAME",
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
            fix="create an empty database and set the variable to it; nothing has been restored",
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


def empty_database(uri: str) -> None:
    """Remove all tables of a PostgreSQL database that a drill has loaded."""
    from sqlalchemy import create_engine, text

    engine = create_engine(uri)
    try:
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    finally:
        engine.dispose()


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


def _require_served_artifacts(uri: str) -> None:
    """Refuse a database with artifact locations that are not served by the server."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import SQLAlchemyError

    engine = create_engine(uri)
    try:
        with engine.connect() as connection:
            locations = [location for (location,) in connection.execute(text(ARTIFACT_LOCATIONS_SQL))]
    except SQLAlchemyError as err:
        reason = str(err).splitlines()[0]
        raise RegistryError(
            f"MLflow's database cannot be read: {reason}", where=_without_password(uri)
        ) from err
    finally:
        engine.dispose()
    not_served = [location for location in locations if not location.startswith(SERVED_ARTIFACTS)]
    if not_served:
        raise RegistryError(
            f"Experiments have artifact locations that no backup covers: {', '.join(not_served[:3])}",
            where="MLflow: artifact locations of experiments",
            fix="start the server with --artifacts-destination, and without --default-artifact-root",
        )


def _postgresql(tool: str, uri: str, *args: str) -> None:
    """Run one of PostgreSQL's tools; the password is not an argument, because other users see those."""
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
    """Return an address as PostgreSQL's tools accept it, without driver and password."""
    parts = urlsplit(uri)
    user = f"{parts.username}@" if parts.username else ""
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme.partition("+")[0], f"{user}{host}", parts.path, parts.query, ""))
