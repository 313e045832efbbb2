"""Image in, receipt out: OCR engines and the rules that find fields. Knows nothing of the pattern."""
