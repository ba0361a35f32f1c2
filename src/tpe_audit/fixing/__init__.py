"""The fixes of a report as scripts for those who mend: one for each owner and shell, run by them and never by us."""

from tpe_audit.fixing.scripts import Script, scripts
from tpe_audit.fixing.steps import Untold

__all__ = ["Script", "Untold", "scripts"]
