"""Ctrl-C and SIGTERM: the first finishes the step, the second stops at once, never inside a write."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType
from typing import Any


class StopOnSignal:
    """While entered, catches SIGINT and SIGTERM; called, says whether a stop was asked for.

    A second signal raises KeyboardInterrupt, or waits for the end of a :meth:`shield` block and raises
    it there. Outside the main thread, where Python allows no handlers, it only ever answers no.
    """

    def __init__(self) -> None:
        self._requested = False
        self._shielded, self._pending = 0, False
        self._previous: dict[int, Any] = {}

    def __call__(self) -> bool:
        return self._requested

    def __enter__(self) -> StopOnSignal:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous.clear()

    @contextmanager
    def shield(self) -> Iterator[None]:
        """Keeps a second signal from breaking off the block."""
        self._shielded += 1
        try:
            yield
        finally:
            self._shielded -= 1
        if self._pending and not self._shielded:
            self._pending = False
            raise KeyboardInterrupt

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if not self._requested:
            self._requested = True
        elif self._shielded:
            self._pending = True
        else:
            raise KeyboardInterrupt


def shield(stop_requested: object) -> AbstractContextManager[None]:
    """The shield of a :class:`StopOnSignal`; nothing for any other callable."""
    return stop_requested.shield() if isinstance(stop_requested, StopOnSignal) else nullcontext()
