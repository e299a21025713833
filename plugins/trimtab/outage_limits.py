"""How long an outage of MLflow or of a remote may take: time-outs, tries and back-off, all in one place.

A request gives up after seconds, with the name of the server. The task is tried again, each time after a
longer pause. Thus a worker's slot is free while a server is away.
"""

from __future__ import annotations

from datetime import timedelta

# One request to a DVC remote, in seconds. DVC's defaults are 60: with the tries of botocore and s3fs, it gave
# up a server that accepts connections and never answers after six minutes.
REMOTE_CONNECT_TIMEOUT, REMOTE_READ_TIMEOUT = 5, 10
# Each try of s3fs is several tries of botocore. Their defaults are five and five.
S3FS_TRIES, BOTOCORE_TRIES = 2, 2

# One request to MLflow, in seconds. MLflow's defaults are seven retries of up to two minutes each.
MLFLOW_HEALTH_TIMEOUT = 5.0
MLFLOW_REQUEST_TIMEOUT, MLFLOW_REQUEST_RETRIES, MLFLOW_REQUEST_BACKOFF = 30, 3, 1

# A task whose server is away is tried again after 10, 20, 40, 80, 120 and 120 s: 6 minutes in all.
OUTAGE_RETRIES = 6
FIRST_PAUSE, LONGEST_PAUSE, PAUSE_FACTOR = timedelta(seconds=10), timedelta(minutes=2), 2.0
# A task with any other error, such as a command that fails. More tries only delay the alert.
OTHER_RETRIES = 2


def pause_after(tries: int) -> timedelta:
    """Return the pause before the next try.

    Args:
        tries: The number of tries that have failed, from 1.
    """
    factor = min(PAUSE_FACTOR ** min(tries - 1, 64), LONGEST_PAUSE / FIRST_PAUSE)
    return FIRST_PAUSE * factor
