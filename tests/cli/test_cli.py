"""In: commands as people and programs type them. Out: exit codes, one line per error, JSON that parses, no steering of terminals."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from demo.server import DemoSite
from ingest.cli import main
from ingest.cli.common import counted, plain
from ingest.log import Log
from ingest.storage import LocalStorage
from tests.cli.conftest import COMMAND, ROOT, Desk

HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202eevil\u2066 \x9b31m\r\nclaimledger: done\u2028next\ud800"


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


def leaves() -> list[tuple[str, ...]]:
    every = list(commands(main))
    return [path for path in every if not any(other[: len(path)] == path and other != path for other in every)]


def flow_log(desk: Desk) -> Log:
    return Log(LocalStorage(desk.home))


def is_one_line(text: str) -> bool:
    return text.count("\n") == 1 and text.startswith("claimledger: ") and "Traceback" not in text


class TestHelp:
    @pytest.mark.parametrize("path", leaves(), ids=" ".join)
    def test_every_command_has_an_example_that_fits_it(self, path: tuple[str, ...], desk: Desk) -> None:
        result = desk.run(*path, "--help")
        assert result.exit_code == 0
        example = re.search(r"Example: (.*)", result.output)
        assert example is not None, result.output
        assert f"claimledger {' '.join(path)}" in example[1]

    def test_the_commands_of_the_contract_are_there(self) -> None:
        assert {path[0] for path in leaves()} == {
            "gather", "build", "replay", "reprocess", "extract", "import-warc", "sources", "status", "verify", "sql", "editions",
            "correct", "withdraw", "explore", "export-site",
        }  # fmt: skip
        assert {path[1] for path in leaves() if path[0] == "sources"} == {"list", "check", "try", "test", "new"}
        assert {path[1] for path in leaves() if path[0] == "editions"} == {"list", "use", "diff"}

    def test_every_command_takes_home_and_debug(self) -> None:
        for path in leaves():
            command: click.Command = main
            for name in path:
                assert isinstance(command, click.Group)
                command = command.commands[name]
            options = {option for parameter in command.params for option in parameter.opts}
            assert "--debug" in options, path
            assert path == ("extract",) or "--home" in options, path

    def test_the_real_command_starts(self, desk: Desk) -> None:
        ended = desk.start("--version")
        assert (ended.returncode, ended.stderr) == (0, "")
        assert re.match(r"claimledger, version \d", ended.stdout)

    def test_help_does_not_import_the_heavy_libraries(self) -> None:
        heavy = "{'duckdb', 'pyarrow', 'trafilatura', 'aiohttp', 'airflow'}"
        code = f"import sys; from ingest.cli import main; print(sorted({heavy} & set(sys.modules)))"
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
        assert ended.stdout == "[]\n"


class TestErrors:
    @pytest.mark.parametrize(
        ("arguments", "code", "said"),
        [
            (("gather", "nobody"), 2, "no source nobody in "),
            (("gather", "a\nclaimledger: all is well\x1b[2J"), 2, "no source a claimledger: all is well\ufffd[2J in "),
            (("sources", "try", "nobody"), 2, "known: bureau, channel_twelve"),
            (("import-warc", str(ROOT / "README.md"), "--source", "nobody"), 2, "no source 'nobody'"),
            (("reprocess", "--since", "yesterday"), 1, "no home at "),
            (("status",), 1, "no home at "),
            (("verify",), 1, "run: claimledger gather, or name the home with --home"),
            (("build",), 1, "no home at "),
            (("sql", "SELECT 1"), 1, "run: claimledger build"),
            (("sql",), 2, "give one query: as text, or as a file with --file"),
            (("sql", "SELECT 1", "--file", str(ROOT / "README.md")), 2, "give one query: as text, or as a file with --file"),
            (("sql", "--file", "nowhere.sql"), 2, "--file nowhere.sql cannot be read as text"),
            (("sql", "--file", str(ROOT / "demo" / "data" / "old_courier.warc.gz")), 2, "name a file that holds one SQL query"),
            (("editions", "list"), 1, "no home at "),
            (("sources", "list", "--sources", "nowhere"), 2, "no folder nowhere; name the folder of source files with --sources"),
            (("export-site", "/dev/full/site"), 1, "no edition"),
            (("sources", "check", "--home", str(ROOT / "README.md")), 2, "is a file"),
        ],
    )
    def test_an_error_is_one_line_with_its_exit_code(self, desk: Desk, arguments: tuple[str, ...], code: int, said: str) -> None:
        result = desk.run(*arguments)
        assert result.exit_code == code, result.output
        assert said in result.stderr
        assert said == "is a file" or is_one_line(result.stderr), result.stderr
        assert result.stdout == ""

    @pytest.mark.parametrize(
        "arguments", [("gather", "--nonsense"), ("nonsense",), ("sources", "try"), ("import-warc",), ("editions", "use", "x")]
    )
    def test_a_wrong_call_exits_with_2(self, desk: Desk, arguments: tuple[str, ...]) -> None:
        assert desk.run(*arguments).exit_code == 2

    def test_debug_shows_the_traceback(self, desk: Desk) -> None:
        ended = desk.start("status", "--debug")
        assert ended.returncode == 1
        assert "Traceback" in ended.stderr
        assert "no home at" in ended.stderr

    def test_a_real_process_shows_no_traceback(self, desk: Desk) -> None:
        ended = desk.start("gather", "nobody")
        assert ended.returncode == 2
        assert is_one_line(ended.stderr), ended.stderr

    def test_a_wrong_setting_is_told(self, desk: Desk) -> None:
        desk.variables["CLAIMLEDGER_WORKERS"] = "many"
        try:
            result = desk.run("gather")
        finally:
            del desk.variables["CLAIMLEDGER_WORKERS"]
        assert (result.exit_code, is_one_line(result.stderr)) == (2, True)

    def test_a_live_call_on_a_demo_home_is_refused(self, gathered: Desk) -> None:
        live = Desk(home=gathered.home, variables={k: v for k, v in gathered.variables.items() if k != "CLAIMLEDGER_ALLOW_LOOPBACK"})
        result = live.run("gather", "dispatches")
        assert result.exit_code == 2
        assert "the two never mix" in result.stderr

    def test_a_dead_source_exits_with_1_and_names_itself(self, desk: Desk, tmp_path: Path) -> None:
        folder = tmp_path / "sources"
        folder.mkdir()
        text = (ROOT / "demo" / "sources" / "bureau.yaml").read_text()
        (folder / "dead.yaml").write_text(text.replace("slug: bureau", "slug: dead").replace("/releases/\n", "/nothing-here/\n"))
        (folder / "broken.yaml").write_text("slug: [")
        (folder / "dispatches.yaml").write_text((ROOT / "demo" / "sources" / "dispatches.yaml").read_text())
        result = desk.run("gather", "--sources", str(folder))
        assert result.exit_code == 1
        assert "broken.yaml:1: not readable as YAML" in result.stderr
        assert "1 of 2 sources failed: dead; the others are in the log" in result.stderr
        assert "dispatches: discover (captures 6)" in result.stdout


class TestPrinting:
    def test_nothing_steers_a_terminal(self) -> None:
        told = plain(HOSTILE)
        assert all(character.isprintable() for character in told), told
        assert "\n" not in told

    @pytest.mark.parametrize("harmless", ["Київ заявив: 12", "café 𝕏 👨", "10 000 – “x”"])
    def test_plain_text_stays(self, harmless: str) -> None:
        assert plain(harmless) == harmless

    def test_counts_read_well(self) -> None:
        assert counted({"a": 1, "b": {"c": 2, "d": 0}, "e": 0}) == "a 1, b (c 2)"
        assert counted({}) == counted({"a": 0}) == "nothing new"

    def test_a_hostile_title_is_inert_in_text_and_in_json(self, desk: Desk, tmp_path: Path) -> None:
        data = tmp_path / "data"
        data.mkdir()
        title = HOSTILE.replace("\ud800", "")
        record = {
            "url": "https://a.example/1",
            "title": title,
            "text": "Kyiv said 12 Russian soldiers were killed. " * 20,
            "published": "2026-01-01",
        }
        (data / "dispatches.jsonl").write_text(json.dumps(record) + "\n" + '{"url": "\\u001b[2J"}\n')
        shown = desk.run("sources", "try", "dispatches", "--data", str(data))
        assert shown.exit_code == 0, shown.output
        assert not re.search(r"[^\S\n ]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066]", shown.output), repr(shown.output)
        as_json = desk.run("sources", "try", "dispatches", "--data", str(data), "--json")
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066]", as_json.stdout), repr(as_json.stdout)
        assert json.loads(as_json.stdout)[0]["items"][0]["url"] == "https://a.example/1"


class TestSources:
    def test_list_shows_every_source(self, desk: Desk) -> None:
        lines = desk.run("sources", "list").output.splitlines()
        assert [line.split()[0] for line in lines] == sorted(path.stem for path in (ROOT / "demo" / "sources").glob("*.yaml"))
        rows = json.loads(desk.run("sources", "list", "--json").stdout)
        assert {"slug", "name", "kind", "country", "schedule", "enabled", "verified"} == set(rows[0])

    def test_check_passes_on_right_files_and_names_wrong_ones(self, desk: Desk, tmp_path: Path) -> None:
        result = desk.run("sources", "check")
        assert (result.exit_code, result.stdout) == (0, "9 sources are right, 0 wrong\n")
        (tmp_path / "bad.yaml").write_text("slug: x\n")
        result = desk.run("sources", "check", "--sources", str(tmp_path), "--json")
        assert result.exit_code == 1
        assert "bad.yaml:1: " in json.loads(result.stdout)["errors"][0]
        assert is_one_line(result.stderr)

    def test_try_shows_article_and_claims_and_writes_nothing(self, desk: Desk) -> None:
        result = desk.run("sources", "try", "bureau", "--limit", "2")
        assert result.exit_code == 0, result.output
        assert result.stdout.startswith("== bureau: leads ")
        assert result.stdout.count("-- http://bureau.example/releases/") == 2
        assert not desk.home.exists()

    def test_try_of_a_source_that_gives_nothing_exits_with_1(self, desk: Desk) -> None:
        result = desk.run("sources", "try", "odd_addresses", "--limit", "2", "--json")
        (report,) = json.loads(result.stdout)
        assert result.exit_code == (0 if report["works"] else 1)
        assert report["failures"] or report["items"]

    def test_test_replays_a_saved_page(self, desk: Desk, tmp_path: Path) -> None:
        words = "Ukraine's General Staff said on Monday that 120 Russian soldiers were killed near the town. " * 12
        page = tmp_path / "saved.html"
        head = "<html lang=en><head><title>Report of the day</title></head><body><article><h1>Report of the day</h1>"
        page.write_text(f"{head}<p>{words}</p></article></body></html>")
        result = desk.run("sources", "test", "gazette", str(page), "--url", "http://gazette.example/x", "--json")
        assert result.exit_code == 0, result.output
        (item,) = json.loads(result.stdout)["items"]
        assert item["title"] == "Report of the day"
        page.write_bytes(b"\x00\x01")
        refused = desk.run("sources", "test", "gazette", str(page))
        assert refused.exit_code == 1
        assert "rejected: " in refused.stdout

    def test_new_writes_a_file_that_is_right_and_never_overwrites(self, desk: Desk, tmp_path: Path) -> None:
        folder = tmp_path / "mine"
        arguments = ("sources", "new", "http://gazette.example/rss.xml", "--slug", "mine", "--country", "GB", "--sources", str(folder))
        result = desk.run(*arguments)
        assert result.exit_code == 0, result.output
        assert "kind: feed" in (folder / "mine.yaml").read_text()
        assert desk.run("sources", "check", "--sources", str(folder)).exit_code == 0
        again = desk.run(*arguments)
        assert again.exit_code == 2
        assert "mine.yaml exists; give another --slug" in again.stderr

    def test_new_with_a_bad_slug_or_address_leaves_no_file(self, desk: Desk, tmp_path: Path) -> None:
        for slug, url in (
            ("../evil", "http://gazette.example/rss.xml"),
            ("A B", "http://gazette.example/rss.xml"),
            ("x1", "nonsense"),
            ("x1", "file:///etc/passwd"),
        ):
            result = desk.run("sources", "new", url, "--slug", slug, "--sources", str(tmp_path / "mine"))
            assert result.exit_code in (1, 2), result.output
            assert is_one_line(result.stderr), result.stderr
        assert not list(tmp_path.rglob("*.yaml"))


class TestGatherAndVerify:
    def test_gather_tells_counts_and_json_parses(self, gathered: Desk) -> None:
        result = gathered.run("gather", "dispatches", "--json")
        assert result.exit_code == 0
        told = json.loads(result.stdout)
        assert told["errors"] == {}
        assert told["sources"]["dispatches"]["discover"] == {"captures": 0, "unchanged": 6, "failures": {}}

    def test_verify_passes_and_then_names_what_was_changed(self, desk: Desk) -> None:
        desk.run("gather", "dispatches")
        assert desk.run("verify").exit_code == 0
        segment = next((desk.home / "log" / "dispatches").glob("*.parquet"))
        segment.write_bytes(segment.read_bytes()[:-1])
        result = desk.run("verify", "--json")
        assert result.exit_code == 1
        assert segment.name in json.loads(result.stdout)["broken"][0]
        assert is_one_line(result.stderr)

    def test_status_without_an_edition_tells_what_to_do(self, gathered: Desk) -> None:
        result = gathered.run("status", "--json")
        assert result.exit_code == 1
        assert "no edition yet; run: claimledger build" in result.stderr
        told = json.loads(result.stdout)
        assert told["kind"] == "demo"
        assert set(told["sources"]) == {"dispatches"}
        assert told["unloaded"]["dispatches"] > 0

    def test_reprocess_says_when_there_is_nothing_to_do(self, gathered: Desk) -> None:
        assert gathered.run("reprocess").stdout == "nothing to do: all was done by this version\n"

    def test_a_real_gather_prints_results_apart_from_progress(self, desk: Desk) -> None:
        ended = desk.start("gather", "dispatches", "--json")
        assert ended.returncode == 0, ended.stderr
        assert json.loads(ended.stdout)["errors"] == {}
        assert "\x1b" not in ended.stderr
        assert "dispatches: discover" in ended.stderr
        assert "terminate called" not in ended.stderr


class TestExtract:
    GOOD = (
        '{"id": "a", "text": "Ukraine\'s General Staff said on Monday that 120 Russian soldiers were killed.", "published": "2024-05-06"}'
    )

    def test_lines_come_in_order_and_a_bad_one_costs_itself(self, desk: Desk) -> None:
        bad = [
            "nonsense",
            "[]",
            '{"id": "c"}',
            '{"text": "x"}',
            '{"id": "d", "text": "x", "published": "May"}',
            '{"id": "\\ud800", "text": "x"}',
        ]
        result = desk.run("extract", given="\n".join([self.GOOD, *bad, "", self.GOOD.replace('"a"', "7")]) + "\n")
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        assert len(rows) == len(bad) + 2
        assert result.exit_code == 1
        assert [row["id"] for row in (rows[0], rows[-1])] == ["a", 7]
        assert all("error" in row for row in rows[1:6])
        assert is_one_line(result.stderr), result.stderr

    def test_good_lines_alone_exit_with_0_and_quotes_are_exact(self, desk: Desk) -> None:
        result = desk.run("extract", given=self.GOOD + "\n")
        assert result.exit_code == 0
        (row,) = [json.loads(line) for line in result.stdout.splitlines()]
        (claim,) = row["casualty_claims"]
        text = json.loads(self.GOOD)["text"]
        assert text[claim["char_start"] : claim["char_end"]] == claim["quote"]
        assert (claim["low"], claim["high"], row["offers"], row["announcements"]) == (120, 120, [], [])

    def test_as_a_filter_in_a_pipe(self, desk: Desk) -> None:
        ended = desk.start("extract", given=self.GOOD + "\n" + self.GOOD + "\n")
        assert ended.returncode == 0, ended.stderr
        assert len(ended.stdout.splitlines()) == 2

    def test_a_reader_that_hangs_up_causes_no_traceback(self, desk: Desk) -> None:
        line = f"{COMMAND} extract | head -1"
        ended = subprocess.run(
            ["bash", "-c", line], input=(self.GOOD + "\n") * 500, capture_output=True, text=True, check=False, env=desk.environment
        )
        assert len(ended.stdout.splitlines()) == 1
        assert "Traceback" not in ended.stderr, ended.stderr

    def test_nothing_in_nothing_out(self, desk: Desk) -> None:
        result = desk.run("extract", given="")
        assert (result.exit_code, result.stdout) == (0, "")


def test_the_demo_site_was_asked_by_its_name_alone(site: DemoSite, desk_at: Callable[[Path], Desk], tmp_path: Path) -> None:
    desk_at(tmp_path).run("sources", "try", "bureau", "--limit", "1")
    assert site.log
    assert all(request.host.endswith(".example") and "claimledger" in request.user_agent.lower() for request in site.log)


def test_a_fault_of_the_extractor_costs_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The filter goes on: the faulty article is told by its id, the others are done, exit 1."""
    from click.testing import CliRunner

    from ingest.cli import main
    from ingest.extract import lines

    def extract_line(line: bytes) -> tuple[dict[str, object], bool]:
        if b"poison" in line:
            raise IndexError("list index out of range")
        return {"id": "good"}, True

    monkeypatch.setattr(lines, "extract_line", extract_line)
    done = CliRunner().invoke(main, ["extract"], input='{"id":"bad","text":"poison"}\n{"id":"good","text":"x"}\n')
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first["id"] == "bad"
    assert "IndexError" in first["error"]
    assert second == {"id": "good"}
    assert done.exit_code == 1


