"""Removal of secrets from findings."""

from __future__ import annotations

from trimtab.doctor.redaction import without_secrets


def test_user_and_password_of_a_url_are_removed():
    assert without_secrets("https://vera:pass@host/a did not answer") == "https://host/a did not answer"


def test_value_of_a_secret_variable_is_hidden(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "abc/def+ghi")
    monkeypatch.setenv("SOME_TOKEN", "abc/def+ghi-and-more")
    assert without_secrets("abc/def+ghi, abc/def+ghi-and-more") == "***, ***"


def test_short_or_public_values_stay(monkeypatch):
    monkeypatch.setenv("A_TOKEN", "true")
    monkeypatch.setenv("HOME_PAGE", "somewhere")
    assert without_secrets("true somewhere") == "true somewhere"
