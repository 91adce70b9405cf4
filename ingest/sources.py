"""In: the YAML files of a folder. Out: validated `Source` models, or one error per wrong file naming file, line, field and remedy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema, model_validator

from ingest.errors import Misuse

SCHEMA_NAME = "source.schema.json"
MAX_FILE_BYTES = 1_000_000  # some 10,000 addresses; what is larger belongs into a file of its own
MAX_SECONDS = 20 * 366 * 86_400
RESERVED = frozenset({"editions", "corrections"})
_CRON = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class SourceKind(StrEnum):
    """How a source is discovered. The first four go to the web, the last three bring their articles with them (`table` may do either)."""

    FEED = "feed"
    SITEMAP = "sitemap"
    PAGES = "pages"
    URLS = "urls"
    WARC = "warc"
    JSONL = "jsonl"
    TABLE = "table"


WEB_KINDS = frozenset({SourceKind.FEED, SourceKind.SITEMAP, SourceKind.PAGES, SourceKind.URLS})


def _seconds(value: object) -> object:
    """`7d`, `1h`, `30m`, `0s` -> seconds."""
    if isinstance(value, str):
        found = re.fullmatch(r"(\d{1,9})([smhd])", value, re.ASCII)
        if not found:
            raise ValueError("a duration such as 30m, 1h or 7d was expected")
        return int(found[1]) * _UNITS[found[2]]
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"a regular expression was expected ({error})") from None
    return value


def _web_address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/@]+(/\S*)?", value):
        raise ValueError("an http or https address without spaces and without user:password@ was expected")
    return value


def _inside(value: str) -> str:
    is_odd = re.search(r"[^/]\*\*|\*\*[^/]|[:\0]", value) or not Path(value).parts
    if is_odd or value.startswith(("/", "~")) or ".." in Path(value).parts:
        raise ValueError("a path or glob inside the data folder was expected, without .. and not absolute")
    return value


def _cron(value: str) -> str:
    fields = value.split()
    if len(fields) != len(_CRON) or not all(_is_cron_field(f, *limits) for f, limits in zip(fields, _CRON, strict=True)):
        raise ValueError('a cron line of five fields in UTC was expected (minute hour day month weekday), for example "0 2 * * *"')
    return " ".join(fields)


def _is_cron_field(text: str, low: int, high: int) -> bool:
    """Lists of `*`, `7`, `1-5`, each perhaps with `/2`; numbers within the limits, ranges upward."""
    for part in text.split(","):
        found = re.fullmatch(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/([1-9]\d?))?", part, re.ASCII)
        if not found:
            return False
        first, last = int(found[1] or low), int(found[2] or found[1] or high)
        if not low <= first <= last <= high:
            return False
    return True


def _one_word(value: str) -> str:
    if ";" in value or ":" in value or value != " ".join(value.split()):
        raise ValueError("a column name without ; and : and without double spaces was expected")
    return value


def _free(value: str) -> str:
    if value in RESERVED:
        raise ValueError(f"{value} is the name of a stream of the ledger itself; another slug was expected")
    return value


Duration = Annotated[
    int,
    BeforeValidator(_seconds),
    Field(ge=0, le=MAX_SECONDS),
    WithJsonSchema({"type": ["string", "integer"], "pattern": "^[0-9]{1,9}[smhd]$", "minimum": 0, "maximum": MAX_SECONDS}),
]
Pattern = Annotated[str, AfterValidator(_pattern)]
WebAddress = Annotated[str, AfterValidator(_web_address), Field(json_schema_extra={"format": "uri"})]
DataPath = Annotated[str, AfterValidator(_inside)]
Cron = Annotated[str, AfterValidator(_cron)]
ColumnName = Annotated[str, AfterValidator(_one_word)]
Party = Annotated[str, Field(min_length=2, max_length=40)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Column(_Model):
    """What one column of a table counts."""

    measure: Literal["killed", "wounded", "captured", "missing", "casualties", "destroyed", "damaged"]
    category: Literal[
        "personnel", "tank", "armoured_vehicle", "artillery", "mlrs", "air_defence", "aircraft", "helicopter",
        "drone", "missile", "ship", "vehicle", "other",
    ]  # fmt: skip
    subject: str | None = Field(None, description="what narrower thing the column counts, a lower-case lemma")
    qualifier: str | None = Field(None, description="name of a column that says about, more, less or nothing")


class Table(_Model):
    """How an official series of loss figures is read: one row per date, one claim per filled column."""

    date: str = Field(description="name of the column that holds the date (YYYY-MM-DD)")
    columns: dict[ColumnName, Column] = Field(min_length=1)
    claimant: str
    claimant_party: Party | None = None
    party: Party | None = None
    population: Literal["military", "civilian", "foreign_fighters", "mixed"] | None = "military"
    period: Literal["cumulative", "day", "incident", "other"] = "cumulative"


class Source(_Model):
    """One source file. Unknown keys are errors; nothing in it can name code."""

    slug: Annotated[str, AfterValidator(_free)] = Field(
        pattern=r"^[a-z][a-z0-9_]{1,40}$", description="never changes: names the stream, the DAG and the folders"
    )
    name: str = Field(min_length=1, max_length=120)
    kind: SourceKind
    url: WebAddress | None = None
    urls: tuple[WebAddress, ...] = ()
    path: DataPath | None = Field(None, description="a glob under the data folder (warc, jsonl, table)")
    language: str = Field(pattern=r"^([a-z]{2}|any)$", description="ISO 639-1, or any")
    country: str = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166 alpha-2: whose press it is")
    schedule: Cron = "0 2 * * *"
    enabled: bool = True
    include: tuple[Pattern, ...] = Field((), description="only addresses in which one of these regular expressions is found")
    exclude: tuple[Pattern, ...] = Field((), description="no address in which one of these is found")
    keywords: tuple[str, ...] = Field((), description="only leads with one of these words in title or address")
    max_age_days: int | None = Field(None, ge=1, description="no lead that the listing dates earlier than this")
    max_items: int = Field(500, ge=1, le=50_000, description="at most this many captures in one visit")
    revisit: tuple[Duration, ...] = Field((), description="look again for silent edits this long after the first capture")
    delay_seconds: float = Field(5.0, ge=0, le=3600, description="pause between two requests to one host")
    publish_text: bool = True
    verified: date | None = Field(None, description="the day someone last saw it work")
    entered_on: date | None = None
    table: Table | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Source:
        given = [name for name in ("url", "urls", "path") if getattr(self, name)]
        if self.kind in WEB_KINDS:
            wanted = "url or urls"
            fits = len(given) == 1 and given[0] != "path"
        elif self.kind is SourceKind.TABLE:
            wanted, fits = "url or path", len(given) == 1 and given[0] != "urls"
        else:
            wanted, fits = "path", given == ["path"]
        if not fits:
            raise ValueError(f"kind {self.kind} takes exactly one of {wanted}; given: {', '.join(given) or 'none'}")
        if (self.kind is SourceKind.TABLE) != (self.table is not None):
            raise ValueError("kind table and the key table go together: table: {date: …, columns: {…}, claimant: …}")
        return self

    @property
    def listings(self) -> tuple[str, ...]:
        """The addresses a visit starts from."""
        return (self.url,) if self.url else self.urls


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceError:
    """A wrong source file, told in one line."""

    path: Path
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.message}"


class _Lines(yaml.SafeLoader):
    """Safe YAML that refuses one key written twice in a mapping, keys that are no plain values, and aliases."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """An alias repeats a part of the file; a few lines of them can stand for billions of values."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not read here, write the value itself", mark)
        return super().compose_node(parent, index)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Values that YAML recognises and Python cannot make, such as 2026-02-30, are told with their line."""
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:
            raise yaml.constructor.ConstructorError(None, None, f"{node.value!r:.40}: {error}", node.start_mark) from error


def _mapping(loader: _Lines, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen: set[str] = set()
    for key_node, _ in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, "a key must be a plain word", key_node.start_mark)
        if key_node.value in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key {key_node.value!r} stands twice", key_node.start_mark)
        seen.add(key_node.value)
    return yaml.SafeLoader.construct_mapping(loader, node, deep)


_Lines.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


_KINDS: dict[type, str] = {list: "a list", type(None): "nothing"}


def read_source(path: Path) -> Source | SourceError:
    """One file -> a source, or the error of the file."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise yaml.YAMLError(f"larger than {MAX_FILE_BYTES} bytes")
        text = path.read_text(encoding="utf-8-sig")
        root, data = _parsed(text)
    except (yaml.YAMLError, OSError, ValueError, RecursionError) as error:  # ValueError: 2026-02-30, or bytes that are not UTF-8
        return SourceError(path=path, message=_yaml_problem(error))
    if not isinstance(data, dict):
        return SourceError(
            path=path, message="1: the file must hold keys such as slug, name, kind, url; found " + _KINDS.get(type(data), "a single value")
        )
    try:
        return Source.model_validate(data)
    except ValidationError as error:
        return SourceError(path=path, message=_model_problem(error, root))


