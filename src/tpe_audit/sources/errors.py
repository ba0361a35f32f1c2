"""Why something could not be read.

SourceError
├── Refused        401, 403: the identity may not
├── Malformed      an answer that is not what the service documents
├── Unreachable    no answer: connection, TLS, time-out, deadline
├── Failed         any other status, throttling that did not end included
├── SignInFailed   no token
└── Off            the source is declared off, or not set up
"""

from __future__ import annotations


class SourceError(Exception):
    """Something could not be read; the message is a sentence for people, without secrets."""

    def __init__(self, message: str, evidence: tuple[int, ...] = (), lacks: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.evidence = evidence
        """The requests that failed, as indexes into the ledger."""
        self.lacks = lacks
        """What to grant or set up, each as a noun phrase."""


class Refused(SourceError):
    """The service answered that this identity may not (401 or 403)."""


class Malformed(SourceError):
    """The answer is not what the service documents."""


class Unreachable(SourceError):
    """No answer came: no connection, no valid certificate, or not in time."""


class Failed(SourceError):
    """The service answered with an error."""


class SignInFailed(SourceError):
    """No token was issued."""


class Off(SourceError):
    """The source is switched off by configuration, or is not set up."""

    def __init__(self, message: str, *, declared: bool, lacks: tuple[str, ...] = ()) -> None:
        super().__init__(message, lacks=lacks)
        self.declared = declared
        """The admin switched it off on purpose."""
