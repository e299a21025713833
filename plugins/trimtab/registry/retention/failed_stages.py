"""The retention of what failed stages left in ``TRIMTAB_HOME``."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from trimtab.pipeline.cache import SECONDS_PER_DAY
from trimtab.pipeline.execution import failed_outputs_folder
from trimtab.registry.retention.removal import Removal
from trimtab.registry.retention.retention_policy import RetentionPolicy


def expired_failed_stages(root: Path, policy: RetentionPolicy) -> Iterator[Removal]:
    """Yield the folders of failed stages that the policy no longer keeps, one for each DAG run."""
    for folder in sorted(failed_outputs_folder(root).glob("*/*/")):
        files = [file.stat() for file in [folder, *folder.rglob("*")]]
        if max(about.st_mtime for about in files) < time.time() - policy.report_days * SECONDS_PER_DAY:
            yield Removal(
                f"files of failed stages in {folder}",
                sum(about.st_size for about in files),
                f"older than {policy.report_days} days",
                partial(shutil.rmtree, folder, ignore_errors=True),
            )
