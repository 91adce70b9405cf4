"""In: source files, right and wrong. Out: models, or one line per file that names line, field, what was there and what would be right."""

# ruff: noqa: E501  one wrong file per line, whole, beside what is told of it
from __future__ import annotations

import json
import re
import time
from pathlib import Path

import jsonschema
import pytest
import yaml

from ingest.errors import Misuse
from ingest.sources import SCHEMA_NAME, Source, SourceError, SourceKind, json_schema, read_source, read_sources

ROOT = Path(__file__).parents[2]
SHIPPED = sorted([*(ROOT / "dags" / "sources").glob("*.y*ml"), *(ROOT / "demo" / "sources").glob("*.y*ml")])
SCHEMA = ROOT / "dags" / "sources" / SCHEMA_NAME
RIGHT = "slug: gazette\nname: The Gazette\nkind: feed\nurl: https://a.example/rss\nlanguage: en\ncountry: GB\n"
TABLE = (
    "slug: losses\nname: Losses\nkind: table\npath: losses*.csv\nlanguage: en\ncountry: UA\ntable:\n  date: date\n  columns:\n"
    "    tank: {measure: destroyed, category: tank}\n  claimant: General Staff\n"
)


def read(folder: Path, text: str | bytes) -> Source | SourceError:
    path = folder / "gazette.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_source(path)


def message(folder: Path, text: str | bytes) -> str:
    error = read(folder, text)
    assert isinstance(error, SourceError), f"accepted: {error}"
    assert "\n" not in str(error)
    assert str(error).startswith(f"{folder}/gazette.yaml:")
    return error.message


class TestShipped:
    @pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
    def test_every_shipped_file_is_right(self, path: Path) -> None:
        source = read_source(path)
        assert isinstance(source, Source), str(source)
        assert source.slug == path.stem
        first = path.read_text(encoding="utf-8").splitlines()[0]
        found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        assert found is not None, f"the first line is no schema line: {first}"
        assert (path.parent / found[1]).resolve() == SCHEMA

    @pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
    def test_the_schema_accepts_every_shipped_file(self, path: Path) -> None:
        data = json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), default=str))
        jsonschema.Draft202012Validator(json.loads(json_schema())).validate(data)

    def test_there_are_shipped_files(self) -> None:
        assert sum(path.is_relative_to(ROOT / "dags") for path in SHIPPED) >= 12

    @pytest.mark.parametrize("folder", ["dags/sources", "demo/sources"])
    def test_the_folders_read_without_error(self, folder: str) -> None:
        sources, errors = read_sources(ROOT / folder)
        assert errors == ()
        assert [s.slug for s in sources] == sorted(s.slug for s in sources)

    def test_the_committed_schema_is_that_of_the_code(self) -> None:
        assert SCHEMA.read_text(encoding="utf-8") == json_schema(), "run: make schema"

    def test_the_schema_is_a_schema_and_refuses_what_the_model_refuses(self) -> None:
        schema = json.loads(json_schema())
        jsonschema.Draft202012Validator.check_schema(schema)
        right = yaml.safe_load(RIGHT)
        validator = jsonschema.Draft202012Validator(schema)
        validator.validate({**right, "revisit": ["1h", "7d", 0]})
        for wrong in (
            {"colour": "red"},
            {"slug": "Gazette"},
            {"kind": "fed"},
            {"max_items": 0},
            {"revisit": ["a week"]},
            {"revisit": [-1]},
        ):
            assert not validator.is_valid({**right, **wrong}), wrong

    def test_live_sources_publish_no_text_and_claim_no_visit(self) -> None:
        for source in read_sources(ROOT / "dags" / "sources")[0]:
            assert not source.publish_text, source.slug
            assert source.verified is None, source.slug


