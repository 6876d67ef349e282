"""What a plan registers before anything is asked."""

from datetime import datetime

from tasks.adapters.planning import plans
from tasks.adapters.settings import Home
from tasks.adapters.warehouse import sqlfiles, store
from tasks.adapters.warehouse.judge_order import register_judges
from tasks.adapters.warehouse.request_rows import register_requests
from tasks.collect import register_plan
from tasks.domain.prompting.template import template_row

EARLIER = datetime(2026, 1, 5)


def test_probes_stand_under_the_plans_own_set_though_a_search_brought_the_templates_first(tmp_path) -> None:
    home, prepared = Home(tmp_path / "home"), plans.read("demo", "2026-W02")
    assert prepared.bank is not None
    found = {"template_set": "search-12345678", "template_key": "step-00001"}
    with store.writing(home) as warehouse:
        warehouse.append("template", [template_row(one, EARLIER) | found for one in prepared.bank.templates])
        register_plan.prepare.fn(prepared, home)
        first = warehouse.read("core.probe")
        register_plan.prepare.fn(prepared, home)
        assert warehouse.count("raw.probe") == first.height == len(prepared.bank.probes)
    assert set(first["template_set"]) == {"identity"}
    assert set(first["template_key"]) == {template.template_key for template in prepared.bank.templates}


def test_a_plan_that_is_run_again_adds_no_fact(tmp_path) -> None:
    home, prepared = Home(tmp_path / "home"), plans.read("demo", "2026-W02")
    facts = [relation.full_name for relation in sqlfiles.relations() if relation.schema == "raw"]
    counts = []
    with store.writing(home) as warehouse:
        for _ in range(2):
            register_plan.prepare.fn(prepared, home)
            register_plan.complete.fn(prepared, home)
            counts.append({name: warehouse.count(name) for name in facts})
        events = warehouse.read_columns("raw.run", ["run_id", "event"]).sort("event").rows()
    assert counts[0] == counts[1]
    assert counts[0]["raw.model"] == counts[0]["raw.lineage"] == len(prepared.cards)
    assert events == [(prepared.run_id, "completed"), (prepared.run_id, "started")]


def test_a_probe_is_no_reply_to_compare_whichever_was_registered_first(tmp_path) -> None:
    home, prepared = Home(tmp_path / "home"), plans.read("demo", "2026-W02")
    assert prepared.bank is not None
    requests = [probe.request for probe in prepared.bank.probes]
    with store.writing(home) as warehouse:
        for purpose, counted in (("reply", "reply"), ("identity", "identity"), ("reply", "identity")):
            register_requests(warehouse, requests, purpose, EARLIER)
            assert set(warehouse.read("raw.request")["purpose"]) == {counted}
        assert warehouse.count("raw.request") == len(requests)


def test_a_plan_registers_in_which_order_its_judges_count(tmp_path) -> None:
    home, prepared = Home(tmp_path / "home"), plans.read("demo", "2026-W02")
    with store.writing(home) as warehouse:
        register_judges(warehouse, ["contradiction", "llm_claim"], EARLIER)
        register_plan.prepare.fn(prepared, home)
        orders = warehouse.read("raw.judge_priority").sort("registered_at", "priority")["judge"].to_list()
    assert orders == [
        *("contradiction", "llm_claim", "published", "text_claim"),
        *("text_claim", "published", "llm_claim"),
    ]
