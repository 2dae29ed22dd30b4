"""Who owns a run: an OS lock on a file in its folder, released by the system however the owner ends."""

from __future__ import annotations

from types import TracebackType

from filelock import FileLock, Timeout

from penjing.spec.folders import RunFolder
from penjing.spec.messages import Failure, bad_input


class Owner:
    """Holds a run's lock while in its `with`. Raises `Failure` (exit code 2) where another process holds it."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        # Two seconds' patience: whoever asks whether the run is owned holds the lock for an instant.
        self._lock = FileLock(folder.lock, timeout=2)

    def __enter__(self) -> Owner:
        try:
            self._lock.acquire()
        except Timeout:
            raise bad_input("runs.in_use", run=self._folder.name) from None
        except OSError as error:
            raise Failure("runs.folder_unusable", path=str(self._folder.path), problem=str(error)) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()


def is_owned(folder: RunFolder) -> bool:
    """Whether some process carries the run out now."""
    if not folder.lock.exists():
        return False
    lock = FileLock(folder.lock, timeout=0)
    try:
        lock.acquire()
    except (Timeout, OSError):
        return True
    lock.release()
    return False
