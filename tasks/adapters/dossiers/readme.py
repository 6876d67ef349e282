"""What a dossier says of itself, for a reader who has nothing else."""

from collections.abc import Iterator
from textwrap import fill

from tasks.domain.dossier.comparing import RELATIVE
from tasks.domain.dossier.conclusions import Conclusions
from tasks.domain.dossier.cosines import ABSOLUTE_COSINE
from tasks.domain.dossier.equality import SENTENCE
from tasks.domain.dossier.evidence import Evidence
from tasks.domain.inert_text import spelled_out
from tasks.domain.reporting.formatting import counted

README = "README.txt"
WIDTH = 100

FILES = {
    "verdict.json": "the lineage verdict in words and its grounds, or why there is none; `verdicts`: a row for each "
    "candidate, formed from the replies in this dossier; `verdicts_of_run`: the rows of mart.verdict in the run that "
    "it was taken from",
    "null.csv": "the scores of unrelated models with each candidate: what chance gives",
    "population.json": "what is documented of each model, and all else that the verdict is formed from but replies",
    "models.csv": "whose replies are here: model, vendor, where the replies came from, how many, from when",
    "prompts.jsonl": "the prompts that these models answered",
    "replies/": "a file for each model: each reply with the SHA-256 of its text in UTF-8",
    "versions.json": "versions of this format, of the statistic, of the program and its packages; program_sha256 is "
    "over the files that compute results",
    "requirements.lock": "all packages that the program is tested with, where it was not installed from a wheel",
    "sql/": "numbers.sql looks the figures up in a published snapshot; the other files define each relation and "
    "formula that it reads",
    "SHA256SUMS": "the SHA-256 of every other file, as `sha256sum -c SHA256SUMS` reads it",
}
"""Each file or folder that stands beside README.txt in every dossier, and what is in it."""

FILES_OF_TESTS = {
    "model_equality.json": "the tests of whether it is one model with another; `tests`: a row for each, as in "
    "score.model_equality, with how many replies of each model were compared, and the decision in words; `seed`: what "
    "the relabellings are drawn by; `p_of_others`: p of the run's other pairs, over which p is corrected",
}
FILES_OF_VECTORS = {
    "cosines.json": "the cosines of its replies with others', as in the run, by relation; `embedder`: the embedding "
    "model; `weights_sha256`: its revision, the SHA-256 of its model.safetensors on the machine that wrote this, empty "
    "where that is not known",
    "vectors/": "for each model the vectors of its replies (.npy, 32-bit numbers, of length 1) and, line by line, the "
    "reply that each row belongs to, by the SHA-256 of its text (.jsonl)",
}
NO_TESTS = "No test of whether it is one model with another: no other model was sampled twice on the same prompts, or "
NO_TESTS += "the pair was none of those that the run tested."
NO_VECTORS = "No embeddings: the home that it was taken from has no vectors of replies that a verdict on it rests on."


_AGAIN = (
    "To form it again from these files: pip install distillometer, then `distillometer verify PATH` with this "
    "folder or archive. It needs no network and no other file; it refuses a dossier in which a byte differs from "
    "SHA256SUMS, and says whether all that is said here and every figure are equal. Whoever changes files can also "
    "write SHA256SUMS anew: compare the SHA-256 of SHA256SUMS, which `report` and `verify` print, with the one that "
    "you were given by another way."
)
_RIGHTS = (
    "Prompts and replies are texts of those who wrote or recorded them (models.csv), and not of distillometer: "
    "whether they may be passed on depends on their terms."
)


def readme(evidence: Evidence, formed: Conclusions) -> str:
    """Return the text of README.txt."""
    account, files = formed.account, FILES | (FILES_OF_TESTS if evidence.tests is not None else {})
    files |= FILES_OF_VECTORS if evidence.vectors is not None else {}
    listed = [fill(f"{name}: {what}.", WIDTH, subsequent_indent="    ") for name, what in files.items()]
    grounds = [f"- {heading}: {text}" for heading, text in account.grounds]
    compared = f"Compared: {counted(len(formed.checked.rows), 'candidate')}. " if formed.has_verdict else ""
    lineage = [fill(account.answer, WIDTH), "\n".join(fill(line, WIDTH, subsequent_indent="  ") for line in grounds)]
    tests = [_tests(formed)]
    blocks = [
        f"Dossier on {evidence.target}",
        *([*tests, *lineage] if formed.tests_come_first else [*lineage, *tests]),
        *(fill(text, WIDTH) for text in (_held(evidence, formed), *_limits(evidence, formed))),
        f"{compared}Files:\n\n" + "\n".join(listed),
        *(fill(text, WIDTH) for text in (_AGAIN, _RIGHTS)),
    ]
    return spelled_out("\n\n".join(block for block in blocks if block)) + "\n"


def _tests(formed: Conclusions) -> str:
    if not formed.tests:
        return fill(NO_TESTS, WIDTH)
    sentences = [fill(f"- {row[SENTENCE]}", WIDTH, subsequent_indent="  ") for row in formed.tests]
    return "Is it one model with another?\n" + "\n".join(sentences)


def _held(evidence: Evidence, formed: Conclusions) -> str:
    others = {reply.model for reply in evidence.replies} - {evidence.target}
    whose = [
        *(
            ["of candidate teachers, unrelated models, variants of candidates, and models of the target's base"]
            * formed.has_verdict
        ),
        *(["of the models that it was tested with, on the prompts that both were sampled on"] * bool(formed.tests)),
    ]
    return (
        f"It rests on {counted(len(evidence.replies), 'reply', 'replies')} of {evidence.target} and of "
        f"{counted(len(others), 'other model')} to {counted(len(evidence.prompt_sets), 'prompt')}: {'; '.join(whose)}."
    )


def _limits(evidence: Evidence, formed: Conclusions) -> Iterator[str]:
    """Yield what is not formed again, and how near figures come."""
    if formed.has_verdict:
        yield (
            "The p values are corrected over all targets of the run, as there: the p_target of the others stands in "
            "population.json as the run found it, and is not formed again. The verdict is formed without embeddings: "
            "their columns are empty, and a run that has them may say 'same model or fine-tune' where a dossier says "
            "'shares lineage'. All else is as in the run, but for hashes of word pairs that collide (less than .005 of "
            "a score)."
        )
    else:
        yield "That there is no lineage verdict is as the run found it: replies of candidate teachers are not here."
    if formed.tests:
        yield (
            "Of the tests of model equality, which pairs the run tested, and the p of those in which the model does "
            "not stand, are as the run found them."
        )
    yield (
        f"Words and counts are compared exactly, figures of verdicts and tests to {RELATIVE:g} of their size, cosines "
        f"to {ABSOLUTE_COSINE:g}."
    )
    vectors = evidence.vectors
    if vectors is None:
        yield NO_VECTORS
        return
    rows, n = counted(sum(map(len, formed.cosines.values())), "row"), len(vectors.reply_ids)
    revision = f", weights with SHA-256 {vectors.revision}" if vectors.revision else ", whose revision is not known"
    yield (
        f"Cosines stand in {rows} of cosines.json and are formed again from {n:,} vectors, by {vectors.embedder}"
        f"{revision}. That a vector is that of the text beside it is not formed again, as that takes the embedding "
        "model, nor are shares of nearest replies, which take every model's vectors."
    )
