"""Aggregation: folds the figures of the national returns in force into rolling aggregates that name their States."""
