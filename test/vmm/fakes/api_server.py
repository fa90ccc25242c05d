# SPDX-License-Identifier: Apache-2.0
"""HTTP over a Unix socket, as far as hypervisors' APIs go: one request a connection or several, strictly read.

Faults: "slow" answers after a while, "hangs" never, "closes" hangs up in the middle of a request, "echoes" refuses with
the request in its answer, "dies" ends in the middle of a request. Each with ":PATH" behind it for one path alone.
"""

import json
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from strict import Refused

LARGEST_BODY = 51_200
SLOW = 0.3

# Whether the hypervisor ends, once it has answered.
Handler = Callable[[str, str, Any, list[int]], bool]


class Fault:
    def __init__(self, text: str):
        self.kind, _, self.path = text.partition(":")

    def holds(self, kind: str, path: str) -> bool:
        return self.kind == kind and self.path in ("", path)


def read_request(connection: socket.socket, fault: Fault) -> tuple[str, str, bytes, list[int]] | None:
    data, descriptors = b"", []
    while b"\r\n\r\n" not in data:
        part, more, _, _ = socket.recv_fds(connection, 4096, 16)
        if not part:
            return None
        data += part
        descriptors += more
    head, body = data.split(b"\r\n\r\n", 1)
    line, *headers = head.decode().split("\r\n")
    method, path, version = line.split(" ")
    if version != "HTTP/1.1":
        raise Refused("version")
    fields = {name.lower(): value.strip() for name, _, value in (header.partition(":") for header in headers)}
    if fault.holds("closes", path):
        return None
    if fault.holds("dies", path):
        os._exit(9)
    length = int(fields.get("content-length", "0"))
    if length > LARGEST_BODY:
        raise Refused("payload too large")
    while len(body) < length:
        part = connection.recv(length - len(body))
        if not part:
            return None
        body += part
    if len(body) > length:
        raise Refused("more than the request's body")
    if body and fields.get("content-type") != "application/json":
        raise Refused("content type")
    return method, path, body, descriptors


def answer(connection: socket.socket, status: int, body: str = "") -> None:
    text = f"HTTP/1.1 {status} \r\nServer: fake\r\nConnection: keep-alive\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    connection.sendall(text.encode())


def serve(listener: socket.socket, handle: Handler, fault: Fault, record: Path) -> None:
    """One connection at a time, until a request ends it. Each one that was accepted becomes a line of `record`, what
    others were answered one of "refusals" beside it."""
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                request = read_request(connection, fault)
                if request is None:
                    continue
                method, path, body, descriptors = request
                if fault.holds("slow", path):
                    time.sleep(SLOW)
                if fault.holds("hangs", path):
                    time.sleep(3600)
                if fault.holds("echoes", path):
                    raise Refused(f"cannot parse {body.decode()}")
                value = json.loads(body) if body else None
                ends = handle(method, path, value, descriptors)
                with record.open("a") as log:
                    print(json.dumps([method, path, value, len(descriptors)]), file=log)
                answer(connection, 204)
                if ends:
                    os._exit(0)
            except Refused as refused:
                with record.with_name("refusals").open("a") as log:
                    print(refused, file=log)
                answer(connection, 400, str(refused))
            except BrokenPipeError:
                print("the client is gone", file=sys.stderr)
