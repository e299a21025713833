"""What ``trimtab gate`` exits with, so that a verdict is never taken for a crash, nor a crash for a verdict.

====  ==================================================================  ==============
code  when                                                                 tried again
====  ==================================================================  ==============
0     the verdict is ``pass`` or ``warn``                                  —
1     the verdict is ``fail``                                              no
2     called wrongly, or its suite or params cannot be used                no
3     the verdict is ``error``: nothing to read, or a crash on the way     yes
else  it was killed (out of memory), or never started                      yes
====  ==================================================================  ==============

Python itself exits with 1 where it cannot even start a command, so whoever decides on a second try reads
``report.json`` too: a ``fail`` has one that says so.
"""

from __future__ import annotations

FAILED, UNUSABLE, BROKEN = 1, 2, 3
EXIT_CODES = {"pass": 0, "warn": 0, "fail": FAILED, "error": BROKEN}
