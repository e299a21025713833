"""Promote a version to the registry of another environment, and prove it there."""

from __future__ import annotations

from trimtab.registry.environments.environment_promotion import EnvironmentPromotion, promote_to
from trimtab.registry.environments.target_environment import TargetEnvironment, find_target

__all__ = ["EnvironmentPromotion", "TargetEnvironment", "find_target", "promote_to"]
