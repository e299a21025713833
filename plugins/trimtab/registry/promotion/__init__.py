"""Compare challenger and champion, promote, roll back."""

from __future__ import annotations

from trimtab.registry.promotion.champion import (
    CHAMPION,
    Champion,
    aliases,
    find_addressed,
    find_challenger,
    find_champion,
    find_version,
    load_champion,
)
from trimtab.registry.promotion.champion_history import read_history
from trimtab.registry.promotion.checkout_registration import promote_from_checkout, publish_checkout
from trimtab.registry.promotion.comparison_summary import Approval, Decision, Examination
from trimtab.registry.promotion.comparison_window import label_of, test_window
from trimtab.registry.promotion.paired_bootstrap import compare_scores
from trimtab.registry.promotion.promote_policy import PromotePolicy
from trimtab.registry.promotion.promotion import examine, let_in, promote
from trimtab.registry.promotion.rollback import roll_back
from trimtab.registry.promotion.version_table import sentence, show

__all__ = [
    "CHAMPION",
    "Approval",
    "Champion",
    "Decision",
    "Examination",
    "PromotePolicy",
    "aliases",
    "compare_scores",
    "examine",
    "find_addressed",
    "find_challenger",
    "find_champion",
    "find_version",
    "label_of",
    "let_in",
    "load_champion",
    "promote",
    "promote_from_checkout",
    "publish_checkout",
    "read_history",
    "roll_back",
    "sentence",
    "show",
    "test_window",
]
