"""Alert rules of Prometheus and a dashboard of Grafana, made from the policies of a project."""

from __future__ import annotations

from trimtab.monitoring.alert_rules import make_alert_rules
from trimtab.monitoring.dashboard import make_dashboard
from trimtab.monitoring.metric_table import make_metric_table
from trimtab.monitoring.watched_model import WatchedModel

__all__ = ["WatchedModel", "make_alert_rules", "make_dashboard", "make_metric_table"]
