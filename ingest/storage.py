"""In: keys and bytes. Out: the same bytes later; one small interface behind the log and the archive, here on a local disk."""

from __future__ import annotations

import contextlib
import os
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from ingest.errors import Retry

_SCRATCH = ".tmp"  # how names end that are no keys


class AlreadyExistsError(Exception):
    """The key holds something: another writer was first."""


class Storage(ABC):
    """Objects under slash-separated keys. A key is created once, whole or not at all; only a withdrawal replaces what is there."""

    @abstractmethod
    def create(self, key: str, data: bytes) -> None:
        """Make `key` hold `data`, durable on return; no reader ever sees a part.

        Raises AlreadyExistsError when the key exists, Retry without room or right to write, ValueError for what is no key.
        """

    @abstractmethod
    def read(self, key: str, start: int = 0, size: int | None = None) -> bytes:
        """`size` bytes from `start` (all that follow without a size). Raises FileNotFoundError."""

    @abstractmethod
    def replace(self, key: str, data: bytes) -> None:
        """Make `key`, which exists, hold `data` instead, durable on return; a reader sees the old or the new, whole.

        Raises FileNotFoundError when it does not exist, Retry without room or right to write.
        """

    @abstractmethod
    def keys(self, prefix: str) -> Iterator[str]:
        """All keys below the folder `prefix` ("": every key), ascending as texts."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Forget `key`; nothing happens when it is not there."""

    @abstractmethod
    def size(self, key: str) -> int:
        """Bytes under `key`. Raises FileNotFoundError."""

    @abstractmethod
    def sweep(self, prefix: str) -> int:
        """Remove what writers that were killed left below the folder `prefix` without a key; how much. Nobody may be writing there."""


class LocalStorage(Storage):
    """Files below one folder. A hard link under the final name fails when the name exists: that is the lock between writers."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """Where `key` lies on this disk. Raises ValueError for a key that leaves the folder, has two spellings or could not be listed."""
        if any(part == "" or part.startswith(".") for part in key.split("/")) or "\0" in key:
            raise ValueError(f"key {key!r} is no key; keys are relative, without .., and no part of them is empty or begins with a dot")
        return self.root / key

    def create(self, key: str, data: bytes) -> None:
        path = self.path(key)
        with _writable(path) as scratch:
            _make_folder(path.parent)
            _write_durably(scratch, data)
            _link(scratch, path)

    def replace(self, key: str, data: bytes) -> None:
        path = self.path(key)
        if not path.is_file():
            raise FileNotFoundError(f"there is nothing under {key} to replace")
        with _writable(path) as scratch:
            _write_durably(scratch, data)
            os.replace(scratch, path)

    def read(self, key: str, start: int = 0, size: int | None = None) -> bytes:
        with self.path(key).open("rb") as file:
            file.seek(start)
            return file.read(-1 if size is None else size)

    def keys(self, prefix: str) -> Iterator[str]:
        base = self.path(prefix) if prefix else self.root
        yield from sorted(_files_below(base, f"{prefix}/" if prefix else "")) if base.is_dir() else ()

    def delete(self, key: str) -> None:
        self.path(key).unlink(missing_ok=True)

    def size(self, key: str) -> int:
        return self.path(key).stat().st_size

    def sweep(self, prefix: str) -> int:
        left = [path for path in self.path(prefix).rglob(f".*{_SCRATCH}") if path.is_file()]
        for path in left:
            path.unlink()
        return len(left)


def _files_below(folder: Path | str, prefix: str) -> Iterator[str]:
    """Their keys, in no order. By names alone: a log of 500,000 articles has thousands of files, and a night lists them again and again."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _files_below(entry.path, f"{prefix}{entry.name}/")
            elif entry.is_file():
                yield prefix + entry.name


@contextlib.contextmanager
def _writable(path: Path) -> Iterator[Path]:
    """A scratch name beside `path`, gone at the end; what was put under `path` meanwhile is durable. Trouble with the disk is Retry."""
    scratch = path.parent / f".{os.getpid()}.{secrets.token_hex(8)}{_SCRATCH}"
    try:
        yield scratch
        _sync_folder(path.parent)
    except OSError as error:
        raise Retry(
            f"{path} cannot be written: {error.strerror}; make room or give the right to write, then run the command again"
        ) from error
    finally:
        _forget(scratch)


def _make_folder(folder: Path) -> None:
    """Make `folder` and what is above it; each new name is durable, else a file in it could vanish with its folder."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _link(scratch: Path, path: Path) -> None:
    try:
        os.link(scratch, path)
    except FileExistsError:
        raise AlreadyExistsError(str(path)) from None


def _forget(scratch: Path) -> None:
    """A scratch file that cannot be removed is never listed; it must not hide the error that is under way."""
    with contextlib.suppress(OSError):
        scratch.unlink()


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
