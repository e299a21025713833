"""Alerts, sent to real receivers."""

from __future__ import annotations

import json
import re
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from airflow.providers.standard.operators.empty import EmptyOperator

from tests.library.airflow.notifications.conftest import ALERT, context, task
from tests.library.extending_page import extension_of
from tests.library.receivers import mailbox, webhook
from trimtab.airflow import DvcDag, alerting
from trimtab.airflow.notifications.notifier import AlertNotifier
from trimtab.errors import ConfigError


@pytest.fixture
def receivers(monkeypatch):
    """A mailbox and a webhook that get every alert."""
    with ExitStack() as stack:
        mails, mail = stack.enter_context(mailbox())
        posted, hook = stack.enter_context(webhook())
        monkeypatch.setenv("AIRFLOW_CONN_MAIL", json.dumps(mail))
        monkeypatch.setenv("AIRFLOW_CONN_CHAT", json.dumps(hook))
        monkeypatch.setenv("TRIMTAB_ALERTS", "mail, chat")
        yield mails.mails, posted


def test_alert_is_sent_once_through_every_connection(receivers):
    mails, posted = receivers
    AlertNotifier(after="failure")(context(task()))
    (mail,), (message,) = mails, posted
    assert mail["to"] == "oncall@example.com"
    assert mail["subject"] == "flights: data gate 'validate_raw' has failed second line"
    body = mail.get_body(("html",)).get_content()
    assert "{{ 7 * 7 }}" in body, "what the data holds is no template"
    assert "&lt;!channel&gt;" in body
    assert "&lt;!channel&gt;" in message["text"], "nor a command of the chat"
    assert "nothing" not in message["text"]
    for part in ("blocks", "train", "http://airflow/trimtab/reports/a/b/c", "docs/alerts.md#gate-failed"):
        assert part in body
        assert part in message["text"]


def test_alert_of_hostile_text_is_inert_in_mail_header_body_and_chat(receivers):
    mails, posted = receivers
    hostile = "<img src=x onerror=alert(1)>\x1b[2J\u202e\r\nBcc: all@example.com [bank](http://evil) @channel"
    AlertNotifier(after="failure")(context(task(own=replace(ALERT, title=hostile, facts={hostile: hostile}))))
    (mail,), (message,) = mails, posted
    body = mail.get_body(("html",)).get_content()
    assert mail["Bcc"] is None
    assert mail["to"] == "oncall@example.com"
    assert "<img src=x onerror=alert(1)>\\u001b[2J" in mail["subject"]
    for text in (body, message["text"]):
        assert "&lt;img src=x onerror" in text
        assert not re.search("<img|[\x1b\u202e]", text)
    assert "](http" not in message["text"]
    assert "@channel" not in message["text"]


def test_connection_that_fails_is_an_error_in_the_log_and_the_others_get_the_alert(
    receivers, monkeypatch, capsys
):
    mails, _ = receivers
    broken = {
        "refuses": {"conn_type": "http", "password": "http://127.0.0.1:1/services/secret-token"},
        "typed": {"conn_type": "ftp"},
        "nobody": {"conn_type": "smtp", "host": "127.0.0.1"},
        "nowhere": {"conn_type": "http"},
    }
    for name, values in broken.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(values))
    with webhook(status=500) as (posted, hook):
        monkeypatch.setenv("AIRFLOW_CONN_ANSWERS_500", json.dumps(hook))
        AlertNotifier("answers_500", *broken, "unknown_one", "mail", after="failure")(context(task()))
    assert len(mails) == len(posted) == 1
    log = capsys.readouterr().out
    failed = re.findall(r"error .*could not be sent through the connection '(\w+)'", log)
    assert failed == ["answers_500", *broken, "unknown_one"]
    assert "secret-token" not in log, "anyone who knows the URL may post"


def test_alert_is_not_sent_where_no_connection_is_named(receivers, monkeypatch):
    monkeypatch.setenv("TRIMTAB_ALERTS", "")
    AlertNotifier(after="failure")(context(task()))
    assert receivers == ([], [])


def test_connections_of_the_dag_come_before_the_environment(receivers):
    mails, posted = receivers
    AlertNotifier("chat", after="failure")(context(task()))
    assert (len(mails), len(posted)) == (0, 1)


