"""In: what went wrong. Out: the two exceptions of the house; a refused item is a record (`records.Rejection`), not an exception."""


class Retry(Exception):
    """The world may be better later: a lock is held, a disk is full, a host does not answer. Nothing was half-done."""


class Halt(Exception):
    """A promise is broken or the call is wrong: bad settings, a broken chain, a failed verdict. Trying again changes nothing."""


class Misuse(Halt):
    """The caller asked for something that does not exist or does not fit (exit code 2)."""
