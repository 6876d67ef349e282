"""The report: page, charts, figures."""
