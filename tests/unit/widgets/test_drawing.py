"""A drawing grows by strokes; what changed it can be undone, done again, and forgotten."""

import pytest
from unit.widgets.pad_by_hand import buttons, draw, seen, send, words

from mnist_utils.widgets.drawing import Drawing, distance

UPRIGHT, LEVEL = [(50.0, 0.0), (50.0, 100.0)], [(0.0, 20.0), (100.0, 20.0)]


@pytest.fixture
def drawing() -> Drawing:
    return Drawing([UPRIGHT, LEVEL])


def test_given_strokes_are_undone_one_by_one_and_done_again(drawing):
    drawing.undo()
    assert drawing.strokes == [UPRIGHT]
    drawing.undo()
    drawing.undo()  # there is nothing before nothing
    assert drawing.strokes == []
    for _ in range(3):
        drawing.redo()
    assert drawing.strokes == [UPRIGHT, LEVEL]


def test_a_new_stroke_takes_the_place_of_what_was_undone(drawing):
    drawing.undo()
    drawing.begin(1, 2)
    drawing.redo()
    assert drawing.strokes == [UPRIGHT, [(1, 2)]]


def test_a_stroke_goes_on_at_other_places_only(drawing):
    drawing.begin(1, 2)
    assert [drawing.go_on(1, 2), drawing.go_on(4, 6), drawing.go_on(4, 6)] == [False, True, False]
    assert drawing.strokes[-1] == [(1, 2), (4, 6)]


def test_a_tap_that_slips_is_a_dot_and_what_goes_on_behind_it_is_a_line(drawing):
    drawing.begin(10, 10)
    assert [drawing.go_on(11, 10), drawing.go_on(12, 12)] == [False, False]
    assert drawing.strokes[-1] == [(10, 10)]
    assert [drawing.go_on(13, 13), drawing.go_on(14, 13)] == [True, True]
    assert drawing.strokes[-1] == [(10, 10), (13, 13), (14, 13)]


def test_the_eraser_takes_whole_strokes_that_it_reaches_and_undo_brings_them_back(drawing):
    assert not drawing.erase(80, 60, reach=29)
    assert drawing.erase(80, 60, reach=31)  # 30 from the upright one, 40 from the level one
    assert drawing.strokes == [LEVEL]
    drawing.undo()
    assert drawing.strokes == [UPRIGHT, LEVEL]


def test_clear_can_be_undone_and_an_empty_drawing_has_nothing_to_clear(drawing):
    drawing.clear()
    drawing.clear()
    assert drawing.strokes == []
    drawing.undo()
    assert drawing.strokes == [UPRIGHT, LEVEL]


@pytest.mark.parametrize(
    ("stroke", "place", "far"),
    [([(3, 4)], (0, 0), 5), (UPRIGHT, (60, 50), 10), (UPRIGHT, (50, 130), 30), ([(1, 1), (1, 1)], (1, 3), 2)],
    ids=["dot", "beside", "beyond the end", "no length"],
)
def test_distance_from_a_stroke(stroke, place, far):
    assert distance(stroke, *place) == pytest.approx(far)


def test_redo_on_the_pad_brings_a_stroke_and_its_answer_back(pad):
    draw(pad, (20, 40), (60, 80))
    said, image = words(pad), pad.image
    buttons(pad)["Undo"].click()
    assert words(pad) == "Draw a digit."
    buttons(pad)["Redo"].click()
    assert (pad.strokes, words(pad)) == ([[(10, 20), (30, 40)]], said)
    assert (pad.image == image).all()
    pad.redo()
    assert pad.strokes == [[(10, 20), (30, 40)]]


def test_clear_on_the_pad_is_undone(pad):
    draw(pad, (20, 40), (60, 80))
    pad.clear()
    pad.undo()
    assert pad.strokes == [[(10, 20), (30, 40)]]


def test_the_eraser_on_the_pad_takes_strokes_it_is_drawn_over_and_reads_what_is_left(pad, messages):
    draw(pad, (20, 40), (20, 400))
    draw(pad, (300, 40), (300, 400))
    image = pad.image
    pad._eraser.value = True
    messages.clear()
    send(pad, "mouse_down", (160, 200))
    send(pad, "mouse_move", (280, 200))
    assert [name for name, _ in messages if name.startswith(("fill", "stroke"))] == ["fillRect", "strokeLines"]
    send(pad, "mouse_up", (280, 200))
    assert pad.strokes == [[(10, 20), (10, 200)]]
    assert (pad.image != image).any()
    assert (seen(pad) == (pad.image * 255).astype("uint8")).all()
    pad._eraser.value = False
    draw(pad, (100, 100))
    assert len(pad.strokes) == 2


def test_the_eraser_leaves_the_rest_of_a_sample(pad):
    pad.strokes = [[(10, 20), (10, 200)], [(200, 20), (200, 200)]]
    pad._eraser.value = True
    draw(pad, (20, 100))
    assert pad.strokes == [[(200, 20), (200, 200)]]
