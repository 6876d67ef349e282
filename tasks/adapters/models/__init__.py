"""Models: asked over the network, served here, or run in this process."""
