"""In: bytes that nobody chose with care. Out: nothing, or the promise of a reader that they broke.

`targets` says what each reader promises of any bytes, `seeds` what a corpus begins with, `python -m tests.fuzz` lets atheris look for
more (`make fuzz`). What it finds is kept under `found/<target>/` and read again by every `make test`.
"""
