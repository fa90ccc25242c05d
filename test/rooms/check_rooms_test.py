# SPDX-License-Identifier: Apache-2.0
"""Proves that check_rooms.py can fail: each case breaks a small tree in one way and names the finding."""

import tempfile
import unittest
from pathlib import Path

import check_rooms

TABLE = """\
vmcred_room(base)  # the lowest
vmcred_room(secret LINKS base LIBRARIES upper)
vmcred_room(upper
  LINKS base secret)
"""
FILES = {
    "base/text.h": "#include <string>\n",
    "base/text_test.cc": '#include "base/text.h"\n#include "support/bytes.h"\n',
    "secret/buffer.h": '#include "base/text.h"\n',
    "upper/main.cc": '#include "base/text.h"\n#include "secret/buffer.h"\n// #include "nobody/x.h"\n',
}


def findings(table: str = TABLE, **changes: str) -> list[str]:
    """What is found in the tree with these files on top; a key's "__" stands for "/" and "_dot_" for "."."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place)
        renamed = {name.replace("__", "/").replace("_dot_", "."): text for name, text in changes.items()}
        for name, text in (FILES | renamed).items():
            (source / name).parent.mkdir(exist_ok=True)
            (source / name).write_text(text)
        (source / "CMakeLists.txt").write_text(table)
        return [finding.replace(f"{source}/", "") for finding in check_rooms.check(source)]


class CheckRoomsTest(unittest.TestCase):
    def test_a_tree_that_keeps_to_its_table_has_no_findings(self):
        self.assertEqual(findings(), [])

    def test_an_include_of_a_room_that_is_not_linked_is_found(self):
        self.assertEqual(
            findings(base__low_dot_cc='\n#include "secret/buffer.h"\n'),
            ['base/low.cc:2: base includes "secret/buffer.h" but is not linked to secret'],
        )

    def test_libraries_are_no_rooms(self):
        self.assertEqual(
            findings(secret__low_dot_h='#  include "upper/main.h"\n'),
            ['secret/low.h:1: secret includes "upper/main.h" but is not linked to upper'],
        )

    def test_links_are_not_inherited(self):
        self.assertEqual(
            findings(TABLE.replace("LINKS base secret", "LINKS secret")),
            ['upper/main.cc:1: upper includes "base/text.h" but is not linked to base'],
        )

    def test_a_header_that_is_not_there_is_found(self):
        self.assertEqual(
            findings(upper__x_dot_cc='#include "base/gone.h"\n'), ['upper/x.cc:1: "base/gone.h" does not exist']
        )

    def test_an_include_without_a_room_is_found(self):
        self.assertEqual(findings(base__x_dot_cc='#include "text.h"\n'), ['base/x.cc:1: "text.h" names no room'])

    def test_only_tests_include_test_support(self):
        self.assertEqual(
            findings(base__x_dot_cc='#include "support/bytes.h"\n'),
            ['base/x.cc:1: only tests may include "support/bytes.h"'],
        )

    def test_a_circle_is_found(self):
        circle = TABLE.replace("vmcred_room(base)", "vmcred_room(base LINKS upper)")
        self.assertEqual(
            findings(circle), ["CMakeLists.txt: rooms link each other in a circle: base -> upper -> base"]
        )

    def test_a_link_to_no_room_is_found(self):
        self.assertEqual(
            findings(TABLE.replace("LINKS base secret", "LINKS base secret nobody")),
            ["CMakeLists.txt: upper links nobody, which is no room"],
        )

    def test_a_directory_that_is_not_declared_is_found(self):
        self.assertEqual(findings(new__x_dot_cc=""), ["new: is not declared in CMakeLists.txt"])

    def test_a_room_without_a_directory_is_found(self):
        self.assertEqual(findings(TABLE + "vmcred_room(ghost)\n"), ["CMakeLists.txt: ghost has no directory"])

    def test_an_empty_table_is_found(self):
        self.assertIn("CMakeLists.txt: no vmcred_room()", findings(""))


if __name__ == "__main__":
    unittest.main()
