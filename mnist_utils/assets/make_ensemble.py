"""Train the members of the shipped ensemble, and write what it reads.

The members are `best` with three seeds, without any choice among them, and `quick`, with which the validation images
are read a little better than without it. A member whose folder is there is not trained again; `best` needs the folder
of get_pens: python mnist_utils/assets/make_ensemble.py DIR
"""

import json
import sys
from pathlib import Path

from mnist_utils import load_mnist, networks, split_validation
from mnist_utils.classifier import load_classifier
from mnist_utils.files import writing
from mnist_utils.images import check_images
from mnist_utils.preprocess import PREPROCESS
from mnist_utils.training import train
from mnist_utils.training.results import measure, rejection_threshold

HERE = Path(__file__).parent
MEMBERS = {"best": ("best", 0), "best_seed_1": ("best", 1), "best_seed_2": ("best", 2), "quick": ("quick", 0)}


def main(pens: str | None) -> None:
    """Train the members that are missing, and write the ensemble's metrics.json."""
    for name, (recipe, seed) in MEMBERS.items():
        if not (HERE / name / "model.keras").exists():
            train(recipe, seed=seed, pens=pens if recipe == "best" else None, out=HERE / name)
    members = [load_classifier(name=name) for name in MEMBERS]
    model, preprocess = networks.ensemble([member.model for member in members]), members[0].preprocess
    x, y, x_test, y_test = load_mnist()
    _, _, x_validation, y_validation = split_validation(x, y)
    p_validation, p_test = (
        networks.probabilities(model, PREPROCESS[preprocess](check_images(images))) for images in (x_validation, x_test)
    )
    metrics = {
        "members": list(MEMBERS),
        "preprocess": preprocess,
        "classes": members[0].classes,
        "rejection_threshold": rejection_threshold(p_validation),
        **measure(p_validation, y_validation, p_test, y_test),
        "parameters": model.count_params(),
    }
    (HERE / "ensemble").mkdir(exist_ok=True)
    with writing(HERE / "ensemble" / "metrics.json") as [unfinished]:
        unfinished.write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
    print(f"{metrics['test_accuracy']:.2%} on the test set")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
