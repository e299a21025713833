"""The bill of materials of a version, in the format CycloneDX: model, data sets and Python packages."""

from __future__ import annotations

from trimtab.registry.bill_of_materials.document import write_bill_of_materials
from trimtab.registry.bill_of_materials.materials import Dataset, Materials, gather_materials
from trimtab.registry.bill_of_materials.packages import Package, read_packages

__all__ = [
    "Dataset",
    "Materials",
    "Package",
    "gather_materials",
    "read_packages",
    "write_bill_of_materials",
]
