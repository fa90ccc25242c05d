# SPDX-License-Identifier: Apache-2.0
"""A schema checker for what a hypervisor's API takes, as strict as the hypervisors' own parsers: unknown fields, missing
ones and wrong types are all refused.

A schema is a type (str, int, bool), a range of numbers, a list with the schema of its items, a set of the words that are
allowed, None (nothing), or a dict: field -> schema, where a "*" behind the field's name says that it must be there.
"""

from typing import Any


class Refused(Exception):
    """What a hypervisor says about a bad request; it may quote the request, as they do."""


def at_least(least: int) -> range:
    """Numbers of 32 bits from this one on."""
    return range(least, 1 << 32)


def check(value: Any, schema: Any, where: str) -> None:
    if isinstance(schema, dict):
        if not isinstance(value, dict):
            raise Refused(f"{where}: expected an object, got {value!r}")
        fields = {name.rstrip("*"): part for name, part in schema.items()}
        for name in value:
            if name not in fields:
                raise Refused(f"{where}: unknown field {name!r} in {value!r}")
        for name in schema:
            if name.endswith("*") and name[:-1] not in value:
                raise Refused(f"{where}: missing field {name[:-1]!r} in {value!r}")
        for name, part in value.items():
            check(part, fields[name], f"{where}.{name}")
    elif isinstance(schema, list):
        if not isinstance(value, list):
            raise Refused(f"{where}: expected an array, got {value!r}")
        for index, item in enumerate(value):
            check(item, schema[0], f"{where}[{index}]")
    elif isinstance(schema, set):
        if value not in schema:
            raise Refused(f"{where}: unknown variant {value!r}")
    elif isinstance(schema, range):
        if type(value) is not int or value not in schema:
            raise Refused(f"{where}: expected a number from {schema.start} to {schema.stop - 1}, got {value!r}")
    elif schema is None:
        if value is not None:
            raise Refused(f"{where}: takes no body")
    elif type(value) is not schema or (schema is int and value < 0):
        raise Refused(f"{where}: expected {schema.__name__}, got {value!r}")
