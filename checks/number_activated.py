"""The number is in service.

A number that was just assigned, changed or ported takes time until Teams and the telephone network know
it, and the assignment may fail in the end. Until it is activated callers hear a busy signal, or that the
number is not in service (511404).

## Fix

Wait while the assignment or the port is under way. If it failed, unassign the number and assign it again;
if it fails once more, open a support case with Microsoft.

    Get-CsPhoneNumberAssignment -TelephoneNumber <+number> | Format-List ActivationState, PortInOrderStatus
    Remove-CsPhoneNumberAssignment -Identity <object id> -RemoveAll
    Set-CsPhoneNumberAssignment -Identity <object id> -TelephoneNumber <+number> -NumberType <type>

While the number is unassigned, calls to it fail.

In the portal: Teams admin center > Voice > Phone numbers.
"""

from tpe_audit import Area, Fail, Owner, Pass, Severity, Unknown, Verdict
from tpe_audit.facts import NumberActivation, PhoneNumber

AREA, SEVERITY, OWNER = Area.NUMBER, Severity.BLOCKER, Owner.TEAMS_ADMIN
CODES = ("busy signal", "511404")
REQUIRES = ("number-assigned",)
LINK = "https://learn.microsoft.com/graph/api/resources/teamsadministration-numberassignment"

WORDS = {
    "assignmentPending": "The number's assignment is under way. Wait until it is activated, and audit again.",
    "updatePending": "A change of the number is under way. Wait until it is activated, and audit again.",
    "assignmentFailed": "The number's assignment failed. Unassign it and assign it again.",
    "updateFailed": "A change of the number failed. Unassign it and assign it again.",
}


def check(number: PhoneNumber, activation: NumberActivation) -> Verdict:
    observed = f"{activation.state}, port: {activation.port_in}" if activation.port_in else activation.state
    ported = activation.port_in in ("", "completed")
    if activation.state == "activated" and ported:
        return Pass("The number is in service.", observed=observed)
    if activation.state == "activated" and activation.port_in == "firmOrderCommitmentAccepted":
        reason = "The number is still being ported in. Wait for the agreed date, and audit again."
    elif activation.state in WORDS:
        reason = WORDS[activation.state]
    else:
        return Unknown(f"The number is in the state {observed}; whether that is in service is not documented.")
    return Fail(
        reason,
        observed=observed,
        expected="activated",
        fix=number.reassign if activation.state.endswith("Failed") else number.look,
    )
