"""A model with other weights, asked as any endpoint is: its card, llama.cpp's server, the chat protocol."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import openai
import torch

from benchmarks.dose.speaking import Manner
from tasks.adapters.inputs import cards
from tasks.adapters.models import serving
from tasks.adapters.settings import Home

SERVED = "gemma3-270m-base"


def replies(questions: Sequence[str], manner: Manner, home: Home) -> list[str]:
    """Return the reply of the served model to each question; an empty one stays empty.

    Args:
        questions: one user message each.
        manner: its longest reply; temperature and stops are those of the card.
        home: where the file of the weights is joined.

    Raises:
        InputError: llama.cpp or the weights are not installed.
        WorldError: llama.cpp can't load the weights.
    """
    card = cards.read_card(SERVED)
    # As torch has here: threads that wait for each other are slow where the machine has other work.
    card = card.model_copy(update={"endpoint": card.endpoint.model_copy(update={"n_threads": torch.get_num_threads()})})
    sampling = card.sampling
    with serving.serve(card, home) as endpoint:
        client = openai.OpenAI(base_url=endpoint.base_url, api_key="none", max_retries=0, timeout=600.0)

        def asked(place: int) -> str:
            completion = client.chat.completions.create(
                model=endpoint.served_name,
                messages=[{"role": "user", "content": questions[place]}],
                max_tokens=manner.max_tokens,
                temperature=sampling.temperature,
                stop=list(sampling.stop or []),
                seed=manner.seed + place,
            )
            return (completion.choices[0].message.content or "").strip()

        with ThreadPoolExecutor(card.limits.concurrency) as pool:
            return list(pool.map(asked, range(len(questions))))
