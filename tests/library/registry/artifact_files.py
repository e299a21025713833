"""Files of a version in the artifacts of the MLflow server."""


def stored(client, version, database, file):
    model_id = client.get_model_version(version.name, str(version.version)).source.rpartition("/")[2]
    return list((database.parent / "artifacts").rglob(f"{model_id}/artifacts/{file}"))
