"""A client for the part of MLflow's REST API that the main job uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx

from trimtab.errors import ServiceError


class MlflowApi:
    """A client of one tracking server.

    Args:
        url: The address of the server.
    """

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=60)

    def metrics(self, run_id: str) -> dict[str, float]:
        """Return the last value of each metric of a run."""
        data = self._get("/api/2.0/mlflow/runs/get", {"run_id": run_id}).json()["run"]["data"]
        return {metric["key"]: metric["value"] for metric in data.get("metrics", [])}

    def save_pages(self, run_id: str, folder: Path) -> list[Path]:
        """Save each HTML page among a run's artifacts, so that it opens without a server.

        Args:
            run_id: The MLflow run.
            folder: The target; created if it does not exist.

        Returns:
            The saved files.
        """
        saved = []
        for path in self._artifacts(run_id, ""):
            if path.endswith(".html"):
                target = folder / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self._get("/get-artifact", {"run_id": run_id, "path": path}).content)
                saved.append(target)
        return saved

    def _artifacts(self, run_id: str, path: str) -> Iterator[str]:
        listing = self._get("/api/2.0/mlflow/artifacts/list", {"run_id": run_id, "path": path}).json()
        for entry in listing.get("files", []):
            if entry.get("is_dir"):
                yield from self._artifacts(run_id, entry["path"])
            else:
                yield entry["path"]

    def _get(self, path: str, params: dict[str, str]) -> httpx.Response:
        answer = self._http.get(path, params=params)
        if answer.is_error:
            raise ServiceError(
                f"MLflow refused the request: {answer.status_code} {answer.text[:500]}",
                where=str(answer.request.url),
            )
        return answer
