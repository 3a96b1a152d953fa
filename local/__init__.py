"""The embedded default: the same template on one machine, with Sterling and Visma simulated."""
