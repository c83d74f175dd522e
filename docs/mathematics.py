"""Turns the formulas of the documentation into MathML, which browsers draw without a script."""

import html
import re

from latex2mathml.converter import convert

_FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.S)


def on_page_content(content: str, **_: object) -> str:
    """Replaces every formula of a page (an event of mkdocs)."""
    return _FORMULA.sub(
        lambda found: convert(html.unescape(found[3]), display="block" if found[2] == "[" else "inline"),
        content,
    )