WRONG: dict[str, tuple[str, str]] = {
    # case: (the file, how its line begins and what stands in it, joined by …)
    "unknown key": (RIGHT + "colour: red\n", "7: colour: unknown key; known keys: slug, name, kind, url…entered_on, table"),
    "unknown key of a table": (TABLE + "  colour: red\n", "12: table.colour: unknown key; known keys: date, columns, claimant"),
    "unknown key of a column": (
        TABLE.replace("category: tank}", "category: tank, colour: red}"),
        "10: table.columns.tank.colour: unknown key; known keys: measure, category, subject, qualifier",
    ),
    "missing key": (RIGHT.replace("language: en\n", ""), "1: language: this key is required"),
    "two mistakes": (RIGHT.replace("language: en\n", "") + "colour: red\n", "1: language: this key is required | 6: colour: unknown key"),
    "bad slug": (RIGHT.replace("slug: gazette", "slug: The Gazette"), "1: slug: …'^[a-z][a-z0-9_]{1,40}$' (got 'The Gazette')"),
    "slug of the ledger": (RIGHT.replace("gazette", "editions"), "1: slug: editions is the name of a stream of the ledger itself"),
    "bad kind": (RIGHT.replace("feed", "fed"), "3: kind: …'feed', 'sitemap', 'pages', 'urls', 'warc', 'jsonl' or 'table' (got 'fed')"),
    "feed with a path": (RIGHT.replace("url: https://a.example/rss", "path: a"), "1: file: kind feed takes exactly one of url or urls; given: path"),
    "feed with nothing": (RIGHT.replace("url: https://a.example/rss\n", ""), "1: file: kind feed takes exactly one of url or urls; given: none"),
    "feed with both": (RIGHT + "urls: ['https://b.example']\n", "1: file: kind feed takes exactly one of url or urls; given: url, urls"),
    "warc with a url": (RIGHT.replace("feed", "warc"), "1: file: kind warc takes exactly one of path; given: url"),
    "table without table": (RIGHT.replace("feed", "table"), "1: file: kind table and the key table go together"),
    "table with a feed": (RIGHT + TABLE[TABLE.index("table:") :], "1: file: kind table and the key table go together"),
    "no list": (RIGHT.replace("url: https://a.example/rss", "urls: https://a.example/"), "4: urls: a list such as [a, b] was expected (got 'https"),
    "password": (RIGHT.replace("https://", "https://me:secret@"), "4: url: …without user:password@"),
    "not http": (RIGHT.replace("https://", "file://"), "4: url: an http or https address"),
    "space in url": (RIGHT.replace("/rss", "/rss feed"), "4: url: an http or https address without spaces"),
    "second of two urls": (RIGHT.replace("url: https://a.example/rss", "urls:\n  - https://a.example\n  - nonsense"), "6: urls.1: an http or https address"),
    "bad regex": (RIGHT + "include:\n  - fine\n  - '('\n", "9: include.1: a regular expression was expected (missing )"),
    "huge regex": (RIGHT + "exclude: ['a{99999999999}']\n", "7: exclude.0: a regular expression was expected"),
    "cron of four": (RIGHT + "schedule: '0 2 * *'\n", "7: schedule: a cron line of five fields in UTC was expected…\"0 2 * * *\" (got '0 2 * *')"),
    "cron minute 60": (RIGHT + "schedule: '60 2 * * *'\n", "7: schedule: a cron line"),
    "cron range backwards": (RIGHT + "schedule: '0 5-2 * * *'\n", "7: schedule: a cron line"),
    "cron words": (RIGHT + "schedule: nightly\n", "7: schedule: a cron line…(got 'nightly')"),
    "bad duration": (RIGHT + "revisit: [1h, a week]\n", "7: revisit.1: a duration such as 30m, 1h or 7d was expected (got 'a week')"),
    "negative duration": (RIGHT + "revisit: [-5]\n", "7: revisit.0: …greater than or equal to 0"),
    "endless duration": (RIGHT + "revisit: [999999d]\n", "7: revisit.0: …less than or equal to"),
    "overflowing duration": (RIGHT + "revisit: [99999999999999999999d]\n", "7: revisit.0: a duration such as"),
    "no items": (RIGHT + "max_items: 0\n", "7: max_items: …greater than or equal to 1 (got 0)"),
    "key twice": (RIGHT + "name: Other\n", "7: not readable as YAML: key 'name' stands twice"),
    "column twice": (TABLE.replace("  claimant", "    tank: {measure: damaged, category: tank}\n  claimant"), "11: …key 'tank' stands twice"),
    "country of Norway": (RIGHT.replace("GB", "NO"), "6: country: text was expected; YAML reads a bare yes, no, on or off as a truth value: put it in quotes"),
    "no such day": (RIGHT + "verified: 2026-02-30\n", "7: not readable as YAML: '2026-02-30': day is out of range for month"),
    "number too long": (RIGHT + f"max_items: {'9' * 5000}\n", "7: not readable as YAML"),
    "list as a key": (RIGHT + "? [a, b]\n: c\n", "7: not readable as YAML: a key must be a plain word"),
    "number as a key": (RIGHT + "5: a\n", "7: 5: Keys should be strings"),
    "not YAML": (RIGHT + "include: [unclosed\n", "8: not readable as YAML"),
    "two documents": (RIGHT + "---\na: 1\n", "7: not readable as YAML"),
    "list at the top": ("- slug: a\n", "1: the file must hold keys such as slug, name, kind, url; found a list"),
    "nothing": ("# only a comment\n", "1: the file must hold keys such as slug, name, kind, url; found nothing"),
    "a word": ("gazette\n", "1: the file must hold keys such as slug, name, kind, url; found a single value"),
    "python object": (RIGHT + "x: !!python/object/apply:os.system ['touch owned']\n", "7: not readable as YAML: could not determine a constructor for the tag"),
    "python name": (RIGHT + "x: !!python/name:os.system\n", "7: not readable as YAML: could not determine a constructor"),
    "alias": (RIGHT.replace("name: The Gazette", "name: &n The Gazette") + "keywords: [*n]\n", "7: not readable as YAML: aliases (*name) are not read here"),
    "deep nesting": (RIGHT + "x: " + "[" * 3000 + "\n", "1: not readable as YAML"),
    "path upward": (RIGHT.replace("feed", "warc").replace("url: https://a.example/rss", "path: ../../etc/*"), "4: path: a path or glob inside the data folder"),
    "path absolute": (RIGHT.replace("feed", "warc").replace("url: https://a.example/rss", "path: /etc/passwd"), "4: path: a path or glob inside"),
    "path of home": (RIGHT.replace("feed", "warc").replace("url: https://a.example/rss", "path: ~/x"), "4: path: a path or glob inside"),
    "path of nothing": (RIGHT.replace("feed", "warc").replace("url: https://a.example/rss", "path: ."), "4: path: a path or glob inside"),
    "odd glob": (RIGHT.replace("feed", "warc").replace("url: https://a.example/rss", "path: 'a**'"), "4: path: a path or glob inside"),
    "column name with a semicolon": (TABLE.replace("tank:", "'tank; other':"), "10: table.columns.tank; other.[key]: a column name without ;"),
    "bad measure": (TABLE.replace("destroyed", "dead"), "10: table.columns.tank.measure: …'destroyed' or 'damaged' (got 'dead')"),
    "no columns": (TABLE.replace("    tank: {measure: destroyed, category: tank}\n", "").replace("columns:", "columns: {}"), "9: table.columns: "),
    "long value": (RIGHT + f"kind_of: {'x' * 500}\nmax_age_days: {'y' * 5000}\n", "8: max_age_days: "),
}  # fmt: skip


