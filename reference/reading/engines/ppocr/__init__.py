"""PaddleOCR's networks on ONNX Runtime: one finds the lines of text, one reads a line.

`engine` is what the rest of `reading` uses; everything below it needs numpy and ONNX Runtime and is
loaded in a child process only. `models` finds and checks the files, `boxes` turns the detector's
map into boxes, `detector` and `recognizer` run the networks, `line_reader` chooses which of two
recognisers reads a line.
"""
