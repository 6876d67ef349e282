"""Judges of how alike two replies are. One file each, a `TextPairJudge` or an `LlmPairJudge` of `rse/pair_judge.py`."""
