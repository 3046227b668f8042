"""Which finger draws is told from the lists of places that a browser sends: no widget is needed."""

import pytest

from mnist_utils.widgets.touch import DrawingFinger

SIDE = 560
MARGIN = (-80, 300)  # beside the canvas


@pytest.fixture
def finger() -> DrawingFinger:
    return DrawingFinger(SIDE)


def test_a_single_finger_draws_from_where_it_is_put_to_where_it_is_lifted(finger):
    assert finger.move([(20, 40)]) is None  # not put down yet
    assert finger.down([(20, 40)]) == (20, 40)
    assert finger.move([(60, 80)]) == (60, 80)
    assert finger.up([])
    assert not finger.draws
    assert finger.move([(90, 90)]) is None


def test_a_second_finger_does_not_draw_and_its_end_ends_nothing(finger):
    finger.down([(20, 40)])
    assert finger.down([(20, 40), (400, 400)]) is None
    assert finger.move([(60, 80), (410, 410)]) == (60, 80)
    assert not finger.up([(60, 80)])
    assert finger.move([(100, 80)]) == (100, 80)


def test_the_finger_that_remains_does_not_go_on_with_the_line(finger):
    finger.down([(20, 40)])
    finger.down([(20, 40), (400, 400)])
    assert finger.up([(400, 400)])
    assert finger.move([(410, 410)]) is None


def test_the_end_of_a_resting_finger_is_no_end_of_a_line(finger):
    finger.down([(20, 40)])
    finger.up([])
    assert not finger.up([])


@pytest.mark.parametrize("order", [1, -1])
def test_a_finger_put_down_beside_a_resting_one_starts_at_its_own_place(finger, order):
    finger.down([(20, 40)])
    finger.down([(20, 40), (400, 400)])
    finger.up([(400, 400)])
    assert finger.down([(400, 400), (100, 100)][::order]) == (100, 100)
    assert finger.move([(400, 400), (140, 100)][::order]) == (140, 100)
    assert finger.up([(400, 400)])


def test_a_thumb_on_the_margin_of_the_page_does_not_draw(finger):
    assert finger.down([MARGIN, (100, 100)]) == (100, 100)
    assert finger.move([MARGIN, (140, 100)]) == (140, 100)
    assert finger.up([MARGIN])


def test_a_fast_finger_is_followed_past_another_one(finger):
    finger.down([(100, 100)])
    finger.down([(100, 100), (200, 100)])
    assert finger.move([(300, 100), (200, 100)]) == (300, 100)  # the other one is nearer to where it was
    assert finger.move([(320, 100), (200, 100)]) == (320, 100)
    assert finger.up([(200, 100)])


@pytest.mark.parametrize("order", [1, -1])
def test_a_thumb_that_comes_during_a_line_unheard_of_does_not_keep_it_going(finger, order):
    finger.down([(100, 100)])
    assert finger.move([(140, 100), MARGIN][::order]) == (140, 100)
    assert finger.up([MARGIN])
    assert finger.down([MARGIN, (200, 200)]) == (200, 200)


def test_a_finger_whose_end_was_never_heard_of_does_not_hold_the_pen(finger):
    finger.down([(100, 100)])
    assert finger.down([(300, 300)]) == (300, 300)
    assert finger.move([(320, 300)]) == (320, 300)


def test_two_fingers_at_once_make_one_line(finger):
    first = finger.down([(100, 100), (400, 100)])
    assert first in [(100, 100), (400, 100)]
    assert finger.move([(100, 200), (400, 200)]) == (first[0], 200)
    assert finger.up([])


def test_after_stop_a_finger_on_the_page_draws_nothing_but_a_new_one_does(finger):
    finger.down([(100, 100)])
    finger.stop()
    assert finger.move([(140, 100)]) is None
    assert not finger.up([(140, 100)])
    assert finger.down([(140, 100), (300, 300)]) == (300, 300)