def test_task_without_an_alert_of_its_own_sends_one_after_failure_only(receivers):
    _, posted = receivers
    plain = task(EmptyOperator)
    AlertNotifier("chat", after="success")(context(plain))
    AlertNotifier("chat", after="success")(context(task(own=None)))
    assert posted == []
    AlertNotifier("chat", after="failure")(context(plain, exception=ValueError("no such month")))
    assert "no such month" in posted[0]["text"]
    assert "blocks: train" in posted[0]["text"]


def test_failure_sends_an_alert_even_if_the_alert_of_the_task_cannot_be_made(receivers, capsys):
    _, posted = receivers
    AlertNotifier("chat", after="failure")(
        context(task(own=KeyError("verdict")), exception=ValueError("reason"))
    )
    assert "reason" in posted[0]["text"]
    assert "could not be made" in capsys.readouterr().out


def test_alerting_in_default_args_covers_every_task(project):
    dag = DvcDag("d", project=project().root, default_args={"retries": 1, **alerting("chat")})
    for each in dag.tasks:
        ((on_failure,), (on_success,)) = each.on_failure_callback, each.on_success_callback
        assert (on_failure.failed, on_success.failed) == (True, False)
        assert on_failure.connections == ("chat",)


@pytest.fixture
def pager(tmp_path, monkeypatch):
    """A DAG file in a project whose module `shop_pager` sends pages, by writing them down."""
    (tmp_path / "params.yaml").write_text("{}\n")
    (tmp_path / "shop_pager.py").write_text(
        "from pathlib import Path\n"
        "def send(connection, alert):\n"
        "    Path(__file__).with_name('pages').write_text(f'{connection.conn_id}: {alert.title}')\n"
        "def refuse(connection, alert):\n"
        "    raise RuntimeError('no answer')\n"
    )
    monkeypatch.setenv("AIRFLOW_CONN_PAGER", json.dumps({"conn_type": "pagerduty", "password": "key"}))
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield tmp_path
    sys.modules.pop("shop_pager", None)


def test_channel_of_the_project_sends_through_connections_of_its_type(receivers, pager):
    mails, _ = receivers
    notify = alerting("pager", "mail", channels={"pagerduty": "shop_pager:send"}, project=pager)[
        "on_failure_callback"
    ]
    notify(context(task()))
    assert (pager / "pages").read_text() == f"pager: {ALERT.title}"
    assert len(mails) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("shop_pager:refuse", "no answer"),
        ("shop_pager:sned", "did you mean 'send'"),
        ("shop_pager:Path", "TypeError"),
    ],
)
def test_channel_that_fails_is_an_error_in_the_log_and_the_others_get_the_alert(
    receivers, pager, capsys, name, message
):
    mails, _ = receivers
    AlertNotifier("pager", "mail", after="failure", channels={"pagerduty": name}, project=pager)(
        context(task())
    )
    logged = capsys.readouterr()
    assert "could not be sent through the connection 'pager'" in logged.out + logged.err
    assert message in logged.out + logged.err
    assert len(mails) == 1


@pytest.mark.parametrize(
    ("channels", "message"),
    [
        ({"http": "shop_pager:send"}, "type 'http' is built in"),
        ({"pagerduty": "shop_pager.send"}, "does not have the form `module:name`"),
        ({"pagerduty": "nowhere:send"}, "has no module for the channel 'nowhere:send'"),
    ],
)
def test_channel_with_a_taken_type_or_another_form_of_name_is_refused_in_the_dag_file(channels, message):
    with pytest.raises(ConfigError, match=message):
        alerting("pager", channels=channels, project=Path(__file__).parent)


def test_channel_of_the_page_posts_the_alert(monkeypatch, tmp_path):
    (tmp_path / "params.yaml").write_text("{}\n")
    with webhook() as (posted, hook), extension_of("An alert channel", tmp_path) as (line,):
        connection = {"conn_type": "pagerduty", "host": hook["password"], "password": "routing-key"}
        monkeypatch.setenv("AIRFLOW_CONN_PAGER", json.dumps(connection))
        monkeypatch.setenv("TRIMTAB_ALERTS", "pager")
        dag_file = {"alerting": alerting, "PROJECT": tmp_path}
        exec(line, dag_file)
        dag_file["default_args"]["on_failure_callback"](context(task()))
        (event,) = posted
    assert event["routing_key"] == "routing-key"
    assert event["payload"] == {"summary": ALERT.title, "source": "gate failed", "severity": "error"}
