from tests.isolation.two_schools import ours, theirs

__all__ = ["ours", "theirs"]
