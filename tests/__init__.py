"""Tests of distillometer."""
