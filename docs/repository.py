"""Where the course's repository is, and what opens a notebook of it on a machine elsewhere."""

import os
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
GITHUB = re.compile(r"https://github\.com/([\w.-]+)/([\w.-]+)")
COLAB = "colab"  # the branch whose notebooks get the course themselves; the workflow that publishes the pages makes it


def address(root: Path = ROOT) -> str:
    """The address that pyproject.toml names, or that of the workflow on GitHub that asks; "" where there is neither."""
    urls = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"].get("urls", {})
    running = os.environ.get("GITHUB_REPOSITORY")
    return urls.get("Repository", f"https://github.com/{running}" if running else "")


def pages(repository: str) -> str:
    """Where GitHub Pages shows the web edition, if the repository is on GitHub, or ""."""
    found = GITHUB.fullmatch(repository)
    return f"https://{found[1].lower()}.github.io/{found[2]}/" if found else ""


def ways_in(notebook: str, repository: str) -> str:
    """Links that open a notebook of this file name in Binder and in Colab, if the repository is on GitHub, or ""."""
    found = GITHUB.fullmatch(repository)
    if not found:
        return ""
    binder = f"https://mybinder.org/v2/gh/{found[1]}/{found[2]}/HEAD?urlpath=lab/tree/notebooks/{notebook}"
    colab = f"https://colab.research.google.com/github/{found[1]}/{found[2]}/blob/{COLAB}/notebooks/{notebook}"
    return f"**Run it** without installing anything: [in Binder]({binder}) or [in Colab]({colab}).\n\n"
