"""The data plane of ACS resources, by azure-core's pipeline: no released Python SDK has these operations.

https://learn.microsoft.com/azure/communication-services/quickstarts/tpe/teams-phone-extensibility-rest-api
"""

from __future__ import annotations

import re

from tpe_audit.config import Config
from tpe_audit.sources.credentials import SignIn
from tpe_audit.sources.errors import Malformed
from tpe_audit.sources.ledger import Ledger
from tpe_audit.sources.pipeline import PipelineSource
from tpe_audit.sources.response import Response
from tpe_audit.sources.source import Patience

AT_ONCE = 12
VERSION = "2025-06-30"
SCOPE = "https://communication.azure.com//.default"

MAX_PORT = 65535

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(
    rf"(?=.{{1,253}}(?::\d+)?$){_LABEL}(?:\.{_LABEL})*(?::(?P<port>\d{{1,5}}))?", re.IGNORECASE | re.ASCII
)


class AcsDataPlane(PipelineSource):
    """The data planes of all ACS resources that one identity reads."""

    name = "acs"
    words = "The ACS data plane"

    def __init__(self, config: Config, identity: SignIn, ledger: Ledger, patience: Patience, *, proxies: bool) -> None:
        super().__init__("", config, identity, ledger, patience, AT_ONCE, proxies=proxies)

    @property
    def audience(self) -> str:
        """One scope for all resources."""
        return SCOPE

    def owns(self, url: str) -> bool:
        """Whether an address is one of a data plane: `assignment` made it of a resource's own host name."""
        return url.startswith("https://")

    def proves_absence(self, response: Response) -> bool:
        """Whether a 404 is the service's: its body is not documented, but a page for people is not its word."""
        return not response.body or super().proves_absence(response)

    def assignment(self, host: str, tenant: str, principal: str) -> str:
        """Return the address of a principal's Teams extension assignment.

        Raises:
            Malformed: `host` is no host name, so nothing is sent there.
        """
        match = _HOST.fullmatch(host)
        if match is None or int(match["port"] or 0) > MAX_PORT:
            raise self.trouble(
                Malformed(f"The ACS resource's host name {host!r} is none, so its data plane was not asked.")
            )
        return f"https://{host}/access/teamsExtension/tenants/{tenant}/assignments/{principal}?api-version={VERSION}"
