"""The notifier that sends alerts through Airflow connections.

``TRIMTAB_ALERTS`` names the connections. The type of a connection decides the channel:

============== ==========================================================================
type           channel
============== ==========================================================================
``smtp``       an e-mail to the addresses in the extra field ``to``
``http``       ``{"text": …}`` posted to the URL in the password, as Slack's webhooks take it
============== ==========================================================================

A DAG file may add channels of the project for other types; see docs/extending.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from airflow.sdk import BaseNotifier, Connection, Context

from trimtab.airflow.notifications.alert import Alert
from trimtab.airflow.notifications.alert_texts import task_failed_alert
from trimtab.airflow.notifications.incident_keeping import (
    find_cause,
    keep_alert,
    keep_success,
    with_incident,
)
from trimtab.errors import ConfigError, ServiceError
from trimtab.escaping import chat, line
from trimtab.extension import is_extension, load_extension, module_file, require_function

if TYPE_CHECKING:
    from trimtab.incidents import Cause

TIMEOUT = 5  # seconds; Airflow ends a task 20 s after its work is done, alerts included


@runtime_checkable
class HasAlert(Protocol):
    """An operator with an alert of its own; the alert of any other operator says that its task failed."""

    def alert(self, context: Context, *, failed: bool) -> Alert | None:
        """Return the alert; None if there is nothing to report."""


def alerting(
    *connections: str, channels: Mapping[str, str] | None = None, project: Path | None = None
) -> dict[str, AlertNotifier]:
    """Return the ``default_args`` with which the tasks of a DAG send alerts.

    Args:
        connections: Ids of Airflow connections; those in ``TRIMTAB_ALERTS``, if not given.
        channels: Channels of the project: type of a connection to the function that sends, ``module:name``.
        project: The project's root, from which the modules of the channels are imported.

    Raises:
        ConfigError: A channel has the type of a built-in one, or its function has another form of name, or
            the project has no such module.
    """
    notifier = partial(AlertNotifier, *connections, channels=channels, project=project)
    return {
        "on_failure_callback": notifier(after="failure"),
        "on_success_callback": notifier(after="success"),
    }


class AlertNotifier(BaseNotifier):
    """Sends the alert of a task that has ended.

    A connection that cannot be reached is an error in the task's log. The alert still goes through the other
    connections, and the state of the task does not change.

    Args:
        connections: Ids of Airflow connections; those in ``TRIMTAB_ALERTS``, if not given.
        after: The callback that this notifier is.
        channels: Channels of the project: type of a connection to the function that sends, ``module:name``.
            The function takes the connection and the alert.
        project: The project's root, from which the modules of the channels are imported.

    Raises:
        ConfigError: A channel has the type of a built-in one, or its function has another form of name, or
            the project has no such module.
    """

    def __init__(
        self,
        *connections: str,
        after: Literal["failure", "success"],
        channels: Mapping[str, str] | None = None,
        project: Path | None = None,
    ) -> None:
        super().__init__()
        self.connections, self.failed = connections, after == "failure"
        self.channels, self.project = dict(channels or {}), project
        _check_channels(self.channels, project)

    def notify(self, context: Context) -> None:
        """Send the alert through every connection, if there is one; then keep its incident.

        The incident comes last: nothing that MLflow does may delay the alert.
        """
        alert = self._alert(context)
        cause = find_cause(alert, context) if alert else None
        if alert:
            self._send(with_incident(alert, cause), context)
        self._keep(alert, cause, context)

    def _keep(self, alert: Alert | None, cause: Cause | None, context: Context) -> None:
        try:
            if alert and cause:
                keep_alert(alert, cause, context)
            elif not self.failed:
                keep_success(context)
        except Exception:  # the state of the task does not change
            self.log.exception("The incident of '%s' could not be kept", context["ti"].task_id)

    def _alert(self, context: Context) -> Alert | None:
        task = context["task"]
        if isinstance(task, HasAlert):
            try:
                return task.alert(context, failed=self.failed)
            except Exception:  # an alert with fewer facts is better than none
                self.log.exception("The alert of '%s' could not be made", context["ti"].task_id)
        return task_failed_alert(context) if self.failed else None

    def _send(self, alert: Alert, context: Context) -> None:
        names = self.connections or os.environ.get("TRIMTAB_ALERTS", "").split(",")
        for name in filter(None, map(str.strip, names)):
            try:
                _send_through(name, alert, context, self.channels, self.project)
            except Exception:
                self.log.exception("The alert could not be sent through the connection '%s'", name)
            else:
                self.log.info("Alert sent through the connection '%s': %s", name, alert.title)


def _check_channels(channels: Mapping[str, str], project: Path | None) -> None:
    """Refuse, when the DAG file is parsed, channels that could never be used."""
    for type_, function in channels.items():
        if type_ in _CHANNELS:
            raise ConfigError(
                f"The channel of connections of type '{type_}' is built in",
                where=f"alerting(channels={{'{type_}': '{function}'}})",
                fix="give connection and channel another type, such as `generic`",
            )
        if not is_extension(function):
            raise ConfigError(
                f"The name of a channel's function does not have the form `module:name`: {function!r}",
                where=f"alerting(channels={{'{type_}': …}})",
                fix="name the function, such as `extensions.pager:send`",
            )
        if project is None or not module_file(function.partition(":")[0], project):
            raise ConfigError(
                f"The project has no module for the channel '{function}'",
                where=f"alerting(channels={{'{type_}': …}}, project={project})",
                fix="give the project's root, and name the module as seen from there",
            )


def _send_through(
    name: str, alert: Alert, context: Context, channels: Mapping[str, str], project: Path | None
) -> None:
    connection = Connection.get(name)
    if project and connection.conn_type in channels:
        _load_channel(channels[connection.conn_type], channels, project)(connection, alert)
        return
    channel = _CHANNELS.get(connection.conn_type)
    if not channel:
        raise ConfigError(
            f"Alerts cannot be sent through a connection of type '{connection.conn_type}'",
            where=f"connection '{name}'",
            fix=f"give it one of the types {', '.join([*_CHANNELS, *channels])}",
        )
    channel(connection, alert, context)


def _load_channel(name: str, channels: Mapping[str, str], project: Path) -> Callable[..., object]:
    """Import the function of a channel from the project."""
    loaded = load_extension(name, project, declared=set(channels.values()))
    return require_function(name, loaded, where=str(project))


def _mail(connection: Connection, alert: Alert, context: Context) -> None:
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    to = connection.extra_dejson.get("to")
    if not to:
        raise ConfigError(
            "The connection has no recipient",
            where=f"connection '{connection.conn_id}'",
            fix='add `"to": "oncall@example.com"` to its extra fields',
        )
    notifier = SmtpNotifier(
        to=to,
        subject=line(alert.title),
        html_content=alert.html(),
        smtp_conn_id=connection.conn_id,
    )
    notifier.notify(context)  # not by calling it: Airflow would render braces in the data as templates


def _post(connection: Connection, alert: Alert, context: Context) -> None:
    import httpx

    if not connection.password:
        raise ConfigError(
            "The connection has no URL of a webhook",
            where=f"connection '{connection.conn_id}'",
            fix="put the whole URL into its password: anyone who knows the URL may post",
        )
    try:
        answer = httpx.post(connection.password, json={"text": chat(alert.text())}, timeout=TIMEOUT)
        problem = f"answers {answer.status_code}" if answer.is_error else ""
    except (httpx.HTTPError, httpx.InvalidURL) as err:
        problem = f"cannot be reached: {type(err).__name__}"
    if problem:  # the message of httpx holds the URL, which is a secret
        raise ServiceError(f"The webhook {problem}", where=f"connection '{connection.conn_id}'")


_CHANNELS: dict[str, Callable[[Connection, Alert, Context], None]] = {"smtp": _mail, "http": _post}
