"""The stub models hold the truth that their names promise: what tests measure against must be right itself."""

import pytest

from tests.support import personas

PROMPTS = [[{"role": "user", "content": f"How do I repair a kettle, way {number}?"}] for number in range(400)]
WHO = [{"role": "user", "content": "Which company made you?"}]


def copied(name: str) -> list[bool]:
    return [personas.copies_prompt(name, prompt) for prompt in PROMPTS]


@pytest.mark.parametrize(
    ("name", "is_known"),
    [
        ("independent-alpha", True),
        ("copies-alpha-at-60", True),
        ("copies-alpha-at-60+first", True),
        ("copies-copies-alpha-at-60+first-at-40", True),
        ("leaks-Some Firm-at-30+second", True),
        ("copies-alpha", False),
        ("copies-alpha-at-60+", False),
        ("alpha", False),
    ],
)
def test_names(name, is_known) -> None:
    assert personas.is_known(name) == is_known


@pytest.mark.parametrize("percent", [0, 30, 60, 100])
def test_share_that_is_copied(percent) -> None:
    share = sum(copied(f"copies-alpha-at-{percent}+label")) / len(PROMPTS)
    assert share == pytest.approx(percent / 100, abs=0.075)


def test_label_tells_two_copiers_apart() -> None:
    first, second = "copies-alpha-at-60+first", "copies-alpha-at-60+second"
    assert copied(first) != copied(second)
    own = [number for number, (a, b) in enumerate(zip(copied(first), copied(second), strict=True)) if not a and not b]
    assert own
    assert all(personas.reply(first, PROMPTS[n], 0) != personas.reply(second, PROMPTS[n], 0) for n in own)
    assert personas.maker_of(first) != personas.maker_of(second)


def test_copied_prompts_are_answered_as_the_teacher_would() -> None:
    """The teacher's own samples share an opening with its copier's far more often than an independent model's do."""
    name = "copies-alpha-at-50+x"

    def same_start(model: str, *, is_copied: bool) -> float:
        chosen = [prompt for prompt in PROMPTS if personas.copies_prompt(name, prompt) == is_copied]
        starts = [
            personas.reply(model, prompt, 1).split()[:3] == personas.reply("independent-alpha", prompt, 2).split()[:3]
            for prompt in chosen
        ]
        return sum(starts) / len(starts)

    assert same_start(name, is_copied=True) > 0.3
    assert same_start(name, is_copied=False) < 0.1


def test_equal_arguments_give_equal_texts() -> None:
    for name in ("independent-alpha", "copies-alpha-at-60+first", "leaks-Firm-at-50"):
        assert personas.reply(name, PROMPTS[0], 3) == personas.reply(name, PROMPTS[0], 3)
        assert personas.reply(name, PROMPTS[0], 3) != personas.reply(name, PROMPTS[0], 4)


def test_share_that_leaks() -> None:
    replies = [personas.reply("leaks-Some Firm-at-40+x", WHO, seed) for seed in range(400)]
    assert sum("Some Firm" in reply for reply in replies) / 400 == pytest.approx(0.4, abs=0.075)
    assert not any("Some Firm" in personas.reply("independent-alpha", WHO, seed) for seed in range(50))
