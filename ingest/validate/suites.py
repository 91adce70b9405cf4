"""In: the folder `expectations/`. Out: validated expectations per table, each with the query of the frame it looks at."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ingest.errors import Halt
from ingest.verdict import Level, Severity

FRAMES = "frames"
STATEMENT_TABLES = {"casualty_claims": "claim_id", "offers": "offer_id", "announcements": "announcement_id"}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Expectation(_Model):
    """One rule. `type` and `kwargs` are Great Expectations' own; `frame` names a file `frames/<frame>.sql`, `query` holds one."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]+$")
    type: str = Field(pattern=r"^expect_[a-z_]+$")
    kwargs: dict[str, Any]
    level: Level
    severity: Severity
    reason: str = Field(min_length=20)
    frame: str | None = Field(None, pattern=r"^[a-z][a-z0-9_]+$")
    query: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> Expectation:
        if (self.frame is None) == (self.query is None):
            raise ValueError("exactly one of frame (a file of expectations/frames) and query (SQL) is needed")
        if self.level is Level.ROW and self.severity is not Severity.WARN:
            raise ValueError("level row goes with severity warn: the row leaves the tables, the edition is published")
        if self.level is Level.ROW and "mostly" in self.kwargs:
            raise ValueError("level row judges every row; mostly is for level table")
        return self


class Suite(_Model):
    """The rules of one table."""

    table: Literal["articles", "casualty_claims", "offers", "announcements", "timeline", "claim_series", "source_days", "rejections"]
    expectations: tuple[Expectation, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rows_have_keys(self) -> Suite:
        names = [expectation.name for expectation in self.expectations]
        if len(set(names)) < len(names):
            raise ValueError("a name stands twice; names are unique in a table")
        if self.table not in STATEMENT_TABLES and any(e.level is Level.ROW for e in self.expectations):
            raise ValueError(f"level row is for {', '.join(STATEMENT_TABLES)}; other tables have level table")
        return self


def read_suites(folder: Path) -> tuple[Suite, ...]:
    """All `*.yaml` of `folder`, by table, queries filled in. Raises Halt naming file, field and remedy."""
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise Halt(f"no expectations in {folder}; an edition without checks is not published")
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> Suite:
    try:
        suite = Suite.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Halt(f"{path}: not readable as YAML: {error}") from error
    except ValidationError as error:
        raise Halt(f"{path}: {_problem(error)}") from error
    if suite.table != path.stem:
        raise Halt(f"{path}: table is {suite.table!r}; a file is named after its table: {suite.table}.yaml")
    filled = tuple(_with_query(expectation, path) for expectation in suite.expectations)
    return suite.model_copy(update={"expectations": filled})


def _with_query(expectation: Expectation, path: Path) -> Expectation:
    if expectation.frame is None:
        return expectation
    file = path.parent / FRAMES / f"{expectation.frame}.sql"
    if not file.is_file():
        raise Halt(f"{path}: {expectation.name}: no file {file}; write the query there or name an existing frame")
    return expectation.model_copy(update={"query": file.read_text(encoding="utf-8")})


def _problem(error: ValidationError) -> str:
    told = (f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors())
    return " | ".join(told)
