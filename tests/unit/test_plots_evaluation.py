"""The figures on trust show the numbers they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from mnist_utils import evaluation, plots_evaluation

RNG = np.random.default_rng(3)
PROBABILITIES, LABELS = RNG.dirichlet(np.ones(10), 300), RNG.integers(0, 10, 300)


@pytest.fixture
def ax():
    yield plt.figure().add_subplot()
    plt.close("all")


def legend(ax) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_reliability_has_a_point_for_each_group(ax):
    rows = evaluation.reliability(PROBABILITIES, LABELS)
    assert plots_evaluation.reliability({"network": rows}, ax=ax) is ax
    points = ax.containers[0].lines[0].get_xydata()
    np.testing.assert_allclose(points, [[row["confidence"], row["accuracy"]] for row in rows])
    assert legend(ax) == ["confidence is earned", "network"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("mean confidence of the group", "accuracy of the group")


def test_acceptance_gives_the_area_under_each_curve(ax):
    # Of the pairs of a digit and another drawing, the digit has the higher score in 3 of 4.
    scores = {"all apart": ([3, 4], [1, 2]), "one pair the wrong way round": ([2, 4], [1, 3])}
    assert plots_evaluation.acceptance(scores, ax=ax) is ax
    assert legend(ax) == ["all apart: area 1.000", "one pair the wrong way round: area 0.750"]
    assert ax.lines[0].get_xydata().max() == 100
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("other drawings accepted (%)", "digits accepted (%)")


def test_damage_has_a_row_for_each_kind_with_its_image(ax):
    rates = {"before": {"fog": 0.1, "shot_noise": 0.9}, "after": {"fog": 0.95, "shot_noise": 0.97}}
    assert plots_evaluation.damage(RNG.random((2, 28, 28)), rates, ax=ax) is ax
    assert [label.get_text() for label in ax.get_yticklabels()] == ["fog", "shot noise"]
    assert ax.yaxis_inverted()
    assert [line.get_xdata() for line in ax.lines] == [pytest.approx([10, 90]), pytest.approx([95, 97])]
    assert legend(ax) == ["before", "after"]
    assert len(ax.child_axes) == 2
    assert ax.get_xlabel() == "accuracy (%)"


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots_evaluation.reliability({"network": evaluation.reliability(PROBABILITIES, LABELS)}),
        lambda: plots_evaluation.acceptance({"score": ([1], [0])}),
        lambda: plots_evaluation.damage(np.zeros((1, 28, 28)), {"a": {"fog": 0.5}}),
    ],
)
def test_without_axes_there_is_a_new_white_figure(draw):
    assert draw().figure.get_facecolor() == (1, 1, 1, 1)
    plt.close("all")
