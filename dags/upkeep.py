"""In: the log, the archive, parameters. Out: the Airflow DAGs `verify` (weekly), `reprocess` and `import_warc` (by hand)."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, Param, get_current_context, task
from claimledger_dags import WEEKLY, cron, known_sources, open_house, run_id, task_defaults

MAX_HOURS = 12.0
SHOWN = 20  # broken things in one message; `claimledger verify` prints them all

VERIFY_DOC = """# Verify

Proves the hash chains, the digests of the archive, the quotes and the editions, and fails naming every broken thing.
"""
REPROCESS_DOC = """# Reprocess

Cleans or extracts again, from the archive and without the network, what an older version did. Bounded by `limit` and resumable:
start it again until it reports nothing left. It stands in for Airflow's backfill, which a DAG started by its logs cannot have.
"""
IMPORT_DOC = """# Import WARC

Takes articles out of WARC files below the data folder (`CLAIMLEDGER_DATA`) into the stream of a source.
"""


SLUGS = [source.slug for source in known_sources()[0]]


def _params() -> dict[str, Any]:
    return dict(get_current_context()["params"])


def _by_hand(dag_id: str, doc: str, params: dict[str, Param]) -> DAG:
    return DAG(
        dag_id,
        description=doc.splitlines()[2],
        schedule=None,
        catchup=False,
        max_active_runs=1,
        default_args=task_defaults(hours=MAX_HOURS),
        tags=["upkeep", "by hand"],
        params=params,
        doc_md=doc,
    )


with DAG(
    "verify",
    description="Prove the log, the archive and the editions",
    schedule=cron(WEEKLY),
    catchup=False,
    max_active_runs=1,
    default_args=task_defaults(hours=MAX_HOURS),
    tags=["upkeep"],
    doc_md=VERIFY_DOC,
) as verify_dag:

    @task
    def verify() -> dict[str, int]:
        """What was checked. Fails with the broken things, one line each."""
        from airflow.sdk.exceptions import AirflowFailException

        from ingest import flow

        found = flow.verify(open_house())
        broken = found["broken"]
        if broken:
            raise AirflowFailException(f"{len(broken)} broken; see docs/operations.md: " + "; ".join(broken[:SHOWN]))
        checked: dict[str, int] = found["checked"]
        return checked

    verify()


with _by_hand(
    "reprocess",
    REPROCESS_DOC,
    {
        "stage": Param(None, type=["null", "string"], enum=[None, "clean", "extract"], description="what to do again; empty: both"),
        "source": Param(None, type=["null", "string"], enum=[None, *SLUGS], description="one source, or all"),
        "since": Param(None, type=["null", "string"], format="date", description="only what was fetched on or after this day"),
        "limit": Param(1000, type=["null", "integer"], minimum=1, description="at most this many articles in this run; empty: all"),
    },
) as reprocess_dag:

    @task
    def reprocess() -> dict[str, Any]:
        """One bounded piece of work; the counts say what is left."""
        from ingest import flow

        given = _params()
        return flow.reprocess(
            open_house(), stage=given["stage"], source=given["source"], since=given["since"], limit=given["limit"], run_id=run_id()
        )

    reprocess()


with _by_hand(
    "import_warc",
    IMPORT_DOC,
    {
        "files": Param(
            type="string", minLength=1, pattern=r"^[^/~:][^:]*$", description="glob below the data folder, such as cc-news/*.warc.gz"
        ),
        "source": Param(type="string", enum=SLUGS or ["none"], description="whose stream takes the articles"),
    },
) as import_dag:

    @task
    def import_warc() -> dict[str, Any]:
        """Fails when the pattern names no file or leads out of the data folder."""
        from ingest import flow

        house, given = open_house(), _params()
        return flow.import_warc(house, _files(house.settings.data, given["files"]), given["source"], run_id())

    import_warc()


def _files(data: Any, pattern: str) -> list[Any]:
    """The files below `data` that `pattern` names, sorted. Raises Misuse when there are none, or when one lies elsewhere."""
    from ingest.errors import Misuse

    found = sorted(path for path in data.glob(pattern) if path.is_file())
    if not found:
        raise Misuse(f"no file fits {pattern!r} below {data}; name a glob relative to the data folder, such as cc-news/*.warc.gz")
    outside = [path for path in found if not path.resolve().is_relative_to(data.resolve())]
    if outside:
        raise Misuse(f"{outside[0]} lies outside the data folder {data}; copy it there")
    return found
