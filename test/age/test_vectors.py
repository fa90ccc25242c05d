# SPDX-License-Identifier: Apache-2.0
"""Every published test vector of age (https://c2sp.org/CCTV/age) gives the outcome that it states.

The vectors are those of the npm package cctv-age. The post-quantum ones need ML-KEM-768 and are skipped, visibly, where
vmcred is built without it; no other may be.
"""

import base64
import hashlib
import os
import re
import subprocess
import zlib
from pathlib import Path

import pytest
from fetched_tools import node_package

COUNT = 143
POST_QUANTUM_COUNT = 19
ENTRY = re.compile(r'^var (\w+)_default = __toBinary\("([^"]*)"\);$', re.MULTILINE)
NEEDS_ML_KEM = "needs OpenSSL 3.5"
KNOWN_KEYS = {"expect", "payload", "identity", "passphrase", "armored", "file key", "comment", "compressed"}


class Vector:
    """One vector: the keys of its head, and its age file, unpacked."""

    def __init__(self, data: bytes) -> None:
        head, _, body = data.partition(b"\n\n")
        self.head = head.decode()
        lines = [line.partition(": ") for line in self.head.splitlines()]
        self.keys = {key: value for key, _, value in lines}
        self.body = zlib.decompress(body) if self.keys.get("compressed") == "zlib" else body

    def text(self) -> bytes:
        """The vector as a file for the driver."""
        return self.head.encode() + b"\n\n" + self.body


@pytest.fixture(scope="module")
def vectors() -> dict[str, Vector]:
    """All vectors of the package by name."""
    source = (node_package("cctv-age") / "index.js").read_text()
    return {name: Vector(base64.b64decode(text)) for name, text in ENTRY.findall(source)}


@pytest.fixture(scope="module")
def outcomes(vectors: dict[str, Vector], tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """The class and the plaintext's digest that the driver gives for each vector."""
    place = tmp_path_factory.mktemp("vectors")
    for name, vector in vectors.items():
        (place / name).write_bytes(vector.text())
    driver = Path(os.environ["VMCRED_AGE_VECTOR_DRIVER"]).resolve()
    done = subprocess.run([driver, *vectors], cwd=place, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return {name: (outcome, digest) for name, outcome, digest in rows}


def test_there_are_as_many_as_published(vectors: dict[str, Vector]) -> None:
    """A vector that could not be found would pass unseen."""
    assert len(vectors) == COUNT
    assert {key for vector in vectors.values() for key in vector.keys} <= KNOWN_KEYS


def test_each_has_its_stated_outcome(vectors: dict[str, Vector], outcomes: dict[str, tuple[str, str]]) -> None:
    """The class of failure is the stated one, and so is all plaintext that was given out."""
    wrong = {}
    for name, vector in vectors.items():
        outcome, digest = outcomes[name]
        if outcome == NEEDS_ML_KEM and "AGE-SECRET-KEY-PQ-" in vector.head:
            continue
        expected = vector.keys["payload"] if "payload" in vector.keys else hashlib.sha256(b"").hexdigest()
        if (outcome, digest) != (vector.keys["expect"], expected):
            wrong[name] = f"expected {vector.keys['expect']}, got {outcome}, plaintext right: {digest == expected}"
    assert not wrong, "\n".join(f"{name}: {text}" for name, text in wrong.items())


def test_post_quantum_vectors(outcomes: dict[str, tuple[str, str]]) -> None:
    """A build leaves out none of them, or all, and says so."""
    left_out = [name for name, (outcome, _) in outcomes.items() if outcome == NEEDS_ML_KEM]
    assert len(left_out) in (0, POST_QUANTUM_COUNT)
    if left_out:
        pytest.skip(f"{len(left_out)} of {COUNT} vectors need ML-KEM-768, which OpenSSL has from 3.5 on")
