"""A fast check that DVC accepts a ``dvc.lock``, without DVC.

DVC refuses a whole project because of a lock file that it cannot read, and spends much of its time on a long
one. This check recognizes a file that DVC itself has written, many times faster. For any other file it gives
no answer: DVC must read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from yaml import Event, ScalarEvent

# A pattern matches an unquoted value. A dict requires its first key. `None` is any key or value. A tuple has
# the shape of a scalar and of a list.
Shape: TypeAlias = (
    str | re.Pattern[str] | list["Shape"] | tuple["Shape", "Shape"] | dict[str | None, "Shape"] | None
)
_TEXT = re.compile(r"(?!$|~|<<$|=|[-+.]?\d|\.(inf|nan)|(null|true|false)$)", re.IGNORECASE)  # in YAML 1.2
_HASH = re.compile(r"(?!\d+e\d+$)[0-9a-f]{32}(\.dir)?$")  # with a single e among digits it is a number
_NUMBER = re.compile(r"\d{1,15}$")
_ITEM: Shape = {
    "path": _TEXT,
    "hash": _TEXT,
    "md5": _HASH,
    "size": _NUMBER,
    "nfiles": _NUMBER,
    "isexec": re.compile("true$"),
}
_STAGE: Shape = {"cmd": (_TEXT, [_TEXT]), "deps": [_ITEM], "params": {None: {None: None}}, "outs": [_ITEM]}
_LOCK: Shape = {"schema": "2.0", "stages": {None: _STAGE}}


def is_certainly_valid(content: bytes) -> bool:
    """Whether DVC certainly accepts the content of a ``dvc.lock``; ``False`` means that DVC must read it."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", None)
    # Without libyaml, this check is as slow as DVC. And the two YAML readers disagree about tabs.
    if loader is None or b"\t" in content:
        return False
    try:
        events = iter(yaml.parse(content, Loader=loader))
        start = [next(events), next(events)]
        fits = _fits(next(events), events, _LOCK)
        return fits and len(start) + len(list(events)) == 4  # one document
    except (yaml.YAMLError, StopIteration, UnicodeError):
        return False


def _fits(event: Event, events: Iterator[Event], shape: Shape) -> bool:
    """Whether a value has a shape. It consumes the events of the value, and no more.

    Args:
        event: The first event of the value.
        events: The events after it.
        shape: The shape.
    """
    kind = type(event).__name__
    if kind == "AliasEvent" or event.anchor or event.tag:
        return False  # DVC never writes them
    if isinstance(shape, tuple):
        shape = shape[kind == "SequenceStartEvent"]
    if kind == "ScalarEvent":
        return _scalar_fits(event, shape)
    if kind == "SequenceStartEvent":
        return (shape is None or isinstance(shape, list)) and all(
            _fits(item, events, shape and shape[0]) for item in _until(events, "SequenceEndEvent")
        )
    return (shape is None or isinstance(shape, dict)) and _mapping_fits(events, shape)


def _mapping_fits(events: Iterator[Event], shape: dict[str | None, Shape] | None) -> bool:
    keys = set[str]()
    for key in _until(events, "MappingEndEvent"):
        if type(key).__name__ != "ScalarEvent" or key.value in keys or not _scalar_fits(key, _TEXT):
            return False
        keys.add(key.value)
        if shape and key.value not in shape and None not in shape:
            return False
        if not _fits(next(events), events, shape and shape.get(key.value, shape.get(None))):
            return False
    return not shape or None in shape or next(iter(shape)) in keys


def _scalar_fits(event: ScalarEvent, shape: Shape) -> bool:
    if event.tag or event.anchor:
        return False
    quoted = not event.implicit[0]
    if isinstance(shape, str):
        return bool(quoted and event.value == shape)
    if shape is None:
        return quoted or not re.match(r"\d{4}-|<<$|=", event.value)  # a date that does not exist, for example
    if quoted and shape is _TEXT:
        return True
    return isinstance(shape, re.Pattern) and (not quoted or shape is _HASH) and bool(shape.match(event.value))


def _until(events: Iterator[Event], end: str) -> Iterator[Event]:
    for event in events:
        if type(event).__name__ == end:
            return
        yield event
