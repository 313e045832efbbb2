"""The least confidence at which at most one in so many is wrong, by field.

Written by `receipts-lab fit-reading`: do not edit. With 95 % confidence, on labelled receipts that
were read with weights that had not seen their merchant. What these don't show isn't listed.
"""

AT_MOST_ONE_WRONG_IN: dict[str, dict[int, float]] = {
    "date": {10: 0.01, 15: 0.43, 20: 0.49, 25: 0.9, 30: 0.91},
    "merchant": {5: 0.09, 8: 0.51, 10: 0.55},
    "total": {5: 0.17, 8: 0.48, 10: 0.57, 15: 0.84, 20: 0.85, 25: 0.88},
}
