"""The demo partnership: invented schools, people and pupils, the same wherever it is loaded in the same year.

`lives` makes up what happens to each child, in plain values (`paths`: at which school; `children`: who; `judging` and `teaching`:
what is judged); `loading` and `handing_over` write it; `sign_ins` lets people in.
"""

from lep_tracker.demo.loading import clear_away_unfinished, learn_sizes, load, missing_schools
from lep_tracker.demo.sign_ins import DemoSignIn, make_accounts, sign_ins

__all__ = [
    "DemoSignIn",
    "clear_away_unfinished",
    "learn_sizes",
    "load",
    "make_accounts",
    "missing_schools",
    "sign_ins",
]
