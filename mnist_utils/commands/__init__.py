"""The commands of python -m mnist_utils, a module each: its arguments, and what it does with them.

TensorFlow is imported by what a command does, after its arguments were read and its files were found.
"""
