"""
What search engines read in the head of the page: the data set, in schema.org's words.

The element is a block of data, which no browser runs and which a strict content policy lets
stand. Its text is put into HTML as it is, so nothing in it may look like HTML.
"""

import json
from typing import Any, Final

from markupsafe import Markup

from sync.site.catalogue import MEDIA_TYPES, period_of, summary_of, title_of
from sync.site.edition import Edition

TABLES: Final = ("dernier.json", "actions.csv", "indicateurs.csv")
"""The data themselves, in the forms that a search for data shows; the record has all of them."""

_AS_ESCAPES: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def schema_org(edition: Edition) -> Markup:
    presentation, (record, snapshot) = edition.presentation, edition.current
    said = presentation.catalogue
    home = presentation.address("")
    document: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "identifier": f"urn:jalon:{snapshot.plan.id}",
        "name": title_of(edition),
        "description": summary_of(edition),
        "inLanguage": "fr-CA" if presentation.language == "fr" else "en-CA",
        "creator": {"@type": "GovernmentOrganization", "name": presentation.city},
        "temporalCoverage": "/".join(period_of(edition)),
        "datePublished": edition.issues[0].record.generated_at.isoformat(),
        "dateModified": record.generated_at.isoformat(),
        "version": str(snapshot.numero),
        **({"url": home} if home else {}),
        **({"license": said.licence} if said.licence else {}),
        **({"keywords": list(said.keywords)} if said.keywords else {}),
        **({"spatialCoverage": said.territory} if said.territory else {}),
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": MEDIA_TYPES[path],
                "contentUrl": presentation.address(path) or path,
            }
            for path in TABLES
        ],
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_AS_ESCAPES))  # noqa: S704  nothing left that HTML reads
