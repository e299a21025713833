"""Shell completion: the command `trimtab completion`, and what the shell offers for an argument.

Completion must be fast and silent. It reads the files of the project and its git refs. It imports neither
DVC nor MLflow, and offers nothing where a file cannot be read.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from click.shell_completion import get_completion_class

from trimtab.cli.command_groups import example
from trimtab.escaping import echo

SHELLS = ("bash", "zsh", "fish")
MAX_RUNS = 200

Completer = Callable[[click.Context, click.Parameter, str], list[str]]


@click.command(epilog=example("trimtab completion fish > ~/.config/fish/completions/trimtab.fish"))
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the completion script of a SHELL."""
    completer = get_completion_class(shell)
    if completer is None:
        raise click.UsageError(f"click has no completion for {shell}")
    from trimtab.cli.main import cli

    echo(completer(cli, {}, "trimtab", "_TRIMTAB_COMPLETE").source())


def _completer(names: Callable[[], Iterable[str]]) -> Completer:
    """Return a completer that offers the names which begin with what was typed."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
        with contextlib.suppress(OSError, ValueError, subprocess.SubprocessError):
            return [name for name in names() if name.startswith(incomplete)]
        return []

    return complete


def _stages() -> Iterator[str]:
    """Yield the stages of the ``dvc.yaml`` in the working directory."""
    declared, locked = _section("dvc.yaml", "stages"), _section("dvc.lock", "stages")
    yield from declared
    # `foreach` and `matrix` make stages, which DVC alone can name: those that ran are in the lock file.
    yield from (name for name in locked if name.partition("@")[0] in declared and name not in declared)


def _models() -> Iterator[str]:
    """Yield the models that the ``dvc.yaml`` in the working directory declares."""
    for name, artifact in _section("dvc.yaml", "artifacts").items():
        if isinstance(artifact, dict) and artifact.get("type") == "model":
            yield name


def _environments() -> Iterator[str]:
    """Yield the environments of the ``trimtab.yaml`` in the working directory."""
    yield from _section("trimtab.yaml", "environments")


def _runs() -> list[str]:
    """Return the recorded runs, the newest first."""
    command = ["git", "for-each-ref", "--sort=-committerdate", f"--count={MAX_RUNS}"]
    done = subprocess.run(
        [*command, "--format=%(refname:lstrip=-1)", "refs/exps"], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def _section(file: str, key: str) -> dict[str, Any]:
    """Return a section of a YAML file in the working directory; empty if there is none.

    Raises:
        ValueError: The file is not YAML.
    """
    import yaml

    path, loader = Path(file), getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is fast
    try:
        content = yaml.load(path.read_bytes(), loader) if path.is_file() else {}
    except yaml.YAMLError as err:
        raise ValueError(f"{file} is not YAML") from err
    section = content.get(key) if isinstance(content, dict) else None
    return section if isinstance(section, dict) else {}


complete_stage = _completer(_stages)
complete_model = _completer(_models)
complete_environment = _completer(_environments)
complete_run = _completer(_runs)
