# SPDX-License-Identifier: Apache-2.0
"""Checks that each room includes only its own headers and those of the rooms it is linked to.

    check_rooms.py SOURCE_DIRECTORY

The compiler finds every header below src/, so this is what keeps the rooms apart. The list of links is the one that the
build goes by: the vmcred_room(NAME LINKS ROOM... LIBRARIES TARGET...) lines of src/CMakeLists.txt. A test may include
test/support as well; nothing else may. Prints each finding as FILE:LINE: sentence, and exits with 1 if there is one.
"""

import re
import sys
from pathlib import Path

ROOM_CALL = re.compile(r"^\s*vmcred_room\(([^)]*)\)", re.MULTILINE)
COMMENT = re.compile(r"#[^\n]*")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]*)"')
SUPPORT = "support"


def read_links(table: str) -> dict[str, list[str]]:
    """What each room is linked to, in the order of the table."""
    links: dict[str, list[str]] = {}
    for call in ROOM_CALL.finditer(COMMENT.sub("", table)):
        name, *words = call.group(1).split()
        links[name] = []
        section = ""
        for word in words:
            if word in ("LINKS", "LIBRARIES"):
                section = word
            elif section == "LINKS":
                links[name].append(word)
    return links


def find_cycle(links: dict[str, list[str]]) -> list[str]:
    """The rooms of one cycle, the first one again at its end; nothing if there is none."""
    finished: set[str] = set()

    def walk(room: str, way: list[str]) -> list[str]:
        if room in way:
            return way[way.index(room) :] + [room]
        if room in finished:
            return []
        for link in links.get(room, []):
            if cycle := walk(link, way + [room]):
                return cycle
        finished.add(room)
        return []

    for room in links:
        if cycle := walk(room, []):
            return cycle
    return []


def check_table(links: dict[str, list[str]], source: Path) -> list[str]:
    """Findings about the table itself."""
    table = source / "CMakeLists.txt"
    findings = [f"{table}: no vmcred_room()"] if not links else []
    for room, linked in links.items():
        findings += [f"{table}: {room} links {link}, which is no room" for link in linked if link not in links]
        if not (source / room).is_dir():
            findings.append(f"{table}: {room} has no directory")
    for directory in sorted(path for path in source.iterdir() if path.is_dir()):
        if directory.name not in links:
            findings.append(f"{directory}: is not declared in {table.name}")
    if cycle := find_cycle(links):
        findings.append(f"{table}: rooms link each other in a circle: {' -> '.join(cycle)}")
    return findings


def check_include(file: Path, header: str, room: str, links: dict[str, list[str]], source: Path) -> str:
    """What is wrong with one include line, or nothing."""
    target, slash, _ = header.partition("/")
    if not slash:
        return f'"{header}" names no room'
    if target == SUPPORT:
        return "" if file.name.endswith("_test.cc") else f'only tests may include "{header}"'
    if target != room and target not in links[room]:
        return f'{room} includes "{header}" but is not linked to {target}'
    if not (source / header).is_file():
        return f'"{header}" does not exist'
    return ""


def check_includes(links: dict[str, list[str]], source: Path) -> list[str]:
    """Findings about the include lines of every room."""
    findings = []
    for room in links:
        for file in sorted([*(source / room).rglob("*.h"), *(source / room).rglob("*.cc")]):
            for number, line in enumerate(file.read_text().splitlines(), start=1):
                if not (include := INCLUDE.match(line)):
                    continue
                if wrong := check_include(file, include.group(1), room, links, source):
                    findings.append(f"{file}:{number}: {wrong}")
    return findings


def check(source: Path) -> list[str]:
    """All findings for the tree at `source`."""
    links = read_links((source / "CMakeLists.txt").read_text())
    return check_table(links, source) + check_includes(links, source)


def main() -> int:
    if len(sys.argv) != 2:
        print(f"usage: {sys.argv[0]} SOURCE_DIRECTORY", file=sys.stderr)
        return 2
    findings = check(Path(sys.argv[1]))
    print("\n".join(findings) if findings else "every include line keeps to the table of rooms")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
