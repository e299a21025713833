"""The two frameworks that a dossier follows: Annex IV of the EU AI Act, and the NIST AI RMF.

Sources: Regulation (EU) 2024/1689, Annex IV, points 1 to 9. NIST AI 100-1, Artificial Intelligence Risk
Management Framework 1.0, tables 1 to 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from trimtab.dossier.content import Function, MappingRow, Section
from trimtab.dossier.person_texts import topics

ANNEX_IV: Mapping[int, str] = {
    1: "General description of the AI system",
    2: "Elements of the AI system and process of its development",
    3: "Monitoring, functioning and control of the AI system",
    4: "Appropriateness of the performance metrics",
    5: "Risk management system",
    6: "Changes through the lifecycle",
    7: "Harmonised standards applied",
    8: "EU declaration of conformity",
    9: "Post-market monitoring",
}
SERVED: Mapping[int, tuple[Function, ...]] = {
    1: ("GOVERN", "MAP"),
    2: ("MAP", "MEASURE"),
    3: ("MAP", "MEASURE", "MANAGE"),
    4: ("MEASURE",),
    5: ("MANAGE",),
    6: ("GOVERN", "MANAGE"),
    7: ("GOVERN",),
    8: ("GOVERN",),
    9: ("MEASURE", "MANAGE"),
}
CATEGORIES: Mapping[Function, tuple[str, ...]] = {
    "GOVERN": ("GOVERN 1.4", "GOVERN 1.6", "GOVERN 2.1"),
    "MAP": ("MAP 1.1", "MAP 2.1", "MAP 2.2", "MAP 2.3", "MAP 3.5", "MAP 5.1"),
    "MEASURE": ("MEASURE 1.1", "MEASURE 2.1", "MEASURE 2.3", "MEASURE 2.4", "MEASURE 2.5", "MEASURE 2.11"),
    "MANAGE": ("MANAGE 1.1", "MANAGE 2.4", "MANAGE 4.1"),
}


def map_functions(sections: Sequence[Section]) -> Iterable[MappingRow]:
    """Yield a row for each function of the NIST AI RMF: which sections serve it, and what they lack."""
    asked = topics()
    for function, categories in CATEGORIES.items():
        serving = [section for section in sections if function in section.functions]
        written = {
            each.topic for section in serving for each in section.statements if each.author == "person"
        }
        yield MappingRow(
            function=function,
            categories=categories,
            points=tuple(section.point for section in serving),
            sentences=sum(map(_count_kept, serving)),
            written=sum(topic.function == function and topic.question in written for topic in asked.values()),
            missing=tuple(
                missing.key
                for section in serving
                for missing in section.missing
                if asked[missing.key].function == function
            ),
        )


def _count_kept(section: Section) -> int:
    """Count the sentences and rows of a section that no person has written."""
    sentences = sum(statement.author == "system" for statement in section.statements)
    return sentences + sum(len(table.rows) for table in section.tables)
