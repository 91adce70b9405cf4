"""In: requests, a delay, a robots parser. Out: one outcome per request, handed out as it ends. The only shore with
sockets."""

from ingest.fetch.limits import Limits
from ingest.fetch.rulebook import RobotsParser, RobotsRules
from ingest.fetch.run import fetch_all, fetch_all_async

__all__ = ["Limits", "RobotsParser", "RobotsRules", "fetch_all", "fetch_all_async"]
