"""In: this machine. Out: ratios measured in one run, printed; nothing here fails for being slow, a miss is printed as a miss.

`python -m bench` runs all; each module can be run alone. Pages come from CLAIMLEDGER_PAGES, a folder of gzipped HTML with `pages.jsonl`.
"""
