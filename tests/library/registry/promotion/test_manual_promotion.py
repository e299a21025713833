"""A person makes a version champion."""

from __future__ import annotations

import pytest

from tests.library.registry.fixtures import STRONG, WEAK
from trimtab.errors import RegistryError
from trimtab.registry import promote_manually, roll_back
from trimtab.registry.ledger.ledger import Ledger


def test_manual_promotion_needs_no_comparison(client, aliases, contenders, crown):
    crown(STRONG)

    entry = promote_manually(contenders[WEAK], by="alice", reason="it is explainable")

    assert (entry.champion, entry.by, entry.person) == (WEAK, "alice", True)
    assert aliases() == {"champion": WEAK, "previous": STRONG}
    with pytest.raises(RegistryError, match="champion already"):
        promote_manually(contenders[WEAK], by="alice", reason="again")


def test_manual_promotion_needs_a_reason(aliases, contenders):
    with pytest.raises(RegistryError, match="the champion has not changed"):
        promote_manually(contenders[WEAK], by="alice", reason=" ")

    assert aliases() == {}


def test_manual_promotion_makes_a_retired_version_promotable_again(client, live, contenders):
    roll_back("contenders", by="alice", reason="complaints")
    assert Ledger.read(client, "contenders").retired == {STRONG}

    promote_manually(contenders[STRONG], by="bob", reason="it was the weather")

    assert Ledger.read(client, "contenders").retired == frozenset()
    assert live() == {"champion": STRONG, "previous": WEAK}
