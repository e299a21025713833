from __future__ import annotations

from datetime import timedelta

from trimtab.outage_limits import LONGEST_PAUSE, OUTAGE_RETRIES, pause_after


def test_pauses_grow_to_the_longest_and_cover_an_outage_of_minutes():
    pauses = [pause_after(tries) for tries in range(1, OUTAGE_RETRIES + 1)]

    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE == pause_after(1000)
    # an outage of a minute ends before the fourth of seven tries, one of 90 s before the fifth
    assert sum(pauses[:3], timedelta()) >= timedelta(seconds=60)
    assert sum(pauses[:4], timedelta()) >= timedelta(seconds=90)
