"""A contract for import-linter: other packages import the public names of a package.

``type = "facade"`` lists packages. A module outside a package imports from the package itself, whose
``__init__`` lists the public names. It never imports from a module inside the package.
"""

from __future__ import annotations

import grimp
from importlinter import Contract, ContractCheck, fields, output


class FacadeContract(Contract):
    """No module inside a listed package is imported from outside the package."""

    type_name = "facade"

    packages = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Return whether the contract is kept, with each import that breaks it."""
        violations = sorted(
            (importer, module)
            for package in self.packages
            for module in graph.find_descendants(package)
            for importer in graph.find_modules_that_directly_import(module)
            if importer != package and not importer.startswith(f"{package}.")
        )
        return ContractCheck(kept=not violations, metadata={"violations": violations})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print each import that breaks the contract."""
        for importer, module in check.metadata["violations"]:
            package = module.rpartition(".")[0]
            output.print_error(f"{importer} imports {module}: import the name from {package} instead")
