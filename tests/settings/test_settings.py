"""In: variables, a file beside the home, the command line. Out: settings, the nearest winning, and errors that name the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import Misuse
from ingest.settings import Settings, load


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "warehouse"


def write(home: Path, text: str) -> None:
    (home.parent / "claimledger.toml").write_text(text, encoding="utf-8")


def test_without_anything_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load({}) == Settings()


def test_the_file_beats_the_default_the_variable_the_file_and_the_command_line_all(home: Path) -> None:
    assert load({}, home=home).editions_kept == 14
    write(home, "editions_kept = 3\n")
    assert load({}, home=home).editions_kept == 3
    assert load({"CLAIMLEDGER_EDITIONS_KEPT": "5"}, home=home).editions_kept == 5
    assert load({"CLAIMLEDGER_EDITIONS_KEPT": "5"}, home=home, editions_kept=7).editions_kept == 7


def test_what_the_command_line_does_not_give_is_none_and_counts_for_nothing(home: Path) -> None:
    assert load({"CLAIMLEDGER_SOURCES": "s"}, home=home, sources=None).sources == Path("s")


def test_the_file_is_looked_for_beside_the_home_that_the_variable_names(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    write(tmp_path / "other" / "warehouse", 'contact = "https://example.org/bot"')
    assert load({"CLAIMLEDGER_HOME": str(tmp_path / "other" / "warehouse")}).contact == "https://example.org/bot"


def test_an_empty_variable_counts_as_not_set(home: Path) -> None:
    write(home, "workers = 3\n")
    empty = {f"CLAIMLEDGER_{name}": "" for name in ("HOME", "WORKERS", "CONTACT", "PAGE_SECONDS", "SOURCES")}
    given = load({**empty, "CLAIMLEDGER_PROXY": "  "}, home=home)
    assert (given.home, given.workers, given.contact, given.proxy, given.sources) == (home, 3, "", "", Path("dags/sources"))
    assert load(empty).home == Path("warehouse")


@pytest.mark.parametrize("word", ["0", "false", "No", "off", ""])
def test_loopback_is_off_when_someone_says_so(home: Path, word: str) -> None:
    assert load({"CLAIMLEDGER_ALLOW_LOOPBACK": word}, home=home).allow_loopback == ""


@pytest.mark.parametrize(
    ("rule", "host", "target"),
    [
        ("", "a.example", None),
        ("1", "a.example", "*"),
        ("*.example=127.0.0.1:80", "a.example", "127.0.0.1:80"),
        ("*.example=127.0.0.1:80", "A.EXAMPLE", "127.0.0.1:80"),
        ("*.example=127.0.0.1:80", "a.example.org", None),
        ("a.example=127.0.0.1:1, b.example=127.0.0.1:2", "b.example", "127.0.0.1:2"),
        ("*=127.0.0.1:9", "www.gov.uk", "127.0.0.1:9"),
    ],
)
def test_the_loopback_rule_leads_hosts_to_this_machine(rule: str, host: str, target: str | None) -> None:
    assert Settings(allow_loopback=rule).loopback_for(host) == target


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("WORKERS", "many", "CLAIMLEDGER_WORKERS is 'many'; a whole number was expected"),
        ("WORKERS", "2.5", "CLAIMLEDGER_WORKERS is '2.5'; a whole number was expected"),
        ("WORKERS", "0", "CLAIMLEDGER_WORKERS is '0'; it must be greater than 0"),
        ("EDITIONS_KEPT", "-1", "it must be greater than 0, for example 14"),
        ("PAGE_SECONDS", "nan", "it must be greater than 0, for example 10.0"),
        ("PAGE_SECONDS", "inf", "it must be greater than 0"),
        ("PAGE_SECONDS", "ten", "CLAIMLEDGER_PAGE_SECONDS is 'ten'; a number was expected"),
        ("PAGE_BYTES", "20MB", "CLAIMLEDGER_PAGE_BYTES is '20MB'; a whole number was expected, for example 20000000"),
    ],
)
def test_a_wrong_number_is_told_with_what_would_be_right(home: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(Misuse) as error:
        load({f"CLAIMLEDGER_{name}": text}, home=home)
    assert said in str(error.value)


def test_digits_may_be_grouped(home: Path) -> None:
    assert load({"CLAIMLEDGER_PAGE_BYTES": "30_000_000"}, home=home).page_bytes == 30_000_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("contact = ", "not TOML"),
        ("kontact = 'x'", "unknown setting 'kontact'; known: alert, allow_loopback, contact"),
        ("contact = ['a', 'b']", "contact is ['a', 'b']; a text in quotes was expected"),
        ("contact = 5", "contact is 5; a text in quotes was expected"),
        ("sources = 5", "sources is 5; a text in quotes was expected"),
        ("workers = true", "CLAIMLEDGER_WORKERS is True; a whole number was expected"),
        ("workers = [1]", "a whole number was expected"),
        ("[table]\nx = 1", "unknown setting 'table'"),
    ],
)
def test_a_wrong_file_is_told_in_one_line(home: Path, text: str, said: str) -> None:
    write(home, text)
    with pytest.raises(Misuse) as error:
        load({}, home=home)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_of_another_encoding_is_told(home: Path) -> None:
    (home.parent / "claimledger.toml").write_bytes('contact = "ä"'.encode("latin-1"))
    with pytest.raises(Misuse, match="not TOML"):
        load({}, home=home)


def test_every_setting_of_the_contract_has_its_variable(home: Path) -> None:
    names = ["HOME", "SOURCES", "CONTACT", "EDITIONS_KEPT", "WORKERS", "PAGE_SECONDS", "PAGE_BYTES", "ALLOW_LOOPBACK", "PROXY", "ALERT"]
    values = {f"CLAIMLEDGER_{name}": "7" for name in names}
    given = load(values)
    assert all(str(getattr(given, name.lower())) in ("7", "7.0") for name in names)
