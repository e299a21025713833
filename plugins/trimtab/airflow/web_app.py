"""The plugin's web app: the reports of gates and the control room, below ``/trimtab``."""

from __future__ import annotations

from fastapi import FastAPI

from trimtab.airflow.control_room.room_pages import router as control_room
from trimtab.airflow.links.report_pages import router as reports

app = FastAPI(title="Trimtab", docs_url=None, redoc_url=None, openapi_url=None)
app.include_router(reports)
app.include_router(control_room)
