"""The page that `export --html` writes, in a real Chromium: its arithmetic and answers, and how it is used."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from paper import photograph
from PIL import Image
from playwright.sync_api import Page, expect
from small_networks import KINDS, images, network

from browser.jupyter_in_chromium import browser_page
from browser.pad_in_page import contrast, drawing
from mnist_utils import networks, plots
from mnist_utils.classifier import DigitClassifier, load_classifier
from mnist_utils.data import load_strokes
from mnist_utils.export import write_html
from mnist_utils.files import open_square
from mnist_utils.operations import operations
from mnist_utils.preprocess import strokes_to_image
from mnist_utils.widgets.answers import sentence

pytestmark = pytest.mark.slow
ALL = (
    "strokes => strokes.map(each => { const {probabilities, text} = readStrokes(each); return {probabilities, text} })"
)
COMPUTE = """([network, numbers, images]) => {
    distribute([network], Float32Array.from(numbers));
    return images.map(image => classify([network], Float32Array.from(image)));
}"""
TEXT = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"text"}
PAGES = {  # how large, in CSS pixels, and in which theme
    "phone": (375, 667, "light"),
    "phone in the dark": (375, 667, "dark"),
    "tablet": (800, 900, "light"),
    "screen": (1400, 900, "dark"),
}


@pytest.fixture(scope="module")
def browser() -> Page:
    """A page that has nothing on it; what goes wrong on it is an error of the test."""
    with browser_page() as page:
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        yield page
    assert faults == []


@pytest.fixture(scope="module")
def show(browser, tmp_path_factory) -> Callable[[str | DigitClassifier], Page]:
    """A function that opens the page of a shipped model or of a classifier."""
    folder = tmp_path_factory.mktemp("pages")

    def open_page(model: str | DigitClassifier) -> Page:
        file = folder / f"{model if isinstance(model, str) else id(model)}.html"
        if not file.exists():
            write_html(load_classifier(name=model) if isinstance(model, str) else model, file)
        browser.goto(file.as_uri())
        return browser

    return open_page


@pytest.fixture
def page(show) -> Page:
    """The page of `quick`, new, on a screen of ordinary size."""
    show("quick").set_viewport_size({"width": 1280, "height": 900})
    return show("quick")


@pytest.fixture(scope="module")
def drawings() -> list:
    """500 drawings: 200 are the course's, 200 the same, slanted and shaky, and 100 a dot far away or alone."""
    rng, ours = np.random.default_rng(0), load_strokes()[0]
    made = list(ours)
    for strokes in ours:
        slant = np.eye(2) * rng.uniform(0.5, 1.3, 2) + rng.normal(0, 0.15, (2, 2))
        made.append([(np.array(stroke) @ slant + rng.normal(0, 1, (len(stroke), 2))).tolist() for stroke in strokes])
    for number in range(50):
        alone = number < 5  # a tap is too little ink
        made.append([*([] if alone else ours[4 * number]), [rng.uniform(-100, 400, 2).tolist()]])
        turns = np.arange(rng.integers(2, 30))  # so dense that the dot falls off the image: preprocessing enlarges it
        dense = np.stack([np.linspace(0, rng.uniform(2, 80), len(turns)), turns % 2 * rng.uniform(40, 120)], axis=1)
        made.append([dense.tolist(), [[rng.uniform(100, 280), rng.uniform(0, 120)]]])
    return made


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a point of a drawing on 280x280 pixels is on the page."""
    box = page.locator("#sheet").bounding_box()
    return box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280


def draw(page: Page, strokes: list) -> None:
    """Draw with the mouse."""
    for stroke in strokes:
        page.mouse.move(*place(page, *stroke[0]))
        page.mouse.down()
        for point in stroke:
            page.mouse.move(*place(page, *point))
        page.mouse.up()


def ink(page: Page) -> int:
    """How many pixels of the sheet have ink."""
    script = """canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
        .filter((value, i) => i % 4 === 3 && value > 0).length"""
    return page.locator("#sheet").evaluate(script)


def status(page: Page):
    return expect(page.get_by_role("status"))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_layer_is_computed_as_keras_does(page, kind):
    model = network(KINDS[kind])
    found = operations(model)
    numbers = [operation[name].ravel() for operation in found for name in ("kernel", "bias") if name in operation]
    plain = [{name: value for name, value in each.items() if not isinstance(value, np.ndarray)} for each in found]
    given = [plain, np.concatenate(numbers).tolist(), images().reshape(len(images()), -1).tolist()]
    np.testing.assert_allclose(page.evaluate(COMPUTE, given), networks.probabilities(model, images()), atol=1e-5)


@pytest.mark.parametrize("name", ["quick", "mine", "best", "ensemble"])
def test_the_page_answers_as_the_pad_does(show, drawings, name):
    classifier = load_classifier(name=name)
    answers = classifier.answers(np.stack([strokes_to_image(strokes) for strokes in drawings]))
    said = show(name).evaluate(ALL, drawings)
    off = np.array([each["probabilities"] for each in said]) - [answer.probabilities for answer in answers]
    same = [each["text"] == sentence(answer, classifier.classes) for each, answer in zip(said, answers, strict=True)]
    assert len(drawings) == 500
    assert len({each["text"] for each in said}) > 20
    for refused in ("does not look like a digit", "There is too little ink"):
        assert any(refused in each["text"] for each in said)
    assert np.abs(off).max() <= 0.005
    assert sum(same) >= 499


def test_the_page_asks_for_nothing_and_can_not(show):
    page, asked = Path(show("quick").evaluate("location.pathname")).read_bytes(), []
    browser = show("quick").context.browser.new_page()
    browser.route("http://host.test/**", lambda route: route.fulfill(body=page, content_type="text/html"))
    browser.on("request", lambda request: asked.append(request.url))
    browser.goto("http://host.test/page")
    draw(browser, drawing(3))
    status(browser).to_contain_text("This is a 3 (three)")
    assert asked == ["http://host.test/page"]
    assert browser.evaluate("fetch('other').then(() => 'fetched', () => 'refused')") == "refused"
    browser.close()


def test_it_reads_while_one_draws_and_undoes_and_clears(page):
    status(page).to_have_text("Draw a digit.")
    strokes = drawing(4)
    assert len(strokes) == 2
    draw(page, strokes[:1])
    alone = page.get_by_role("status").inner_text()
    before = ink(page)
    page.mouse.move(*place(page, *strokes[1][0]))
    page.mouse.down()
    for point in strokes[1]:
        page.mouse.move(*place(page, *point))
    status(page).to_contain_text("This is a 4 (four)")  # the pen is still down
    page.mouse.up()
    assert ink(page) > before > 0
    assert page.locator(".likeliest th").inner_text() == "4"
    widths = [
        float(re.search(r"[\d.]+", width)[0])
        for width in page.eval_on_selector_all("#bars div", "bars => bars.map(bar => bar.style.width)")
    ]
    assert (len(widths), np.argmax(widths)) == (10, 4)
    page.get_by_role("button", name="Undo").click()
    status(page).to_have_text(alone)
    page.get_by_role("button", name="Clear").click()
    status(page).to_have_text("Draw a digit.")
    assert ink(page) == 0
    page.keyboard.press("Control+z")
    status(page).to_have_text(alone)


def test_what_the_network_sees_is_shown(page):
    draw(page, drawing(7))
    status(page).to_contain_text("This is a 7")
    script = "canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0)"
    seen = np.array(page.locator("#seen").evaluate(script)).reshape(28, 28)
    assert np.corrcoef(seen.ravel(), strokes_to_image(drawing(7)).ravel())[0, 1] > 0.98


@pytest.mark.parametrize("kind", ["finger", "pen"])
def test_fingers_and_pens_draw_and_a_second_finger_does_not(page, kind):
    devtools = page.context.new_cdp_session(page)
    strokes = drawing(2)
    if kind == "pen":
        for stroke in strokes:
            for number, point in enumerate([*stroke, stroke[-1]]):
                x, y = place(page, *point)
                kinds = {0: "mousePressed", len(stroke): "mouseReleased"}
                event = {"type": kinds.get(number, "mouseMoved"), "x": x, "y": y, "button": "left", "buttons": 1}
                devtools.send("Input.dispatchMouseEvent", event | {"pointerType": "pen", "clickCount": 1})
    else:
        devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5})
        for stroke in strokes:
            for number, point in enumerate(stroke):
                (x, y), (other_x, other_y) = place(page, *point), place(page, 270, 270 - number % 5)
                fingers = [{"id": 1, "x": x, "y": y}, {"id": 2, "x": other_x, "y": other_y}][: number + 1]
                kind = "touchStart" if number < 2 else "touchMove"
                devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
            devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    status(page).to_contain_text("This is a 2 (two)")
    assert page.evaluate("now().strokes.length") == len(strokes)


def test_a_digit_can_be_drawn_with_the_keyboard_alone(page):
    page.keyboard.press("Tab")
    expect(page.locator("#sheet")).to_be_focused()
    for key, times in (("ArrowUp", 9), (" ", 1), ("ArrowDown", 18), (" ", 1)):
        for _ in range(times):
            page.keyboard.press(key)
    status(page).to_contain_text("This is a 1 (one)")
    expect(page.locator("#hint")).to_have_text("The pen is up.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    status(page).to_have_text("Draw a digit.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#file")).to_be_focused()


def test_two_arrow_keys_at_once_draw_a_slanted_line(page):
    page.locator("#sheet").focus()
    page.keyboard.press(" ")
    page.keyboard.down("ArrowDown")
    page.keyboard.down("ArrowRight")
    assert page.evaluate("now().strokes[0].map(point => point.map(value => Math.round(28 * value)))") == [
        [14, 14],
        [14, 15],
        [15, 16],
    ]


def picture(image: Image.Image, name: str) -> dict:
    file = io.BytesIO()
    image.save(file, format="png")
    return {"name": name, "mimeType": "image/png", "buffer": file.getvalue()}


def test_photos_are_read_and_make_way_for_drawing(page):
    rng = np.random.default_rng(0)
    for digit in (7, 0, 5):
        page.set_input_files("#file", picture(photograph(drawing(digit), 1, rng), f"{digit}.png"))
        status(page).to_contain_text(f"Read from {digit}.png.")
        status(page).to_contain_text(f"This is a {digit} ")
    page.get_by_role("button", name="Undo").click()
    status(page).to_contain_text("Read from 0.png.")
    draw(page, drawing(3))
    status(page).to_contain_text("This is a 3 (three)")


def test_a_tap_that_slips_is_no_digit(page):
    draw(page, [[(140, 140), (141, 140), (141, 141)]])
    status(page).to_have_text("There is too little ink for a digit.")
    draw(page, [[(140, 100), (141, 140), (140, 180)]])
    status(page).to_contain_text("This is a 1")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (TEXT, "a.txt is no picture that this browser can read."),
        (picture(Image.new("L", (90, 90), 200), "grey.png"), "there is no ink on grey.png."),
        (picture(Image.new("L", (90, 5), 200), "a.png"), "a.png must be at least 8 pixels high and wide, not 5 x 90."),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_lost(page, file, said):
    draw(page, drawing(3))
    page.set_input_files("#file", file)
    status(page).to_have_text(f"Not read: {said}")
    assert page.evaluate("now().strokes.length") > 0


@pytest.mark.parametrize("size", PAGES)
def test_the_page_fits_and_can_be_read_in_both_themes(page, size):
    width, height, theme = PAGES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme)
    draw(page, drawing(8))
    status(page).to_contain_text("This is an 8 (eight)")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for locator in ("#answer", "#keys", "#undo", "label", "figcaption", "#sheet"):
        assert contrast(page.locator(locator)) >= 4.5, locator
    for button in page.locator("#buttons > *").all():
        assert button.bounding_box()["height"] >= 44  # for fingers
    last = page.locator("#bars tr").last.bounding_box()
    assert last["y"] + last["height"] <= height  # all bars are seen beside the sheet, or below it
    page.emulate_media(color_scheme="light")


def test_of_twelve_classes_the_ten_likeliest_are_shown_by_name(show):
    names = ["a name that is far too long to be shown", "<b>&amp;</script>", *"abcdefghij"]
    ink = {"side": 25, "centre": [13.5, 12], "by": "box"}
    metrics = {"classes": names, "preprocess": "turned", "ink": ink}
    classifier = DigitClassifier(networks.build("quick", 12), metrics=metrics)
    page = show(classifier)
    page.set_viewport_size({"width": 375, "height": 667})
    status(page).to_have_text("Draw something.")
    headings = page.get_by_role("table", name="The 10 likeliest of 12 classes").get_by_role("rowheader")
    assert headings.all_inner_texts() == names[:10]  # nothing is drawn, all are as likely
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    draw(page, drawing(3))
    expected = classifier.strokes_to_image(page.evaluate("now().strokes"))  # as large and where its images have ink
    placed = page.evaluate("Array.from(strokesToImage(now().strokes, settings.ink))")
    np.testing.assert_allclose(np.reshape(placed, (28, 28)), expected, atol=1e-3)
    answer = classifier.read(expected)
    status(page).to_have_text(sentence(answer, names))
    likeliest = plots.shown_first(answer.probabilities)
    expect(headings).to_have_text([names[number] for number in likeliest])
    assert list(likeliest) != list(range(10))  # else the order would tell nothing
    shares = page.locator("#bars td:last-child").all_inner_texts()
    assert shares == [f"{100 * answer.probabilities[number]:.1f}%" for number in likeliest]
    page.locator("#clear").click()
    draw(page, [[(140, 140)]])  # too little for a digit, but these are none
    dot = classifier.read(classifier.strokes_to_image(page.evaluate("now().strokes")))
    assert np.ptp(dot.probabilities) > 0
    status(page).to_have_text(sentence(dot, names))
    wide = np.pad(255 - 255 * images()[1], [(0, 0), (28, 28)], constant_values=200)  # it gets margins at top and bottom
    seen = page.evaluate(
        "([grey, width]) => Array.from(asItIs(Float32Array.from(grey), width))", [wide.ravel().tolist(), 84]
    )
    square = open_square(wide.astype(np.float32) / 255, "wide", 28)[0]
    np.testing.assert_allclose(np.reshape(seen, (28, 28)) / 255, square, atol=0.01)
    file = picture(Image.fromarray((255 - 255 * images()[1]).astype(np.uint8)), "dark.png")
    page.set_input_files("#file", file)
    status(page).to_have_text(f"{sentence(classifier.read_photo(file['buffer']), names)} Read from dark.png.")
