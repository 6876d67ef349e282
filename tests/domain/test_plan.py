"""A plan comes to the same requests whatever order it is written in, and a request's id to all that decides the reply."""

from itertools import product

import pytest
from pydantic import ValidationError

from tasks.domain.card import HostedEndpoint, Limits, ModelCard, Sampling
from tasks.domain.plan import EmbeddingPlan, Plan, PromptChoice, expand
from tasks.domain.rows import Message, Prompt, Request
from tasks.domain.workers import WorkersPlan


def card(name: str, **changes: object) -> ModelCard:
    endpoint = HostedEndpoint(provider="openai_compatible", base_url="http://localhost/v1", served_name=name)
    return ModelCard(**{"name": name, "vendor": name, "endpoint": endpoint} | changes)


CARDS = {name: card(name) for name in ("a", "b")}
PROMPTS = {
    name: [Prompt(f"{name}{n}", name, f"{n}", (Message("user", f"{name} {n}?"),)) for n in range(n_prompts)]
    for name, n_prompts in (("chat", 3), ("maths", 2))
}


def plan(**changes: object) -> Plan:
    prompts = (PromptChoice(set="chat", samples=2), PromptChoice(set="maths"))
    return Plan(**{"name": "p", "models": ("a", "b"), "prompts": prompts} | changes)


def requests(cards: dict[str, ModelCard] | None = None, round_name: str = "R", **changes: object) -> list[Request]:
    return expand(plan(**changes), CARDS | (cards or {}), PROMPTS, round_name)


def ids(found: list[Request]) -> set[str]:
    return {request.request_id for request in found}


def test_models_times_prompts_times_samples() -> None:
    wanted = [
        *product(("a", "b"), ("chat0", "chat1", "chat2"), (0, 1)),
        *product(("a", "b"), ("maths0", "maths1"), (0,)),
    ]
    found = requests()
    assert sorted((r.model, r.prompt_id, r.sample) for r in found) == sorted(wanted)
    assert len(ids(found)) == len(found) == 16
    assert {r.round for r in found} == {"R"}
    assert [r.model for r in found] == ["a"] * 8 + ["b"] * 8
    assert found[0].messages == (Message("user", "chat 0?"),)


def test_limit_takes_the_first_prompts_and_keeps_their_requests() -> None:
    fewer = requests(prompts=(PromptChoice(set="chat", limit=2, samples=2),))
    assert [r.prompt_id for r in fewer if r.model == "a"] == ["chat0", "chat0", "chat1", "chat1"]
    assert ids(fewer) < ids(requests())
    more = requests(prompts=(PromptChoice(set="chat", limit=99, samples=2), PromptChoice(set="maths")))
    assert ids(more) == ids(requests())


def test_order_of_the_plan_changes_no_id() -> None:
    turned = requests(models=("b", "a"), prompts=(PromptChoice(set="maths"), PromptChoice(set="chat", samples=2)))
    assert ids(turned) == ids(requests())
    assert turned[0].model == "b"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "q", "description": "other words", "seed": 9, "batch_size": 7},
        {"references": ("a",)},
        {"embedding": EmbeddingPlan(enabled=False)},
    ],
)
def test_what_does_not_decide_the_reply_changes_no_id(changes) -> None:
    assert ids(requests(**changes)) == ids(requests())


@pytest.mark.parametrize(
    "changed",
    [
        {"limits": Limits(concurrency=99, requests_per_minute=3, timeout_s=1)},
        {"vendor": "other"},
        {"base_model": "x"},
    ],
)
def test_card_that_answers_the_same_changes_no_id(changed) -> None:
    assert ids(requests({"a": card("a", **changed)})) == ids(requests())


@pytest.mark.parametrize(
    "other",
    [
        {"round_name": "S"},
        {"sampling": Sampling(temperature=0.5)},
        {"sampling": Sampling(seed=1)},
        {"sampling": Sampling(extra_body={"top_k": 1})},
        {"cards": {name: card(name, system_prompt="Be brief.") for name in CARDS}},
        {"cards": {name: card(name, sampling=Sampling(max_tokens=9)) for name in CARDS}},
    ],
)
def test_what_decides_the_reply_changes_every_id(other) -> None:
    assert not ids(requests(**other)) & ids(requests())


