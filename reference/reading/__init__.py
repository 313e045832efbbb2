"""Image in, receipt out. This package knows nothing of queues, batches or databases.

`reading.extraction.read_image(data, engine)` takes an image file's bytes and returns a `Receipt`.

- `receipt`: what is read off one image, with a confidence for each field.
- `engine`: the port behind which every OCR engine stands; `engines` implements it and chooses one
  by name.
- `extraction`: the steps from bytes to fields, one file a step.
- `command`: `receipts read`, the same on the images of a folder.
- `text`: makes text from strangers safe to store and to show.
"""
