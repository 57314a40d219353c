from tests.isolation.crossing_walks import both
from tests.isolation.two_schools import ours, theirs

__all__ = ["both", "ours", "theirs"]
