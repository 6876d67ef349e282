"""What a dossier says of itself, for a reader who has nothing else."""

from textwrap import fill

from tasks.domain.bank.checking import Checked
from tasks.domain.dossier.dossier import Gathered
from tasks.domain.inert_text import spelled_out
from tasks.domain.reporting.formatting import counted
from tasks.domain.reporting.verdict_of_model import Account

README = "README.txt"
WIDTH = 100

FILES = {
    "verdict.json": "the verdict in words and its grounds; `verdicts`: a row for each candidate, formed from the "
    "replies in this dossier; `verdicts_of_run`: the rows of mart.verdict in the run that it was taken from",
    "null.csv": "the scores of unrelated models with each candidate: what chance gives",
    "population.json": "what is documented of each model, and all else that the verdict is formed from but replies",
    "models.csv": "whose replies are here: model, vendor, where the replies came from, how many, from when",
    "prompts.jsonl": "the prompts that these models answered",
    "replies/": "a file for each model: each reply with the SHA-256 of its text in UTF-8",
    "versions.json": "versions of this format, of the statistic, of the program and its packages; program_sha256 is "
    "over the files that compute results",
    "requirements.lock": "all packages that the program is tested with, where it was not installed from a wheel",
    "sql/": "numbers.sql looks the verdict up in a published snapshot; the other files define each relation and "
    "formula that it reads",
    "SHA256SUMS": "the SHA-256 of every other file, as `sha256sum -c SHA256SUMS` reads it",
}
"""Each file or folder beside README.txt, and what is in it."""


def readme(gathered: Gathered, checked: Checked, account: Account) -> str:
    """Return the text of README.txt."""
    evidence = gathered.evidence
    n_others = len(evidence.models) - 1
    held = (
        f"It rests on {counted(len(evidence.replies), 'reply', 'replies')} of {evidence.target} and of "
        f"{counted(n_others, 'other model')} to {counted(len(evidence.prompt_sets), 'prompt')}: of candidate teachers, "
        "unrelated models, variants of candidates, and models of the target's base."
    )
    alone = (
        "The p values are corrected over all targets of the run, as there: the p_target of the others stands in "
        "population.json as the run found it, and is not formed again. Embeddings are not in a dossier; their columns "
        "are empty, and a run that has them may say 'same model or fine-tune' where a dossier says 'shares lineage'. "
        "All else is as in the run, but for hashes of word pairs that collide (less than .005 of a score)."
    )
    again = (
        "To form it again from these files: pip install distillometer, then `distillometer verify PATH` with this "
        "folder or archive. It needs no network and no other file; it refuses a dossier in which a byte differs from "
        "SHA256SUMS, and says whether the verdict and every figure are equal. Whoever changes files can also write "
        "SHA256SUMS anew: compare the SHA-256 of SHA256SUMS, which `report` and `verify` print, with the one that you "
        "were given by another way."
    )
    rights = (
        "Prompts and replies are texts of those who wrote or recorded them (models.csv), and not of distillometer: "
        "whether they may be passed on depends on their terms."
    )
    grounds = [f"- {heading}: {text}" for heading, text in account.grounds]
    files = [fill(f"{name}: {what}.", WIDTH, subsequent_indent="    ") for name, what in FILES.items()]
    blocks = [
        f"Dossier on {evidence.target}",
        fill(account.answer, WIDTH),
        "\n".join(fill(line, WIDTH, subsequent_indent="  ") for line in grounds),
        *(fill(text, WIDTH) for text in (held, alone)),
        f"Compared: {counted(len(checked.rows), 'candidate')}. Files:\n\n" + "\n".join(files),
        *(fill(text, WIDTH) for text in (again, rights)),
    ]
    return spelled_out("\n\n".join(block for block in blocks if block)) + "\n"
