"""Image in, receipt out. This package knows nothing of queues, batches or databases.

`reading.extraction.read_image(data, engine)` takes an image file's bytes and returns a `Receipt`.

- `receipt`: what is read off one image, with a confidence for each field.
- `context`: what is known before it is read: the day, and the client's home.
- `engine`: the port behind which every OCR engine stands; `engines` implements it and chooses one
  by name.
- `extraction`: the steps from bytes to fields, one file a step.
- `command`: `receipts read`, the same on the images of a folder.
- `files`: what customers send: kinds of file, archives, names.
"""
