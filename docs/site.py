"""What the documentation needs beside Markdown: formulas as MathML, which browsers draw without a script."""

import html
import re

from latex2mathml.converter import convert

_FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.S)
_BRACKETS = re.compile(r"^- .*\]\[.*$", re.M)
_LINK_OUT = re.compile(r"\[([^\]]+)\]\(\.\./[^)]*\)")


def on_page_markdown(markdown: str, **_: object) -> str:
    """Fits a page to the site (an event of mkdocs).

    Links to files of the repository lose their target, which is not part of the site; brackets that touch in an
    equation of a list are no link.
    """
    without_links = _LINK_OUT.sub(r"\1", markdown)
    return _BRACKETS.sub(lambda line: line[0].replace("][", "]\\["), without_links)


def on_page_content(content: str, **_: object) -> str:
    """Replaces every formula of a page (an event of mkdocs)."""
    return _FORMULA.sub(
        lambda found: convert(html.unescape(found[3]), display="block" if found[2] == "[" else "inline"),
        content,
    )
