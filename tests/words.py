"""In: a home and words. Out: the files of the home in which they can be read, whatever the names of the files."""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Iterator
from pathlib import Path

import duckdb


def left_of(home: Path, words: str) -> set[str]:
    """Paths below the home; dot-files and dot-folders too."""
    return {path.relative_to(home).as_posix() for path, text in readable(home) if words in text}


def readable(home: Path) -> Iterator[tuple[Path, str]]:
    """Everything readable, file by file: archive, databases with each of their texts, Parquet, reports."""
    for path in sorted(p for p in home.rglob("*") if p.is_file() and not p.is_symlink()):
        data = path.read_bytes()
        yield path, data.decode("latin-1")  # free blocks of a database too
        if data.startswith(b"\x1f\x8b"):
            yield path, gzip.decompress(data).decode("utf-8", "replace")
        elif data.startswith(b"PAR1"):
            yield path, repr(duckdb.read_parquet(str(path)).fetchall())
        elif data[8:12] == b"DUCK":
            yield from ((path, text) for text in _tables(path))


def _tables(path: Path) -> Iterator[str]:
    with contextlib.closing(duckdb.connect(str(path), read_only=True)) as connection:
        for schema, table in connection.execute("SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal").fetchall():
            yield repr(connection.execute(f'FROM "{schema}"."{table}"').fetchall())
