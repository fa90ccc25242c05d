#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Answers one connection as Firecracker's metadata service does: on standard streams, with STORE.json as its store.

The token is kept in a file beside the store, as each connection is another process. Whatever is asked otherwise than
docs/mmds/mmds-user-guide.md of Firecracker says is refused.
"""

import json
import secrets
import sys
from pathlib import Path

MAX_TTL_SECONDS = 21600


def respond(status: str, body: str = "") -> None:
    head = f"HTTP/1.1 {status} \r\nServer: Firecracker API\r\nConnection: keep-alive\r\nContent-Type: text/plain\r\n"
    sys.stdout.buffer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
    sys.stdout.buffer.flush()


def main() -> None:
    store = Path(sys.argv[1])
    token_file = store.with_name("token")
    method, path, version = sys.stdin.buffer.readline().decode().split()
    headers = {}
    while (line := sys.stdin.buffer.readline().decode().strip()) != "":
        name, value = line.split(":", 1)
        headers[name.lower()] = value.strip()
    if version != "HTTP/1.1" or "x-forwarded-for" in headers:
        respond("400")
    elif method == "PUT" and path == "/latest/api/token":
        if not 1 <= int(headers.get("x-metadata-token-ttl-seconds", "0")) <= MAX_TTL_SECONDS:
            return respond("400")
        token_file.write_text(secrets.token_urlsafe(41))
        respond("200", token_file.read_text())
    elif method != "GET":
        respond("405")
    elif not token_file.exists() or headers.get("x-metadata-token") != token_file.read_text():
        respond("401")
    else:
        found = json.loads(store.read_text())
        for key in path.strip("/").split("/"):
            found = found.get(key, {}) if isinstance(found, dict) else {}
        respond("200", found) if isinstance(found, str) else respond("404")


main()
