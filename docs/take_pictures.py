"""Takes the pictures of the guides from the running demo: run by script/pictures."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from lep_tracker.data_directory import data_directory
from lep_tracker.settings import SITE_ADDRESS

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
BEGGARS_LANE = "990001"
WIDTH, HEIGHT = 1280, 860


def signed_in(browser: Browser, email: str, scheme: str = "light") -> Page:
    """Somebody of the demo, at a browser; the passwords are those of this installation."""
    kept = json.loads((data_directory() / "demo-sign-ins.json").read_text(encoding="utf-8"))
    page = browser.new_page(
        viewport={"width": WIDTH, "height": HEIGHT},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="en-GB",
        service_workers="block",
    )
    page.goto(f"{SITE_ADDRESS}/account/sign-in/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(kept[email]["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile("^(?!.*sign-in).*$"))
    return page


def last_year(page: Page) -> str:
    """The year before the running one, as it stands in addresses: its three terms are entered."""
    page.goto(f"{SITE_ADDRESS}/schools/{BEGGARS_LANE}/")
    running = re.search(r"/(\d{4})-\d{2}/", page.url)
    if running is None:
        sys.exit("The demo partnership is not there: start script/server first.")
    year = int(running[1]) - 1
    return f"{SITE_ADDRESS}/schools/{BEGGARS_LANE}/{year}-{(year + 1) % 100:02}/"


def keep(page: Page, name: str) -> None:
    page.evaluate("document.fonts.ready")
    # What htmx has asked for is there, and no longer fading in.
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")
    print(f"docs/pictures/{name}.png")


def open_sheet(page: Page, year: str, class_name: str) -> None:
    page.goto(f"{year}marksheets/?term=summer")
    page.get_by_role("row", name=class_name).get_by_role("link", name="Reading").click()
    page.locator("#grid[role=grid]").wait_for()


def running_year(last: str) -> str:
    """The address of the running year, from that of the year before."""
    found = re.search(r"/(\d{4})-\d{2}/$", last)
    year = int(found[1]) + 1 if found else sys.exit("There is no year in the address.")
    return re.sub(r"\d{4}-\d{2}/$", f"{year}-{(year + 1) % 100:02}/", last)


# As a spreadsheet puts cells onto the clipboard.
PASTE = """(text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.activeElement.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def lay_out(page: Page) -> None:
    """A new marksheet with a judgement of last Summer beside the term in view; nothing is saved."""
    page.get_by_label("Name", exact=True).fill("Reading week")
    page.get_by_label("Year 4").check()
    page.get_by_label("Another column").select_option("Judgement")
    page.get_by_role("button", name="Add column").click()
    page.locator("#id_c2-term").select_option("Summer")
    page.locator("#id_c2-year").select_option("Last year")
    page.locator("#layout-preview thead th", has_text="Summer").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate("window.scrollTo(0, 0)")


def take(browser: Browser) -> None:
    """Every picture, in the order of the guides."""
    leader = signed_in(browser, "assessment-leader@demo.test")
    year = last_year(leader)
    leader.goto(f"{year}marksheets/?term=summer")
    keep(leader, "marksheets")
    open_sheet(leader, year, "4A")
    cell = leader.locator("#grid tbody tr").nth(4).locator("td.is-focus")
    cell.click()
    cell.press("F2")
    keep(leader, "marksheet")
    leader.keyboard.press("Escape")
    leader.keyboard.press("?")
    leader.get_by_role("dialog").wait_for()
    keep(leader, "why")
    leader.keyboard.press("Escape")
    leader.keyboard.press("h")
    leader.get_by_role("dialog").wait_for()
    keep(leader, "history")
    leader.goto(f"{year}marksheets/layouts/new/")
    lay_out(leader)
    keep(leader, "layout")
    running = running_year(year)
    leader.goto(f"{running}marksheets/board/?term=autumn")
    keep(leader, "board")
    leader.goto(f"{running}marksheets/?term=autumn")
    leader.get_by_role("row", name="4A").get_by_role("link", name="Reading").click()
    leader.locator("#grid[role=grid]").wait_for()
    leader.goto(leader.url.replace("/reading/", "/all/"))
    leader.locator("#grid[role=grid]").wait_for()
    keep(leader, "all-subjects")
    cell = leader.locator("#grid [tabindex='0']")
    cell.focus()
    leader.evaluate(PASTE, "44\t46\n4d2\tabsent\n47\t4z\n45\t45\n")
    leader.locator("#paste-summary").wait_for()
    keep(leader, "paste")
    head = signed_in(browser, "head@demo.test")
    for name, path in (
        ("dashboard", "dashboard/?term=summer"),
        ("year-group", "dashboard/year-groups/4/?term=summer"),
    ):
        head.goto(year + path)
        keep(head, name)
    dark = signed_in(browser, "head@demo.test", "dark")
    dark.goto(f"{year}dashboard/?term=summer")
    keep(dark, "dashboard-dark")
    pack(head, f"{year}reports/governors/pdf/?term=summer")


def pack(page: Page, address: str) -> None:
    """The pack's first page, as it is printed."""
    content = page.request.get(address).body()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pack.pdf"
        path.write_bytes(content)
        program = shutil.which("pdftoppm") or sys.exit("pdftoppm (poppler-utils) draws the pack's page.")
        subprocess.run(
            [
                program,
                "-png",
                "-r",
                "80",
                "-f",
                "1",
                "-l",
                "1",
                "-singlefile",
                str(path),
                str(PICTURES / "pack"),
            ],
            check=True,
        )
    print("docs/pictures/pack.png")


def main() -> None:
    """Drive the Chromium that script/setup found or installed."""
    PICTURES.mkdir(exist_ok=True)
    found = (
        shutil.which(name)
        for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, found), None), args=["--no-sandbox", "--disable-gpu"]
        )
        take(browser)
        browser.close()


if __name__ == "__main__":
    main()
