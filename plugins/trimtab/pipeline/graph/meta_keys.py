"""The keys of ``meta`` in ``dvc.yaml`` that the library reads, and what each says.

The docs list them from here. Other keys are the project's own.
"""

from __future__ import annotations

from collections.abc import Mapping

# In `meta.trimtab` of a stage.
STAGE_META: Mapping[str, str] = {
    "gate": "The stage is a gate: ``data`` or ``model``. Its report counts for the model.",
    "any_text": (
        "A list of params that may be any text in a run, though a command uses them. The command quotes them."
    ),
}
# In `meta` of an artifact. "Model" is an artifact of the type `model`.
ARTIFACT_META: Mapping[str, str] = {
    "problem_type": "Of the model: what it predicts, such as ``regression``. By default ``binary``.",
    "label": "Of the test window: the column of the labels.",
    "windows": "Of the test window: how many of the newest windows it holds. By default 1.",
    "group": "Of the model: the column of groups whose rows depend on each other.",
    "time": "Of the model: the column of the time, if rows depend on those shortly before and after.",
    "weight": "Of the model: the column that says how much a row counts in metrics.",
    "trusted_types": (
        "Of the model: the types that its file may hold beyond those that skops trusts, a list. With"
        " ``mlflow.pyfunc``, a model folder may execute code."
    ),
    "data_window": "Of the model: the data that it was trained on, in words, for people.",
    "data_until": "Of the model: the date when its data end. A later window is not complete yet.",
    "candidate": "The name of the candidate that the artifact belongs to.",
    "publish": "The ``module:name`` of a function that says what to log of the artifact.",
}
