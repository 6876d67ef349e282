"""The GPTFuzz search (arXiv 2309.10253) for templates under which a model slips. Pure: its state is its steps."""
