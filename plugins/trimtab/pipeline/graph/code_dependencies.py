"""The dependencies of stages on the project's own code that their params name as ``module:name``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from trimtab.errors import ProjectError
from trimtab.extension import find_code, module_file
from trimtab.params_file import load_yaml
from trimtab.pipeline.graph.graph import Graph
from trimtab.pipeline.graph.stage import Stage


def require_code_dependencies(root: Path, graph: Graph) -> None:
    """Refuse a stage whose params name a module of the project that is no dependency of the stage.

    DVC would keep the result of such a stage when the module changes: the verdict of a gate, for example.

    Args:
        root: The root of a checkout.
        graph: Its stages.

    Raises:
        ConfigError: A params file is missing or broken.
        ProjectError: There is such a stage.
    """
    for stage in graph.stages:
        for module in _named_modules(root, stage):
            file = module_file(module, root / stage.wdir)
            if file is None:  # an installed package: the lock file of the environment has its version
                continue
            path = PurePosixPath(file.relative_to(root).as_posix())
            if not any(path.is_relative_to(dependency) for dependency in stage.deps):
                raise ProjectError(
                    f"The stage '{stage.name}' uses {path}, which is no dependency of it",
                    where=f"dvc.yaml: stages.{stage.name}.deps",
                    fix=f"add {path}: a change of it must run the stage again; nothing has run",
                )


def _named_modules(root: Path, stage: Stage) -> Iterator[str]:
    """Yield the modules that the params of a stage name, where the library imports them."""
    for file, keys in stage.params.items():
        of_library = PurePosixPath(file).suffix == ".yaml" and any("." not in key for key in keys)
        if not of_library or not (root / file).is_file():
            continue  # of another format, or no section as a whole: none that the library reads
        values = load_yaml(root / file)
        sections = {key: values[key] for key in keys if key in values}
        for name in sorted(find_code(sections)):
            yield name.partition(":")[0]
