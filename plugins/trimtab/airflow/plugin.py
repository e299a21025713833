"""What Trimtab adds to Airflow's UI."""

from __future__ import annotations

import os
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

from airflow.sdk.plugins_manager import AirflowPlugin

from trimtab.airflow.links.task_links import PlanLink, ReportLink
from trimtab.airflow.request_limits import RequestBodyCheck
from trimtab.airflow.timetable import BoundedTimetable


async def reports(scope: Any, receive: Any, send: Any) -> None:
    """Serve reports, an ASGI app; imported when first asked, since every task imports this module."""
    from trimtab.airflow.links.report_pages import app

    await app(scope, receive, send)


def registry_page() -> str:
    """Return where the registry's pages are, without credentials; nothing if there are none."""
    parts = urlsplit(os.environ.get("MLFLOW_TRACKING_URI", "").strip().rstrip("/"))
    if parts.scheme not in ("http", "https"):
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "/models"))


class TrimtabPlugin(AirflowPlugin):
    """Reports of gates, links to them and to a stage's plan, one to the model registry if there is one.

    The api-server refuses what would end another of Airflow's processes.
    """

    name = "trimtab"
    operator_extra_links: ClassVar[list[Any]] = [PlanLink(), ReportLink()]
    fastapi_apps: ClassVar[list[dict[str, Any]]] = [
        {"app": reports, "url_prefix": "/trimtab", "name": "Reports of gates"}
    ]
    timetables: ClassVar[list[Any]] = [BoundedTimetable]
    fastapi_root_middlewares: ClassVar[list[dict[str, Any]]] = [
        {"middleware": RequestBodyCheck, "name": "Values that Airflow cannot pass on are refused"}
    ]
    external_views: ClassVar[list[dict[str, Any]]] = [
        {"name": "Models (MLflow)", "href": href, "destination": "nav", "category": "browse"}
        for href in filter(None, [registry_page()])
    ]
