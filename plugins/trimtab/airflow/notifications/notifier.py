"""Who is told: alerts go through Airflow connections, which hold where and with what credentials.

``TRIMTAB_ALERTS`` names the connections. What a connection is decides how it is told:

============== ==========================================================================
type           what is sent
============== ==========================================================================
``smtp``       an e-mail to the addresses in the extra field ``to``
``http``       ``{"text": …}`` to the URL in the password, as Slack and its like take it
============== ==========================================================================
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Literal, Protocol, runtime_checkable

from airflow.sdk import BaseNotifier, Connection, Context

from trimtab.airflow.notifications.alert import Alert, failure
from trimtab.errors import ConfigError, ServiceError
from trimtab.escaping import chat, line

TIMEOUT = 5  # seconds; Airflow ends a task 20 s after it is done, whatever is still to tell


@runtime_checkable
class Telling(Protocol):
    """An operator that knows what to tell of its task; of any other, a failure is told."""

    def alert(self, context: Context, *, failed: bool) -> Alert | None:
        """Return what a person should know; None if there is nothing."""


def alerting(*connections: str) -> dict[str, Any]:
    """Return the ``default_args`` with which a DAG tells of its failures, and of gates that warn.

    Args:
        connections: Ids of Airflow connections; those in ``TRIMTAB_ALERTS``, if not given.
    """
    return {
        "on_failure_callback": Alerts(*connections, after="failure"),
        "on_success_callback": Alerts(*connections, after="success"),
    }


class Alerts(BaseNotifier):
    """Tells people what a task has come to.

    A connection that cannot be reached is an error in the task's log; the others are told all the same, and
    the task's outcome stays what it is.

    Args:
        connections: Ids of Airflow connections; those in ``TRIMTAB_ALERTS``, if not given.
        after: What the callback is for.
    """

    def __init__(self, *connections: str, after: Literal["failure", "success"]) -> None:
        super().__init__()
        self.connections, self.failed = connections, after == "failure"

    def notify(self, context: Context) -> None:
        """Tell every connection, if there is something to tell."""
        alert = self._alert(context)
        if alert:
            self._tell(alert, context)

    def _alert(self, context: Context) -> Alert | None:
        task = context["task"]
        if isinstance(task, Telling):
            try:
                return task.alert(context, failed=self.failed)
            except Exception:  # less is told then, but it is told
                self.log.exception("What '%s' has to tell is not known", context["ti"].task_id)
        return failure(context) if self.failed else None

    def _tell(self, alert: Alert, context: Context) -> None:
        names = self.connections or os.environ.get("TRIMTAB_ALERTS", "").split(",")
        for name in filter(None, map(str.strip, names)):
            try:
                _send(name, alert, context)
            except Exception:
                self.log.exception("The alert could not be sent through the connection '%s'", name)
            else:
                self.log.info("Told through the connection '%s': %s", name, alert.title)


def _send(name: str, alert: Alert, context: Context) -> None:
    connection = Connection.get(name)
    channel = _CHANNELS.get(connection.conn_type)
    if not channel:
        raise ConfigError(
            f"Alerts cannot be sent through a connection of type '{connection.conn_type}'",
            where=f"connection '{name}'",
            fix=f"make it one of {', '.join(_CHANNELS)}",
        )
    channel(connection, alert, context)


def _mail(connection: Connection, alert: Alert, context: Context) -> None:
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    to = connection.extra_dejson.get("to")
    if not to:
        raise ConfigError(
            "It does not say who gets the e-mail",
            where=f"connection '{connection.conn_id}'",
            fix='add `"to": "oncall@example.com"` to its extra fields',
        )
    notifier = SmtpNotifier(
        to=to,
        subject=line(alert.title),
        html_content=alert.html(),
        smtp_conn_id=connection.conn_id,
    )
    notifier.notify(context)  # not by calling it: that would take braces in the data for templates


def _post(connection: Connection, alert: Alert, context: Context) -> None:
    import httpx

    if not connection.password:
        raise ConfigError(
            "It does not say where the webhook is",
            where=f"connection '{connection.conn_id}'",
            fix="put the whole URL into its password: whoever knows it may post",
        )
    try:
        answer = httpx.post(connection.password, json={"text": chat(alert.text())}, timeout=TIMEOUT)
        wrong = f"answers {answer.status_code}" if answer.is_error else ""
    except (httpx.HTTPError, httpx.InvalidURL) as err:
        wrong = f"cannot be reached: {type(err).__name__}"
    if wrong:  # httpx would tell the URL, which is a secret
        raise ServiceError(f"The webhook {wrong}", where=f"connection '{connection.conn_id}'")


_CHANNELS: dict[str, Callable[[Connection, Alert, Context], None]] = {"smtp": _mail, "http": _post}
