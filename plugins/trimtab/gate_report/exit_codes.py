"""The exit codes of ``trimtab gate``. A crash has another code than a verdict.

====  ============================================================  =======
code  when                                                          retried
====  ============================================================  =======
0     the verdict is ``pass`` or ``warn``                           —
1     the verdict is ``fail``                                       no
2     the command line, the suite or the params cannot be used      no
3     the verdict is ``error``                                      yes
else  the process was killed (out of memory), or never started      yes
====  ============================================================  =======

Python itself exits with 1 if it cannot start a command. A caller that decides on a retry therefore reads
``report.json`` too: a verdict ``fail`` has one that says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from trimtab.gate_report.verdict import Verdict

EXIT_FAIL, EXIT_USAGE, EXIT_ERROR = 1, 2, 3
EXIT_CODES: Mapping[Verdict, int] = {"pass": 0, "warn": 0, "fail": EXIT_FAIL, "error": EXIT_ERROR}
