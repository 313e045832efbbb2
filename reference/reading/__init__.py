"""Image in, receipt out: OCR engines, and the rules that find fields in what they read."""
