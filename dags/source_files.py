"""In: the source files. Out: nothing when all are right; else the errors of the wrong ones, as an import error that Airflow shows on top.

An import error stops every DAG of the file that raised it. This file has no DAG, so it can name the wrong source files in
the Airflow UI while `gather.py` goes on with the right ones.
"""

from __future__ import annotations

from claimledger_dags import known_sources


class WrongSourceFiles(Exception):
    """One line per wrong file: file, line, field, what was there and what would be right."""


_, errors = known_sources()
if errors:
    raise WrongSourceFiles("\n" + "\n".join(str(error) for error in errors))
