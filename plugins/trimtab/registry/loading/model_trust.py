"""What the checkout that runs trusts in a registered model: types of its file, and keys that sign it."""

from __future__ import annotations

from dataclasses import dataclass

from trimtab.registry.signing import PublicKey


@dataclass(frozen=True)
class ModelTrust:
    """What a checkout trusts. Nothing of it comes from a run, from MLflow or from the environment.

    Attributes:
        types: The types that a model may hold beyond those that skops knows to be harmless.
        keys: The keys one of which must have signed a version before it is used. If there are none, the
            policy requires no signature.
    """

    types: tuple[str, ...] = ()
    keys: tuple[PublicKey, ...] = ()


NO_PROJECT = ModelTrust()  # outside of a project: no types, and no policy that requires a signature
