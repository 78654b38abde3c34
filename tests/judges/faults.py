"""
Faults to plant in a page of ours, so that a judge is seen to judge.

A planted page loses its policy, under which the page's own faults of style and script could not
even run, and what stood in its main, so that it is judged quickly.
"""

import re
from typing import Final

POLICY: Final = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
MAIN: Final = re.compile(r"(<main\b[^>]*>).*(</main>)", re.DOTALL)


def planted(page: str, body: str, *, head: str = "") -> str:
    """The page with `body` for its main and with `head` at the end of its head."""
    assert page.count("</head>") == len(MAIN.findall(page)) == 1
    page = MAIN.sub(lambda found: f"{found[1]}{body}{found[2]}", page)
    return POLICY.sub("", page.replace("</head>", f"{head}</head>"))
