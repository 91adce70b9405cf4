"""In: `python -m ingest.cli …`. Out: the same as `claimledger …`."""

from ingest.cli.main import main

if __name__ == "__main__":
    main()
