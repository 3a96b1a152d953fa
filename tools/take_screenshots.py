"""Takes the web page's screenshots for the docs from a running demo: ``python -m tools.take_screenshots``.

``make demo KEEP=1`` first. Needs Debian's chromium.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from local.demo.surroundings import Site
from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
# Name of the image: path or the number whose document is shown, size, scheme.
SHOTS = {
    "console-documents": ("/", DESKTOP, "light"),
    "console-document": ("GL-7001", DESKTOP, "light"),
    "console-failed": ("VE-501", DESKTOP, "light"),
    "console-dark": ("MV-88014", DESKTOP, "dark"),
    "console-overview": ("/overview", DESKTOP, "light"),
    "console-matching": ("/matching", DESKTOP, "light"),
    "console-partner": ("/partner?id=great-lakes-tools", DESKTOP, "light"),
    "console-phone": ("/", PHONE, "light"),
    "console-phone-document": ("VE-501", PHONE, "dark"),
}


def main() -> None:
    """Take all."""
    chromium = shutil.which("chromium")
    if not chromium:
        sys.exit("There is no chromium: apt-get install chromium")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, shot in SHOTS.items():
            _take(browser, name, *shot)
        browser.close()


def _take(browser: Browser, name: str, shown: str, size: dict[str, int], scheme: str) -> None:
    context = browser.new_context(
        base_url=Site.from_environment().console,
        viewport=size,  # type: ignore[arg-type] # a plain dict is one
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(shown if shown.startswith("/") else f"/?number={shown}")
    if not shown.startswith("/"):
        page.locator("#results tbody a").first.click()
        page.locator(".timeline").wait_for()
    page.screenshot(path=IMAGES / f"{name}.png")
    context.close()


if __name__ == "__main__":
    main()
