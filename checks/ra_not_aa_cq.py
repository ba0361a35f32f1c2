"""The resource account answers for no auto attendant or call queue.

A resource account that is associated with an auto attendant or a call queue hands its calls to that. The
application gets no IncomingCall event.

Whether an account is associated is read of the auto attendants and call queues themselves, which name
their accounts.

## Fix

Remove the association; better still, use one resource account for each purpose.

    Remove-CsOnlineApplicationInstanceAssociation -Identities <object id>

In the portal: Teams admin center > Voice > Auto attendants, or Call queues > the one that is named > its
resource accounts.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Verdict, powershell
from tpe_audit.facts import ResourceAccount, VoiceApplications

AREA, SEVERITY, OWNER = Area.ACCOUNT, Severity.MAJOR, Owner.TEAMS_ADMIN
CODES = ("busy signal",)
REQUIRES = ("ra-exists",)
LINK = "https://learn.microsoft.com/powershell/module/microsoftteams/get-csonlineapplicationinstanceassociation"


def check(account: ResourceAccount, applications: VoiceApplications) -> Verdict:
    if not applications.names:
        return Pass("No auto attendant or call queue uses the account.")
    names = " and ".join(applications.names)
    return Fail(
        f"The account answers for {names}, which takes its calls.",
        observed=names,
        expected="no auto attendant or call queue",
        fix=powershell("Remove-CsOnlineApplicationInstanceAssociation -Identities %s", account.id),
    )
