"""
Opaque tokens for page offsets and event streams.

A token says what it is bound to and when it was issued, and cannot be made up: a client
that builds or alters one is told so, as on the platform.
"""

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any


def seal(seed: int, payload: dict[str, Any]) -> str:
    body = base64.urlsafe_b64encode(json.dumps(payload, sort_keys=True).encode()).decode()
    return f"{body.rstrip('=')}.{_sign(seed, body)}"


def unseal(seed: int, token: str) -> dict[str, Any] | None:
    """The payload, or None for a token that this sandbox never issued."""
    text, _, signature = token.partition(".")
    body = text + "=" * (-len(text) % 4)
    if not hmac.compare_digest(_sign(seed, body).encode(), signature.encode()):
        return None
    try:
        payload = json.loads(base64.urlsafe_b64decode(body))
    except (binascii.Error, ValueError):
        return None
    return payload if isinstance(payload, dict) else None


def _sign(seed: int, body: str) -> str:
    return hmac.new(f"sandbox-{seed}".encode(), body.encode(), hashlib.sha256).hexdigest()[:24]
