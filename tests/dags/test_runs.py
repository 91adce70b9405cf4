"""In: the real DAGs on a small site. Out: how their runs end: green, red with a reason, skipped where there is nothing to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo.server import DemoSite
from ingest.settings import Settings
from ops.dagrun import DagResult, Runners
from ops.environment import environment
from tests.dags.samples import feed
from tests.dags.servers import webhook

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Place:
    """A home, its sources, and a process that runs their DAGs."""

    home: Path
    runners: Runners
    alerts: list[Any]

    def run(self, dag_id: str, **conf: object) -> DagResult:
        return self.runners.run_one(dag_id, conf or None)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("runs")
    sources = folder / "sources"
    sources.mkdir()
    (folder / "data").mkdir()
    (sources / "gazette.yaml").write_bytes((ROOT / "demo" / "sources" / "gazette.yaml").read_bytes())
    (sources / "dead.yaml").write_text(feed("dead", host="dead.example.invalid"), encoding="utf-8")
    (sources / "wrong.yaml").write_text("slug: wrong\n", encoding="utf-8")
    with DemoSite() as site, webhook() as (port, alerts):
        chosen = Settings(
            home=folder / "home", sources=sources, data=folder / "data", contact="https://claimledger.example/bot",
            allow_loopback=f"{site.loopback_rule},dead.example.invalid=127.0.0.1:9", alert=f"http://127.0.0.1:{port}/",
        )  # fmt: skip
        with Runners(chosen, folder / "logs", count=1) as runners:
            yield Place(chosen.home, runners, alerts)


def test_a_visit_goes_through_all_stages_and_a_second_finds_nothing_to_clean(place: Place) -> None:
    first = place.run("gather__gazette")
    assert first.is_success, first.reasons
    assert set(first.tasks.values()) == {"success"}
    assert first.values["report"]["clean"]["articles"] > 0
    assert not any((place.home / "work").iterdir())

    second = place.run("gather__gazette")
    assert second.is_success, second.reasons
    assert {task for task, state in second.tasks.items() if state == "skipped"} == {"clean.batch", "extract.batch"}
    assert second.values["report"]["fetch"]["unchanged"] > 0


def test_a_source_that_cannot_be_discovered_makes_its_run_red(place: Place) -> None:
    dead = place.run("gather__dead")
    assert dead.state == "failed"
    assert "source dead could not be discovered" in dead.reasons["visit.discover"]
    assert (dead.tasks["visit.fetch"], dead.tasks["report"], dead.tasks["changed"], dead.tasks["tidy"]) == (
        "success", "success", "upstream_failed", "success",
    )  # fmt: skip
    assert list(dead.reasons) == ["visit.discover"]
    ((_, alert),) = place.alerts
    assert (alert["source"], alert["task"], alert["reason"]) == ("dead", "visit.discover", dead.reasons["visit.discover"])
    assert "/dags/gather__dead/runs/" in alert["log_url"]


def test_a_wrong_source_file_makes_its_own_run_red(place: Place) -> None:
    wrong = place.run("gather__wrong")
    assert wrong.state == "failed"
    assert "wrong.yaml:1: name: this key is required" in wrong.reasons["read_source_file"]


def test_verify_passes_then_names_what_is_broken(place: Place) -> None:
    assert place.run("gather__gazette").is_success
    assert place.run("verify").is_success
    segment = sorted((place.home / "log").rglob("*.parquet"))[0]
    whole = segment.read_bytes()
    segment.write_bytes(whole[:-20])
    try:
        broken = place.run("verify")
    finally:
        segment.write_bytes(whole)
    assert broken.state == "failed"
    assert segment.name in broken.reasons["verify"]


def test_reprocess_takes_its_parameters(place: Place) -> None:
    done = place.run("reprocess", source="gazette", stage="extract", limit=3)
    assert done.is_success, done.reasons


@pytest.mark.parametrize(
    ("files", "told"), [("none/*.warc.gz", "no file fits 'none/*.warc.gz'"), ("../home/home.json", "lies outside the data folder")]
)
def test_import_refuses_files_that_are_not_there_or_not_its_own(place: Place, files: str, told: str) -> None:
    refused = place.run("import_warc", files=files, source="gazette")
    assert refused.state == "failed"
    assert told in refused.reasons["import_warc"]


def test_import_takes_in_a_warc(place: Place) -> None:
    assert place.run("gather__gazette").is_success
    archived = sorted((place.home / "archive").rglob("*.warc.gz"))[0]
    target = place.home.parent / "data" / "cc-news" / archived.name
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(archived.read_bytes())
    done = place.run("import_warc", files="cc-news/*.warc.gz", source="gazette")
    assert done.is_success, done.reasons


def test_an_environment_takes_no_airflow_setting_from_outside(tmp_path: Path) -> None:
    env = environment(Settings(home=tmp_path / "home"), folder=tmp_path, base={"AIRFLOW__CORE__LOAD_EXAMPLES": "True", "PATH": "/bin"})
    assert env["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"
