"""What pupils know: judgements, what they are of, and what they are measured by."""

from assessment.models.expectations import ExpectationVersion
from assessment.models.judgements import Judgement, Reason, Source
from assessment.models.subjects import Subject

__all__ = ["ExpectationVersion", "Judgement", "Reason", "Source", "Subject"]
