"""In: the build database, loaded. Out: the tables analysts read, built and tested by dbt in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ingest import shortage
from ingest.errors import Halt, Retry

PROJECT = Path(__file__).resolve().parents[1] / "dbt_project"
MARTS = PROJECT / "models" / "marts"  # the published tables, each described beside its query
_DBT = "from ingest.workers import die_with; die_with({parent}); from dbt.cli.main import cli; cli()"
WRONG = frozenset({"error", "fail", "runtime error"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelResult:
    """What dbt did: models and seeds built, tests passed, warnings told; seconds of the whole run as dbt counts them."""

    built: int
    tests: int
    warnings: tuple[str, ...]
    seconds: float


def run_dbt(
    home: Path,
    *,
    build: Path | None = None,
    project: Path = PROJECT,
    full: bool = False,
    unit_tests: bool = False,
    select: str | None = None,
) -> ModelResult:
    """Build and test all tables in `build` (default `<home>/build.duckdb`), which no process may have open.

    `full` makes incremental tables anew, `select` builds those alone that it names. `unit_tests` asks the models about made-up rows too:
    that tells of the code, never of the night, and takes a quarter of a small build. Nothing is written but the database and
    `<home>/dbt/`, so `project` may be read-only.
    Raises Halt naming every model or test that failed, its message, its compiled SQL and what to do next; Retry for a full disk and for
    a database that another process holds.
    """
    work = home.resolve() / "dbt"
    wanted = [*(["--full-refresh"] if full else []), *([] if unit_tests else ["--exclude-resource-type", "unit_test"])]
    command = ["build", "--quiet", "--no-use-colors", *wanted, *(["--select", select] if select else [])]
    done = call_dbt(command, work, (build or home / "build.duckdb").resolve(), project)
    results = _results(work)
    said = "\n".join((*(str(result.get("message")) for result in results["results"]), done.stdout, done.stderr))
    if done.returncode and "Could not set lock on file" in said:
        raise Retry(
            f"another process holds the database {build or home / 'build.duckdb'}; wait until it has ended and run: claimledger build"
        )
    if done.returncode and shortage.is_behind(said):
        raise Retry(shortage.line(said, home))
    failures = [_told(result, work) for result in results["results"] if result["status"] in WRONG]
    if failures:
        raise Halt("dbt: " + "; ".join(failures) + f"; see {work / 'logs' / 'dbt.log'}, mend it and run: claimledger build")
    if done.returncode != 0 or not results["results"]:
        raise Halt(f"dbt ended with exit code {done.returncode} before it built anything: {_tail(done)}; see {work / 'logs' / 'dbt.log'}")
    return _summary(results)


def vocabularies(table: str, project: Path = PROJECT) -> dict[str, tuple[str, ...]]:
    """Column -> the words that may stand in it, for those columns of a published table whose words dbt tests."""
    words: Mapping[str, list[str]] = yaml.safe_load((project / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]["vocabularies"]
    (model,) = yaml.safe_load((project / "models" / "marts" / f"{table}.yml").read_text(encoding="utf-8"))["models"]
    tests = ((c["name"], test) for c in model["columns"] for test in c.get("data_tests", []) if isinstance(test, dict))
    return {column: tuple(words[t["in_vocabulary"]["arguments"]["vocabulary"]]) for column, t in tests if "in_vocabulary" in t}


def call_dbt(command: list[str], work: Path, build: Path, project: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """One command of dbt on the database `build`; what it writes lies in `work`.

    dbt keeps the lock of the database until its process ends: hence a process, never a call, and one that ends when we are killed.
    """
    work.mkdir(parents=True, exist_ok=True)
    (work / "target" / "run_results.json").unlink(missing_ok=True)
    folders = ["--project-dir", str(project), "--profiles-dir", str(project), "--target-path", str(work / "target")]
    return subprocess.run(
        [sys.executable, "-c", _DBT.format(parent=os.getpid()), *command, *folders, "--log-path", str(work / "logs")],
        cwd=work,
        env=_environment(build),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def _environment(build: Path) -> Mapping[str, str]:
    return {
        **os.environ,
        "CLAIMLEDGER_BUILD": str(build),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_VERSION_CHECK": "false",
        "DBT_STATIC_PARSER": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TZ": "UTC",
    }


def _results(work: Path) -> dict[str, Any]:
    path = work / "target" / "run_results.json"
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # dbt ended before it could write it, or while it did
        return {"results": [], "elapsed_time": 0.0}
    return found


def _told(result: Mapping[str, Any], work: Path) -> str:
    kind, _, name = result["unique_id"].partition(".")
    message = " ".join(str(result.get("message") or "no message").split())[:400]
    paths = list(_compiled(name.removeprefix("claimledger."), work))
    return f"{kind} {name}: {message}" + (f" (compiled SQL: {paths[0]})" if paths else "")


def _compiled(name: str, work: Path) -> Iterator[Path]:
    """The compiled SQL of a node; a data test's file has its name without the hash."""
    stem = name.rsplit(".", 1)[0] if "." in name else name
    for wanted in (name, stem):
        yield from sorted((work / "target" / "compiled").rglob(f"{wanted}.sql"))


def _summary(results: Mapping[str, Any]) -> ModelResult:
    by_kind = [(result["unique_id"].partition(".")[0], result) for result in results["results"]]
    warned = tuple(f"{r['unique_id']}: {r.get('message')}" for _, r in by_kind if r["status"] == "warn")
    return ModelResult(
        built=sum(kind in ("model", "seed") for kind, _ in by_kind),
        tests=sum(kind in ("test", "unit_test") for kind, _ in by_kind),
        warnings=warned,
        seconds=float(results["elapsed_time"]),
    )


def _tail(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stdout + done.stderr).strip().splitlines()
    return " | ".join(line.strip() for line in lines[-5:])[:600]