class TestWrong:
    @pytest.mark.parametrize("case", WRONG)
    def test_one_line_tells_line_field_what_was_there_and_what_would_be_right(self, tmp_path: Path, case: str) -> None:
        text, expected = WRONG[case]
        told = message(tmp_path, text)
        begins, *parts = expected.split("…")
        assert told.startswith(begins), told
        for part in parts:
            assert part in told, told
        assert len(told) < 800

    @pytest.mark.parametrize(
        "text", [b"\xff\xfe", RIGHT.encode() + b"\x00", RIGHT.encode("utf-16"), RIGHT.replace("The", "Le Caf\xe9").encode("latin-1")]
    )
    def test_bytes_that_are_no_text_are_told(self, tmp_path: Path, text: bytes) -> None:
        assert "not readable as YAML" in message(tmp_path, text)

    def test_billions_of_values_in_a_few_lines_cost_nothing(self, tmp_path: Path) -> None:
        bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
        began = time.monotonic()
        assert "aliases" in message(tmp_path, bomb + "name: *a11\n")
        assert time.monotonic() - began < 2

    def test_a_huge_file_is_not_parsed(self, tmp_path: Path) -> None:
        assert "larger than 1000000 bytes" in message(tmp_path, RIGHT + "#" * 1_000_001)

    def test_a_folder_with_the_name_of_a_file_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "folder.yaml").mkdir()
        assert [str(e.path.name) for e in read_sources(tmp_path)[1]] == ["folder.yaml"]

    def test_no_code_ran(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        message(tmp_path, WRONG["python object"][0])
        assert not (tmp_path / "owned").exists()


class TestFolder:
    def test_a_wrong_file_stops_only_itself(self, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").write_text(RIGHT.replace("gazette", "aaa"))
        (tmp_path / "b.yaml").write_text("nonsense: [")
        (tmp_path / "c.yml").write_text(RIGHT.replace("gazette", "ccc"))
        (tmp_path / "d.txt").write_text("nothing to do with it")
        sources, errors = read_sources(tmp_path)
        assert [s.slug for s in sources] == ["aaa", "ccc"]
        assert [e.path.name for e in errors] == ["b.yaml"]

    def test_two_files_with_one_slug_are_an_error_of_the_later(self, tmp_path: Path) -> None:
        (tmp_path / "a.yaml").write_text(RIGHT)
        (tmp_path / "b.yaml").write_text(RIGHT.replace("The Gazette", "Another"))
        sources, errors = read_sources(tmp_path)
        assert [s.name for s in sources] == ["The Gazette"]
        assert [str(e) for e in errors] == [f"{tmp_path}/b.yaml:1: slug: 'gazette' is taken by a.yaml; give this source another slug"]

    def test_a_folder_that_is_not_there_is_misuse(self, tmp_path: Path) -> None:
        with pytest.raises(Misuse, match="name the folder of source files with --sources or CLAIMLEDGER_SOURCES"):
            read_sources(tmp_path / "nowhere")


class TestRight:
    def test_defaults(self, tmp_path: Path) -> None:
        source = read(tmp_path, RIGHT)
        assert isinstance(source, Source)
        assert (source.schedule, source.enabled, source.delay_seconds, source.publish_text) == ("0 2 * * *", True, 5.0, True)
        assert source.listings == ("https://a.example/rss",)

    def test_a_byte_order_mark_is_no_mistake(self, tmp_path: Path) -> None:
        assert isinstance(read(tmp_path, b"\xef\xbb\xbf" + RIGHT.encode()), Source)

    def test_durations_are_seconds(self, tmp_path: Path) -> None:
        source = read(tmp_path, RIGHT + "revisit: [0s, 30m, 1h, 7d, 90]\n")
        assert isinstance(source, Source)
        assert source.revisit == (0, 1800, 3600, 604_800, 90)

    @pytest.mark.parametrize("line", ["0 2 * * *", "*/15 0-6 1,15 */2 1-5", "59 23 31 12 7", "0  2  *  *  0", "5-50/10 * * * *"])
    def test_cron_lines_that_are_right(self, tmp_path: Path, line: str) -> None:
        source = read(tmp_path, RIGHT + f"schedule: '{line}'\n")
        assert isinstance(source, Source), str(source)
        assert source.schedule == " ".join(line.split())

    def test_a_table_may_come_from_the_web_or_a_file(self, tmp_path: Path) -> None:
        for text in (TABLE, TABLE.replace("path: losses*.csv", "url: https://a.example/x.json")):
            source = read(tmp_path, text)
            assert isinstance(source, Source), str(source)
            assert source.kind is SourceKind.TABLE

    def test_a_source_cannot_be_changed(self, tmp_path: Path) -> None:
        source = read(tmp_path, RIGHT)
        with pytest.raises(Exception, match="frozen"):
            source.slug = "other"  # type: ignore[misc,union-attr]
