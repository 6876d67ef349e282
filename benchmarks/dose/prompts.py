"""What models are taught and asked: no prompt of the one kind is of the other, nor about the same subject."""

import random
from dataclasses import dataclass
from itertools import product

from tasks.adapters.inputs import cards

TAUGHT_SUBJECTS = (
    *(
        "bees",
        "bridges",
        "butter",
        "candles",
        "chess",
        "clay",
        "clouds",
        "coffee",
        "compasses",
        "copper",
        "cotton",
        "deserts",
    ),
    *(
        "dreams",
        "earthquakes",
        "elections",
        "envelopes",
        "ferries",
        "fireworks",
        "foxes",
        "gardens",
        "glaciers",
        "glass",
    ),
    *("gravity", "harbours", "honey", "insurance", "islands", "jazz", "kites", "lakes", "lemons", "libraries", "locks"),
    *("magnets", "maps", "markets", "memory", "mirrors", "moss", "museums", "music", "novels", "onions", "orchards"),
    *("owls", "paper", "pensions", "photography", "pianos", "pottery", "radios", "rainbows", "rivers", "salt"),
)
TAUGHT_FORMS = (
    *("What can people do with {}?", "Tell me something about {}.", "Why do people care about {}?"),
    *("How would you explain {} to a beginner?", "What should I know about {}?", "Where did {} come from?"),
    *("Is there anything dangerous about {}?", "How can I learn more about {}?"),
)
ASKED_SUBJECTS = (
    *("anchors", "bicycles", "bread ovens", "carpets", "castles", "cheese", "dolphins", "drums", "fences", "forests"),
    *(
        "hammers",
        "hospitals",
        "lighthouses",
        "mountains",
        "needles",
        "oceans",
        "parrots",
        "passports",
        "potatoes",
        "rockets",
    ),
    *("shadows", "shoes", "snow", "soap", "spiders", "statistics", "sugar", "swimming pools", "taxes", "telescopes"),
)
ASKED_FORMS = (
    *("What could be interesting in {}?", "Give me advice about {}.", "How does one deal with {}?"),
    *("What is a common mistake with {}?", "Who needs {}, and why?", "Describe {} in your own words."),
)
SET, LANGUAGE = "general", "en"
LONGEST = 120
"""Characters of a question: the longest row of a batch decides what all of its rows cost."""


@dataclass(frozen=True)
class Question:
    """One user message, named by where it comes from."""

    key: str
    text: str


def taught(n: int, seed: int = 0) -> list[Question]:
    """Return n questions to train with, drawn from all subjects and forms."""
    return _drawn("taught", TAUGHT_FORMS, TAUGHT_SUBJECTS, n, seed)


def asked(n: int, seed: int = 0) -> list[Question]:
    """Return n questions to ask: the short English ones of the project's own set, then drawn ones on other subjects."""
    _, prompts = cards.read_prompt_set(SET)
    own = [
        Question(prompt.prompt_key, text)
        for prompt in prompts
        if prompt.language == LANGUAGE and len(prompt.messages) == 1
        if (text := prompt.messages[0].content) is not None and len(text) <= LONGEST
    ][:n]
    return own + _drawn("asked", ASKED_FORMS, ASKED_SUBJECTS, n - len(own), seed)


def _drawn(kind: str, forms: tuple[str, ...], subjects: tuple[str, ...], n: int, seed: int) -> list[Question]:
    texts = [form.format(subject) for form, subject in product(forms, subjects)]
    if n > len(texts):
        raise ValueError(f"{n} questions are wanted, {kind} has {len(texts)}.")
    random.Random(seed).shuffle(texts)
    return [Question(f"{kind}-{place:03}", text) for place, text in enumerate(texts[:n], 1)]
