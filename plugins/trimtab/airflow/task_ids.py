"""Task ids of stages: the stage's name where Airflow takes it, or else an id close to it."""

from __future__ import annotations

import hashlib
import re

PLAN, RECORD = "plan", "record"  # task ids of the two tasks that are no stages
LONGEST = 240  # bytes: Airflow names log files after task ids, and a file name has at most 255
DIGITS = 10  # of a hash in an id

_HASHED = re.compile(rf"__[0-9a-f]{{{DIGITS}}}$")
_PLAIN = re.compile(r"[\w-]+")
# The id of a DVC address: folders, stage and key, with a dot for each slash, ":" and "@".
_DOTTED = re.compile(
    r"(?:(?:(?P<folder>[\w-]+(?:\.[\w-]+)*)\.)?(?P<file>dvc\.yaml)\.)?(?P<stage>[\w-]+)(?:\.(?P<key>.+))?"
)


def task_id(stage: str, *, prefix: str = "") -> str:
    """Return the task id of a stage.

    | stage | task |
    |---|---|
    | ``train`` | ``train`` |
    | ``features@a`` | ``features.a`` |
    | ``sub/dvc.yaml:train`` | ``sub.dvc.yaml.train`` |
    | anything else: ``my stage``, ``a@b:c``, ``plan``, a very long name | ``my_stage__`` and a short hash |

    The id depends on the name alone, so a stage keeps its id when other stages change. No two names have the
    same id: a dotted id is used only if the name can be read back from it, and no dotted id ends like an id
    with a hash.

    Args:
        stage: Name of the stage in DVC's addressing.
        prefix: Prefix of the task group.
    """
    room = LONGEST - len(prefix.encode())
    dotted = re.sub("[/:@]", ".", stage)
    taken = ".." in dotted or _HASHED.search(dotted)  # Airflow forbids two dots in a row
    readable = re.fullmatch(r"[\w.-]+", dotted) and not taken and _name_of(dotted) == stage
    if readable and stage not in (PLAN, RECORD) and len(dotted.encode()) <= room:
        return dotted
    digest = hashlib.sha256(stage.encode()).hexdigest()[:DIGITS]
    short = re.sub(r"[^\w-]+", "_", stage).encode()[: room - len(digest) - 2].decode(errors="ignore")
    return f"{short}__{digest}"


def former_id(task: str) -> str | None:
    """Return the id that a stage's task had in earlier releases; None if it was the same."""
    return f"{task[: -DIGITS - 2]}..{task[-DIGITS:]}" if _HASHED.search(task) else None


def _name_of(dotted: str) -> str | None:
    """Read the stage's name back from its id; None if it cannot be one."""
    if _PLAIN.fullmatch(dotted):
        return dotted
    found = _DOTTED.fullmatch(dotted)
    if not found:
        return None
    folder = f"{found['folder'].replace('.', '/')}/" if found["folder"] else ""
    file = f"{folder}{found['file']}:" if found["file"] else ""
    return f"{file}{found['stage']}" + (f"@{found['key']}" if found["key"] else "")
