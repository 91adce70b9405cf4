"""In: real pages beside the project, when they are there. Out: the cleaner agrees with what was checked by hand, above floors that
only rise."""

from __future__ import annotations

import pytest

from tests.clean.agreement import Agreement, agreement, compare, folder

FLOORS = Agreement(articles=0.99, title=0.93, title_alike=0.90, day=0.98, minute=0.94, authors=0.88, authors_near=0.90)


@pytest.mark.timeout(180)
def test_agreement_stays_above_its_floors() -> None:
    root = folder()
    if root is None:
        pytest.skip("no folder of checked pages; name one in CLAIMLEDGER_PAGES")
    told = agreement(compare(root))
    below = {
        name: (getattr(told, name), getattr(FLOORS, name)) for name in Agreement.__slots__ if getattr(told, name) < getattr(FLOORS, name)
    }
    assert not below
