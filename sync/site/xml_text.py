"""
Words inside XML.

XML 1.0 has no form at all, not even escaped, for some characters that JSON can hold (U+0000,
U+FFFE): lxml refuses the whole document for one of them. They are dropped, and nothing else is.
"""

import re

_OUTSIDE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    return _OUTSIDE.sub("", text)
