from __future__ import annotations

import mlflow.sklearn
from mlflow.models import Model

from trimtab.registry.publishing.recorded_flavor import RecordedFlavor
from trimtab.registry.tracking import hash_folder


def test_recorded_flavor_has_the_hash_of_the_files_that_it_wrote(strong, tmp_path):
    flavor = RecordedFlavor(mlflow.sklearn)

    flavor.save_model(
        str(tmp_path / "model"),
        Model(),
        validate_serving_input=False,
        sk_model=strong,
        serialization_format="skops",
        skops_trusted_types=[],
        pip_requirements=["scikit-learn"],
    )

    assert (tmp_path / "model" / "model.skops").is_file()
    assert flavor.sent == hash_folder(tmp_path / "model")
    assert flavor.__name__ == mlflow.sklearn.__name__
