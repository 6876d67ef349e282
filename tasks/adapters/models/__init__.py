"""Models: called over the network, served on this machine, or run in this process."""
