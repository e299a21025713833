"""The start of a stage: paths from its command in ``dvc.yaml``, errors as messages."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from inspect import signature
from pathlib import Path

from trimtab.errors import TrimtabError


def run(main: Callable[..., None]) -> None:
    """Call ``main`` with one path per parameter: ``main(raw, clean)`` reads ``--raw`` and ``--clean``.

    An error of the library, or a file that cannot be read or written, ends the process with a message and
    exit code 1.
    """
    parser = ArgumentParser(description=main.__doc__)
    for name in signature(main).parameters:
        parser.add_argument(f"--{name.replace('_', '-')}", type=Path, required=True, metavar="PATH")
    paths = vars(parser.parse_args())
    try:
        main(**paths)
    except (TrimtabError, OSError) as err:
        sys.exit(str(err))
