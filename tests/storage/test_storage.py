"""In: a storage backend. Out: whether it keeps the promises that log and archive build on; one abstract class, run once per backend."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import Retry
from ingest.storage import AlreadyExistsError, LocalStorage, Storage

KEY_PART = st.text("abcxyz019-_.", min_size=1, max_size=6).filter(lambda part: not part.startswith("."))
KEY = st.lists(KEY_PART, min_size=1, max_size=3).map("/".join)


class StorageLaws(ABC):
    """Subclass once per backend; `make` gives a storage over one place, again and again the same."""

    @abstractmethod
    def make(self, place: Path) -> Storage: ...

    @pytest.fixture
    def storage(self, tmp_path: Path) -> Storage:
        return self.make(tmp_path)

    def test_what_was_created_is_read_back(self, storage: Storage) -> None:
        storage.create("a/b", b"\x00\xffdata")
        assert storage.read("a/b") == b"\x00\xffdata"
        assert storage.size("a/b") == 6

    def test_an_empty_object_is_an_object(self, storage: Storage) -> None:
        storage.create("a/empty", b"")
        assert storage.read("a/empty") == b""
        assert list(storage.keys("a")) == ["a/empty"]

    def test_a_part_is_read_by_start_and_size(self, storage: Storage) -> None:
        storage.create("a", b"0123456789")
        assert storage.read("a", 3, 4) == b"3456"
        assert storage.read("a", 7) == b"789"
        assert storage.read("a", 8, 50) == b"89"
        assert storage.read("a", 50, 5) == b""
        assert storage.read("a", 4, 0) == b""

    def test_a_key_is_created_once(self, storage: Storage) -> None:
        storage.create("a/b", b"first")
        with pytest.raises(AlreadyExistsError):
            storage.create("a/b", b"second")
        assert storage.read("a/b") == b"first"
        assert list(storage.keys("")) == ["a/b"]

    def test_what_is_there_can_be_replaced_and_nothing_else(self, storage: Storage) -> None:
        storage.create("a/b", b"first")
        storage.replace("a/b", b"2nd")
        assert (storage.read("a/b"), storage.size("a/b"), list(storage.keys(""))) == (b"2nd", 3, ["a/b"])
        with pytest.raises(FileNotFoundError):
            storage.replace("a/c", b"")
        assert list(storage.keys("")) == ["a/b"]

    def test_what_is_not_there_is_not_found(self, storage: Storage) -> None:
        with pytest.raises(FileNotFoundError):
            storage.read("a/b")
        with pytest.raises(FileNotFoundError):
            storage.size("a/b")
        assert list(storage.keys("a")) == []

    def test_a_deleted_key_may_be_created_again(self, storage: Storage) -> None:
        storage.create("a/b", b"first")
        storage.delete("a/b")
        storage.delete("a/b")
        assert list(storage.keys("a")) == []
        storage.create("a/b", b"second")
        assert storage.read("a/b") == b"second"

    def test_a_sweep_leaves_every_key(self, storage: Storage) -> None:
        for key in ("a/b", "a/c.tmp", "b"):
            storage.create(key, b"x")
        assert [storage.sweep(prefix) for prefix in ("a", "b", "none")] == [0, 0, 0]
        assert list(storage.keys("")) == ["a/b", "a/c.tmp", "b"]

    @given(keys=st.sets(KEY, max_size=8))
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_keys_come_ascending_and_whole(self, tmp_path_factory: pytest.TempPathFactory, keys: set[str]) -> None:
        storage = self.make(tmp_path_factory.mktemp("keys"))
        kept = {key for key in keys if not any(other.startswith(key + "/") for other in keys)}  # a file is no folder on a disk
        for key in kept:
            storage.create(key, key.encode())
        assert list(storage.keys("")) == sorted(kept)
        for folder in {key.split("/")[0] for key in kept}:
            assert list(storage.keys(folder)) == sorted(key for key in kept if key.startswith(folder + "/"))

    def test_keys_of_a_folder_are_not_those_of_its_namesakes(self, storage: Storage) -> None:
        for key in ("log/gazette/1", "log/gazette2/1", "log/gazette-x/1", "log/gaz/1"):
            storage.create(key, b"")
        assert list(storage.keys("log/gazette")) == ["log/gazette/1"]
        assert list(storage.keys("log")) == ["log/gaz/1", "log/gazette-x/1", "log/gazette/1", "log/gazette2/1"]

    @pytest.mark.parametrize(
        "key", ["", "/etc/passwd", "../a", "a/../../b", "a/..", "a//b", "a/./b", "a/", ".hidden", "a/.hidden/b", "a\0b"]
    )
    def test_a_key_that_leaves_or_has_two_spellings_is_refused(self, storage: Storage, key: str) -> None:
        with pytest.raises(ValueError, match="is no key"):
            storage.create(key, b"x")
        with pytest.raises(ValueError, match="is no key"):
            storage.read(key)

    def test_of_threads_that_race_one_wins(self, storage: Storage) -> None:
        wins: list[int] = []
        start = threading.Barrier(8)

        def write(number: int) -> None:
            start.wait()
            try:
                storage.create("race", str(number).encode() * 100_000)
            except AlreadyExistsError:
                return
            wins.append(number)

        threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(wins) == 1
        assert storage.read("race") == str(wins[0]).encode() * 100_000
        assert list(storage.keys("")) == ["race"]

    def test_a_reader_never_sees_a_part(self, storage: Storage) -> None:
        """Reads as fast as it can while an object of 8 MB comes into being: not there, then whole."""
        data = os.urandom(8_000_000)
        seen: set[int] = set()
        done = threading.Event()

        def look() -> None:
            while not done.is_set():
                for key in storage.keys("big"):
                    seen.add(len(storage.read(key)))

        reader = threading.Thread(target=look)
        reader.start()
        for number in range(5):
            storage.create(f"big/{number}", data)
        done.set()
        reader.join()
        assert seen <= {len(data)}


_RACER = """
import sys, time
from pathlib import Path
from ingest.storage import AlreadyExistsError, LocalStorage
root, name, start = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
storage, wins = LocalStorage(root), []
time.sleep(max(0.0, start - time.time()))
for number in range(50):
    try:
        storage.create(f"race/{number:03d}", name.encode() * 5000)
        wins.append(number)
    except AlreadyExistsError:
        pass
