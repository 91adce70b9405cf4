"""In: messages. Out: the bytes that carry them between parent and child: eight bytes of length, then a pickle."""

from __future__ import annotations

import pickle
import struct

LENGTH = struct.Struct(">Q")


def frame(message: object) -> bytes:
    """`message` as it goes over a pipe."""
    data = pickle.dumps(message, protocol=5)
    return LENGTH.pack(len(data)) + data
