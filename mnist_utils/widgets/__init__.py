"""What a person sees and touches in a notebook: the pad to draw on, the browser of answers, and the explorers."""

from mnist_utils.widgets.augmentation import AugmentationExplorer
from mnist_utils.widgets.browse import AnswerBrowser
from mnist_utils.widgets.convolution import ConvolutionExplorer
from mnist_utils.widgets.feature_maps import FeatureMaps
from mnist_utils.widgets.gradient_descent import GradientDescentExplorer
from mnist_utils.widgets.pad import DigitPad
from mnist_utils.widgets.threshold import ThresholdExplorer

__all__ = [
    "AnswerBrowser",
    "AugmentationExplorer",
    "ConvolutionExplorer",
    "DigitPad",
    "FeatureMaps",
    "GradientDescentExplorer",
    "ThresholdExplorer",
]