print(*wins)
"""


def run(code: str, *arguments: str, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)  # type: ignore[call-overload,no-any-return]


class TestLocalStorage(StorageLaws):
    def make(self, place: Path) -> LocalStorage:
        return LocalStorage(place / "store")

    def test_of_two_processes_that_race_each_key_has_one_winner(self, tmp_path: Path) -> None:
        import time

        start = str(time.time() + 0.7)
        racers = [run(_RACER, str(tmp_path), name, start) for name in "ab"]
        wins = {name: {int(n) for n in racer.communicate()[0].split()} for name, racer in zip("ab", racers, strict=True)}
        assert wins["a"] | wins["b"] == set(range(50))
        assert not wins["a"] & wins["b"]
        storage = LocalStorage(tmp_path)
        for name, numbers in wins.items():
            assert all(storage.read(f"race/{n:03d}") == name.encode() * 5000 for n in numbers)
        assert len(list((tmp_path / "race").iterdir())) == 50, "no scratch file is left"

    def test_what_a_crash_left_is_never_listed_and_stops_nothing(self, tmp_path: Path) -> None:
        """A process killed between writing and linking leaves its scratch file."""
        code = (
            "import os, sys\nfrom pathlib import Path\nimport ingest.storage as s\n"
            "s.os.link = lambda *a: os.kill(os.getpid(), 9)\n"
            "s.LocalStorage(Path(sys.argv[1])).create('log/x/1', b'half')\n"
        )
        killed = run(code, str(tmp_path))
        killed.communicate()
        assert killed.returncode == -signal.SIGKILL
        assert len(list((tmp_path / "log" / "x").iterdir())) == 1, "the scratch file is there"
        storage = LocalStorage(tmp_path)
        assert list(storage.keys("log")) == []
        storage.create("log/x/1", b"whole")
        assert storage.read("log/x/1") == b"whole"
        assert list(storage.keys("log")) == ["log/x/1"]
        assert [storage.sweep(prefix) for prefix in ("archive", "log", "log")] == [0, 1, 0]
        assert [path.name for path in (tmp_path / "log" / "x").iterdir()] == ["1"]

    def test_a_full_disk_is_retry_and_leaves_nothing(self, tmp_path: Path) -> None:
        code = (
            "import signal, sys\nfrom pathlib import Path\nfrom ingest.storage import LocalStorage\nfrom ingest.errors import Retry\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "try:\n    LocalStorage(Path(sys.argv[1])).create('a/b', b'x' * 100_000)\n"
            "except Retry as error:\n    print(error)\n"
        )

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

        out, err = run(code, str(tmp_path), preexec_fn=limit).communicate()
        assert "cannot be written: File too large; make room" in out, err
        assert list((tmp_path / "a").iterdir()) == []

    def test_a_folder_that_cannot_be_made_is_retry(self, tmp_path: Path) -> None:
        (tmp_path / "store").write_text("a file where the folder should be")
        with pytest.raises(Retry, match="cannot be written"):
            self.make(tmp_path).create("a/b", b"x")

    def test_long_names_fit(self, tmp_path: Path) -> None:
        storage = self.make(tmp_path)
        storage.create("a/" + "n" * 255, b"x")
        assert storage.read("a/" + "n" * 255) == b"x"
