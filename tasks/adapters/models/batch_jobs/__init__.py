"""Requests that go as files through a provider's batch endpoint, which answers within a day for less."""
