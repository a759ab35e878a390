"""Vitral from Python, without a binding: the command is run, its files are read. All numbers are SI."""

from .command import VitralError, default_output, find_command, run, sweep
from .results import Results

__all__ = ["Results", "VitralError", "default_output", "draw", "find_command", "run", "sweep"]
__version__ = "0.1.0"


def draw(path, folder="."):
    """Draws the pictures of a results file as PNG; returns their paths. matplotlib is loaded only here."""
    from .pictures import draw as draw_pictures

    return draw_pictures(path, folder)
