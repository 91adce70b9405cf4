"""In: why an exchange failed. Out: `Trouble`, the one exception that travels inside this shore; it ends as a
`Failure`."""

from __future__ import annotations

from ingest.records import FailureReason


class Trouble(Exception):
    """An exchange that gave nothing.

    `is_passing`: the same request may succeed soon. `retry_after`: seconds that the host asked for.
    """

    def __init__(
        self,
        reason: FailureReason,
        detail: str,
        *,
        is_passing: bool = False,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.is_passing = is_passing
        self.status = status
        self.retry_after = retry_after

    def again(self) -> Trouble:
        """The same trouble for another item, without the traceback of the first."""
        return Trouble(self.reason, self.detail, status=self.status)
