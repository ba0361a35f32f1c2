"""tpe-audit: a tenant configuration auditor for Microsoft Teams Phone extensibility.

What stands here is what a check file imports, together with the facts in `tpe_audit.facts`.
"""

from tpe_audit.shell import Command, bash, powershell
from tpe_audit.verdicts import Area, Fail, Manual, NotApplicable, Owner, Pass, Severity, Unknown, Verdict

__version__ = "0.1.0"

__all__ = [
    "Area",
    "Command",
    "Fail",
    "Manual",
    "NotApplicable",
    "Owner",
    "Pass",
    "Severity",
    "Unknown",
    "Verdict",
    "__version__",
    "bash",
    "powershell",
]
