"""In: a failed task, or quiet sources. Out: one message to the webhook or mailbox in CLAIMLEDGER_ALERT, or a line in the log.

Mail goes through Airflow's connection `smtp_default` (AIRFLOW_CONN_SMTP_DEFAULT), so the settings hold no password.
"""

from __future__ import annotations

import html
import json
import logging
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from airflow.sdk import BaseNotifier

from ingest import settings

TIMEOUT_SECONDS = 10
REASON_CHARS = 1_000

log = logging.getLogger("claimledger.alert")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What an operator is told. `text` is the whole in one string, the field that chat webhooks show."""

    subject: str
    text: str
    source: str
    dag: str
    task: str
    run: str
    reason: str
    log_url: str
    next_step: str


class Alert(BaseNotifier):
    """Airflow's failure callback. Whatever goes wrong here is logged and never touches the run."""

    template_fields = ()

    def notify(self, context: Mapping[str, Any]) -> None:
        tell(lambda: message_of(context))


def tell(make: Callable[[], Message]) -> None:
    """Send the message that `make` gives, if an address is set. Never raises: an alert must not fail the run that it is about."""
    try:
        address = settings.load().alert.strip()
        if address:
            send(address, make())
    except Exception:  # anything may be wrong with an address
        log.warning("no alert was sent; check CLAIMLEDGER_ALERT", exc_info=True)


def message_of(context: Mapping[str, Any]) -> Message:
    """The message for a failed task: which source, why, where the log is, what to do next."""
    instance = context["task_instance"]
    source = source_of(instance.dag_id)
    error = context.get("exception")
    reason = " ".join(str(error or "the task ended without saying why").split())[:REASON_CHARS]
    log_url = str(getattr(instance, "log_url", "") or "")
    subject = f"Claimledger: {f'source {source}' if source else instance.dag_id} failed at {instance.task_id}"
    next_step = next_step_for(instance.dag_id, source)
    return Message(
        subject=subject,
        text="\n".join(filter(None, (subject, f"Reason: {reason}", f"Log: {log_url}" if log_url else "", f"Next: {next_step}"))),
        source=source,
        dag=instance.dag_id,
        task=instance.task_id,
        run=instance.run_id,
        reason=reason,
        log_url=log_url,
        next_step=next_step,
    )


def message_of_quiet(slugs: Sequence[str], context: Mapping[str, Any]) -> Message:
    """The message for sources that used to bring articles and brought none on the last day they were visited."""
    instance = context["task_instance"]
    names = ", ".join(slugs)
    subject = f"Claimledger: quiet source{'s' if len(slugs) > 1 else ''}: {names}"
    reason = "no article on the last day visited, though there usually are some"
    next_step = "; ".join(f"run `claimledger sources try {slug}`" for slug in slugs) + ": the listing or the pages may have changed"
    return Message(
        subject=subject,
        text="\n".join((subject, f"Reason: {reason}", f"Next: {next_step}")),
        source=names,
        dag=instance.dag_id,
        task=instance.task_id,
        run=instance.run_id,
        reason=reason,
        log_url=str(getattr(instance, "log_url", "") or ""),
        next_step=next_step,
    )


def source_of(dag_id: str) -> str:
    """The slug in `gather__<slug>`; empty for the other DAGs."""
    prefix, _, slug = dag_id.partition("gather__")
    return slug if not prefix else ""


def next_step_for(dag_id: str, source: str) -> str:
    """What to do, by the DAG that failed."""
    if source:
        return f"run `claimledger sources try {source}`; the other sources and the last edition are not touched"
    if dag_id == "warehouse":
        return "the last edition stands; open the report of the failed task, mend the cause, trigger `warehouse` again"
    if dag_id == "verify":
        return "run `claimledger verify` for the whole list, then see docs/operations.md"
    return "read the log of the task; starting the DAG again carries on where it stopped"


def send(address: str, message: Message) -> None:
    """To a webhook (http, https) as JSON, to anything with an @ as mail. Raises ValueError for another kind of address."""
    if address.startswith(("http://", "https://")):
        _post(address, message)
    elif "@" in address:
        _mail(address, message)
    else:
        raise ValueError(f"got {address!r}; an http(s) address or a mail address was expected")


def _post(address: str, message: Message) -> None:
    body = json.dumps(asdict(message)).encode()
    request = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"}, method="POST")  # noqa: S310  checked by send
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # proxies of the environment are ignored, as everywhere
    with direct.open(request, timeout=TIMEOUT_SECONDS) as answer:
        answer.read(1)


def _mail(address: str, message: Message) -> None:
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    with SmtpHook() as hook:
        hook.send_email_smtp(to=address, subject=message.subject, html_content=f"<pre>{html.escape(message.text)}</pre>")
