"""What a plan registers before anything is asked."""

from datetime import datetime

from tasks import prepare
from tasks.adapters import plans, store
from tasks.adapters.settings import Home
from tasks.domain.prompting.template import template_row

EARLIER = datetime(2026, 1, 5)


def test_trials_stand_under_the_plans_own_set_though_a_search_brought_the_templates_first(tmp_path) -> None:
    home, prepared = Home(tmp_path / "home"), plans.read("demo", "2026-W02")
    assert prepared.bank is not None
    found = {"template_set": "search-12345678", "template_key": "step-00001"}
    with store.writing(home) as warehouse:
        warehouse.append("template", [template_row(one, EARLIER) | found for one in prepared.bank.templates])
        prepare.prepare.fn(prepared, home)
        first = warehouse.read("core.trial")
        prepare.prepare.fn(prepared, home)
        assert warehouse.count("raw.trial") == first.height == len(prepared.bank.trials)
    assert set(first["template_set"]) == {"identity"}
    assert set(first["template_key"]) == {template.template_key for template in prepared.bank.templates}
