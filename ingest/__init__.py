"""Claimledger: who said what about a conflict, when, and where it can be read. The map of the house, bottom to top:

    errors, ids, records                          words that everything uses
    settings, urls, sources, sketch, storage      settings, source files, addresses, near-copy sketches, bytes under keys
    inert                                         strangers' text made harmless for a screen
    events, ledger, editions, verdict             what the log, the loads, the editions and the checks speak of
    catalog, datapackage, report                  what the published tables are; the texts that lie beside them
    rooms   discover robots clean extract         pure: records in, records out
            tables pending project correct
    workers                                       child processes that may hang, eat memory or die
    shores  fetch archive log load model          touch the world, decide nothing
            validate publish read
    flow                                          the only corridor: asks the log, calls a room, hands the result to a shore
    jobs, cli                                     worker processes; commands. The DAGs in dags/ stand beside the commands

One way through: discover, fetch, archive, clean, extract, log, load, model, validate, publish, read.
The order is a contract: `make lint` checks it, and a module that nobody placed fails.
"""
