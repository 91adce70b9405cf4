"""In: a copy of `log/` and `archive/`, nothing else. Out: after one replay the same tables, and the ledger goes on."""

from __future__ import annotations

import shutil

from ingest import flow
from ingest.editions import current_edition
from tests.torture.driver import Theatre, differing


def test_log_and_archive_are_all_that_a_backup_needs(theatre: Theatre) -> None:
    lost = theatre.undisturbed("publish")
    restored = theatre.home(None, "restored")
    restored.mkdir()
    for name in ("log", "archive"):
        shutil.copytree(lost / name, restored / name)
    ended = theatre.run("replay", restored)
    assert ended.code == 0, ended.output
    assert differing(restored, lost) == []
    one, other = current_edition(restored), current_edition(lost)
    assert one is not None
    assert other is not None
    assert dict(one.tables) == dict(other.tables), "every instant too"
    assert one.number == other.number + 1, "numbers go on"
    assert flow.verify(theatre.house(restored))["broken"] == []
    again = theatre.run("gather", restored)
    assert again.code == 0, again.output
