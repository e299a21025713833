"""The Airflow plugin: links, report pages, the timetable, and limits of request bodies."""

from __future__ import annotations

import os
from typing import ClassVar
from urllib.parse import urlsplit

from airflow.sdk import BaseOperatorLink
from airflow.sdk.plugins_manager import AirflowPlugin
from airflow.timetables.base import Timetable

from trimtab.airflow import telemetry_listener
from trimtab.airflow.links.task_links import LINKS
from trimtab.airflow.links.urls import base_url
from trimtab.airflow.request_limits import Message, Receive, RequestBodyCheck, Send
from trimtab.airflow.timetable import BoundedTimetable
from trimtab.escaping import without_credentials


async def pages(scope: Message, receive: Receive, send: Send) -> None:
    """Serve the reports of gates and the control room (ASGI).

    The app is imported on the first request, since every task imports this module.
    """
    from trimtab.airflow.web_app import app

    await app(scope, receive, send)


def registry_views() -> list[dict[str, object]]:
    """Return a link to MLflow's model pages, without credentials; none where MLflow is no server."""
    address = os.environ.get("MLFLOW_TRACKING_URI", "").strip().rstrip("/")
    if not address.lower().startswith(("http://", "https://")):
        return []
    href = f"{without_credentials(address)}#/models"
    return [{"name": "Models (MLflow)", "href": href, "destination": "nav", "category": "browse"}]


def control_room_views() -> list[dict[str, object]]:
    """Return where Airflow shows the control room: in the navigation, and as a tab of each DAG and run."""
    room = f"{urlsplit(base_url()).path}/trimtab/control-room"
    return [
        {
            "name": "Trimtab",
            "href": room,
            "destination": "nav",
            "url_route": "trimtab",
            "nav_top_level": True,
        },
        {
            "name": "Trimtab",
            "href": f"{room}/dags/{{DAG_ID}}",
            "destination": "dag",
            "url_route": "trimtab-dag",
        },
        {
            "name": "Trimtab",
            "href": f"{room}/dags/{{DAG_ID}}/runs/{{RUN_ID}}",
            "destination": "dag_run",
            "url_route": "trimtab-run",
        },
    ]


class TrimtabPlugin(AirflowPlugin):
    """Adds the control room, report pages, links to reports, reasons and plans, and a timetable.

    Its middleware refuses request bodies that would end another process of Airflow. Its listener records
    metrics and traces of runs, if telemetry is on.
    """

    name = "trimtab"
    operator_extra_links: ClassVar[list[BaseOperatorLink]] = [*LINKS]
    fastapi_apps: ClassVar[list[dict[str, object]]] = [
        {"app": pages, "url_prefix": "/trimtab", "name": "Control room and reports of gates"}
    ]
    listeners: ClassVar[list[object]] = [telemetry_listener]
    timetables: ClassVar[list[type[Timetable]]] = [BoundedTimetable]
    fastapi_root_middlewares: ClassVar[list[dict[str, object]]] = [
        {"middleware": RequestBodyCheck, "name": "Limits of request bodies"}
    ]
    external_views: ClassVar[list[dict[str, object]]] = [*control_room_views(), *registry_views()]
