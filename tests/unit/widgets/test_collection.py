"""A collection asks for each digit, saves what is drawn at once, and goes on where it was stopped."""

from collections import Counter

import ipywidgets
import pytest
from unit.widgets.pad_by_hand import draw

from mnist_utils.data import load_strokes
from mnist_utils.widgets.collection import Collection


@pytest.fixture
def path(tmp_path):
    return tmp_path / "runs" / "my_digits.json"


@pytest.fixture
def collection(pad, path) -> Collection:
    collection = pad.collect(2, path)
    collection.running = True
    return collection


def press(collection: Collection, name: str) -> None:
    """Press a button; a page lets nobody press a disabled one."""
    button = next(button for button in collection.buttons.values() if button.description == name)
    assert not button.disabled
    button.click()


def words(collection: Collection) -> str:
    """What a screen reader would say."""
    (status,) = [part.value for part in collection.children if isinstance(part, ipywidgets.HTML)]
    assert 'role="status"' in status
    return status.split(">", 1)[1].rsplit("<", 1)[0]


def draw_one(collection: Collection) -> int:
    """Draw what is asked for, and save it; gives the digit."""
    digit = collection.missing[0]
    assert words(collection).endswith(f"Draw a {digit}. {20 - len(collection.missing)} of 20 drawn.")
    draw(collection._pad, (20, 40), (60, 80 + digit))
    press(collection, "Save")
    return digit


def test_each_digit_is_asked_for_and_saved_with_its_label(collection, path):
    asked = [draw_one(collection) for _ in range(20)]
    assert Counter(asked) == dict.fromkeys(range(10), 2)
    drawings, labels = load_strokes(path)
    assert labels.tolist() == asked
    assert drawings == [[[[10, 20], [30, 40 + digit / 2]]] for digit in asked]
    assert words(collection) == "All 20 are drawn. Thank you."
    assert collection.buttons["Save"].disabled
    assert collection.buttons["Start"].disabled


def test_the_order_is_mixed_and_a_round_has_each_digit_once(collection):
    first, second = collection.missing[:10], collection.missing[10:]
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != sorted(first) != second != first


def test_a_drawing_is_in_the_file_as_soon_as_it_is_saved_and_the_sheet_is_empty(collection, pad, path):
    draw_one(collection)
    assert len(load_strokes(path)[0]) == 1
    assert pad.strokes == []
    press(collection, "Undo")  # does not bring the saved one back, under another label
    assert pad.strokes == []


def test_it_is_stopped_and_goes_on_with_what_is_missing(collection, path):
    drawn = [draw_one(collection) for _ in range(3)]
    expected = collection.missing
    press(collection, "Stop")
    assert words(collection) == "3 of 20 drawn. Press Go on."
    assert collection.buttons["Save"].disabled
    press(collection, "Go on")
    drawn.append(draw_one(collection))
    assert drawn[3] == expected[0]


def test_another_day_it_resumes_and_may_ask_for_more(collection, pad, path):
    drawn = [draw_one(collection) for _ in range(4)]
    again = pad.collect(2, path)
    assert not again.running
    assert words(again) == "4 of 20 drawn. Press Go on."
    assert again.missing == collection.missing
    assert Counter(pad.collect(3, path).missing) == Counter(again.missing) + Counter(range(10))
    assert Counter(drawn + again.missing) == dict.fromkeys(range(10), 2)


def test_a_wrong_drawing_is_taken_back_and_asked_for_again(collection, path):
    first, second = draw_one(collection), draw_one(collection)
    press(collection, "Take back")
    assert words(collection) == f"The last {second} has been taken back. Draw a {second}. 1 of 20 drawn."
    assert load_strokes(path)[1].tolist() == [first]
    press(collection, "Take back")
    assert not path.exists()
    assert collection.missing[:2] == [first, second]
    assert collection.buttons["Take back"].disabled


def test_nothing_is_saved_without_a_drawing_by_hand(collection, pad, path):
    asked = collection.missing[0]
    for strokes in ([], [[(10, 20), (30, 40)]]):  # an empty sheet, and a sample
        pad.strokes = strokes
        press(collection, "Save")
        assert words(collection).startswith(f"There is no drawing of yours on the sheet. Draw a {asked}")
        assert not path.exists()


def test_what_was_on_the_pad_goes_away_at_the_start(pad, path):
    draw(pad, (20, 40), (60, 80))
    collection = pad.collect(1, path)
    assert words(collection) == "0 of 10 drawn. Press Start."
    assert len(pad.strokes) == 1
    press(collection, "Start")
    assert pad.strokes == []


def test_the_sheet_is_there_while_it_asks(collection, pad):
    assert pad._sheet in collection.children
    press(collection, "Stop")
    assert pad._sheet not in collection.children


def test_what_the_network_says_is_not_shown(collection, pad):
    draw(pad, (20, 40), (60, 80))
    assert pad not in collection.children
    assert "This is" not in words(collection)


def test_a_file_that_can_not_be_written_is_said(collection, pad, path):
    path.parent.write_text("not a folder", encoding="utf-8")
    draw(pad, (20, 40), (60, 80))
    press(collection, "Save")
    assert words(collection).startswith("Something went wrong: ")
    assert len(pad.strokes) == 1  # the drawing is not lost


def test_load_gives_the_persons_own_drawings(collection, capsys):
    for _ in range(10):
        draw_one(collection)
    drawings, labels = collection.load()
    assert len(drawings) == len(labels) == 10
    assert capsys.readouterr().out == "These are your own drawings, 10 of them.\n"


@pytest.mark.parametrize(("count", "said"), [(0, "no"), (9, "only 9")])
def test_load_gives_the_courses_drawings_where_there_are_too_few(collection, capsys, count, said):
    for _ in range(count):
        draw_one(collection)
    assert len(collection.load()[0]) == 200
    assert capsys.readouterr().out.startswith(f"You have drawn {said} digits here yet: the course's 200 drawings")


def test_without_a_path_it_is_among_the_runs(pad, monkeypatch, tmp_path):
    monkeypatch.delenv("MNIST_RUNS", raising=False)
    assert pad.collect().path.as_posix() == "runs/my_digits.json"
    monkeypatch.setenv("MNIST_RUNS", str(tmp_path))
    assert pad.collect().path == tmp_path / "my_digits.json"


@pytest.mark.parametrize("times", [0, 101, 2.5, "many"])
def test_times_must_be_a_small_whole_number(pad, times):
    with pytest.raises(ValueError, match="times must be a whole number from 1 to 100"):
        pad.collect(times)


def test_it_says_what_it_is_to_a_reader_without_a_kernel(pad, path):
    assert repr(pad.collect(3, path)) == "Collection: 0 of 30 drawn. Press Start."
