"""Plan -> requests: what is to be asked, registered in the warehouse with the models and prompts it concerns."""

from datetime import datetime
from importlib.metadata import version

from tasks.adapters.models.batch_jobs import job_records
from tasks.adapters.planning import plans
from tasks.adapters.planning.plans import Bank, Prepared
from tasks.adapters.prefect.engine import NO_CACHE, task
from tasks.adapters.settings import Home, now
from tasks.adapters.warehouse import journal, shared_journal, store
from tasks.adapters.warehouse.judge_order import register_judges
from tasks.adapters.warehouse.request_rows import register_requests
from tasks.domain.prompting.probes import probe_row
from tasks.domain.prompting.template import template_row
from tasks.domain.rows import Request, lineage_row, prompt_row


def run_row(prepared: Prepared, event: str) -> dict[str, object]:
    """Return a row of `raw.run` that says that something happened to this run now."""
    return {
        "run_id": prepared.run_id,
        "event": event,
        "plan": prepared.plan.name,
        "round": prepared.round,
        "recipe_id": prepared.recipe_id,
        "plan_text": prepared.plan_text,
        "version": version("distillometer"),
        "happened_at": now(),
    }


def _register_bank(warehouse: store.Store, bank: Bank, at: datetime) -> None:
    """Register templates, wrapped questions and probes: what a probe's request asks, and in which template."""
    warehouse.append("template", [template_row(template, at) for template in bank.templates])
    wrapped = {probe.request.prompt_id: probe.wrapped for probe in bank.probes}
    prompts = [*(item.prompt for item in wrapped.values()), *(item.question for item in wrapped.values())]
    warehouse.append("prompt", [prompt_row(prompt, at) for prompt in prompts])
    warehouse.append("probe", [probe_row(probe, at) for probe in bank.probes])


def merge_journal(warehouse: store.Store, home: Home) -> int:
    """Move the replies of all journal files into the warehouse and return how many were new.

    Those of batches that workers elsewhere were given come with them; who still asks one is waited for.

    Raises:
        WorldError: a file holds replies of a newer version; nothing was moved.
    """
    n_new = 0
    for path in journal.files(home.journal):
        journal.require_readable(path)
    for path in journal.files(home.journal):
        replies = list(journal.read(path))
        n_new += warehouse.append("reply", replies)
        job_records.release_settled(home.journal, replies)
        journal.remove(path)
    elsewhere = shared_journal.noted(home.journal)
    n_new += warehouse.append("reply", shared_journal.collect_replies(home.journal, elsewhere))
    shared_journal.forget(home.journal, elsewhere)
    return n_new


def merge_shared_journal(home: Home) -> None:
    """Move what a run that was killed had received into the warehouse."""
    with store.writing(home) as warehouse:
        merge_journal(warehouse, home)


@task(name="prepare", task_run_name="prepare {prepared.plan.name}", cache_policy=NO_CACHE)
def prepare(prepared: Prepared, home: Home) -> list[Request]:
    """Register the plan's models, prompts and requests, and return those that are still to be asked."""
    at = now()
    with store.writing(home) as warehouse:
        merge_journal(warehouse, home)
        prepared = plans.reuse_earlier_rounds(prepared, warehouse)
        warehouse.append("run", [run_row(prepared, "started")])
        asked = [{"run_id": prepared.run_id, "model": name} for name in prepared.cards]
        warehouse.append("run_model", asked)
        warehouse.append("model", [card.as_row(at) for card in prepared.cards.values()])
        warehouse.append("lineage", [lineage_row(card.as_lineage(), "card", at) for card in prepared.cards.values()])
        every = [prompt for prompts in prepared.prompts.values() for prompt in prompts]
        warehouse.append("prompt", [prompt_row(prompt, at) for prompt in every])
        if prepared.bank is not None and prepared.plan.identity is not None:
            register_judges(warehouse, prepared.plan.identity.judges, at)
            _register_bank(warehouse, prepared.bank, at)
        of_bank = {probe.request.request_id for probe in prepared.bank.probes} if prepared.bank is not None else set()
        replies = [request for request in prepared.requests if request.request_id not in of_bank]
        register_requests(warehouse, replies, "reply", at)
        register_requests(warehouse, [one for one in prepared.requests if one.request_id in of_bank], "identity", at)
        warehouse.touch_requests([request.request_id for request in prepared.requests], at)
        unanswered = set(warehouse.read("core.unanswered_request")["request_id"])
    return [request for request in prepared.requests if request.request_id in unanswered]


@task(name="complete", task_run_name="complete {prepared.plan.name}", cache_policy=NO_CACHE)
def complete(prepared: Prepared, home: Home) -> None:
    """Say in the warehouse that the run went through."""
    with store.writing(home) as warehouse:
        warehouse.append("run", [run_row(prepared, "completed")])
