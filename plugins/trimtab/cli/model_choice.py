"""The model that a command is about, and the pipeline whose code, trusted types and policies hold for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trimtab.learning import ProblemType
    from trimtab.pipeline.graph import Pipeline
    from trimtab.registry.loading import ModelTrust

NAME_IT = "name the model with `--model`, or go to the folder of its pipeline"


@dataclass(frozen=True)
class ChosenModel:
    """A registered model and its pipeline.

    Attributes:
        name: The registered model.
        root: The root of the pipeline that declares it. If none does: the working directory.
    """

    name: str
    root: Path

    def trust(self) -> ModelTrust:
        """Return the types that the model may hold and the keys that sign it, as its pipeline lists them.

        Outside of a project there are none.
        """
        from trimtab.registry.loading import NO_PROJECT
        from trimtab.registry.publishing import read_model_trust

        return read_model_trust(self.root) if (self.root / ".dvc").is_dir() else NO_PROJECT

    def problem_type(self) -> ProblemType:
        """Return the problem type that its pipeline declares; outside of a project, binary classification."""
        from trimtab.learning import BINARY
        from trimtab.registry.publishing import project_problem_type

        return project_problem_type(self.root) if (self.root / ".dvc").is_dir() else BINARY

    def require_own(self) -> None:
        """Refuse a model that another pipeline of the repository has registered.

        Raises:
            RegistryError: The model belongs to another pipeline.
        """
        from trimtab.registry.publishing import require_own_model
        from trimtab.registry.tracking import connection

        with connection() as client:
            require_own_model(client, self.name, self.root)


def choose_model(name: str | None) -> ChosenModel:
    """Return the registered model of a name, or that of the pipeline in the working directory.

    No pipeline declares a model whose artifact was renamed since. Then it is loaded with the types that the
    project in the working directory trusts.

    Raises:
        ConfigError: No name is given, and the working directory is the root of a repository with several
            pipelines; or several of them declare the name, or none does and it is no project.
        ProjectError: No name is given, and the working directory is no project that makes a model.
        RegistryError: MLflow has no model of that name.
    """
    from trimtab.registry.publishing import read_model_name

    if name is None:
        root = choose_pipeline()
        return ChosenModel(read_model_name(root), root)
    require_registered(name)
    here, pipelines = Path.cwd(), _pipelines_in_reach()
    if (here / ".dvc").is_dir() or not pipelines:
        return ChosenModel(name, _declaring_root(name, pipelines) or here)
    return ChosenModel(name, _declaring_root(name, pipelines) or _refuse(name, pipelines))


def choose_pipeline(model: str | None = None) -> Path:
    """Return the root of the pipeline that declares a model; without a name, that of the working directory.

    Args:
        model: The name of the model in ``dvc.yaml``; it need not be registered.

    Raises:
        ConfigError: No name is given, and the working directory is the root of a repository with several
            pipelines; or several of them declare the name, or none does.
    """
    from trimtab.errors import ConfigError
    from trimtab.pipeline.graph import find_pipeline_folders

    if model is not None:
        pipelines = _pipelines_in_reach()
        return _declaring_root(model, pipelines) or _refuse(model, pipelines)
    here = Path.cwd()
    folders = find_pipeline_folders(here) if (here / ".git").exists() else {}
    if len(folders) > 1:
        raise ConfigError(
            "The command is about one model, and this repository has several pipelines",
            where=_describe(_pipelines_in_reach()),
            fix=NAME_IT,
        )
    return next(iter(folders.values()), here)


def require_registered(name: str) -> str:
    """Return the name of a registered model.

    Raises:
        RegistryError: MLflow has no model of that name.
    """
    from trimtab.registry.tracking import connection, require_model

    with connection() as client:
        require_model(client, name)
    return name


def several_pipelines() -> Sequence[Pipeline]:
    """Return the pipelines of the repository, if the working directory is its root and there are several."""
    from trimtab.pipeline.graph import find_pipeline_folders, find_pipelines

    here = Path.cwd()
    several = (here / ".git").exists() and len(find_pipeline_folders(here)) > 1
    return find_pipelines(here) if several else ()


def roots_of_models() -> tuple[dict[str, Path], Path]:
    """Return the models of the pipelines in reach with their roots, and the root for other models."""
    pipelines = _pipelines_in_reach()
    roots = {model: pipeline.root for pipeline in reversed(pipelines) for model in pipeline.models}
    return roots, Path.cwd()


def _pipelines_in_reach() -> Sequence[Pipeline]:
    """Return the project in the working directory, if it is one, and the pipelines of the repository."""
    from trimtab.pipeline.graph import Pipeline, find_pipelines, find_repository

    here = Path.cwd()
    repository = find_repository(here)
    found = find_pipelines(repository) if repository else []
    if (here / ".dvc").is_dir() and here not in [pipeline.root for pipeline in found]:
        found.insert(0, Pipeline.read(here.name, here))
    return found


def _declaring_root(model: str, pipelines: Sequence[Pipeline]) -> Path | None:
    """Return the root of the pipeline that declares a model: the one in the working directory comes first."""
    from trimtab.errors import ConfigError

    declaring = [pipeline.root for pipeline in pipelines if model in pipeline.models]
    if Path.cwd() in declaring:
        return Path.cwd()
    if len(declaring) > 1:
        raise ConfigError(
            f"{len(declaring)} pipelines declare the model '{model}'",
            where=", ".join(map(str, declaring)),
            fix="go to the folder of its pipeline; and rename the artifact in the others",
        )
    return declaring[0] if declaring else None


def _refuse(model: str, pipelines: Sequence[Pipeline]) -> NoReturn:
    from trimtab.errors import ConfigError, closest

    known = [name for pipeline in pipelines for name in pipeline.models]
    raise ConfigError(
        f"No pipeline declares the model '{model}'{closest(model, known)}",
        where=_describe(pipelines),
        fix=NAME_IT,
    )


def _describe(pipelines: Sequence[Pipeline]) -> str:
    """Return the names of the models, and the pipelines that cannot be read."""
    names = ", ".join(sorted({name for pipeline in pipelines for name in pipeline.models})) or "(none)"
    broken = [f"pipeline '{each.name}' cannot be read: {each.error.what}" for each in pipelines if each.error]
    return "; ".join([f"models: {names}", *broken])
