"""In: pip-audit and the lock file. Out: what it found; where it could not ask: what was tried, that nothing is known, what to do next."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
_OPTIONS = ["--strict", "--require-hashes", "--disable-pip", "--progress-spinner", "off", "-r"]  # strict: what is not known is no pass
_UNASKED = re.compile(r"could not be audited: (.+)|(Could not connect .+|.*(?:ConnectionError|Max retries|timed out|HTTPError).*)")


def audit(tool: Path, lock: Path = LOCK) -> int:
    """0: every package was looked up and nothing is known against any; 1: something is, or not every package could be looked up."""
    done = subprocess.run([str(tool), *_OPTIONS, str(lock)], capture_output=True, text=True, check=False)
    print(done.stdout + done.stderr, end="")
    packages = len(set(re.findall(r"^([\w.-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)))
    unasked = _UNASKED.search(done.stderr) if done.returncode else None
    if unasked:
        print(
            f"audit: NOTHING IS KNOWN. The package index was asked what is known against the {packages} packages of {lock.name}, and gave "
            f"no answer for {unasked[1] or 'any of them: ' + unasked[2].strip()[:200]}; pip-audit stops there. A mirror that only hands "
            "out packages does so.\naudit: next: run make audit on a machine that reaches the index itself, and write what it says into "
            "docs/reliability.md; until then the record there stands."
        )
    elif done.returncode:
        print("audit: see above; raise the versions named there in pyproject.toml, then run: make lock test")
    else:
        print(f"audit: nothing is known against the {packages} packages of {lock.name}")
    return int(done.returncode != 0)


if __name__ == "__main__":
    sys.exit(audit(Path(sys.argv[1])))
