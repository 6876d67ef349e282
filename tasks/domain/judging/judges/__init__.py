"""Judges of identity claims: one file each, a `TextClaimJudge` or an `LlmClaimJudge` of `judging/claim_judge.py`."""
