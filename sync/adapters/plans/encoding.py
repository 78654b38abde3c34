"""
From bytes to text, without ever showing a wrong letter.

In this order: a byte order mark; strict UTF-8, which text in another encoding passes only by a
wonder; the encoding that the server or the page declares; Windows-1252, the one older office tools
write here. That last one accepts nearly any bytes, so it is believed only if every character it
yields belongs to French or English text: « Ã© » does not, and says that the bytes were something
else.
"""

import codecs
import re

from sync.adapters.plans.refusal import refuse

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_EXPECTED = frozenset(
    "àâäæçéèêëîïôöœùûüÿÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸñÑ«»‹›‘’“”„–—…•·°º²³¹½¼¾€£¢©®™§×÷±µ\u00a0\u00ad¶†‰"
)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_LATIN = frozenset({"iso8859-1", "ascii", "cp1252"})  # on the web, all three mean the last


def decode(body: bytes, name: str, media_type: str | None = None) -> str:
    """The document's text, or PlanRefused saying what was tried."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            try:
                return body.decode(encoding)
            except UnicodeDecodeError as error:
                raise _undecodable(body, name, [encoding], error.start) from error
    if b"\0" in body:
        raise refuse(
            f"{name}:{_line(body, body.index(0))}",
            "octets nuls : le fichier est binaire, ou en UTF-16 sans marque d’ordre (BOM). "
            "Enregistrez-le en UTF-8.",
            "null bytes: the file is binary, or UTF-16 without a byte order mark. Save it as "
            "UTF-8.",
        )
    tried = ["utf-8"]
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        bad = error.start
    declared = _declared(body, media_type)
    if declared and declared not in _LATIN | {"utf-8"}:
        tried.append(declared)
        try:
            return body.decode(declared)
        except UnicodeDecodeError as error:
            bad = max(bad, error.start)
    tried.append("windows-1252")
    try:
        text = body.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _undecodable(body, name, tried, error.start) from error
    for at, character in enumerate(text):
        if ord(character) > 126 and character not in _EXPECTED:
            raise _undecodable(body, name, tried, at)
    return text


def _declared(body: bytes, media_type: str | None) -> str | None:
    """The codec named by the server, or by the page in its first bytes; None if there is none."""
    said = _CHARSET.search((media_type or "").encode("ascii", "replace"))
    found = said or _CHARSET.search(body[:2048])
    if not found:
        return None
    try:
        codec = codecs.lookup(found[1].decode("ascii"))
    except LookupError:
        return None
    return codec.name if codec._is_text_encoding else None  # noqa: SLF001


def _undecodable(body: bytes, name: str, tried: list[str], at: int) -> Exception:
    sample = body[at : at + 4].hex(" ")
    encodings = ", ".join(tried)
    return refuse(
        f"{name}:{_line(body, at)}",
        f"encodage inconnu (essayés : {encodings}; octets {sample}). "
        "Enregistrez le document en UTF-8.",
        f"unknown encoding (tried: {encodings}; bytes {sample}). Save the document as UTF-8.",
        tried=encodings,
        offset=at,
    )


def _line(body: bytes, at: int) -> int:
    return body.count(b"\n", 0, at) + 1
