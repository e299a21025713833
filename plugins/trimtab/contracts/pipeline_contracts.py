"""The contracts by name: those of each pipeline, and those of the repository as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from trimtab.contracts.checked_project import CheckedProject
from trimtab.contracts.gate_paths import check_gate_paths
from trimtab.contracts.lock_state import check_lock_state
from trimtab.contracts.page_names import check_page_names
from trimtab.contracts.params_comments import check_params
from trimtab.contracts.problem import Problem
from trimtab.contracts.stage_imports import check_allowed_imports, check_declared_imports

Contract: TypeAlias = Callable[[CheckedProject], Iterable[Problem]]

PIPELINE_CONTRACTS: dict[str, Contract] = {
    "imports_of_stages_are_deps": check_declared_imports,
    "imports_of_stages_are_allowed": check_allowed_imports,
    "lock_is_up_to_date": check_lock_state,
    "gates_are_on_every_path_to_the_model": check_gate_paths,
    "params_are_documented_and_used": check_params,
}
# Of the top of the repository, whether there is a pipeline or not, and of each folder of a pipeline.
REPOSITORY_CONTRACTS: dict[str, Contract] = {"docs_name_what_exists": check_page_names}
