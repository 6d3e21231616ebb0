"""Commands of the durable store: work, dead letters, enforcements, sweeps."""