def test_samples_of_a_seed_are_asked_with_seeds_of_their_own() -> None:
    found = requests(sampling=Sampling(seed=7), models=("a",))
    assert [(r.sample, r.sampling) for r in found[:2]] == [(0, {"seed": 7}), (1, {"seed": 8})]
    assert requests(models=("a",))[0].sampling == {}


def test_plan_outranks_card() -> None:
    cards = {"a": card("a", sampling=Sampling(temperature=0.9, max_completion_tokens=5, extra_body={"k": 1, "m": 1}))}
    sampling = Sampling(temperature=0.1, max_tokens=8, extra_body={"k": 2})
    [first, *_] = requests(cards, sampling=sampling)
    assert first.sampling == {"temperature": 0.1, "max_completion_tokens": 8, "extra_body": {"k": 2, "m": 1}}
    assert requests(sampling=sampling)[-1].sampling == {"temperature": 0.1, "max_tokens": 8, "extra_body": {"k": 2}}


RECIPE = ({"chat": "c", "maths": "m"}, {"prefix_overlap": "1"})


@pytest.mark.parametrize(
    ("changes", "arguments"),
    [
        ({"seed": 1}, RECIPE),
        ({"sampling": Sampling(top_p=0.5)}, RECIPE),
        ({"embedding": EmbeddingPlan(prompts_per_set=9)}, RECIPE),
        ({"prompts": (PromptChoice(set="chat", samples=2),)}, RECIPE),
        ({"prompts": (PromptChoice(set="chat", samples=3), PromptChoice(set="maths"))}, RECIPE),
        ({}, ({"chat": "c", "maths": "changed"}, {"prefix_overlap": "1"})),
        ({}, (RECIPE[0], {"prefix_overlap": "2"})),
    ],
)
def test_recipe_changes(changes, arguments) -> None:
    assert plan(**changes).recipe_id(*arguments) != plan().recipe_id(*RECIPE)


def test_recipe_stays() -> None:
    same = plan(name="q", description="x", models=("b",), references=(), batch_size=2)
    assert same.recipe_id({"maths": "m", "chat": "c"}, {"prefix_overlap": "1"}) == plan().recipe_id(*RECIPE)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"models": ("a", "a")}, "it names a more than once"),
        ({"models": ()}, "at least 1 item"),
        ({"prompts": ()}, "at least 1 item"),
        ({"prompts": (PromptChoice(set="chat"), PromptChoice(set="chat", limit=1))}, "it names chat more than once"),
        ({"references": ("c",)}, "it names c, which 'models' does not"),
        ({"models": ("a", "../b")}, "pattern"),
        ({"modles": ("a",)}, "Extra inputs"),
        ({"batch_size": 0}, "greater than"),
    ],
)
def test_refused(changes, said) -> None:
    with pytest.raises(ValidationError, match=said):
        plan(**changes)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("workers", "said"),
    [
        ({"runner": "threads", "count": 2}, "not with threads"),
        ({"runner": "dask", "address": "tcp://127.0.0.1:8786", "count": 2}, "leave out 'count'"),
        ({"runner": "ray", "address": "ray://head:10001"}, "need a 'storage'"),
        ({"runner": "dask", "address": "10.0.0.7:8786"}, "need a 'storage'"),
        ({"runner": "dask", "storage": "here"}, "give an absolute path or a URL"),
    ],
)
def test_workers_that_do_not_fit_together_are_refused(workers: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        plan(workers=WorkersPlan(**workers))


def test_where_batches_run_is_no_part_of_the_recipe() -> None:
    elsewhere = plan(workers=WorkersPlan(runner="dask", address="tcp://10.0.0.7:8786", storage="s3://bucket/folder"))
    assert elsewhere.workers.is_elsewhere
    assert not WorkersPlan(runner="dask", address="tcp://127.0.0.1:8786").is_elsewhere
    assert elsewhere.recipe_id({}, {}) == plan().recipe_id({}, {})
    assert elsewhere.recipe_id({}, {}) != plan(seed=1).recipe_id({}, {})
