"""Writes plotly.ipynb: a figure of Plotly as a notebook keeps it."""

from pathlib import Path

import nbformat
import plotly.graph_objects as go
from nbformat.v4 import new_code_cell, new_notebook, new_output

figure = go.Figure(go.Scatter(x=[1, 2, 3], y=[2, 1, 3], name="a"), go.Layout(template=None, height=300))
output = new_output(
    "display_data", {"application/vnd.plotly.v1+json": {**figure.to_plotly_json(), "config": {}}}
)
cell = new_code_cell("figure", execution_count=1, outputs=[output], id="plotly")
nbformat.write(new_notebook(cells=[cell]), Path(__file__).with_name("plotly.ipynb"))
