"""In: generated source files. Out: seconds in which 100 of them become DAGs, Airflow itself imported before, in a fresh process.

python -m bench.dags
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.common import calibrate, figure, median
from ingest.settings import Settings
from ops.environment import ROOT, environment

SOURCES = 100
TARGET_SECONDS = 2.0


def main() -> None:
    """Write the files, measure in a process with Airflow's environment."""
    with tempfile.TemporaryDirectory(prefix="claimledger-bench-") as name:
        folder = Path(name)
        (folder / "sources").mkdir()
        text = (ROOT / "dags" / "sources" / "bbc.yaml").read_text(encoding="utf-8")
        for number in range(SOURCES):
            slug = f"paper_{number:03}"
            (folder / "sources" / f"{slug}.yaml").write_text(text.replace("slug: bbc", f"slug: {slug}"), encoding="utf-8")
        env = environment(Settings(home=folder / "home", sources=folder / "sources"), folder=folder / "airflow")
        subprocess.run((sys.executable, "-m", "bench.dags", "child"), env=env, cwd=ROOT, check=True, stderr=subprocess.DEVNULL)


def child() -> None:
    """The fresh process: the median of five readings of the folder, and one line beside the calibration loop."""
    from airflow.dag_processing.dagbag import BundleDagBag

    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    folder = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    bags = []
    spent = median(lambda: bags.append(BundleDagBag(folder, bundle_path=folder, bundle_name="dags-folder")))
    sys.stdout = out
    read = len([dag_id for dag_id in bags[-1].dags if dag_id.startswith("gather__")])
    figure(f"{read} sources to DAGs", spent, "s", TARGET_SECONDS, at_most=True)
    print(f"calibration loop: {calibrate():.3f} s", flush=True)


if __name__ == "__main__":
    child() if sys.argv[1:] == ["child"] else main()
