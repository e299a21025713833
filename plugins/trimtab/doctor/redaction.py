"""Removal of secrets from findings: a monitor stores them, and people paste them into chats."""

from __future__ import annotations

import os
import re

HIDDEN = "***"
SHORTEST = 6  # characters; a shorter value would hide words of a message
_SECRET_NAME = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|KEY|CREDENTIAL|CONN_|SQL_ALCHEMY", re.IGNORECASE)
_USER_INFO = re.compile(r"(?<=://)[^/\s@]+@")


def without_secrets(text: str) -> str:
    """Return a text without users and passwords in URLs, and without the values of secret variables.

    A variable is secret if its name says so, such as ``MLFLOW_TRACKING_PASSWORD``.
    """
    secrets = {
        value for name, value in os.environ.items() if _SECRET_NAME.search(name) and len(value) >= SHORTEST
    }
    for secret in sorted(secrets, key=len, reverse=True):  # a longer one may contain a shorter one
        text = text.replace(secret, HIDDEN)
    return _USER_INFO.sub("", text)
