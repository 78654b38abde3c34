"""
Runs in CKAN's own environment: a new portal with one organisation and its editor, served until
it is killed.

What it says on standard output is one line of JSON, when it is ready. Its search index is a
stand-in that takes everything and finds nothing: CKAN then answers from its database.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import ckan
from ckan import model
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.plugins import toolkit
from werkzeug.serving import make_server

SCHEMA = Path(ckan.__file__).parent / "config" / "solr" / "schema.xml"
FOUND = {"responseHeader": {"status": 0}, "response": {"numFound": 0, "start": 0, "docs": []}}


class Index(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nothing is written."""

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = SCHEMA.read_bytes() if "schema" in self.path else json.dumps(FOUND).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def act(action: str, actor: str, /, **said: object) -> dict[str, object]:
    context = {"user": actor, "ignore_auth": True}
    found: dict[str, object] = toolkit.get_action(action)(context, said)
    return found


def main(config: str, database: str, storage: str) -> None:
    index = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    index.daemon_threads = True
    threading.Thread(target=index.serve_forever, daemon=True).start()
    address = "127.0.0.1"
    said = CKANConfigLoader(config).get_config()
    door = make_server(address, 0, lambda *_: [], threaded=True)
    said |= {
        "sqlalchemy.url": database,
        "ckan.storage_path": storage,
        "ckan.site_url": f"http://{address}:{door.port}",
        "solr_url": f"http://{address}:{index.server_address[1]}/solr/ckan",
        "ckan.plugins": "",
        "ckan.redis.url": "redis://127.0.0.1:1/0",
    }
    app = make_app(said)
    door.app = app
    with app._wsgi_app.app_context():
        model.repo.upgrade_db("head")
        site = act("get_site_user", "")["name"]
        act("user_create", site, name="jalon", email="jalon@ville.example", password="mot-de-passe")
        member = [{"name": "jalon", "capacity": "editor"}]
        act("organization_create", site, name="ville", users=member)
        token = act("api_token_create", "jalon", user="jalon", name="publication")["token"]
        version = act("status_show", "")["ckan_version"]
    ready = {"site": said["ckan.site_url"], "token": token, "version": version}
    sys.stdout.write(f"{json.dumps(ready)}\n")
    sys.stdout.flush()
    door.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
