"""The texts of a dossier that only a person can write, in one committed file of the pipeline.

A text that is not in the file is missing. The library never writes one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from trimtab.config import Params, parse_params
from trimtab.dossier.content import Function, Missing, Source, Statement
from trimtab.errors import ConfigError
from trimtab.params_file import load_yaml
from trimtab.pipeline.git import git
from trimtab.registry.tracking import temporary_folder

DOSSIER_FILE = "dossier.yaml"
LONGEST_TEXT = 20_000  # characters
_PLACEHOLDER = re.compile(
    r"\W*(todo|tbd|tba|fixme|xxx|n/?a|none|lorem ipsum.*)?\W*", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True)
class Topic:
    """What a text has to answer, and for which requirement.

    Attributes:
        point: The point of Annex IV, 1 to 9.
        function: The function of the NIST AI RMF.
        question: What the text has to answer.
    """

    point: int
    function: Function
    question: str


def _require_text(text: str) -> str:
    if _PLACEHOLDER.fullmatch(text):
        raise ValueError(
            "it is a placeholder; write the text, or remove the key, which then counts as missing"
        )
    return text.strip()


Text: TypeAlias = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_require_text)]


class PersonTexts(Params):
    """The content of ``dossier.yaml``: a text for each key, in plain words. No key is required."""

    intended_purpose: Annotated[
        Text | None, Topic(1, "MAP", "what the system is for, and which decisions it supports")
    ] = None
    intended_users: Annotated[Text | None, Topic(1, "MAP", "who uses it, and what they have to know")] = None
    provider: Annotated[Text | None, Topic(1, "GOVERN", "name and address of the provider")] = None
    contact: Annotated[Text | None, Topic(1, "GOVERN", "whom to ask, and whom to tell of a problem")] = None
    deployment: Annotated[
        Text | None,
        Topic(1, "MAP", "with which hardware and software it is used, and in which form it is supplied"),
    ] = None
    instructions_for_use: Annotated[
        Text | None, Topic(1, "MAP", "how to use it, or where the instructions are")
    ] = None
    design_choices: Annotated[
        Text | None, Topic(2, "MAP", "why it is built this way, with which assumptions and trade-offs")
    ] = None
    data_collection: Annotated[
        Text | None,
        Topic(2, "MAP", "how the data were obtained, selected and labelled, and what they leave out"),
    ] = None
    cybersecurity: Annotated[
        Text | None, Topic(2, "MEASURE", "the measures against attacks on the system around the model")
    ] = None
    known_limits: Annotated[
        Text | None, Topic(3, "MAP", "where it is not to be used, and which errors it is known to make")
    ] = None
    foreseeable_misuse: Annotated[
        Text | None,
        Topic(3, "MAP", "unintended outcomes, and risks to health, safety and fundamental rights"),
    ] = None
    affected_groups: Annotated[
        Text | None, Topic(3, "MAP", "which people it affects, and for which of them it may work less well")
    ] = None
    human_oversight: Annotated[
        Text | None, Topic(3, "MANAGE", "who oversees it, how they notice a fault, and how they intervene")
    ] = None
    metric_choice: Annotated[
        Text | None, Topic(4, "MEASURE", "why these metrics are appropriate for this purpose")
    ] = None
    risk_assessment: Annotated[
        Text | None, Topic(5, "MANAGE", "the risks, how they were estimated, what was done, and what remains")
    ] = None
    lifecycle_changes: Annotated[
        Text | None, Topic(6, "MANAGE", "changes to the system around the model, and why they were made")
    ] = None
    standards: Annotated[
        Text | None,
        Topic(7, "GOVERN", "the harmonised standards that were applied, or what was done instead"),
    ] = None
    declaration_of_conformity: Annotated[
        Text | None, Topic(8, "GOVERN", "the EU declaration of conformity, or where it is")
    ] = None
    post_market_monitoring: Annotated[
        Text | None, Topic(9, "MANAGE", "the plan for monitoring after release, and who carries it out")
    ] = None


def topics() -> Mapping[str, Topic]:
    """Return what each key of the file has to answer, in the order of Annex IV."""
    return {
        key: next(each for each in field.metadata if isinstance(each, Topic))
        for key, field in PersonTexts.model_fields.items()
    }


@dataclass(frozen=True)
class WrittenTexts:
    """The texts that a commit has.

    Attributes:
        texts: The texts.
        source: The commit.
    """

    texts: PersonTexts
    source: Source

    def statements(self, point: int) -> tuple[Statement, ...]:
        """Return the texts of a point of Annex IV that a person has written."""
        return tuple(
            Statement(text=text, sources=(self.source,), author="person", topic=topic.question)
            for key, topic in topics().items()
            if topic.point == point and (text := getattr(self.texts, key))
        )

    def missing(self, point: int) -> tuple[Missing, ...]:
        """Return what nobody has written of a point of Annex IV."""
        return tuple(
            Missing(key=key, topic=topic.question)
            for key, topic in topics().items()
            if topic.point == point and getattr(self.texts, key) is None
        )


def read_texts(root: Path, commit: str) -> WrittenTexts:
    """Read ``dossier.yaml`` of a pipeline from a commit; a commit without the file has no text.

    Args:
        root: The root of the pipeline, in a repository that has the commit.
        commit: The full hash of the commit.

    Raises:
        ConfigError: The file is no file of texts, or a key is unknown.
    """
    source = Source(kind="git commit", name=DOSSIER_FILE, hash=commit)
    listed = git(root, "ls-tree", commit, DOSSIER_FILE)
    if not listed:
        return WrittenTexts(PersonTexts(), source)
    where = f"{DOSSIER_FILE} of commit {commit[:12]}"
    mode, _, blob = listed.partition("\t")[0].split()
    if not mode.startswith("100"):
        raise ConfigError(f"{DOSSIER_FILE} is no regular file", where=where, fix="commit a file of texts")
    with temporary_folder() as folder:
        file = folder / DOSSIER_FILE
        file.write_text(git(root, "cat-file", "blob", blob, strip=False), encoding="utf-8")
        try:
            values = load_yaml(file)
        except ConfigError as err:
            raise ConfigError(err.what, where=where, fix="correct it, and train from that commit") from err
    return WrittenTexts(parse_params(PersonTexts, values, where=where), source)
