"""Notebook 01's checks: a second wrong answer gets a nearer hint, and no hint is the solution."""

import numpy as np
import pytest


def by_ink(images):
    return images.mean(axis=(1, 2)) > 30


def by_width(images):
    return (images > 0).any(axis=1).sum(axis=1) > 12


def by_middle(images):
    return images[:, 13:15, 13:15].mean(axis=(1, 2)) < 80


def mean_image(images, labels, digit):
    return images[labels == digit].mean(axis=0)


def test_least_ink_hints_in_two_stages(said):
    assert "how far the pen travels" in said("01-least-ink", 0)
    assert "a single stroke, without a bend" in said("01-least-ink", "4")
    assert "a single stroke, without a bend" in said("01-least-ink", [7])
    assert said("01-least-ink", "1.0").startswith("Right. ")


@pytest.mark.parametrize("answer", [10, -1, 1.5])
def test_least_ink_wants_a_digit(said, answer):
    assert "a digit, 0 to 9" in said("01-least-ink", answer)


def test_mean_image_names_the_axis_only_at_the_second_try(said):
    def wrong(images, labels, digit):
        return images[labels == digit].mean(axis=1)

    assert "Axis 0" not in said("01-mean-image", wrong)
    assert "Axis 0 runs over the images" in said("01-mean-image", wrong)


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda images, labels, digit: images.mean(axis=0).astype(int), "mean of all images"),
        (lambda images, labels, digit: images[labels == digit].sum(axis=0), "That is the sum"),
        (lambda images, labels, digit: mean_image(images, labels, digit) / 255, "divided by 255"),
        (lambda images, labels, digit: np.median(images[labels == digit], axis=0), "the values are not the mean"),
        (lambda images, labels, digit: sum(images[labels == digit]) / 10, "the values are not the mean"),  # uint8
    ],
)
def test_mean_image_names_the_mistake(said, wrong, hint):
    assert hint in said("01-mean-image", wrong)


def test_mean_image_accepts_a_loop_and_a_list_of_lists(said):
    def loop(images, labels, digit):
        total, count = np.zeros((28, 28)), 0
        for image, label in zip(images, labels, strict=True):
            if label == digit:
                total, count = total + image, count + 1
        return (total / count).tolist()

    assert said("01-mean-image", loop).startswith("Right. ")
    assert said("01-mean-image", lambda *given: mean_image(*given).astype(np.float32)).startswith("Right. ")


@pytest.mark.parametrize("rule", [by_ink, by_width])
def test_a_rule_for_zeros_that_is_too_weak_gets_nearer_hints_by_and_by(said, rule):
    hints = [said("01-zero-or-one", rule) for _ in range(4)]
    assert "% of the ones for zeros" in hints[0]
    assert "mean images of 0 and 1" in hints[1]
    assert "A zero has a hole" in hints[2]
    assert hints[3] == hints[2]
    assert all("hole" not in hint for hint in hints[:2])
    assert all(hint.startswith("Not yet. Your rule is right for") for hint in hints)


@pytest.mark.parametrize("rule", [lambda images: np.ones(len(images)), lambda images: [0] * len(images)])
def test_a_rule_that_always_says_the_same_is_told_what_it_misses(said, rule):
    assert "of the zeros, and takes" in said("01-zero-or-one", rule)


def test_a_rule_that_is_the_wrong_way_round_is_told_so(said):
    assert "the wrong way round?" in said("01-zero-or-one", lambda images: ~by_middle(images))


@pytest.mark.parametrize("form", [np.asarray, list, lambda said: said.astype(float), lambda said: said[:, None]])
def test_a_good_rule_is_accepted_in_any_form(said, form):
    assert said("01-zero-or-one", lambda images: form(by_middle(images))).startswith("Right. ")
