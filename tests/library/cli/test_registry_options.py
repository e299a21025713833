"""The user who calls a command of the registry."""

from trimtab.cli.registry_options import current_user


def test_current_user_is_the_one_of_the_login(monkeypatch):
    monkeypatch.setenv("LOGNAME", "alice")
    assert current_user() == "alice"
