"""A store of artifacts that loses what was uploaded: nothing is registered, and a retry repairs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import mlflow
import pytest

from trimtab.errors import RegistryOutageError
from trimtab.registry import publish
from trimtab.registry.loading import load_version
from trimtab.registry.publishing.stored_files import require_stored
from trimtab.registry.tracking import connection, hash_folder


@pytest.fixture
def damage(database: Path) -> Iterator[Callable[..., None]]:
    """Return a function that has the server's store change each file of a name as soon as it is there."""
    stop, threads = threading.Event(), []

    def lose(name: str, change: Callable[[Path], object]) -> None:
        store, known = database.parent / "artifacts", set(database.parent.rglob(name))

        def watch() -> None:
            while not stop.is_set():
                for file in set(store.rglob(name)) - known:
                    change(file)

        threads.append(threading.Thread(target=watch))
        threads[-1].start()

    def repair() -> None:
        stop.set()
        for thread in threads:
            thread.join()

    lose.repair = repair  # type: ignore[attr-defined]
    yield lose
    repair()


def test_folder_that_was_altered_in_the_store_is_refused(client, tmp_path, database):
    (tmp_path / "a.txt").write_text("whole")
    with connection(), mlflow.start_run() as run:
        mlflow.log_artifacts(str(tmp_path))
        sent, uri = hash_folder(tmp_path), f"runs:/{run.info.run_id}/"
        require_stored(uri, sent)
        (stored,) = (database.parent / "artifacts").rglob("a.txt")

        stored.write_text("")
        with pytest.raises(RegistryOutageError, match=rf"differ from what was sent.*\n.*{run.info.run_id}"):
            require_stored(uri, sent)

        stored.unlink()
        with pytest.raises(RegistryOutageError, match="nothing has been registered"):
            require_stored(uri, sent)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["model.skops", "MLmodel", "reference.json"], ids=["model", "meta", "file"])
@pytest.mark.parametrize("how", ["lost", "truncated"])
def test_publish_registers_nothing_when_the_store_loses_a_file_and_a_retry_repairs(
    client, project, runs, damage, name, how
):
    candidate = project.gather()
    damage(name, Path.unlink if how == "lost" else lambda file: file.write_bytes(b""))
    with pytest.raises(RegistryOutageError, match="does not have the files that were uploaded"):
        publish(candidate)
    assert client.search_model_versions(f"name = '{project.name}'") == []

    damage.repair()
    version = publish(candidate)

    assert version.created
    assert [run.info.run_id for run in runs(project.name)] == [version.run_id]
    with connection():
        load_version(version, project.root / "loaded")
