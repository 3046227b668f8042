"""One HTML page from a network: what it computes, what is in it, and what can't be exported."""

import base64
import hashlib
import re
import sys

import numpy as np
import pytest
from small_networks import KINDS, REFUSED, images, network

from mnist_utils import networks
from mnist_utils.__main__ import main
from mnist_utils.classifier import DigitClassifier, load_classifier
from mnist_utils.export import PAGE, write_html
from mnist_utils.images import to_input
from mnist_utils.operations import compute, members, operations
from mnist_utils.quiet_tensorflow import keras

layers = keras.layers


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> str:
    """The page of the network `quick`."""
    return write_html(load_classifier(name="quick"), tmp_path_factory.mktemp("page") / "q.html").read_text("utf-8")


def branched(merge: layers.Layer) -> keras.Model:
    image = keras.Input((28, 28, 1))
    flat = layers.Flatten()(image)
    return keras.Model(image, layers.Softmax()(merge([layers.Dense(3)(flat), layers.Dense(3)(flat)])))


def shared() -> keras.Model:
    """A layer that is passed twice."""
    image, twice = keras.Input((28, 28, 1)), layers.Conv2D(1, 3, padding="same", kernel_initializer="ones")
    return keras.Model(image, layers.Dense(3, activation="softmax")(layers.Flatten()(twice(twice(image)))))


@pytest.mark.parametrize("kind", KINDS)
def test_operations_compute_what_the_network_does(kind):
    model = network(KINDS[kind])
    expected = networks.probabilities(model, images())
    assert np.ptp(expected, axis=0).max() > 0.01  # it does depend on the image
    np.testing.assert_allclose(compute(operations(model), to_input(images())), expected, atol=1e-5)


def test_normalisation_is_part_of_the_convolution_before_it_where_nothing_is_between():
    folded, behind = (operations(network(KINDS[f"normalisation {where}"])) for where in ("folded", "behind ReLU"))
    assert [each["kind"] for each in folded] == ["convolve", "relu", "convolve", "softmax"]
    assert [each["kind"] for each in behind] == ["convolve", "relu", "scale", "convolve", "softmax"]


def test_several_that_vote_are_exported_one_by_one():
    model = networks.ensemble([networks.build("quick"), networks.build("mine")])
    found = [compute(operations(member), to_input(images())) for member in members(model)]
    assert len(found) == 2
    np.testing.assert_allclose(np.mean(found, axis=0), networks.probabilities(model, images()), atol=1e-5)


@pytest.mark.parametrize("what", REFUSED)
def test_a_layer_that_a_page_cannot_compute_is_named(what, tmp_path):
    with pytest.raises(ValueError, match=rf"^model: the layer wise can't be exported, .*{what}"):
        write_html(DigitClassifier(network(REFUSED[what])), tmp_path / "page.html")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (branched(layers.Add(name="sum")), "the layer sum can't be exported, it must be one of .*Flatten.*, not Add"),
        (branched(layers.Average(name="mean")), "the layer mean can't be exported"),
        (shared(), "model must have its layers in one row"),
    ],
)
def test_layers_that_are_not_in_one_row_are_refused(model, said, tmp_path):
    with pytest.raises(ValueError, match=said):
        write_html(DigitClassifier(model), tmp_path / "page.html")


def test_the_page_is_small_and_has_all_that_it_was_made_of(page):
    assert len(page.encode()) < 2_000_000
    assert "{{" not in page
    for file in sorted(PAGE.glob("*.js")) + sorted(PAGE.glob("*.css")):
        assert file.read_text("utf-8") in page
    about = (
        "191,818 numbers reads it; of its test images it read 99.53% right. It has learned from MNIST (CC BY-SA 3.0)."
    )
    assert about in page


def test_the_page_names_no_address_and_may_fetch_nothing(page):
    assert re.findall(r"\w+://", page) == []
    [policy] = re.findall(r'"Content-Security-Policy" content="(.*?)"', page)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules.pop("default-src") == "'none'"
    for name in ("script", "style"):
        text = re.findall(rf"<{name}>(.*?)</{name}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text[0].encode()).digest()).decode()
        assert (len(text), rules.pop(f"{name}-src")) == (1, f"'sha256-{digest}'")
    assert rules == {"img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}


def test_the_arithmetic_is_short_and_plain():
    assert len((PAGE / "network.js").read_text("utf-8").splitlines()) < 200
    for file in PAGE.iterdir():
        assert max(map(len, file.read_text("utf-8").splitlines())) <= 120, file


def test_names_of_classes_cannot_end_the_script(tmp_path):
    names = ["</script><script>alert(1)</script>", "<!--", "c"]
    classifier = DigitClassifier(network([layers.Conv2D(1, 9, 9)], 3), metrics={"classes": names})
    text = write_html(classifier, tmp_path / "page.html").read_text("utf-8")
    assert text.count("</script>") == 3
    assert "<!--" not in text
    assert "<title>Draw something</title>" in text


@pytest.mark.parametrize(("large", "halves"), [(1.0, "true"), (1e6, "false")])
def test_numbers_have_16_bits_unless_that_changes_probabilities(large, halves, tmp_path):
    model = network([layers.Rescaling(large), layers.Rescaling(1 / large)])
    text = write_html(DigitClassifier(model), tmp_path / "page.html").read_text("utf-8")
    assert f'"halves": {halves}' in text


@pytest.mark.slow
def test_the_command_writes_a_page_and_says_so(tmp_path, capsys):
    path = tmp_path / "mine.html"
    model = PAGE.parent / "mine"
    assert main(["export", "--html", str(path), "--model", str(model)]) == 0
    shown, faults = capsys.readouterr()
    assert shown == f"wrote {path}, 0.21 MB; open it in any browser, or send it to somebody\n"
    assert faults == ""
    assert path.read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("target", "said"),
    [("missing/page.html", "must lie in a folder that is there"), ("", "must be a file, not a folder")],
)
def test_a_target_that_cannot_be_written_is_said_in_one_line(target, said, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "mnist_utils.export", None)  # it is said before anything is loaded
    assert main(["export", "--html", str(tmp_path / target)]) == 2
    faults = capsys.readouterr().err
    assert said in faults
    assert faults.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["mine", "quick", "best", "ensemble"])
def test_the_documentation_counts_visitors_from_the_size_of_the_page(name, tmp_path):
    text = (PAGE.parents[2] / "docs" / "one_file.md").read_text("utf-8")
    size, visitors = re.search(rf"\| `?{name}\b[^|]* \| ([\d.]+) MB \| ([\d,]+) \|", text).groups()
    written = write_html(load_classifier(name=name), tmp_path / "page.html").stat().st_size
    assert float(size) == pytest.approx(written / 1e6, abs=0.005)
    assert int(visitors.replace(",", "")) == pytest.approx(100e9 / written, rel=0.005)
