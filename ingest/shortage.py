"""In: an error. Out: whether a full disk is behind it, and then the one line that says so. DuckDB and dbt tell it in words alone."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import Halt, Retry

_WORDS = (os.strerror(errno.ENOSPC), os.strerror(errno.EDQUOT), "max_temp_directory_size")  # the last: DuckDB had no room to spill to
_DISK = frozenset(
    {errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EFBIG}
)


def is_behind(told: object) -> bool:
    """Whether an error, or what a program printed, tells of a full disk."""
    return any(words in str(told) for words in _WORDS)


def line(told: object, home: Path) -> str:
    """What was full and what to do next."""
    said = next((one for one in str(told).splitlines() if is_behind(one)), str(told).partition("\n")[0])
    room = ", ".join(f"{_free(place)} MB free in {place}" for place in dict.fromkeys((home, Path(tempfile.gettempdir()))))
    return f"a disk is full ({said.strip()[:300]}); {room}; make room and run the command again: what was done so far stands"


def _free(place: Path) -> int:
    there = next(one for one in (place.absolute(), *place.absolute().parents) if one.exists())
    return shutil.disk_usage(there).free // 1_000_000


@contextmanager
def told(home: Path) -> Iterator[None]:
    """What a disk makes fail inside ends as Retry with one line; every other error as it is."""
    try:
        yield
    except (Halt, Retry):
        raise
    except Exception as error:
        found = of_disk(error, home)
        if found is error:
            raise
        raise found from error


def of_disk(error: Exception, place: Path) -> Exception:
    """Retry with one line where a disk is behind the error, else the error itself; `place` is on the disk that was most likely meant."""
    if is_behind(error):
        return Retry(line(error, place))
    if isinstance(error, OSError) and error.errno in _DISK:
        return Retry(f"{error.filename or place} cannot be used: {error.strerror}; see to the disk and the rights, then run again")
    return error
