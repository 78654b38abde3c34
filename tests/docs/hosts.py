"""
The hosts' configurations that the webmaster's guides show, made from the table of headers.

They are tried as they stand, by real nginx and Apache, in `tests/contract/test_hosts.py`.
"""

from collections.abc import Iterator
from typing import Final

from sync.core.serving import CHARSET, HEADERS, HIDDEN, MISSING, NAMED, OTHERWISE, TYPES, Header
from sync.wording import Language, Text

MOUNT: Final = "/suivi"
FOLDER: Final = "/srv/jalon/public"
UPSTREAM: Final = "http://jalon.ville.example:8080"

_IN_HTTP = Text(
    "Dans le bloc http, une fois (sous Debian : /etc/nginx/conf.d/jalon.conf)",
    "In the http block, once (on Debian: /etc/nginx/conf.d/jalon.conf)",
)
_IN_SERVER = Text("Dans le bloc server du site", "In the server block of the site")
_FEED = Text(
    "un flux JSON se distingue d’un autre JSON par son type",
    "a JSON feed is told from other JSON by its type",
)
_OURS = Text("ce que le dossier garde pour lui-même", "what the folder keeps for itself")
_MISSING = Text("ce qui n’est pas au dossier", "what is not in the folder")
_MODULE = Text("Demande mod_headers (a2enmod headers)", "Needs mod_headers (a2enmod headers)")
_MODULES = Text(
    "Demande mod_proxy_http (a2enmod proxy_http)", "Needs mod_proxy_http (a2enmod proxy_http)"
)


def nginx_maps(language: Language) -> str:
    lines = [f"# {_IN_HTTP.in_(language)}"]
    for header in HEADERS:
        if header.cases:
            lines.append(f"map $uri {_variable(header)} {{")
            lines.append(f'    default "{header.otherwise}";')
            lines += [f'    "~{case.pattern}" "{case.value or ""}";' for case in header.cases]
            lines.append("}")
    return _fenced("nginx", lines)


def nginx_site(language: Language) -> str:
    told = sorted({*TYPES.values(), *NAMED.values(), OTHERWISE} - {"text/html"})
    lines = [
        f"# {_IN_SERVER.in_(language)}",
        f"location = {MOUNT} {{ return 301 {MOUNT}/; }}",
        f"location {MOUNT}/ {{",
        f"    alias {FOLDER}/;",
        "    index index.html;",
        "    types {",
        *(f"        {kind} {' '.join(names)};" for kind, names in _by_type()),
        "    }",
        f"    default_type {OTHERWISE};",
        f"    charset {CHARSET};",
        f"    charset_types {' '.join(told)};",
        *(f"    add_header {one.name} {_nginx_value(one)};" for one in HEADERS),
        f"    # {_MISSING.in_(language)}",
        f"    error_page 404 {MOUNT}/{MISSING};",
        f"    # {_FEED.in_(language)}",
    ]
    for name, kind in NAMED.items():
        lines.append(f"    location = {MOUNT}/{name} {{")
        lines.append(f"        alias {FOLDER}/{name};")
        lines.append("        types {}")
        lines.append(f"        default_type {kind};")
        lines.append("    }")
    lines.append(f"    # {_OURS.in_(language)}")
    lines.append(f'    location ~ "{HIDDEN}" {{ return 404; }}')
    lines.append("}")
    return _fenced("nginx", lines)


def nginx_proxy(language: Language) -> str:
    return _fenced(
        "nginx",
        [
            f"# {_IN_SERVER.in_(language)}",
            f"location = {MOUNT} {{ return 301 {MOUNT}/; }}",
            f"location {MOUNT}/ {{",
            f"    proxy_pass {UPSTREAM}{MOUNT}/;",
            "}",
        ],
    )


def apache_site(language: Language) -> str:
    lines = [
        f"# {_MODULE.in_(language)}",
        f'Alias "{MOUNT}" "{FOLDER}"',
        f"# {_OURS.in_(language)}",
        f'RedirectMatch 404 "^{MOUNT}(/.*)?{HIDDEN}"',
        f"# {_MISSING.in_(language)}",
        f'<Location "{MOUNT}/">',
        f"    ErrorDocument 404 {MOUNT}/{MISSING}",
        "</Location>",
        f'<Directory "{FOLDER}">',
        "    Require all granted",
        "    AllowOverride None",
        "    Options FollowSymLinks",
        "    DirectoryIndex index.html",
        "    FileETag MTime Size",
        *(
            f'    AddType "{kind}; charset={CHARSET}" {" ".join(f".{name}" for name in names)}'
            for kind, names in _by_type()
        ),
        '    <FilesMatch "^[^.]+$">',
        f'        ForceType "{OTHERWISE}; charset={CHARSET}"',
        "    </FilesMatch>",
        f"    # {_FEED.in_(language)}",
    ]
    for name, kind in NAMED.items():
        lines.append(f'    <Files "{name}">')
        lines.append(f'        ForceType "{kind}; charset={CHARSET}"')
        lines.append("    </Files>")
    for header in HEADERS:
        always = "" if header.cases else "always "
        lines.append(f'    Header {always}set {header.name} "{header.otherwise}"')
        for case in reversed(header.cases):  # the last one that fits counts
            where = f'"expr=%{{REQUEST_URI}} =~ m#{case.pattern}#"'
            value = f'set {header.name} "{case.value}"' if case.value else f"unset {header.name}"
            lines.append(f"    Header {value} {where}")
    lines.append("</Directory>")
    return _fenced("apache", lines)


def apache_proxy(language: Language) -> str:
    return _fenced(
        "apache",
        [
            f"# {_MODULES.in_(language)}",
            f'RedirectMatch 301 "^{MOUNT}$" "{MOUNT}/"',
            f'ProxyPass "{MOUNT}/" "{UPSTREAM}{MOUNT}/"',
            f'ProxyPassReverse "{MOUNT}/" "{UPSTREAM}{MOUNT}/"',
        ],
    )


def _variable(header: Header) -> str:
    return f"$jalon_{header.name.lower().replace('-', '_')}"


def _nginx_value(header: Header) -> str:
    """One that holds everywhere goes with a refusal too."""
    return _variable(header) if header.cases else f'"{header.otherwise}" always'


def _by_type() -> Iterator[tuple[str, list[str]]]:
    for kind in dict.fromkeys(TYPES.values()):
        yield kind, [name for name, said in TYPES.items() if said == kind]


def _fenced(kind: str, lines: list[str]) -> str:
    return "\n".join([f"```{kind}", *lines, "```", ""])
