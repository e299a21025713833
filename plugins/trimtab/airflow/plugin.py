"""The Airflow plugin: links, report pages, the timetable, and limits of request bodies."""

from __future__ import annotations

import os
from typing import ClassVar

from airflow.sdk import BaseOperatorLink
from airflow.sdk.plugins_manager import AirflowPlugin
from airflow.timetables.base import Timetable

from trimtab.airflow.links.task_links import PlanLink, ReportLink
from trimtab.airflow.request_limits import Message, Receive, RequestBodyCheck, Send
from trimtab.airflow.timetable import BoundedTimetable
from trimtab.escaping import without_credentials


async def reports(scope: Message, receive: Receive, send: Send) -> None:
    """Serve the reports of gates (ASGI).

    The app is imported on the first request, since every task imports this module.
    """
    from trimtab.airflow.links.report_pages import app

    await app(scope, receive, send)


def registry_page() -> str:
    """Return the address of MLflow's model pages, without credentials; empty where MLflow is no server."""
    address = os.environ.get("MLFLOW_TRACKING_URI", "").strip().rstrip("/")
    if not address.lower().startswith(("http://", "https://")):
        return ""
    return f"{without_credentials(address)}#/models"


class TrimtabPlugin(AirflowPlugin):
    """Adds report pages, links to reports and plans, a link to the model registry, and a timetable.

    Its middleware refuses request bodies that would end another process of Airflow.
    """

    name = "trimtab"
    operator_extra_links: ClassVar[list[BaseOperatorLink]] = [PlanLink(), ReportLink()]
    fastapi_apps: ClassVar[list[dict[str, object]]] = [
        {"app": reports, "url_prefix": "/trimtab", "name": "Reports of gates"}
    ]
    timetables: ClassVar[list[type[Timetable]]] = [BoundedTimetable]
    fastapi_root_middlewares: ClassVar[list[dict[str, object]]] = [
        {"middleware": RequestBodyCheck, "name": "Limits of request bodies"}
    ]
    external_views: ClassVar[list[dict[str, object]]] = [
        {"name": "Models (MLflow)", "href": href, "destination": "nav", "category": "browse"}
        for href in filter(None, [registry_page()])
    ]
