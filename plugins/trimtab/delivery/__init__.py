"""Delivery figures: how often and how fast changes become the live model, and how often that fails.

They are the four keys of DORA, measured from the ledger, the drift log and git.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trimtab.lazy_names import lazy_names

if TYPE_CHECKING:
    from trimtab.delivery.delivery_text import show_delivery
    from trimtab.delivery.deployment import Deployment, read_deployments
    from trimtab.delivery.figures import DeliveryFigures, measure_delivery

__all__ = ["DeliveryFigures", "Deployment", "measure_delivery", "read_deployments", "show_delivery"]

__getattr__ = lazy_names(
    __name__,
    {
        "delivery_text": ["show_delivery"],
        "deployment": ["Deployment", "read_deployments"],
        "figures": ["DeliveryFigures", "measure_delivery"],
    },
)
