"""What is asked inside of a page, `d` in the window `w`, whatever the browser."""

import json
from typing import Final

from sync.site.locales.verifier import SAID
from sync.site.typography import display

FILTER: Final = """
    const form = d.getElementById("_filtre");
    const [words, status, jalon] = form.querySelectorAll("input, select");
    const shown = () => [...d.querySelectorAll(".suivi tbody tr")]
      .filter(row => row.checkVisibility()).map(row => row.id);
    const all = shown().length;
    const set = (field, value) => {
      field.value = value; field.dispatchEvent(new w.Event("input", {bubbles: true}));
    };
    set(words, "POLITIQUE élus"); set(words, "depot"); const none = shown();
    set(words, "vitrine elus"); const found = shown();
    const told = form.querySelector("output").textContent;
    set(words, ""); set(status, "atteint_en_retard"); const late = shown();
    set(jalon, "2"); const lateAtTheEnd = shown();
    w.location.hash = "#A1-01"; await new Promise(done => setTimeout(done, 50));
    const every = shown().length; let led = null;
    w.Element.prototype.scrollIntoView = function () { led = this.id; };
    w.location.hash = "#tableau"; await new Promise(done => setTimeout(done, 50));
    return [form.hidden, all, none, found, told, late, lateAtTheEnd, every, led];
"""
"""The rows that each use of the filter leaves, and what links to rows do then."""

FRESH: Final = """
    const said = "#_verifie:not([hidden]), .alarme:not([hidden])";
    for (let n = 0; n < 100 && !d.querySelector(said); n++)
      await new Promise(done => setTimeout(done, 20));
    return [...d.querySelectorAll(".alarme, #_verifie")].filter(e => !e.hidden).map(e => e.id);
"""
"""What the page says by itself of its age, once it says something."""

_CHECK: Final = """
const verdict = d.getElementById("verdict"), before = verdict.textContent;
d.getElementById("garde-texte").value = %s;
d.querySelector("button").click();
while (verdict.textContent === before || verdict.textContent.endsWith("…"))
  await new Promise((done) => setTimeout(done, 20));
return [verdict.className, verdict.textContent];
"""


def check(note: str = "") -> str:
    """What the verifier says after a click, with this note kept; see `said`."""
    return _CHECK % json.dumps(note)


def said(kind: str, key: str, n: int = 0) -> list[str]:
    """How the verifier says it in French."""
    return [kind, display(SAID[key].fr, "fr").replace("{n}", str(n))]


_REFUSED: Final = """
w.crypto.subtle.importKey = () => Promise.reject(new w.DOMException("", "{}"));
"""
NO_ED25519: Final = _REFUSED.format("NotSupportedError")
NO_KEY: Final = _REFUSED.format("DataError")
"""The browser knows such keys, and takes this one for none."""
NO_CRYPTO: Final = 'Object.defineProperty(w.crypto, "subtle", { value: undefined });'
ONE_UNREAD: Final = """
const bring = w.fetch;
w.fetch = (address, how) => String(address).endsWith("0002.json")
  ? Promise.resolve(new w.Response("", { status: 503 })) : bring.call(w, address, how);
"""
