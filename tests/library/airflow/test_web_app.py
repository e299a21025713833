"""The plugin's web app; test_room_pages.py lists its routes and who may open them."""

from __future__ import annotations

from trimtab.airflow.web_app import app


def test_app_has_no_page_that_describes_it():
    assert (app.docs_url, app.redoc_url, app.openapi_url) == (None, None, None)
