"""``handrail eval``: how good modules and policies are, on texts that people have labelled.

``metrics`` and ``intervals`` are plain Python over counts and import nothing; ``part`` splits a
set so that training and measuring never share a thread, a template or an author.
"""

from handrail_eval.split import part

__all__ = ["part"]
