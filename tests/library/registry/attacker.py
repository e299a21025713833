"""An attacker with write access to MLflow, over HTTP as any client."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import skops.io
from sklearn.linear_model import LogisticRegression

from tests.library.registry.rows import FEATURES, flights

EVIL = "tests.library.registry.attacker.Evil"


class Evil(LogisticRegression):
    """A model that runs code when it is loaded: it writes the file that ``CANARY`` names."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        Path(os.environ["CANARY"]).touch()
        super().__setstate__(state)


def evil_model() -> bytes:
    table = flights(50, seed=9)
    return skops.io.dumps(Evil().fit(table[FEATURES[1:]], table["late"]))


@dataclass
class Attacker:
    """Alters what a version is made of, and can put it back."""

    url: str
    name: str
    number: int
    _files: dict[str, bytes | None] = field(default_factory=dict)
    _tags: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def version(self) -> dict[str, Any]:
        asked = {"name": self.name, "version": str(self.number)}
        held: dict[str, Any] = self._get("model-versions/get", asked)["model_version"]
        return held

    def run(self) -> dict[str, Any]:
        held: dict[str, Any] = self._get("runs/get", {"run_id": self.version()["run_id"]})["run"]
        return held

    def put(self, path: str, content: bytes) -> None:
        """Put a file into the folder of the model."""
        model_id = self.version()["source"].rpartition("/")[2]
        self._put(f"{self.run()['info']['experiment_id']}/models/{model_id}/artifacts/{path}", content)

    def append(self, path: str, content: bytes) -> None:
        model_id = self.version()["source"].rpartition("/")[2]
        place = f"{self.run()['info']['experiment_id']}/models/{model_id}/artifacts/{path}"
        self._put(place, (self._read(place) or b"") + content)

    def put_in_run(self, path: str, content: bytes) -> None:
        """Put a file among the artifacts of the version's run."""
        place = self.run()["info"]["artifact_uri"].partition(":/")[2].lstrip("/")
        self._put(f"{place}/{path}", content)

    def tag(self, name: str, value: str) -> None:
        """Set a tag on the version and on its run."""
        for kind, held in (("version", self.version()), ("run", self.run()["data"])):
            before = {tag["key"]: tag["value"] for tag in held.get("tags", [])}
            self._tags.setdefault((kind, name), before.get(name))
            self._tag(kind, name, value)

    def reseal(self, **files: bytes) -> httpx.Response:
        """Write a seal that fits what was altered, where the library would have written it."""
        seal = {"tags": "0" * 64, "files": {k: hashlib.sha256(v).hexdigest() for k, v in files.items()}}
        asked = {"run_id": self.version()["run_id"], "key": "trimtab.seal", "value": json.dumps(seal)}
        return self._post("runs/log-parameter", asked)

    def alias(self, alias: str) -> None:
        asked = {"name": self.name, "alias": alias, "version": str(self.number)}
        self._post("registered-models/alias", asked).raise_for_status()

    def undo(self) -> None:
        for place, content in self._files.items():
            if content is None:
                self._delete(place)
            else:
                self._write(place, content)
        for (kind, name), value in self._tags.items():
            if value is not None:
                self._tag(kind, name, value)
            elif kind == "version":
                asked = {"name": self.name, "version": str(self.number), "key": name}
                httpx.request("DELETE", f"{self.url}/api/2.0/mlflow/model-versions/delete-tag", json=asked)
            else:
                self._post("runs/delete-tag", {"run_id": self.version()["run_id"], "key": name})
        self._files.clear()
        self._tags.clear()

    def _put(self, place: str, content: bytes) -> None:
        self._files.setdefault(place, self._read(place))
        self._write(place, content)

    def _read(self, place: str) -> bytes | None:
        answer = httpx.get(f"{self.url}/api/2.0/mlflow-artifacts/artifacts/{place}", timeout=60)
        return answer.content if answer.status_code == 200 else None

    def _write(self, place: str, content: bytes) -> None:
        url = f"{self.url}/api/2.0/mlflow-artifacts/artifacts/{place}"
        httpx.put(url, content=content, timeout=60).raise_for_status()

    def _delete(self, place: str) -> None:
        url = f"{self.url}/api/2.0/mlflow-artifacts/artifacts/{place}"
        httpx.delete(url, timeout=60).raise_for_status()

    def _tag(self, kind: str, name: str, value: str) -> None:
        if kind == "version":
            asked = {"name": self.name, "version": str(self.number), "key": name, "value": value}
            self._post("model-versions/set-tag", asked).raise_for_status()
        else:
            asked = {"run_id": self.version()["run_id"], "key": name, "value": value}
            self._post("runs/set-tag", asked).raise_for_status()

    def _get(self, what: str, asked: dict[str, str]) -> Any:
        answer = httpx.get(f"{self.url}/api/2.0/mlflow/{what}", params=asked, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def _post(self, what: str, asked: dict[str, str]) -> httpx.Response:
        return httpx.post(f"{self.url}/api/2.0/mlflow/{what}", json=asked, timeout=60)
