"""Recovery: drills, the inventory of copies, and what came of tainted data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.lazy_names import lazy_names

if TYPE_CHECKING:
    from trimtab.registry.recovery.affected import Affected
    from trimtab.registry.recovery.drill import Drill, duration_text
    from trimtab.registry.recovery.drill_log import has_drills, read_drills, recovery_experiment
    from trimtab.registry.recovery.drill_run import run_drill
    from trimtab.registry.recovery.inventory import Inventory, take_inventory
    from trimtab.registry.recovery.readiness import check_readiness, drill_problems
    from trimtab.registry.recovery.recovery_policy import (
        BACKUP_VARIABLE,
        RecoveryPolicy,
        find_backup_location,
        read_recovery_policy,
    )
    from trimtab.registry.recovery.recovery_tables import (
        show_affected,
        show_drill,
        show_inventory,
        show_isolated,
    )
    from trimtab.registry.recovery.tainted_data import Isolated, isolate, list_isolated, release

__all__ = [
    "BACKUP_VARIABLE",
    "Affected",
    "Drill",
    "Inventory",
    "Isolated",
    "RecoveryPolicy",
    "check_readiness",
    "drill_problems",
    "duration_text",
    "find_backup_location",
    "has_drills",
    "isolate",
    "list_isolated",
    "read_drills",
    "read_recovery_policy",
    "recovery_experiment",
    "release",
    "run_drill",
    "show_affected",
    "show_drill",
    "show_inventory",
    "show_isolated",
    "take_inventory",
]

__getattr__ = lazy_names(
    __name__,
    {
        "affected": ["Affected"],
        "drill": ["Drill", "duration_text"],
        "drill_log": ["has_drills", "read_drills", "recovery_experiment"],
        "drill_run": ["run_drill"],
        "inventory": ["Inventory", "take_inventory"],
        "readiness": ["check_readiness", "drill_problems"],
        "recovery_policy": [
            "BACKUP_VARIABLE",
            "RecoveryPolicy",
            "find_backup_location",
            "read_recovery_policy",
        ],
        "recovery_tables": ["show_affected", "show_drill", "show_inventory", "show_isolated"],
        "tainted_data": ["Isolated", "isolate", "list_isolated", "release"],
    },
)
