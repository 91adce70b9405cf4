"""In: `dags/` as fresh processes read it. Out: its shape, its determinism, its lightness, and what a wrong source file costs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.dags.samples import Reader, feed

ROOT = Path(__file__).resolve().parents[2]
HOUSE_DAGS = {"warehouse", "verify", "reprocess", "import_warc"}

GATHER = {
    "visit.discover": {"visit.fetch", "report", "changed"},
    "visit.fetch": {"clean.plan", "report", "changed"},
    "clean.plan": {"clean.batch"},
    "clean.batch": {"clean.record"},
    "clean.record": {"extract.plan", "report", "changed"},
    "extract.plan": {"extract.batch"},
    "extract.batch": {"extract.record"},
    "extract.record": {"report", "changed"},
    "report": {"changed", "tidy"},
    "changed": set(),
    "tidy": set(),
}


def tasks(dag: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {task["__var"]["task_id"]: task["__var"] for task in dag["tasks"]}


def field(dag: dict[str, Any], task_id: str, name: str) -> Any:
    """A field of a task; the arguments of a mapped task are kept apart."""
    task = tasks(dag)[task_id]
    value = task.get(name, task.get("partial_kwargs", {}).get(name))
    return value["__var"] if isinstance(value, dict) and "__var" in value else value


def test_right_sources_and_the_house_give_their_dags(found: dict[str, Any]) -> None:
    assert set(found["dags"]) == {"gather__gazette", "gather__courier", "gather__asleep", "gather__wrong"} | HOUSE_DAGS


def test_shipped_sources_import_without_errors(read_dags: Reader) -> None:
    shipped = read_dags(ROOT / "dags" / "sources")
    assert shipped["errors"] == {}
    files = list((ROOT / "dags" / "sources").glob("*.yaml"))
    assert len([dag_id for dag_id in shipped["dags"] if dag_id.startswith("gather__")]) == len(files) >= 12


def test_gather_is_wired_stage_by_stage(found: dict[str, Any]) -> None:
    wired = {task_id: set(task.get("downstream_task_ids", ())) for task_id, task in tasks(found["dags"]["gather__gazette"]).items()}
    assert wired == GATHER


def test_a_stage_without_batches_goes_on(found: dict[str, Any]) -> None:
    dag = found["dags"]["gather__gazette"]
    rules = {task_id: field(dag, task_id, "trigger_rule") for task_id in GATHER}
    assert {task for task, rule in rules.items() if rule == "none_failed"} == {
        "clean.plan", "clean.record", "extract.plan", "extract.record",
    }  # fmt: skip
    assert rules["visit.fetch"] == rules["report"] == "all_done"
    assert rules["changed"] in (None, "all_success")


def test_tidy_runs_always_and_does_not_colour_the_run(found: dict[str, Any]) -> None:
    assert tasks(found["dags"]["gather__gazette"])["tidy"]["is_teardown"] is True


def test_one_run_at_a_time_and_missed_nights_are_not_made_up(found: dict[str, Any]) -> None:
    for dag in found["dags"].values():
        assert dag["max_active_runs"] == 1
        assert dag["catchup"] is False


def test_schedule_comes_from_the_file_in_utc(found: dict[str, Any]) -> None:
    timetable = found["dags"]["gather__courier"]["timetable"]
    assert timetable["__type"].endswith("CronTriggerTimetable")
    assert (timetable["__var"]["expression"], timetable["__var"]["timezone"]) == ("9 3 * * 1", "UTC")


def test_disabled_source_keeps_its_dag_without_a_schedule(found: dict[str, Any]) -> None:
    dag = found["dags"]["gather__asleep"]
    assert dag["timetable"]["__type"].endswith("NullTimetable")
    assert "disabled" in dag["tags"]


def test_every_task_has_owner_limits_and_an_alert(found: dict[str, Any]) -> None:
    for dag_id, dag in found["dags"].items():
        for task_id in tasks(dag):
            assert field(dag, task_id, "owner") == "claimledger", (dag_id, task_id)
            assert field(dag, task_id, "execution_timeout"), (dag_id, task_id)
            assert field(dag, task_id, "has_retry_policy"), (dag_id, task_id)
            assert field(dag, task_id, "has_on_failure_callback"), (dag_id, task_id)
            assert field(dag, task_id, "retry_exponential_backoff") == 2.0, (dag_id, task_id)


def test_every_dag_explains_itself(found: dict[str, Any]) -> None:
    for dag in found["dags"].values():
        assert dag["doc_md"].startswith("# ")
        assert dag["tags"]
    assert "`http://paper.example/rss.xml`" in found["dags"]["gather__gazette"]["doc_md"]


def test_warehouse_steps_share_the_one_slot(found: dict[str, Any]) -> None:
    dag = found["dags"]["warehouse"]
    chain = {task_id: task.get("downstream_task_ids", []) for task_id, task in tasks(dag).items()}
    assert chain == {"load": ["model"], "model": ["validate"], "validate": ["publish"], "publish": ["quiet"], "quiet": []}
    assert {field(dag, task_id, "pool") for task_id in chain} == {"warehouse"}


def test_warehouse_waits_for_the_logs_of_enabled_sources_or_the_night(found: dict[str, Any]) -> None:
    timetable = found["dags"]["warehouse"]["timetable"]
    assert timetable["__type"].endswith("AssetOrTimeSchedule")
    condition = timetable["__var"]["asset_condition"]
    assert condition["__type"] == "asset_all"
    assert sorted(asset["name"] for asset in condition["objects"]) == ["log/courier", "log/gazette"]
    outlets = tasks(found["dags"]["gather__gazette"])["changed"]["outlets"]
    assert [outlet["__var"]["name"] for outlet in outlets] == ["log/gazette"]


def test_by_hand_dags_have_schemas(found: dict[str, Any]) -> None:
    params = {
        dag_id: {name: value["schema"]["__var"] for name, value in found["dags"][dag_id]["params"]}
        for dag_id in ("reprocess", "import_warc")
    }
    assert set(params["reprocess"]) == {"stage", "source", "since", "limit"}
    assert params["reprocess"]["stage"]["enum"] == [None, "clean", "extract"]
    assert params["reprocess"]["since"]["format"] == "date"
    assert params["reprocess"]["limit"]["minimum"] == 1
    assert params["reprocess"]["source"]["enum"] == [None, "asleep", "courier", "gazette"]
    assert set(params["import_warc"]) == {"files", "source"}
    assert found["dags"]["verify"]["timetable"]["__var"]["expression"] == "0 6 * * 0"


def test_wrong_file_is_an_import_error_naming_file_line_and_field(found: dict[str, Any], sources: Path) -> None:
    assert list(found["errors"]) == ["source_files.py"]
    assert f"{sources / 'wrong.yaml'}:3: kind: Input should be 'feed'" in found["errors"]["source_files.py"]


def test_wrong_file_breaks_its_own_dag_alone(found: dict[str, Any]) -> None:
    dag = found["dags"]["gather__wrong"]
    assert set(tasks(dag)) == {"read_source_file"}
    assert "broken" in dag["tags"]
    assert "wrong.yaml:3: kind" in dag["doc_md"]


def test_two_processes_serialise_identically(read_dags: Reader, sources: Path, found: dict[str, Any]) -> None:
    again = read_dags(sources, seed="4242")
    assert again["hashes"] == found["hashes"]


def test_reading_the_dags_imports_nothing_heavy(found: dict[str, Any]) -> None:
    assert found["heavy"] == found["heavy_bare"]


def test_a_task_builds_only_its_own_dag(read_dags: Reader, sources: Path) -> None:
    dags = read_dags(sources, wanted="gather__courier")["dags"]
    assert [dag_id for dag_id in dags if dag_id.startswith("gather__")] == ["gather__courier"]


@pytest.mark.parametrize("count", [100])
def test_many_sources(read_dags: Reader, tmp_path: Path, count: int) -> None:
    for number in range(count):
        (tmp_path / f"paper_{number:03}.yaml").write_text(feed(f"paper_{number:03}"), encoding="utf-8")
    dags = read_dags(tmp_path)["dags"]
    assert len(dags) == count + len(HOUSE_DAGS)
