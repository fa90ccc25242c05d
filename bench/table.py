# SPDX-License-Identifier: Apache-2.0
"""What the pages of all benchmarks have in common."""

from __future__ import annotations


def markdown_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """The table as text that ends with a newline."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def verdict(met: bool) -> str:
    """A cell that catches the eye where a target was missed."""
    return "met" if met else "**missed**"


def milliseconds(value: float) -> str:
    """With as many digits as there is to say."""
    return f"{value:.2f} ms" if abs(value) < 10 else f"{value:.1f} ms"
