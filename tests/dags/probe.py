"""In: an Airflow environment. Out: one JSON object on stdout: what a fresh process reads from `dags/`, or what a bare Airflow imports."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

HEAVY = ("aiohttp", "dbt", "duckdb", "fastwarc", "great_expectations", "lxml", "numpy", "pandas", "pyarrow", "sklearn", "trafilatura")


def heavy() -> list[str]:
    """The heavy packages that this process has imported."""
    return sorted({name.partition(".")[0] for name in sys.modules} & set(HEAVY))


def read() -> dict[str, Any]:
    """Import errors, and each DAG as Airflow serialises it for its version hash."""
    from airflow.dag_processing.dagbag import BundleDagBag
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.serialization.serialized_objects import LazyDeserializedDAG

    bare = heavy()
    folder = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    bag = BundleDagBag(folder, bundle_path=folder, bundle_name="dags-folder")
    now = heavy()
    data = {dag_id: LazyDeserializedDAG.from_dag(dag).data for dag_id, dag in sorted(bag.dags.items())}
    return {
        "errors": bag.import_errors,
        "dags": {dag_id: value["dag"] for dag_id, value in data.items()},
        "hashes": {dag_id: SerializedDagModel.hash(value) for dag_id, value in data.items()},
        "heavy_bare": bare,
        "heavy": now,
    }


if __name__ == "__main__":
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    json.dump(read(), answer, default=str)
