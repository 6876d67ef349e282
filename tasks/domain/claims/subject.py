"""The subject of a cue: the speaker or somebody else."""

from tasks.domain.claims import chinese, english
from tasks.domain.claims.cue import Cue

CUES: tuple[Cue, ...] = (*english.ENGLISH, *chinese.CHINESE)


def is_about_speaker(text: str, cue: Cue, start: int, end: int) -> bool:
    """Return whether the words of `cue` from `start` to `end` refer to the speaker, where the cue leaves that open."""
    if cue.subject == "passive":
        if chinese.is_preposition(text, start):
            return chinese.refers_to_speaker(text, start)
        return english.refers_to_speaker(text[:start], text[end:])
    if cue.subject == "left":
        return english.names_speaker(text[:start]) or chinese.names_speaker(text[:start])
    return True
