"""What Trimtab adds to Airflow's UI."""

from __future__ import annotations

import os
from typing import Any, ClassVar

from airflow.sdk.plugins_manager import AirflowPlugin

from trimtab.airflow.links import PlanLink


class TrimtabPlugin(AirflowPlugin):
    """A link to the model registry in the navigation bar, if there is one; one from a stage to its plan."""

    name = "trimtab"
    operator_extra_links: ClassVar[list[Any]] = [PlanLink()]
    external_views: ClassVar[list[dict[str, Any]]] = [
        {"name": "Models (MLflow)", "href": f"{uri}/#/models", "destination": "nav", "category": "browse"}
        for uri in [os.environ.get("MLFLOW_TRACKING_URI", "").rstrip("/")]
        if uri.startswith("http")
    ]
