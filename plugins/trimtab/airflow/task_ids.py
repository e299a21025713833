"""Task ids of stages: the stage's name wherever Airflow takes it, and otherwise as near to it as can be."""

from __future__ import annotations

import hashlib
import re

PLAN, RECORD = "plan", "record"  # task ids of a pipeline's own two tasks
LONGEST = 240  # bytes: Airflow names log files after task ids, and a file's name has 255 at most
DIGITS = 10  # of a hash in an id

_HASHED = re.compile(rf"__[0-9a-f]{{{DIGITS}}}$")
_PLAIN = re.compile(r"[\w-]+")
# What the id of an address looks like: folders, stage and key, with a dot where DVC has a slash, ":" or "@".
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

    It depends on the name alone, so a stage keeps its id whatever becomes of the others, and no two names
    have the same: a dotted id is used only if the name can be read back from it, and none of those ends like
    an id with a hash.

    Args:
        stage: Its name in DVC's addressing.
        prefix: What a task group puts before it.
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
    """Return the id that a stage's task had in runs of earlier versions, if it was another one."""
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
