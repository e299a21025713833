"""Alert rules of Prometheus and a dashboard of Grafana, made from the policies of a project."""

from __future__ import annotations

from trimtab.monitoring.alert_rules import alert_rules
from trimtab.monitoring.dashboard import dashboard
from trimtab.monitoring.metric_table import metric_table
from trimtab.monitoring.watched_model import WatchedModel

__all__ = ["WatchedModel", "alert_rules", "dashboard", "metric_table"]
