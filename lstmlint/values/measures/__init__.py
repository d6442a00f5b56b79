"""Measures: functions from arrays to frozen results, each with its formula, shapes, units and source."""