def test_a_file_that_is_no_web_archive_is_told(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("# no archive\n")
    done = desk.run("import-warc", str(path), "--source", "dispatches")
    assert done.exit_code == 1
    assert "README.md" in done.stderr
    assert "0 captures" in done.stderr


class TestCorrect:
    WHO = ("--reason", "misread", "--by", "An editor")

    @pytest.mark.parametrize(
        "wish", [(), ("--set", "low=1", "--reject"), ("--reject", "--undo", "f" * 24)], ids=["nothing", "set and reject", "reject and undo"]
    )
    def test_it_does_one_thing_at_a_time(self, desk: Desk, wish: tuple[str, ...]) -> None:
        result = desk.run("correct", "f" * 24, *wish, *self.WHO)
        assert (result.exit_code, is_one_line(result.stderr)) == (2, True)
        assert "give one of --set (once or more), --reject and --undo" in result.stderr

    def test_reason_and_author_are_asked_for(self, desk: Desk) -> None:
        for left in (self.WHO[:2], self.WHO[2:]):
            result = desk.run("correct", "f" * 24, "--reject", *left)
            assert (result.exit_code, is_one_line(result.stderr)) == (2, True)

    def test_without_an_edition_there_is_nothing_to_correct(self, gathered: Desk) -> None:
        result = gathered.run("correct", "f" * 24, "--reject", *self.WHO)
        assert (result.exit_code, is_one_line(result.stderr)) == (1, True)
        assert "no edition yet; run: claimledger build" in result.stderr


def test_withdrawing_is_told_and_done_once(desk: Desk) -> None:
    who = ("--reason", "asked", "--by", "An editor")
    assert desk.run("gather", "dispatches").exit_code == 0
    missing = desk.run("withdraw", "https://nobody.example/a", *who)
    assert (missing.exit_code, is_one_line(missing.stderr)) == (2, True)
    assert "nothing was archived from 'https://nobody.example/a'" in missing.stderr
    url = next(event.payload["url"] for event in flow_log(desk).read("dispatches") if event.type == "ArticleCleaned")
    first, second = (desk.run("withdraw", url, *who, "--json") for _ in range(2))
    assert [json.loads(r.stdout)["is_done_before"] for r in (first, second)] == [False, True]
    assert "was withdrawn already" in desk.run("withdraw", url, *who).stdout
    assert desk.run("verify").exit_code == 0
    assert desk.run("reprocess", "--stage", "clean").exit_code == 0
