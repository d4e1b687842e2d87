"""Is a report good? Pure: values in, values out."""

from services.validation.rules.judgement import Judgement, Outcome, judge

__all__ = ["Judgement", "Outcome", "judge"]
