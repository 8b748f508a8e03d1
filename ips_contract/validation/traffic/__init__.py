"""Captured traffic: the mock's logs (JSON Lines) and HAR files, as exchanges to judge."""
