"""The GPTFuzz search (arXiv 2309.10253) for templates under which a model leaks. Pure: its state is its steps."""
