"""What one run has read, kept in a file: written by `collect`, judged by `run --evidence` without a sign-in.

    readings ─document▶ evidence.json ─readings▶ joined ─narrowed▶ the audit

The file holds facts, and the reasons of what could not be read; no answers of services as they came.
"""
