"""
What is told to pytest while mutants are tried: `-p tests.mutation.plugin`.

A mutant is asked the same questions each time, and one failure is enough: it is not shrunk.
"""

from hypothesis import Phase, settings

settings.register_profile(
    "mutation",
    max_examples=8,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("mutation")
