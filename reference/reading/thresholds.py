"""The least confidence at which at most one in so many is wrong, by field.

Written by `receipts-lab fit-reading`: do not edit. With 95% confidence, on labelled receipts that
were read with weights that had not seen their merchant. What these don't show isn't listed.
"""

AT_MOST_ONE_WRONG_IN: dict[str, dict[int, float]] = {
    "date": {10: 0.01, 15: 0.44, 20: 0.49, 25: 0.91, 30: 0.92},
    "merchant": {5: 0.01, 8: 0.6, 10: 0.71},
    "total": {5: 0.15, 8: 0.51, 10: 0.66, 15: 0.85, 20: 0.88, 25: 0.89},
}
