"""Register a candidate: one MLflow run and one version per content, whatever the number of tries."""

from __future__ import annotations

from functools import partial

from trimtab.errors import ModelError, RegistryOutageError
from trimtab.escaping import code, markdown
from trimtab.learning import load_estimator
from trimtab.registry.loading import Estimator, ScoringModel
from trimtab.registry.publishing.candidate import Candidate
from trimtab.registry.publishing.model_owner import require_own_model
from trimtab.registry.publishing.run_log import LoggedRun, log_run, tags_of
from trimtab.registry.publishing.version_description import REGISTERED, with_headline
from trimtab.registry.signing import Signer
from trimtab.registry.tracking import (
    ALREADY_EXISTS,
    ARTIFACT_HASH,
    SEAL,
    SIGNED_BY,
    MlflowClient,
    Version,
    connection,
    delete_if_exists,
    ensure_experiment,
    error_code,
    filter_by_key,
    find_sealed_versions,
    write_seal,
)


def publish(candidate: Candidate, *, experiment: str | None = None, signer: Signer | None = None) -> Version:
    """Register a candidate, or return the version that was registered from the same content.

    The version is created last, after the store was compared with what was uploaded. So a version that exists
    is complete. Of several tries, at once or after a crash, the first one to create a version wins. The
    others remove what they created, and return that version. With a signer, a version that no trusted key has
    signed does not count: the content is registered again, and both stay.

    Args:
        candidate: What to register.
        experiment: MLflow experiment of the run; by default the model's name.
        signer: The key that signs the version; :func:`~trimtab.registry.signing.find_signer` returns it.

    Raises:
        ModelError: The model holds types that its artifact does not list, does not fit the declared problem
            type, or does not predict for its own input example.
        RegistryError: The model belongs to another pipeline of the repository, or the server refuses a
            request.
        RegistryOutageError: The server does not answer, or its store has lost a file that was uploaded.
    """
    from mlflow.exceptions import MlflowException
    from requests import RequestException

    signed_by = signer.accepted if signer else ()
    find = partial(Version.find_by_key, name=candidate.name, key=candidate.key, signed_by=signed_by)
    with connection() as client:
        version = find(client)
        if version is None:
            require_own_model(client, candidate.name, candidate.root)
            estimator = load_estimator(candidate.model, candidate.trusted_types, candidate.problem)
            _require_predictions(candidate, estimator)
            experiment_id = ensure_experiment(
                client, experiment or candidate.name, describe_experiment(candidate)
            )
            try:
                logged = log_run(candidate, estimator, experiment_id, signer)
                created = _create_version(client, candidate, logged, signer)
            except (MlflowException, RequestException, RegistryOutageError):
                created = 0
                if find(client) is None:
                    raise
            version = find(client, created=created)
            assert version
        _remove_other_tries(client, version)
        return version


def describe_experiment(candidate: Candidate) -> str:
    """Return the description of the experiment, in Markdown: what its runs are."""
    about = f"{markdown(candidate.desc)}\n\n" if candidate.desc else ""
    return (
        f"{about}Each run is a model {code(candidate.name)} that passed its gates, with params, metrics,"
        " plots, gate reports and lineage. The versions of the registered model have the verdicts."
    )


def _require_predictions(candidate: Candidate, estimator: Estimator) -> None:
    """Refuse a model that does not predict for its own input example as its problem type says."""
    import pandas as pd

    example, problem = pd.read_parquet(candidate.input_example), candidate.problem
    fault = problem.find_unfit(estimator)
    if not fault:
        features, label = tuple(map(str, example.columns)), f"The model '{candidate.name}'"
        fault = ScoringModel.load(estimator, features, label, problem).find_fault(example)
    if fault:
        raise ModelError(
            f"The model '{candidate.name}' does not predict for its input example: {fault}",
            where=f"{candidate.model.name}, {candidate.input_example.name}",
            fix=f"publish {problem.estimator}, with rows of the columns that it reads; or declare another"
            f" `problem_type` than {problem.name} in the meta of its artifact; nothing has been registered",
        )


def _create_version(
    client: MlflowClient, candidate: Candidate, logged: LoggedRun, signer: Signer | None
) -> int:
    """Create the version and return its number; MLflow numbers versions in the order they are created.

    The seal is logged before, as a param of the run, which nobody can change.
    """
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(candidate.name, description=candidate.desc)
    except MlflowException as err:
        if error_code(err) != ALREADY_EXISTS:
            raise
    tags = {
        **tags_of(candidate),
        ARTIFACT_HASH: logged.model.sent,
        SEAL: "a param of the run",
    }
    if signer:
        tags[SIGNED_BY] = signer.fingerprint
    client.log_param(logged.run_id, SEAL, write_seal(tags, logged.files))
    created = client.create_model_version(
        candidate.name,
        source=f"models:/{logged.model.model_id}",
        run_id=logged.run_id,
        model_id=logged.model.model_id,
        tags=tags,
        description=with_headline(REGISTERED, logged.description),
    )
    return int(created.version)


def _remove_other_tries(client: MlflowClient, version: Version) -> None:
    """Remove what other tries with the same content left: versions, then logged models, then runs.

    A try that is still running fails at its next request, and then returns the version. A version that is not
    signed, or by another key, stays: it may be the champion.
    """
    kept = {version.run_id}
    for other in find_sealed_versions(client, version.name, version.key):
        if other.tags.get(SIGNED_BY) != version.tags.get(SIGNED_BY):
            kept.add(other.run_id)
        elif int(other.version) != version.version:
            delete_if_exists(client.delete_model_version, version.name, other.version)
    experiment_id = client.get_run(version.run_id).info.experiment_id
    for run in client.search_runs([experiment_id], filter_by_key(version.key)):
        if run.info.run_id not in kept:
            remove_run(client, experiment_id, run.info.run_id)


def remove_run(client: MlflowClient, experiment_id: str, run_id: str) -> None:
    """Delete a run and the models that it logged, unless another process has deleted them."""
    for model in client.search_logged_models([experiment_id], f"source_run_id = '{run_id}'"):
        delete_if_exists(client.delete_logged_model, model.model_id)
    delete_if_exists(client.delete_run, run_id)
