"""Characters that no published text holds on purpose: their presence means a damaged document."""

import re

_UNFIT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffd-\uffff\u202a-\u202e\u2066-\u2069]"
)


def unfit(text: str) -> tuple[int, str] | None:
    """
    Where the first one stands and its name: a control character, half a surrogate pair, the mark
    of a failed decoding, an override of the reading direction (it makes text read otherwise than
    it is).
    """
    found = _UNFIT.search(text)
    return (found.start(), f"U+{ord(found[0]):04X}") if found else None
