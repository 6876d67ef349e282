"""Warehouse -> audited snapshot -> report."""
