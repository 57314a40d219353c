"""What tests of assessment share."""

from tests.assessment.judgement_files import load

__all__ = ["load"]
