"""Figures as pictures: lines of text for a terminal, SVG, HTML, and rows for a spreadsheet and a screen reader.

Each picture is made of an answer of the API (`incidentd.wire.figures`) and of nothing else. It comes as `*_lines` (of
spans that name a style), as `*_svg` and as `*_table`, and no meaning in it hangs on colour.
"""
