"""A wrong name is answered with those near to it."""

import pytest

from tasks.domain.suggestions import unknown_name

MODELS = ["gpt-4o", "gpt-4-turbo", "llama-3", "Mistral-7B"]


@pytest.mark.parametrize(
    ("name", "known", "said"),
    [
        ("gpt-4", MODELS, "there is no model 'gpt-4'. Near to it: gpt-4o, gpt-4-turbo."),
        ("mistral", MODELS, "there is no model 'mistral'. Near to it: Mistral-7B."),
        ("zzz", MODELS, "there is no model 'zzz'. Known: Mistral-7B, gpt-4-turbo, gpt-4o, llama-3."),
        ("", MODELS, "there is no model ''. Known: Mistral-7B, gpt-4-turbo, gpt-4o, llama-3."),
        ("a", [], "there is no model 'a'. None is known yet."),
        ("q", [f"model-{n:02}" for n in range(20)], "model-11 and 8 more."),
    ],
)
def test_unknown_name(name, known, said) -> None:
    assert said in str(unknown_name("model", name, known))
