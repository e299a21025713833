"""A contract for import-linter: a package is entered by its door.

``type = "facade"`` lists packages. A module outside of a package imports from the package itself, whose
``__init__`` lists the public names, and never from a module inside of it.
"""

from __future__ import annotations

import grimp
from importlinter import Contract, ContractCheck, fields, output


class FacadeContract(Contract):
    """Nobody imports a module of a listed package from outside of that package."""

    type_name = "facade"

    packages = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Return whether it holds, with each import that reaches past a package's ``__init__``."""
        reaching = sorted(
            (importer, module)
            for package in self.packages
            for module in graph.find_descendants(package)
            for importer in graph.find_modules_that_directly_import(module)
            if importer != package and not importer.startswith(f"{package}.")
        )
        return ContractCheck(kept=not reaching, metadata={"reaching": reaching})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each such import."""
        for importer, module in check.metadata["reaching"]:
            package = module.rpartition(".")[0]
            output.print_error(f"{importer} imports {module}: import the name from {package} instead")