def _parsed(text: str) -> tuple[yaml.Node | None, object]:
    """The nodes, which know their lines, and what they say."""
    loader = _Lines(text)
    try:
        root = loader.get_single_node()
        return root, loader.construct_document(root) if root is not None else None
    finally:
        loader.dispose()


def _yaml_problem(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or " ".join(str(error).split())
    return f"{mark.line + 1 if mark else 1}: not readable as YAML: {problem}; see an existing file for the form"


def _model_problem(error: ValidationError, root: yaml.Node | None) -> str:
    problems = []
    for item in error.errors(include_url=False):
        where = tuple(str(part) for part in item["loc"])
        got = "" if item["type"] in ("missing", "extra_forbidden") or not where else f" (got {item['input']!r:.80})"
        message = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            message = f"unknown key; known keys: {', '.join(_model_at(where).model_fields)}"
        if item["type"] == "tuple_type":
            message = "a list such as [a, b] was expected"
        if item["type"] == "string_type" and isinstance(item["input"], bool):
            message = "text was expected; YAML reads a bare yes, no, on or off as a truth value: put it in quotes"
        if item["type"] == "missing":
            message = "this key is required"
        problems.append(f"{_line_of(root, where)}: {'.'.join(where) or 'file'}: {message}{got}")
    return " | ".join(problems)


def _model_at(where: tuple[str, ...]) -> type[_Model]:
    """The model whose keys stand at `where`: `table` holds keys, and `table.columns.<name>` does."""
    return Source if len(where) < 2 else Table if len(where) == 2 else Column


def _line_of(node: yaml.Node | None, where: tuple[str, ...]) -> int:
    """The line of the key that `where` leads to, else of the deepest key on the way that exists."""
    line = 1
    for part in where:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == part), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
            node = node.value[int(part)]
            line = node.start_mark.line + 1
    return line


def read_sources(folder: Path) -> tuple[tuple[Source, ...], tuple[SourceError, ...]]:
    """All `*.yaml` of a folder, sorted by slug, and the errors, sorted by file. Two files with one slug are an error of the later file."""
    if not folder.is_dir():
        raise Misuse(f"no folder {folder}; name the folder of source files with --sources or CLAIMLEDGER_SOURCES")
    sources: dict[str, Source] = {}
    homes: dict[str, Path] = {}
    errors: list[SourceError] = []
    for path, read in _read_all(folder):
        if isinstance(read, SourceError):
            errors.append(read)
        elif read.slug in sources:
            errors.append(
                SourceError(path=path, message=f"1: slug: {read.slug!r} is taken by {homes[read.slug].name}; give this source another slug")
            )
        else:
            sources[read.slug], homes[read.slug] = read, path
    return tuple(sources[slug] for slug in sorted(sources)), tuple(errors)


def _read_all(folder: Path) -> Iterator[tuple[Path, Source | SourceError]]:
    for path in sorted((*folder.glob("*.yaml"), *folder.glob("*.yml"))):
        yield path, read_source(path)


def json_schema() -> str:
    """The JSON Schema of a source file, as committed beside the files."""
    schema = Source.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Claimledger source"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
