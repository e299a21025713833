"""When a failed task is tried again: an outage of MLflow or a remote is waited for, with a growing pause."""

from __future__ import annotations

from datetime import timedelta
from typing import TypedDict

from airflow.sdk import Context, RetryDecision, RetryPolicy

from trimtab.errors import RegistryOutageError, RemoteError
from trimtab.outage_limits import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    OTHER_RETRIES,
    OUTAGE_RETRIES,
    PAUSE_FACTOR,
    pause_after,
)

OUTAGES = (RemoteError, RegistryOutageError)


class RetryArguments(TypedDict):
    """The ``default_args`` that :func:`retrying` returns."""

    retries: int
    retry_delay: timedelta
    retry_exponential_backoff: float
    max_retry_delay: timedelta
    retry_policy: RetryPolicy


def retrying() -> RetryArguments:
    """Return the ``default_args`` with which the tasks of a DAG are tried again.

    | the try ends | tried again |
    |---|---|
    | a remote or MLflow does not answer | up to 6 times, after 10, 20, 40, 80, 120 and 120 s |
    | the worker is lost | up to 6 times, with Airflow's own back-off of the same numbers |
    | any other error | up to 2 times, with the same pauses |
    """
    return {
        "retries": OUTAGE_RETRIES,
        # Airflow's own, for a try that ends without an error: its worker was lost.
        "retry_delay": FIRST_PAUSE,
        "retry_exponential_backoff": PAUSE_FACTOR,
        "max_retry_delay": LONGEST_PAUSE,
        "retry_policy": OutagePolicy(),
    }


class OutagePolicy(RetryPolicy):
    """Waits for an outage to end, and fails a task early that has any other error."""

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Context | None = None
    ) -> RetryDecision:
        """Decide whether to try again; Airflow never exceeds the ``retries`` of the task.

        Args:
            exception: The error of the try.
            try_number: The number of the try, from 1. It goes on counting after a clear.
            max_tries: Airflow's limit for it: ``retries``, and the tries before the last clear.
            context: The context of the task.
        """
        retries = context["ti"].task.retries if context else max_tries
        failed = try_number - max(max_tries - (retries or 0), 0)  # tries since the task was last cleared
        if isinstance(exception, OUTAGES):
            return RetryDecision.retry(pause_after(failed), "a server did not answer")
        if failed > OTHER_RETRIES:
            return RetryDecision.fail(f"tried {failed} times")
        return RetryDecision.retry(pause_after(failed))

    def serialize(self) -> dict[str, object]:
        """Return what Airflow stores of the policy; its code is the library's."""
        return {"__type": type(self).__name__}
