"""LiteRT and ONNX: the same answers by their own runtimes, on the whole test set."""

import sys

import numpy as np
import pytest

from mnist_utils import formats
from mnist_utils.classifier import load_classifier
from mnist_utils.images import to_input
from mnist_utils.networks import run


def with_litert(path, images):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path))
    taken, given = (
        details()[0]["index"] for details in (interpreter.get_input_details, interpreter.get_output_details)
    )
    interpreter.resize_tensor_input(taken, (500, 28, 28, 1))
    interpreter.allocate_tensors()
    answers = []
    for start in range(0, len(images), 500):
        interpreter.set_tensor(taken, images[start : start + 500])
        interpreter.invoke()
        answers.append(interpreter.get_tensor(given))
    return np.concatenate(answers)


def with_onnx(path, images):
    import onnxruntime

    session = onnxruntime.InferenceSession(path)
    return session.run(None, {session.get_inputs()[0].name: images})[0]


FORMATS = {"tflite": (formats.write_litert, with_litert), "onnx": (formats.write_onnx, with_onnx)}


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("bits", [32, 8])
def test_the_runtime_gives_the_answers_of_keras_on_the_whole_test_set(kind, bits, mnist, tmp_path, capfd):
    if kind == "tflite" and sys.platform == "win32":
        pytest.skip("LiteRT's runtime has no package for Windows")
    write, read_with = FORMATS[kind]
    model, images, labels = load_classifier(name="quick").model, to_input(mnist[2]), mnist[3]
    path = write(model, tmp_path / f"digits.{kind}", bits)
    assert capfd.readouterr().out == ""
    keras_answers, answers = (each.argmax(axis=1) for each in (run(model, images), read_with(path, images)))
    if bits == 32:
        assert (answers != keras_answers).sum() <= 2
    assert abs((answers == labels).mean() - (keras_answers == labels).mean()) <= 0.0005
    assert path.stat().st_size < model.count_params() * bits / 8 + 40_000


@pytest.mark.parametrize("write", [write for write, _ in FORMATS.values()])
def test_other_bits_are_refused_and_no_file_is_left(write, tmp_path):
    with pytest.raises(ValueError, match="bits must be 8 or 32, not 16"):
        write(load_classifier(name="quick").model, tmp_path / "digits", 16)
    assert list(tmp_path.iterdir()) == []


def test_a_runtime_that_is_not_installed_is_told_in_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ImportError, match=r"needs tf2onnx: pip install 'mnist-utils\[export\]'"):
        formats.write_onnx(load_classifier(name="quick").model, tmp_path / "digits.onnx")
