"""Charts as SVG, in the colours of the site: lines over an axis, or rows with marks in columns.

A chart is a value. In a page it takes the page's colours and follows its switch.
"""

from lab.support.charts.drawing import Axis
from lab.support.charts.files import html_table, on_the_page, save
from lab.support.charts.lines import Chart, Line, Panel
from lab.support.charts.rows import Bar, Column, Group, Interval, Row, Rows, Text

__all__ = [
    "Axis",
    "Bar",
    "Chart",
    "Column",
    "Group",
    "Interval",
    "Line",
    "Panel",
    "Row",
    "Rows",
    "Text",
    "html_table",
    "on_the_page",
    "save",
]
