"""The one place that draws: charts as SVG, for a page in light and dark, and for paper. Plain Python.

A chart takes figures that may be shown and nothing else, so that no length betrays a hidden count. Nothing is told by colour
alone: each kind has its mark, its word in the description, and a lightness of its own that a greyscale print keeps. Beside the drawing stand its
figures as a table, for whoever calls to print next to it. Lengths are CSS pixels.
"""

from reports.charts.bars import Bar, Segment, stacked_bars
from reports.charts.drawing import MARKS_SAID, NOT_SHOWN, PRINT, SCREEN, Chart, Palette, mark, picture
from reports.charts.gaps import GapBar, gap_chart
from reports.charts.lines import Series, line_chart
from reports.charts.trajectory import TermSpot, YearColumn, trajectory_chart

__all__ = [
    "MARKS_SAID",
    "NOT_SHOWN",
    "PRINT",
    "SCREEN",
    "Bar",
    "Chart",
    "GapBar",
    "Palette",
    "Segment",
    "Series",
    "TermSpot",
    "YearColumn",
    "gap_chart",
    "line_chart",
    "mark",
    "picture",
    "stacked_bars",
    "trajectory_chart",
]
