"""Tells people of a run: by Teams, Slack, e-mail, or any webhook. Nothing else of this program posts anything."""
