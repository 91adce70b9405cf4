"""In: what pip-audit says in each case, word for word. Out: nobody takes "could not ask" for "nothing found"."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.audit import audit

LOCK = "aiohttp==3.14.0 \\\n    --hash=sha256:00\nyarl==1.20.0 ; python_version < '4' \\\n    --hash=sha256:00\n"
CLEAN = ("No known vulnerabilities found", "stderr", 0)
UNASKED = ("ERROR:pip_audit._cli:aiohttp: Dependency not found on PyPI and could not be audited: aiohttp (3.14.0)", "stderr", 1)
OFFLINE = ("ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed", "stderr", 1)
FOUND = ("Name    Version ID             Fix Versions\naiohttp 3.14.0  PYSEC-2030-1   3.14.1", "stdout", 1)


@pytest.mark.parametrize(
    ("says", "code", "told"),
    [
        (CLEAN, 0, "audit: nothing is known against the 2 packages of requirements.lock"),
        (
            UNASKED,
            1,
            "asked what is known against the 2 packages of requirements.lock, and gave no answer for aiohttp (3.14.0)",
        ),
        (OFFLINE, 1, "gave no answer for any of them: Could not connect to PyPI's vulnerability feed; pip-audit stops there"),
        (FOUND, 1, "audit: see above; raise the versions named there in pyproject.toml"),
    ],
)
def test_each_end_has_its_line(
    says: tuple[str, str, int], code: int, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, stream, ends = says
    tool, lock = tmp_path / "pip-audit", tmp_path / "requirements.lock"
    lock.write_text(LOCK)
    tool.write_text(f"#!/bin/sh\ncat {'>&2' if stream == 'stderr' else ''} <<'END'\n{text}\nEND\nexit {ends}\n")
    tool.chmod(0o755)
    assert audit(tool, lock) == code
    said = capsys.readouterr().out
    assert text in said
    assert told in said
    assert ("NOTHING IS KNOWN" in said) == (says in (UNASKED, OFFLINE))
