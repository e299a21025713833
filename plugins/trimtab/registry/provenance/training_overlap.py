"""Whether a champion may have learnt from the window that it is compared on."""

from __future__ import annotations

from trimtab.registry.provenance.data_extent import DataExtent
from trimtab.registry.tracking import DATASET_CONTEXT_TAG, Version


def describe_leakage(champion: Version, challenger: Version) -> str:
    """Say why a champion may have learnt from the challenger's test window, within an open connection.

    Returns:
        The reason; empty if it has not: both were tested on the same data, or the champion's training data
        end before the window.
    """
    theirs, ours = DataExtent.of_version(champion), DataExtent.of_version(challenger)
    begin = ours.tested_from if ours else None
    if begin is None:  # the beginning of the window is not known, so the ends of both versions are compared
        if theirs and (ours is None or theirs.seen_until > ours.seen_until):
            end = f"past the challenger's {ours.seen_until}" if ours else "the challenger's end is unknown"
            return f"its data go until {theirs.seen_until}, {end}: it may have learnt from the window"
        return ""
    if theirs and theirs.learnt_until <= begin:
        return ""
    tested = _test_data(challenger)
    if tested and tested == _test_data(champion):
        return ""
    end = f"go until {theirs.learnt_until}" if theirs else "have no known end"
    return f"its training data {end}, the window begins at {begin}: it may have learnt from the window"


def _test_data(version: Version) -> set[str]:
    """Return the hashes of the data that a version was tested on."""
    from mlflow import MlflowClient

    inputs = MlflowClient().get_run(version.run_id).inputs.dataset_inputs
    return {
        each.dataset.digest
        for each in inputs
        if any(tag.key == DATASET_CONTEXT_TAG and tag.value == "testing" for tag in each.tags)
    }
