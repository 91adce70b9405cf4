"""In: the demonstration web, visited again and again, with crashes in between. Out: a log that gains what changed and loses nothing."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from demo.server import DemoSite
from ingest import flow
from ingest.errors import Halt, Misuse, Retry
from ingest.events import EventType, StoredEvent
from ingest.flow import stages
from ingest.flow.house import House
from ingest.pending import summary
from ingest.sources import Source
from ingest.storage import LocalStorage
from tests.flow.conftest import ROOT, SLUGS, demo_settings, with_storage

GONE_AT_THE_SECOND_VISIT = 410


def events(house: House, slug: str) -> list[StoredEvent]:
    return list(house.log.read(slug))


def types(found: list[StoredEvent]) -> Counter[EventType]:
    return Counter(event.type for event in found)


def since(house: House, slug: str, before: int) -> list[StoredEvent]:
    return list(house.log.read(slug, after=before))


def heads(house: House) -> dict[str, int]:
    return {stream: house.log.head(stream).position for stream in house.log.streams()}


def gather(house: House, sources: dict[str, Source], *slugs: str, run_id: str = "again") -> dict[str, Any]:
    return flow.gather(house, [sources[slug] for slug in slugs], run_id)


def nothing_pending(house: House, source: Source) -> bool:
    told = summary(house.state(source.slug), stages.CLEANER_VERSION, *stages.extractor_of(source))
    return told["to_clean"] == told["to_extract"] == 0


class TestVisits:
    def test_a_first_visit_ends_every_lead_under_one_name(self, house: House) -> None:
        for slug in SLUGS:
            found = events(house, slug)
            leads = [e.payload["url"] for e in found if e.type is EventType.LEAD_FOUND]
            ended = [
                e.payload["url"]
                for e in found
                if e.type in (EventType.CAPTURE_TAKEN, EventType.CAPTURE_FAILED) and e.payload["role"] == "article"
            ]
            assert sorted(leads) == sorted(ended), slug
            told = types(found)
            articles = [e for e in found if e.type is EventType.CAPTURE_TAKEN and e.payload["role"] == "article"]
            assert told[EventType.ARTICLE_CLEANED] + told[EventType.CAPTURE_REJECTED] == len(articles)
            assert told[EventType.STATEMENTS_EXTRACTED] == told[EventType.ARTICLE_CLEANED] > 0

    def test_nothing_broken_and_nothing_left_behind(self, house: House) -> None:
        told = flow.verify(house)
        assert told["broken"] == []
        assert told["checked"]["captures"] > 20
        assert told["checked"]["quotes"] > 50
        assert list((house.home / "work").glob("*")) == []

    def test_a_second_visit_adds_what_changed_and_a_third_nothing_new(
        self, house: House, site: DemoSite, sources: dict[str, Source]
    ) -> None:
        site.visit = 2
        before = heads(house)
        result = gather(house, sources, *SLUGS, run_id="second")
        assert result["errors"] == {}
        second = {slug: types(since(house, slug, before[slug])) for slug in SLUGS}
        assert second["dispatches"] == Counter(), "a file that did not change"
        assert second["bureau"][EventType.ARTICLE_GONE] == 1
        assert second["bureau"][EventType.ARTICLE_CLEANED] == 0
        assert second["gazette"][EventType.ARTICLE_CLEANED] == second["gazette"][EventType.STATEMENTS_EXTRACTED] > 0
        gone = [e.payload for e in events(house, "bureau") if e.type is EventType.ARTICLE_GONE]
        assert [payload["status"] for payload in gone] == [GONE_AT_THE_SECOND_VISIT]

        before = heads(house)
        gather(house, sources, *SLUGS, run_id="third")
        for slug in SLUGS:
            added = since(house, slug, before[slug])
            assert set(types(added)) <= {EventType.CAPTURE_TAKEN}, slug
            assert all(e.payload["is_unchanged"] and e.payload["role"] == "listing" for e in added), slug
        assert flow.verify(house)["broken"] == []

    def test_a_page_asked_again_and_not_changed_costs_no_byte(self, house: House, sources: dict[str, Source]) -> None:
        archived = set(house.storage.keys("archive"))
        result = gather(house, sources, "bureau")
        assert result["sources"]["bureau"]["fetch"] == {"captures": 0, "unchanged": 7, "failures": {}}
        assert set(house.storage.keys("archive")) == archived

    def test_a_run_is_named_in_its_events(self, house: House) -> None:
        assert {e.run_id for slug in SLUGS for e in events(house, slug)} == {"first"}

    def test_positions_are_gapless_and_in_order_of_happening(self, house: House) -> None:
        for slug in SLUGS:
            found = events(house, slug)
            assert [e.position for e in found] == list(range(1, len(found) + 1))
            captured = {e.event_id for e in found if e.type is EventType.CAPTURE_TAKEN}
            assert all(e.payload["capture_id"] in captured for e in found if "capture_id" in e.payload)

    def test_the_same_event_is_never_told_twice(self, house: House) -> None:
        for slug in SLUGS:
            ids = [e.event_id for e in events(house, slug)]
            assert len(ids) == len(set(ids))

    def test_leads_stand_before_the_listing_that_named_them(self, house: House) -> None:
        """A crash between two segments of one append must not leave a listing that is known and leads that are not."""
        first = events(house, "gazette")
        listing = next(e.position for e in first if e.type is EventType.CAPTURE_TAKEN and e.payload["role"] == "listing")
        assert max(e.position for e in first if e.type is EventType.LEAD_FOUND) < listing


class FailingStorage(LocalStorage):
    """Fails, as a killed process would, before it creates the n-th object whose key begins with `prefix`."""

    def __init__(self, root: Path, prefix: str, at: int) -> None:
        super().__init__(root)
        self.prefix, self.left = prefix, at

    def create(self, key: str, data: bytes) -> None:
        if key.startswith(self.prefix):
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        super().create(key, data)


class TestCrashes:
    @pytest.mark.parametrize(("prefix", "at"), [("log/", 1), ("log/", 2), ("log/", 4), ("archive/", 2), ("archive/", 3)])
    def test_a_crash_anywhere_loses_nothing_and_the_next_run_carries_on(
        self, empty_house: House, house: House, sources: dict[str, Source], prefix: str, at: int
    ) -> None:
        """Every write of a visit may be the last: log or archive, listing, pages, texts or statements."""
        broken = with_storage(empty_house, FailingStorage(empty_house.home, prefix, at))
        with pytest.raises(KeyboardInterrupt):
            gather(broken, sources, "bureau")
        result = gather(empty_house, sources, "bureau", run_id="carried on")
        assert result["errors"] == {}
        assert nothing_pending(empty_house, sources["bureau"])
        assert flow.verify(empty_house)["broken"] == []

        def told(one: House) -> list[tuple[Any, ...]]:
            kept = (EventType.ARTICLE_CLEANED, EventType.STATEMENTS_EXTRACTED, EventType.CAPTURE_REJECTED)
            return sorted(
                (e.type, e.payload.get("canonical_url"), e.payload.get("text_digest")) for e in events(one, "bureau") if e.type in kept
            )

        assert told(empty_house) == told(house), "the same articles and readings as without a crash, each once"

    def test_a_full_disk_is_told_and_stops_one_source_only(self, empty_house: House, sources: dict[str, Source]) -> None:
        class Full(LocalStorage):
            def create(self, key: str, data: bytes) -> None:
                if "/bureau/" in key:
                    raise Retry(f"{key} cannot be written: No space left on device; make room")
                super().create(key, data)

        result = gather(with_storage(empty_house, Full(empty_house.home)), sources, "bureau", "dispatches")
        assert "No space left on device" in result["errors"]["bureau"]
        assert list(result["sources"]) == ["dispatches"]


class TestStages:
    def test_recording_the_same_results_again_adds_nothing(self, empty_house: House, sources: dict[str, Source]) -> None:
        source = sources["dispatches"]
        flow.discover(empty_house, source, "r")
        for stage in ("clean", "extract"):
            batches = flow.plan(empty_house, source, stage, "r")
            done = [flow.work(empty_house, source, stage, batch, "r") for batch in batches]
            assert len(done) == 1
            assert flow.record(empty_house, source, stage, done * 2, "r")["events"] == 6
            assert flow.record(empty_house, source, stage, done, "r")["events"] == 0
        assert nothing_pending(empty_house, source)

    def test_a_reference_out_of_the_home_is_refused(self, house: House, sources: dict[str, Source]) -> None:
        for reference in ("../../etc/passwd", "/etc/passwd", "log/gazette/000000000001.parquet"):
            with pytest.raises(Misuse, match="is no batch of this home"):
                flow.record(house, sources["gazette"], "clean", [reference], "r")

    def test_a_batch_that_is_gone_says_what_to_do(self, house: House, sources: dict[str, Source]) -> None:
        with pytest.raises(Halt, match="run the source again"):
            flow.work(house, sources["gazette"], "clean", "work/r/gazette/clean-0000.batch", "r")

    def test_a_stage_that_does_not_exist_is_misuse(self, house: House, sources: dict[str, Source]) -> None:
        with pytest.raises(Misuse, match="no stage 'sing'; stages: clean, extract"):
            flow.plan(house, sources["gazette"], "sing", "r")


class TestReprocess:
    def test_a_newer_extractor_reads_everything_once_more(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        before = heads(house)
        assert flow.reprocess(house, run_id="same") == {}, "the same version has nothing to do"
        monkeypatch.setattr(stages, "EXTRACTOR_VERSION", "99")
        told = flow.reprocess(house, stage="extract", run_id="newer")
        for slug in SLUGS:
            added = since(house, slug, before[slug])
            assert set(types(added)) == {EventType.STATEMENTS_EXTRACTED}
            assert {e.payload["extractor_version"] for e in added} == {"99"}
            assert len(added) == types(events(house, slug))[EventType.ARTICLE_CLEANED] == told[slug]["extract"]["events"]
        assert flow.reprocess(house, stage="extract", run_id="again") == {}

    def test_a_newer_cleaner_cleans_in_place_and_goes_on_where_it_stopped(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stages, "CLEANER_VERSION", "99")
        before = house.log.head("dispatches").position
        captures = len(house.state("dispatches").captures)
        runs = 0
        while told := flow.reprocess(house, stage="clean", source="dispatches", limit=4, run_id=f"r{runs}"):
            assert told["dispatches"]["clean"]["events"] <= 4
            runs += 1
        added = since(house, "dispatches", before)
        assert runs == -(-captures // 4)
        assert len(added) == captures, "each capture once, and the same texts are not read again"
        assert set(types(added)) == {EventType.ARTICLE_CLEANED}
        assert {e.payload["cleaner_version"] for e in added} == {"99"}
        assert flow.verify(house)["broken"] == []

    def test_gather_leaves_older_versions_alone(self, house: House, sources: dict[str, Source], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stages, "CLEANER_VERSION", "99")
        monkeypatch.setattr(stages, "EXTRACTOR_VERSION", "99")
        before = house.log.head("dispatches").position
        gather(house, sources, "dispatches")
        assert house.log.head("dispatches").position == before

    def test_since_bounds_by_the_day_of_the_fetch(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stages, "EXTRACTOR_VERSION", "99")
        assert flow.reprocess(house, since="2999-01-01", run_id="r") == {}

    def test_an_unknown_source_is_misuse(self, house: House) -> None:
        with pytest.raises(Misuse, match=r"no source 'nobody' in .*; known: bureau"):
            flow.reprocess(house, source="nobody", run_id="r")


class TestImport:
    def test_a_web_archive_imported_twice_adds_nothing(self, empty_house: House) -> None:
        files = [ROOT / "demo" / "data" / "old_courier.warc.gz"]
        first = flow.import_warc(empty_house, files, "old_courier", "one")
        assert first["import"]["captures"] == 5
        assert first["clean"]["events"] == 5
        head = empty_house.log.head("old_courier")
        second = flow.import_warc(empty_house, files, "old_courier", "two")
        assert second["import"]["captures"] == 0
        assert empty_house.log.head("old_courier") == head

    def test_an_own_archive_can_be_imported_into_another_home(self, house: House, empty_house: House) -> None:
        files = [house.storage.path(key) for key in house.storage.keys("archive/bureau") if key.endswith(".warc.gz")]
        told = flow.import_warc(empty_house, files, "bureau", "one")
        assert told["clean"]["articles"] == 7

    def test_rows_that_cannot_be_read_are_told_once(self, empty_house: House, sources: dict[str, Source], tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "general_staff_2022.csv").write_text("date,tank\n2022-03-01,5\nnonsense,6\n2022-03-03,many\n")
        other = replace(empty_house, settings=replace(empty_house.settings, data=tmp_path / "data"))
        assert gather(other, sources, "general_staff_2022")["sources"]["general_staff_2022"]["discover"]["failures"] == {
            "listing_unreadable": 2
        }
        head = other.log.head("general_staff_2022")
        for _ in range(2):
            gather(other, sources, "general_staff_2022")
        assert other.log.head("general_staff_2022") == head

    def test_only_changed_lines_of_a_table_become_events(self, empty_house: House, sources: dict[str, Source], tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        table = tmp_path / "data" / "general_staff_2022.csv"
        other = replace(empty_house, settings=replace(empty_house.settings, data=tmp_path / "data"))
        table.write_text("date,tank\n2022-03-01,5\n2022-03-02,6\n")
        gather(other, sources, "general_staff_2022")
        table.write_text("date,tank\n2022-03-01,5\n2022-03-02,7\n2022-03-03,8\n")
        told = gather(other, sources, "general_staff_2022")["sources"]["general_staff_2022"]
        assert told["discover"] == {"captures": 2, "unchanged": 1, "failures": {}}

    def test_of_rows_with_one_date_the_last_counts_and_further_visits_add_nothing(
        self, empty_house: House, sources: dict[str, Source], tmp_path: Path
    ) -> None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "general_staff_2022.csv").write_text("date,tank\n2022-03-01,5\n2022-03-02,9\n2022-03-01,6\n")
        other = replace(empty_house, settings=replace(empty_house.settings, data=tmp_path / "data"))
        told = gather(other, sources, "general_staff_2022")["sources"]["general_staff_2022"]["discover"]
        assert told == {"captures": 2, "unchanged": 0, "failures": {"listing_unreadable": 1}}
        failed = [e.payload["detail"] for e in events(other, "general_staff_2022") if e.type is EventType.CAPTURE_FAILED]
        assert failed == ["row 1 (2022-03-01): the date stands again in row 3, which counts"]
        head = other.log.head("general_staff_2022")
        gather(other, sources, "general_staff_2022")
        assert other.log.head("general_staff_2022") == head

    def test_of_lines_with_one_address_the_last_counts_and_further_visits_add_nothing(
        self, empty_house: House, sources: dict[str, Source], tmp_path: Path
    ) -> None:
        (tmp_path / "data").mkdir()
        line = '{"url": "https://a.example/%d", "title": "t", "text": "Version %d of the text."}\n'
        (tmp_path / "data" / "dispatches1.jsonl").write_text(line % (1, 1) + line % (2, 1) + "nonsense\n")
        (tmp_path / "data" / "dispatches2.jsonl").write_text(line % (1, 2))
        other = replace(empty_house, settings=replace(empty_house.settings, data=tmp_path / "data"))
        told = gather(other, sources, "dispatches")["sources"]["dispatches"]["discover"]
        assert told == {"captures": 2, "unchanged": 0, "failures": {"file_unreadable": 2}}
        details = [e.payload["detail"] for e in events(other, "dispatches") if e.type is EventType.CAPTURE_FAILED]
        assert any("dispatches1.jsonl line 1: https://a.example/1 stands again in dispatches2.jsonl line 1" in d for d in details)
        head = other.log.head("dispatches")
        gather(other, sources, "dispatches")
        assert other.log.head("dispatches") == head

    def test_a_source_without_its_file_is_told(self, empty_house: House, sources: dict[str, Source], tmp_path: Path) -> None:
        other = replace(empty_house, settings=replace(empty_house.settings, data=tmp_path / "nowhere"))
        told = gather(other, sources, "dispatches")
        assert "no file matches 'dispatches*.jsonl' under" in told["errors"]["dispatches"]


class TestHome:
    def test_demo_and_live_never_mix(self, house: House, tmp_path: Path) -> None:
        with pytest.raises(Misuse, match="holds demo data and these settings are for live data; the two never mix"):
            flow.open_house(replace(house.settings, allow_loopback=""))
        live = replace(house.settings, home=tmp_path / "live", allow_loopback="")
        flow.open_house(live)
        with pytest.raises(Misuse, match=r"holds live data and these settings are for demo data; .*unset CLAIMLEDGER_ALLOW_LOOPBACK"):
            flow.open_house(replace(live, allow_loopback="1"))

    def test_commands_that_only_read_fit_themselves_to_the_home(self, house: House, tmp_path: Path) -> None:
        flow.open_house(flow.read_only(replace(house.settings, allow_loopback="")))
        flow.open_house(replace(house.settings, home=tmp_path / "live", allow_loopback=""))
        assert flow.read_only(replace(house.settings, home=tmp_path / "live")).allow_loopback == ""
        with pytest.raises(Halt, match=r"no home at .*/nowhere; run: claimledger gather"):
            flow.read_only(replace(house.settings, home=tmp_path / "nowhere"))

    @pytest.mark.parametrize("text", ["", "{", "[]", '"demo"', '{"kind": "demo"}', '{"kind": "demo", "format": "x"}', '{"format": 1}'])
    def test_a_broken_home_file_is_told(self, house: House, text: str) -> None:
        (house.home / "home.json").write_text(text)
        for opening in (lambda: flow.open_house(house.settings), lambda: flow.read_only(house.settings)):
            with pytest.raises(Halt, match=r"home\.json is not readable; it should say"):
                opening()

    def test_a_home_of_a_newer_version_is_told(self, house: House) -> None:
        (house.home / "home.json").write_text('{"kind": "demo", "format": 2}')
        with pytest.raises(Halt, match="newer claimledger"):
            flow.open_house(house.settings)

    def test_a_home_that_cannot_be_made_is_misuse(self, house: House, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(Misuse, match="no home can be made at"):
            flow.open_house(replace(house.settings, home=tmp_path / "file" / "home"))

    def test_without_a_contact_nobody_is_asked(self, tmp_path: Path, site: DemoSite, sources: dict[str, Source]) -> None:
        live = replace(demo_settings(tmp_path / "live", site), allow_loopback="")
        with pytest.raises(Misuse, match=r"gazette\.example is to be asked .*: set CLAIMLEDGER_CONTACT"):
            gather(flow.open_house(live), sources, "gazette")


_HOLD = "import sys; from filelock import FileLock\nwith FileLock(sys.argv[1]):\n    print('held', flush=True); sys.stdin.read()\n"


class TestTwoProcesses:
    def test_a_stream_that_another_process_holds_is_told_and_the_others_run(self, house: House, sources: dict[str, Source]) -> None:
        lock = house.home / "locks" / "streams" / "bureau.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        other = subprocess.Popen([sys.executable, "-c", _HOLD, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        try:
            told = gather(house, sources, "bureau", "dispatches")
        finally:
            other.communicate("")
        assert told["errors"] == {"bureau": "stream bureau is being written by another process; try again when it has ended"}
        assert list(told["sources"]) == ["dispatches"]
        assert gather(house, sources, "bureau")["errors"] == {}, "the lock ended with its process"


class TestVerify:
    def test_every_broken_thing_is_named(self, house: House) -> None:
        warc = next(key for key in house.storage.keys("archive/bureau") if key.endswith(".warc.gz"))
        text = next(key for key in house.storage.keys("archive/gazette/texts"))
        segment = house.log.segments("dispatches")[0]
        for key in (warc, text, segment):
            path = house.storage.path(key)
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(data)
        told = "\n".join(flow.verify(house)["broken"])
        assert all(key in told for key in (warc, text, segment)), told

    def test_listings_are_checked_too(self, house: House) -> None:
        listing = next(e.payload for e in events(house, "gazette") if e.type is EventType.CAPTURE_TAKEN and e.payload["role"] == "listing")
        house.storage.path(listing["warc_file"]).unlink()
        assert any(listing["warc_file"] in line for line in flow.verify(house)["broken"])

    def test_a_stream_that_lost_its_end_is_told(self, house: House) -> None:
        from ingest.flow.loading import announce

        announce(house, "r")
        assert flow.verify(house)["broken"] == []
        house.storage.path(house.log.segments("gazette")[-1]).unlink()
        fresh = flow.open_house(house.settings)
        broken = flow.verify(fresh)["broken"]
        assert len(broken) == 1
        assert "log/gazette: ends at position" in broken[0]
        assert "are gone; restore them" in broken[0]
        house.storage.path("heads/gazette.json").unlink()
        broken = flow.verify(fresh)["broken"]
        assert len(broken) == 1, "the load tells it too"
        assert "log/gazette ends at position" in broken[0]

    def test_quarantine_sets_archive_files_aside_and_never_the_log(self, house: House) -> None:
        text = next(key for key in house.storage.keys("archive/gazette/texts"))
        house.storage.path(text).write_bytes(b"PAR1")
        segments = {key: house.storage.read(key) for key in house.storage.keys("log")}
        told = flow.verify(house, quarantine=True)
        assert told["set_aside"][0].startswith("set aside: ")
        assert not house.storage.path(text).exists()
        assert {key: house.storage.read(key) for key in house.storage.keys("log")} == segments
