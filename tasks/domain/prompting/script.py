"""The language of a text by its script."""

import re

_LATIN = r"A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af"
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LATIN_WORD = re.compile(f"[{_LATIN}]+")
_HAN_CHARACTER = re.compile(f"[{_HAN}]")
_OTHER_LETTER = re.compile(rf"[^\W\d_{_LATIN}{_HAN}]")


def script_language(text: str) -> str | None:
    """Return "zh" or "en", by the larger number of Chinese characters or Latin words; None where much is neither."""
    n_han, n_latin, n_other = (len(kind.findall(text)) for kind in (_HAN_CHARACTER, _LATIN_WORD, _OTHER_LETTER))
    # Some kana among Chinese characters make the text Japanese.
    if not n_han + n_latin or n_other > (n_han + n_latin) / 4:
        return None
    return "zh" if n_han > n_latin else "en"
