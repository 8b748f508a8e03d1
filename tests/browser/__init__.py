"""The live page and the reports in a browser: ``make browser``."""
