"""A browser that is found on the machine, and what it must find on a page of ours: nothing."""

import contextlib
import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
SCREENS = {
    "desktop-light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "desktop-dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone-light": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "phone-dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    "window": {"viewport": {"width": 1070, "height": 800}, "color_scheme": "light"},
}


@contextlib.contextmanager
def chromium():
    """The browser; a test that asks for it where there is none is skipped, and says why."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright comes with the extra `dev`")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed; on Debian: apt-get install chromium")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


def complaints_of_axe(page):
    """The rules of axe that the page breaks, each with the first of its elements."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe comes with the extra `dev`").Axe()
    found = axe.run(page).response["violations"]
    return [(one["id"], [node["html"][:90] for node in one["nodes"][:3]]) for one in found]


def check_on_screens(file, screens=("desktop-light", "phone-dark")):
    """Open a page offline with all that can be unfolded: it is no wider than the screen, says nothing, and breaks no rule."""
    with chromium() as browser:
        for screen in screens:
            context = browser.new_context(offline=True, **SCREENS[screen])
            page = context.new_page()
            said = []
            page.on("console", lambda message, said=said: said.append(message.text))
            page.goto(file.as_uri())
            page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), screen
            assert complaints_of_axe(page) == [], screen
            assert said == [], screen
            context.close()
