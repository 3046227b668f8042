"""Does axe-core find faults in the web edition? python tests/accessibility.py AXE.min.js [BUILD]

AXE.min.js comes with: npm install axe-core. BUILD is docs/_build/html, or another folder of pages. Each page is looked
at in Chromium, light and dark, on a screen and on a phone. Ends with 1 if there is a serious fault.
"""

import sys
from pathlib import Path

from browser.jupyter_in_chromium import browser_page

SERIOUS = ("serious", "critical")
SIZES = {"screen": (1200, 900), "phone": (375, 667)}
RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"


def faults(axe: str, pages: list[Path]) -> list[tuple[str, bool]]:
    """Say of each fault where it is and what, and whether it is serious."""
    found = []
    with browser_page() as page:
        page.context.add_init_script(axe)
        for file in pages:
            page.goto(file.as_uri())
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                for size, (width, height) in SIZES.items():
                    page.set_viewport_size({"width": width, "height": height})
                    page.wait_for_timeout(200)  # until the page has heard of its new size
                    for each in page.evaluate(RUN):
                        where = f"{file.name}, {theme}, {size}: {each['help']} ({each['impact']})"
                        place = each["nodes"][0]["html"][:100]
                        found.append((f"{where}: {len(each['nodes'])}, such as {place}", each["impact"] in SERIOUS))
    return found


def main() -> int:
    """Look at all pages, and print what is found."""
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    build = Path(sys.argv[2]) if len(sys.argv) == 3 else Path(__file__).parents[1] / "docs" / "_build" / "html"
    pages = sorted(build.resolve().rglob("*.html"))
    found = faults(Path(sys.argv[1]).read_text(encoding="utf-8"), pages)
    for said, _ in found:
        print(said)
    print(f"{len(pages)} pages, {len(found)} faults, {sum(serious for _, serious in found)} of them serious")
    return int(not pages or any(serious for _, serious in found))


if __name__ == "__main__":
    sys.exit(main())
