"""Edited data of `.dvc` files is refused by a plan."""

from __future__ import annotations

import pytest

from trimtab.errors import ProjectError


def test_data_of_a_dvc_file_is_planned_by_its_hash_and_refused_if_edited(project):
    checkout = project()
    checkout.write({"data/big.txt": "much\n"})
    with checkout.dvc() as repo:
        repo.add(str(checkout.root / "data/big.txt"))
    checkout.edit("dvc.yaml", "data/source.txt]", "data/source.txt, data/big.txt]")
    assert set(checkout.states().values()) == {"run"}
    checkout.repro()
    (checkout.root / "data/big.txt").unlink()
    assert set(checkout.states().values()) == {"unchanged"}

    checkout.write({"data/big.txt": "more\n"})

    with pytest.raises(
        ProjectError, match=r"'data/big\.txt' was edited: its hash is not that of 'data/big\.txt\.dvc'"
    ) as refusal:
        checkout.plan()
    assert "`dvc commit data/big.txt.dvc`" in refusal.value.fix
