"""Find a version: the champion, the challenger, by number, or by MLflow's address."""

from __future__ import annotations

from trimtab.errors import RegistryError, closest
from trimtab.registry.promotion.aliases import CHALLENGER, CHAMPION, read_aliases, read_version_at
from trimtab.registry.tracking import Version, connection, require_version


def find_champion(name: str) -> Version | None:
    """Return the champion of the model ``name``, ``None`` if there is none.

    Raises:
        RegistryError: The server does not answer, or refuses a request.
    """
    with connection() as client:
        return read_version_at(client, name, CHAMPION)


def find_challenger(name: str) -> Version | None:
    """Return the last version of the model ``name`` that was not promoted, ``None`` if there is none.

    Raises:
        RegistryError: The server does not answer, or refuses a request.
    """
    with connection() as client:
        return read_version_at(client, name, CHALLENGER)


def find_version(name: str, number: int) -> Version:
    """Return a version by its number.

    Raises:
        RegistryError: There is none, or the server does not answer.
    """
    with connection() as client:
        return require_version(client, name, number)


def find_version_by_uri(uri: str) -> Version:
    """Return the version at an address of MLflow's: ``models:/NAME@ALIAS`` or ``models:/NAME/VERSION``.

    Raises:
        RegistryError: It is no such address, MLflow has no such version, or the server does not answer.
    """
    name, slash, number = uri.removeprefix("models:/").partition("/")
    alias = ""
    if not slash:
        name, _, alias = name.rpartition("@")
    if not uri.startswith("models:/") or not name or not (alias or number.isdecimal()):
        raise RegistryError(
            f"The address of the model version is not valid: '{uri}'",
            fix="write models:/NAME@ALIAS or models:/NAME/VERSION",
        )
    with connection() as client:
        if not alias:
            return require_version(client, name, number)
        aliases = read_aliases(client, name)
        if alias not in aliases:
            raise RegistryError(
                f"No version of '{name}' has the alias '{alias}'{closest(alias, aliases)}",
                where=f"MLflow: registered model '{name}', aliases {', '.join(sorted(aliases)) or '(none)'}",
                fix="`trimtab models` lists the versions and their aliases",
            )
        return Version.read(client, name, aliases[alias])
