"""Addresses of pages in Airflow's UI, and of the reports that the plugin serves."""

from __future__ import annotations

from urllib.parse import quote

from airflow.sdk import Context

from trimtab.airflow.airflow_compat import api_base_url


def task_url(context: Context) -> str:
    """Return the page of the running task, where its log is."""
    return f"{run_url(context)}/tasks/{quote(context['ti'].task_id)}"


def run_url(context: Context) -> str:
    """Return the page of the DAG run."""
    run = quote(context["run_id"], safe="")
    return f"{base_url()}/dags/{quote(context['ti'].dag_id)}/runs/{run}"


def report_url(dag_id: str, run_id: str, task_id: str) -> str:
    """Return the page of a gate's report."""
    path = "/".join(quote(part, safe="") for part in (dag_id, run_id, task_id))
    return f"{base_url()}/trimtab/reports/{path}"


def room_url(dag_id: str, run_id: str = "", *, page: str = "") -> str:
    """Return a page of the control room about a DAG, or about a run of it."""
    run = f"/runs/{quote(run_id, safe='')}" if run_id else ""
    return f"{base_url()}/trimtab/control-room/dags/{quote(dag_id, safe='')}{run}{page}"


def base_url() -> str:
    """Return the address of Airflow, without a slash at the end."""
    return api_base_url().rstrip("/")
