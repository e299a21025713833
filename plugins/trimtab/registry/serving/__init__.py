"""Serve the champion: the manifest of an InferenceService of KServe."""

from __future__ import annotations

from trimtab.registry.serving.inference_service import Manifest, ServingResources, serving_manifest

__all__ = ["Manifest", "ServingResources", "serving_manifest"]
