"""In: the environment and `claimledger.toml` beside the home. Out: one frozen `Settings`; the only module that reads either."""

from __future__ import annotations

import fnmatch
import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from ingest.errors import Misuse

PREFIX = "CLAIMLEDGER_"
_OFF = frozenset({"0", "false", "no", "off"})  # what people write to mean no


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that an operator can set. Times in seconds, sizes in bytes."""

    home: Path = Path("warehouse")
    sources: Path = Path("dags/sources")
    data: Path = Path("data")
    contact: str = ""
    editions_kept: int = 14
    workers: int = max(1, (os.cpu_count() or 2))
    page_seconds: float = 10.0
    page_bytes: int = 20_000_000
    allow_loopback: str = ""
    proxy: str = ""
    alert: str = ""

    def loopback_for(self, host: str) -> str | None:
        """The `address:port` that the test map names for `host`, `"*"` where any loopback address is allowed, None where none is."""
        for part in filter(None, (p.strip() for p in self.allow_loopback.split(","))):
            pattern, _, target = part.partition("=")
            if not target:
                return "*"
            if fnmatch.fnmatchcase(host.lower(), pattern.lower()):
                return target
        return None


def load(environ: Mapping[str, str] | None = None, **given: object) -> Settings:
    """Defaults, then `claimledger.toml` beside the home, then the environment, then what the command line gave.

    An empty variable counts as not set: files of variables for containers leave them so.
    Raises Misuse for an unknown key in the file or a value of the wrong type.
    """
    env = os.environ if environ is None else environ
    chosen = {k: v for k, v in given.items() if v is not None}
    values: dict[str, object] = {f.name: text for f in fields(Settings) if (text := env.get(PREFIX + f.name.upper(), "").strip())}
    home = Path(str(chosen.get("home", values.get("home", Settings().home))))
    merged = {**_from_file(home.parent / "claimledger.toml"), **values, **chosen}
    default = Settings()
    typed: dict[str, Any] = {k: _typed(k, v, getattr(default, k)) for k, v in merged.items()}
    return replace(default, **typed)


def _from_file(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misuse(f'{path}: not TOML ({error}); write lines such as: contact = "https://example.org/bot"') from error
    known = {f.name for f in fields(Settings)}
    for key in table:
        if key not in known:
            raise Misuse(f"{path}: unknown setting {key!r}; known: {', '.join(sorted(known))}")
    return table


def _typed(key: str, value: object, default: object) -> object:
    """`value` as the type of `default`."""
    if isinstance(default, int | float):
        return _number(key, value, default)
    if not isinstance(value, str | Path):
        raise Misuse(f"{key} is {value!r}; a text in quotes was expected")
    if key == "allow_loopback" and str(value).lower() in _OFF:
        return ""
    return Path(value) if isinstance(default, Path) else str(value)


def _number(key: str, value: object, default: float) -> float:
    """A number above 0, whole where the default is whole."""
    try:
        number = int(str(value).replace("_", "")) if isinstance(default, int) else float(str(value))
    except ValueError:
        kind = "whole number" if isinstance(default, int) else "number"
        raise Misuse(f"{PREFIX}{key.upper()} is {value!r}; a {kind} was expected, for example {default}") from None
    if not 0 < number < math.inf:
        raise Misuse(f"{PREFIX}{key.upper()} is {value!r}; it must be greater than 0, for example {default}")
    return number
