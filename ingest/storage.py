"""In: keys and bytes. Out: the same bytes later; one small interface behind the log and the archive, here on a local disk."""

from __future__ import annotations

import os
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path


class AlreadyExistsError(Exception):
    """The key holds something: another writer was first."""


class Storage(ABC):
    """Immutable objects under slash-separated keys. A key is created once, whole or not at all; nothing is ever overwritten."""

    @abstractmethod
    def create(self, key: str, data: bytes) -> None:
        """Make `key` hold `data`, durable on return. Raises AlreadyExistsError when the key exists; no reader ever sees a part."""

    @abstractmethod
    def read(self, key: str, start: int = 0, size: int | None = None) -> bytes:
        """`size` bytes from `start` (all that follow without a size). Raises FileNotFoundError."""

    @abstractmethod
    def keys(self, prefix: str) -> Iterator[str]:
        """All keys below the folder `prefix`, ascending."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Forget `key`; nothing happens when it is not there."""

    @abstractmethod
    def size(self, key: str) -> int:
        """Bytes under `key`. Raises FileNotFoundError."""


class LocalStorage(Storage):
    """Files below one folder. A hard link under the final name fails when the name exists: that is the lock between writers."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """Where `key` lies on this disk."""
        if key.startswith("/") or ".." in key.split("/"):
            raise ValueError(f"key {key!r} leaves the storage folder; keys are relative and without ..")
        return self.root / key

    def create(self, key: str, data: bytes) -> None:
        path = self.path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.parent / f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp"
        try:
            _write_durably(scratch, data)
            os.link(scratch, path)
        except FileExistsError:
            raise AlreadyExistsError(key) from None
        finally:
            scratch.unlink(missing_ok=True)
        _sync_folder(path.parent)

    def read(self, key: str, start: int = 0, size: int | None = None) -> bytes:
        with self.path(key).open("rb") as file:
            file.seek(start)
            return file.read(-1 if size is None else size)

    def keys(self, prefix: str) -> Iterator[str]:
        base = self.path(prefix)
        for path in sorted(base.rglob("*")) if base.is_dir() else ():
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(self.root).as_posix()

    def delete(self, key: str) -> None:
        self.path(key).unlink(missing_ok=True)

    def size(self, key: str) -> int:
        return self.path(key).stat().st_size


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
