"""An MLflow server on restored data; that it serves them is tested by the drills."""

from __future__ import annotations

import pytest

from trimtab.errors import RegistryError
from trimtab.registry.recovery.restored_server import restored_server


@pytest.mark.slow
def test_server_on_no_database_is_an_error_with_its_log(tmp_path):
    (tmp_path / "mlflow.db").write_text("no database")

    with (
        pytest.raises(RegistryError, match="MLflow did not start on the restored data"),
        restored_server(f"sqlite:///{tmp_path}/mlflow.db", tmp_path / "artifacts"),
    ):
        pass
