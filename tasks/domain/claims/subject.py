"""Whom the words of a cue are said of."""

from tasks.domain.claims import chinese, english
from tasks.domain.claims.cue import Cue

CUES: tuple[Cue, ...] = (*english.ENGLISH, *chinese.CHINESE)


def is_about_speaker(text: str, cue: Cue, start: int, end: int) -> bool:
    """Say whether the words of `cue` from `start` to `end` are said of the speaker, where the cue leaves that open."""
    if cue.subject == "passive":
        if chinese.is_preposition(text, start):
            return chinese.is_said_of_speaker(text, start)
        return english.is_said_of_speaker(text[:start], text[end:])
    if cue.subject == "left":
        return english.names_speaker(text[:start]) or chinese.names_speaker(text[:start])
    return True
