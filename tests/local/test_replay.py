from datetime import date

from trimtab.local.replay import months


def test_dates_are_the_firsts_of_the_months():
    assert months(date(2013, 11, 5), date(2014, 1, 1)) == [
        date(2013, 11, 1),
        date(2013, 12, 1),
        date(2014, 1, 1),
    ]
