# SPDX-License-Identifier: Apache-2.0
"""Holds schema/vmcred.schema.json and the program against each other.

good/ is accepted by both and bad/ refused by both; semantic/ is what only the program can refuse, since it takes the
whole file to see. And each key that one knows the other must know too.
"""

import json
import os
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

HERE = Path(__file__).parent
SCHEMA = json.loads((HERE.parent.parent / "schema" / "vmcred.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

# docs/exit-codes.md
OK = 0
WRONG_CONFIG = 3

needs_program = pytest.mark.skipif("VMCRED_BIN" not in os.environ, reason="VMCRED_BIN names no vmcred")


def samples(*folders: str) -> list:
    """The config files of these folders."""
    paths = sorted(path for folder in folders for path in (HERE / folder).iterdir())
    assert paths
    return [pytest.param(path, id=f"{path.parent.name}/{path.name}") for path in paths]


def document(path: Path) -> object:
    """What the file says."""
    text = path.read_text()
    return json.loads(text) if path.suffix == ".json" else tomllib.loads(text)


def vmcred(*arguments: str) -> subprocess.CompletedProcess:
    """Runs the program."""
    return subprocess.run([os.environ["VMCRED_BIN"], *arguments], capture_output=True, text=True, check=False)


def resolved(schema: dict) -> dict:
    """The schema with what its $ref points at; its own words go first."""
    while "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        schema = SCHEMA["$defs"][name] | {key: value for key, value in schema.items() if key != "$ref"}
    return schema


def keys_of(schema: dict, place: str = "") -> Iterator[str]:
    """Each place that may hold something else than a table: "vms.*.vcpu"."""
    schema = resolved(schema)
    types = schema.get("type", "any")
    elements = resolved(schema.get("items", {}))
    if elements.get("type") == "object":
        yield from keys_of(elements, f"{place}[*]")
        return
    if types != "object":
        yield place
    if "object" not in types:
        return
    prefix = f"{place}." if place else ""
    for name, value in schema.get("properties", {}).items():
        yield from keys_of(value, prefix + name)
    if schema["additionalProperties"] is not False:
        yield from keys_of(schema["additionalProperties"], f"{prefix}*")


def undescribed(schema: object, place: str = "#") -> Iterator[str]:
    """Each property that has no description, its own or one it refers to."""
    if not isinstance(schema, dict):
        return
    for name, value in schema.get("properties", {}).items():
        if "description" not in resolved(value):
            yield f"{place}/{name}"
    for name, value in schema.items():
        if name not in ("if", "then", "else", "allOf"):
            yield from undescribed(value, f"{place}/{name}")


def test_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_describes_every_key():
    assert not list(undescribed(SCHEMA))


@pytest.mark.parametrize("path", samples("good", "semantic"))
def test_schema_accepts(path: Path):
    VALIDATOR.validate(document(path))


@pytest.mark.parametrize("path", samples("bad"))
def test_schema_refuses(path: Path):
    assert not VALIDATOR.is_valid(document(path))


@needs_program
@pytest.mark.parametrize("path", samples("good"))
def test_program_accepts(path: Path):
    result = vmcred("config", "check", "--config", str(path))
    assert result.returncode == OK, result.stderr


@needs_program
@pytest.mark.parametrize("path", samples("bad", "semantic"))
def test_program_refuses(path: Path):
    result = vmcred("config", "check", "--config", str(path))
    assert result.returncode == WRONG_CONFIG, result.stderr
    assert f"{path}:" in result.stderr


@needs_program
def test_keys_agree():
    assert sorted(vmcred("config", "keys").stdout.split()) == sorted(keys_of(SCHEMA))
