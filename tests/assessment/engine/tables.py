"""The partnership's expectations, written out: no test computes them a second time."""

from __future__ import annotations

from schools.calendar import YearGroup

YEAR_GROUPS = [
    YearGroup.N1, YearGroup.N2, YearGroup.R, YearGroup.Y1, YearGroup.Y2, YearGroup.Y3, YearGroup.Y4, YearGroup.Y5,
    YearGroup.Y6, YearGroup.Y7, YearGroup.Y8, YearGroup.Y9, YearGroup.Y10, YearGroup.Y11, YearGroup.Y12, YearGroup.Y13,
]  # fmt: skip

# Expected at the end of each term.
RANGES = {
    YearGroup.Y1: {"Autumn": (22, 23), "Spring": (24, 25), "Summer": (26, 28)},
    YearGroup.Y2: {"Autumn": (29, 30), "Spring": (31, 32), "Summer": (33, 35)},
    YearGroup.Y3: {"Autumn": (36, 37), "Spring": (38, 39), "Summer": (40, 42)},
    YearGroup.Y4: {"Autumn": (43, 44), "Spring": (45, 46), "Summer": (47, 49)},
    YearGroup.Y5: {"Autumn": (50, 51), "Spring": (52, 53), "Summer": (54, 56)},
    YearGroup.Y6: {"Autumn": (57, 58), "Spring": (59, 60), "Summer": (61, 63)},
    YearGroup.Y7: {"Autumn": (64, 65), "Spring": (66, 67), "Summer": (68, 70)},
    YearGroup.Y8: {"Autumn": (71, 72), "Spring": (73, 74), "Summer": (75, 77)},
    YearGroup.Y9: {"Autumn": (78, 79), "Spring": (80, 81), "Summer": (82, 84)},
}

# The first points that are Mastery of the own year.
MASTERY = {
    YearGroup.Y1: 30, YearGroup.Y2: 37, YearGroup.Y3: 44, YearGroup.Y4: 51, YearGroup.Y5: 58,
    YearGroup.Y6: 65, YearGroup.Y7: 72, YearGroup.Y8: 79, YearGroup.Y9: 86,
}  # fmt: skip

# First month, last month, and the points typical for children of that age: of each stage that has begun and
# not ended.
TYPICAL_FOR_AGE = [
    (0, 7, (3, 5)),
    (8, 11, (3, 8)),
    (12, 15, (6, 8)),
    (16, 20, (6, 11)),
    (21, 21, (9, 11)),
    (22, 26, (9, 14)),
    (27, 29, (12, 14)),
    (30, 36, (12, 17)),
    (37, 39, (15, 17)),
    (40, 50, (15, 20)),
    (51, 90, (18, 20)),
]

# Points, code, label: one line a step, for everybody.
EARLY_STEPS = [
    (1, "1", "Below the first EYFS step"),
    (2, "2", "Below the first EYFS step"),
    (3, "00-11e", "0-11 months Entering"),
    (4, "00-11d", "0-11 months Developing"),
    (5, "00-11s", "0-11 months Secure"),
    (6, "08-20e", "8-20 months Entering"),
    (7, "08-20d", "8-20 months Developing"),
    (8, "08-20s", "8-20 months Secure"),
    (9, "16-26e", "16-26 months Entering"),
    (10, "16-26d", "16-26 months Developing"),
    (11, "16-26s", "16-26 months Secure"),
    (12, "22-36e", "22-36 months Entering"),
    (13, "22-36d", "22-36 months Developing"),
    (14, "22-36s", "22-36 months Secure"),
    (15, "30-50e", "30-50 months Entering"),
    (16, "30-50d", "30-50 months Developing"),
    (17, "30-50s", "30-50 months Secure"),
    (18, "40-60e", "40-60 months Entering"),
    (19, "40-60d", "40-60 months Developing"),
    (20, "40-60s", "40-60 months Secure"),
    (21, "ELG", "Early Learning Goal"),
    (22, "ELG+", "Early Learning Goal"),
]

# The points of E1 E2, D1 D2, S1 S2 S3, M1 M2 of each year.
YEAR_STEPS = {
    1: "23 24  25 26  27 28 29  30 31",
    2: "30 31  32 33  34 35 36  37 38",
    3: "37 38  39 40  41 42 43  44 45",
    4: "44 45  46 47  48 49 50  51 52",
    5: "51 52  53 54  55 56 57  58 59",
    6: "58 59  60 61  62 63 64  65 66",
    7: "65 66  67 68  69 70 71  72 73",
    8: "72 73  74 75  76 77 78  79 80",
    9: "79 80  81 82  83 84 85  86 87",
    10: "86 87  88 89  90 91 92  93 94",
    11: "93 94  95 96  97 98 99  100 101",
}
STEP_CODES = ["E1", "E2", "D1", "D2", "S1", "S2", "S3", "M1", "M2"]
STAGE_NAMES = {"E": "Entering", "D": "Developing", "S": "Securing", "M": "Mastery"}

# Each point that two years share: the lower year (Mastery to its pupils and younger ones), the upper
# (Entering above).
OVERLAPS = {
    30: (1, 2), 31: (1, 2), 37: (2, 3), 38: (2, 3), 44: (3, 4), 45: (3, 4), 51: (4, 5), 52: (4, 5),
    58: (5, 6), 59: (5, 6), 65: (6, 7), 66: (6, 7), 72: (7, 8), 73: (7, 8), 79: (8, 9), 80: (8, 9),
    86: (9, 10), 87: (9, 10), 93: (10, 11), 94: (10, 11),
}  # fmt: skip
