"""Recipes are what the course says, and their learning rate follows from them."""

import dataclasses

import numpy as np
import pytest

from mnist_utils.training import RECIPES, Recipe, learning_rate


def test_one_cycle_rises_for_a_tenth_of_the_run_then_falls_to_zero():
    schedule = learning_rate(Recipe("quick", epochs=5, learning_rate=0.02, one_cycle=True), steps=20)
    rates = np.array([float(schedule(step)) for step in range(101)])
    assert rates[0] == pytest.approx(0.02 / 25)
    assert rates.argmax() == 10
    assert rates[10] == pytest.approx(0.02)
    assert rates[100] == pytest.approx(0, abs=1e-8)
    assert (np.diff(rates[:11]) > 0).all()
    assert (np.diff(rates[10:]) < 0).all()


def test_without_one_cycle_the_learning_rate_stays():
    assert learning_rate(RECIPES["classic"], steps=400) == 1e-3


def test_classic_is_trained_as_the_course_says():
    assert RECIPES["classic"] == Recipe(
        "classic", epochs=20, batch_size=128, learning_rate=1e-3, patience=5, validation_size=6000
    )


def test_a_recipe_for_pictures_has_nothing_that_is_for_digits():
    for recipe in RECIPES.values():
        pictures = recipe.for_pictures()
        assert (recipe.preprocess, pictures.preprocess, pictures.draws_digits) == ("digits", "none", False)
        assert (pictures.rotation, pictures.epochs) == (recipe.rotation, recipe.epochs)
    kept = {name for name, value in dataclasses.asdict(RECIPES["best"].for_pictures()).items() if value}
    assert not kept & {
        "pen_variants",
        "random_erasing",
        "thinner",
        "thicker",
        "outliers",
        "pens_share",
        "letters_share",
    }
