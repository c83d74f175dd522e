"""What the documentation needs beside Markdown: formulas as MathML, and the frames and figures of the theory pages."""

import html
import re
import tempfile
from pathlib import Path

from latex2mathml.converter import convert
from mkdocs.structure.files import File

from dendrion.theory import models
from dendrion.theory.document import draw, framed

_FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.S)
_LINK_OUT = re.compile(r"\[([^\]]+)\]\(\.\./[^)]*\)")
_MODEL_CODE = re.compile(r"\(theory/(\w+)\.md\)(.*)\[(\w+\.py)\]\(\.\./src/[^)]*\)")


def on_files(files, config, **_):
    """Draws the regime map of every theory model into the site (an event of mkdocs)."""
    with tempfile.TemporaryDirectory() as folder:
        for name in models():
            content = draw(name, Path(folder) / f"{name}.png").read_bytes()
            files.append(File.generated(config, f"theory/figures/{name}.png", content=content))
    return files


def on_page_markdown(markdown: str, page, **_: object) -> str:
    """Fits a page to the site (an event of mkdocs).

    A theory model's physics gets its frame. Rows of the theory tables lead to the code on the model's page; other
    links to files of the repository lose their target, which is not part of the site.
    """
    where = Path(page.file.src_uri)
    if where.parent.name == "theory":
        markdown = framed(where.stem, markdown)
    markdown = _MODEL_CODE.sub(r"(theory/\1.md)\2[\3](theory/\1.md#code)", markdown)
    return _LINK_OUT.sub(r"\1", markdown)


def on_page_content(content: str, **_: object) -> str:
    """Replaces every formula of a page (an event of mkdocs)."""
    return _FORMULA.sub(
        lambda found: convert(html.unescape(found[3]), display="block" if found[2] == "[" else "inline"),
        content,
    )
