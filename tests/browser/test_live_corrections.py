"""The form beside a receipt: what it sends, how it says what is wrong; and receipts are text."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Locator, Page, expect

from helpers.in_browser import broken_rules
from helpers.pressed import Pressed
from lab.run.live.desk import Ask, Correctable, DeskError, Noted
from lab.run.live.hub import Hub
from lab.run.live.receipts import Details
from lab.run.live.record import RUN, load
from lab.run.live.server import serving

SCRIPT = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
LAST = load(RUN).frames[-1]


class Office:
    """A desk that notes what it is asked; the agent `writes` when it is told to."""

    def __init__(self) -> None:
        self.asked: list[Ask] = []
        self.noted: tuple[Noted, ...] = ()

    def look(self, number: int) -> Correctable:
        del number
        fields = {"merchant": SCRIPT, "total": "12.50", "currency": "EUR", "date": "2027-01-30"}
        for one in self.noted:
            fields |= {name: value or "" for name, value in one.new.items()}
        return Correctable(fields=fields, noted=self.noted)

    def correct(self, number: int, ask: Ask) -> None:
        del number
        self.asked.append(ask)
        if ask.values.get("total") == "twelve":
            raise DeskError("total: Invalid decimal string")
        one = Noted(
            number=1,
            by=ask.by,
            old={"merchant": SCRIPT},
            new={"merchant": ask.values["merchant"]},
            row=None,
        )
        self.noted = (one,)

    def truth(self) -> bytes:
        return b"zip"

    def writes(self) -> None:
        row = {
            "correction_id": "b-00003-001",
            "old": {"merchant": SCRIPT},
            "new": {"merchant": f"{SCRIPT} & Sons"},
            "corrected_by": SCRIPT,
            "stored_at": "2027-01-31 12:00:00+00",
        }
        self.noted = tuple(replace(one, row=row) for one in self.noted)


def details(number: int) -> Details:
    row = {"merchant": SCRIPT, "total": "12.50", "confidence": {"merchant": 0.4}}
    doubted = ("merchant",) if number == 3 else ()
    return Details(number=number, name="a.jpg", row=row, look_at=doubted)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def page(browser: Browser, office: Office) -> Iterator[Page]:
    hub, noise = Hub(), []
    hub.publish(LAST)
    with serving(hub, Pressed(), details, office) as address:
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.goto(address)
        yield page
        assert page.title() == "Receipts, live"
        page.context.close()
    assert noise == []


def opened(page: Page, number: int = 3) -> Locator:
    page.get_by_role("button", name=f"receipt {number}: ").click()
    return page.get_by_role("region", name="Corrections")


def test_a_receipt_in_doubt_is_corrected_and_followed_to_its_row(page: Page, office: Office):
    panel = opened(page)
    merchant = panel.get_by_label("Merchant (in doubt)")
    expect(merchant).to_have_value(SCRIPT)
    expect(panel.get_by_label("Date")).to_have_value("2027-01-30")
    merchant.fill(f"{SCRIPT} & Sons")
    panel.get_by_label("Your name").fill(SCRIPT)
    panel.get_by_role("button", name="Send the correction").click()
    expect(panel).to_contain_text(f"Corrected by {SCRIPT}, waiting for the agent")
    assert office.asked == [Ask(by=SCRIPT, values={"merchant": f"{SCRIPT} & Sons"})]
    expect(panel.locator(".rl-noted")).to_be_focused()
    office.writes()
    expect(panel.get_by_role("row", name="correction_id")).to_contain_text("b-00003-001")
    expect(panel.get_by_role("row", name="old → new")).to_contain_text(f"→ {SCRIPT} & Sons")
    expect(panel.get_by_role("row", name="corrected by")).to_contain_text(SCRIPT)
    assert page.locator("img[src=x], dialog script").count() == 0
    with page.expect_download() as download:
        panel.get_by_role("link", name="labelled receipts").click()
    assert download.value.suggested_filename == "corrected.zip"


def test_what_is_wrong_is_said_at_its_field_and_by_keyboard_it_is_sent_all_the_same(
    page: Page, office: Office
):
    panel = opened(page)
    panel.get_by_label("Total").fill("twelve")
    panel.get_by_label("Your name").fill("Ada")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("alert")).to_have_text("total: Invalid decimal string")
    expect(panel.get_by_label("Total")).to_be_focused()
    expect(panel.get_by_label("Total")).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Control+A")
    page.keyboard.type("12.50")
    panel.get_by_label("Merchant").focus()
    page.keyboard.press("End")
    page.keyboard.type("!")
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("Corrected by Ada, waiting")
    assert office.asked[-1] == Ask(by="Ada", values={"merchant": f"{SCRIPT}!"})


def test_what_did_not_change_is_not_sent(page: Page, office: Office):
    panel = opened(page)
    panel.get_by_role("button", name="Send the correction").click()
    expect(panel.get_by_role("alert")).to_have_text("Nothing differs from what stands there.")
    assert office.asked == []


def test_of_a_receipt_without_doubt_the_form_is_folded(page: Page):
    panel = opened(page, 4)
    expect(panel.get_by_label("Merchant")).to_be_hidden()
    panel.get_by_text("Correct it").press("Enter")
    expect(panel.get_by_label("Merchant")).to_have_value(SCRIPT)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_form_breaks_no_rule_of_accessibility_and_fits_a_phone(page: Page, mode: str):
    page.emulate_media(color_scheme=mode)  # type: ignore[arg-type]
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 800})
        panel = opened(page)
        panel.get_by_role("button", name="Send the correction").click()
        expect(panel.get_by_role("alert")).not_to_be_empty()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.querySelector('dialog').scrollWidth") <= width
        assert broken_rules(page) == []
        page.keyboard.press("Escape")
    panel = opened(page)
    panel.get_by_label("Merchant").fill("Corner Shop")
    panel.get_by_label("Your name").fill("Ada")
    panel.get_by_role("button", name="Send the correction").click()
    expect(panel).to_contain_text("waiting for the agent")
    assert broken_rules(page) == []
