"""What the services let one application ask, counted as they count it, and told in the headers that they document.

Microsoft Learn, "Microsoft Graph service-specific throttling limits", "Guidance for throttled requests in Azure
Resource Graph" and "Understand how Azure Resource Manager throttles requests".
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tpe_audit.simulator.web import Request

SMALL, MEDIUM, LARGE = 3_500, 5_000, 8_000
"""Resource units in 10 seconds, for tenants of fewer than 50, of up to 500, and of more users."""
UNITS_SECONDS = 10.0
HIGHEST_SHARE = 1.8
_COSTS = (
    (r"/(v1\.0|beta)/applications/?", 2),
    (r"/(v1\.0|beta)/groups/[^/]+/members(/.*)?", 3),
    (r"/(v1\.0|beta)/groups/[^/]+/transitiveMembers(/.*)?", 5),
    (r"/(v1\.0|beta)/users/[^/]+/licenseDetails/?", 2),
    (r"/(v1\.0|beta)/oauth2PermissionGrants(/[^/]+)?/?", 2),
    (r"/(v1\.0|beta)/servicePrincipals/[^/]+/appRoleAssignments/?", 2),
    (r"/(v1\.0|beta)/subscribedSkus/?", 3),
    (r"/(v1\.0|beta)/users/?", 2),
)
_ACCESS = re.compile(r"/(v1\.0|beta)/identity/conditionalAccess/.*", re.IGNORECASE)
_TEAMS = re.compile(r"/(v1\.0|beta)/admin/teams/.*", re.IGNORECASE)
_RESOURCE_GRAPH = re.compile(r"/providers/Microsoft\.ResourceGraph/.*", re.IGNORECASE)
_SUBSCRIPTION = re.compile(r"/subscriptions/(?P<id>[^/]+)/.*", re.IGNORECASE)


def cost(request: Request) -> int:
    """Resource units of a request to the directory."""
    path = request.path
    base = next((units for pattern, units in _COSTS if re.fullmatch(pattern, path, re.IGNORECASE)), 1)
    few = request.query.get("$top", "")
    base -= "$select" in request.query
    base += "$expand" in request.query
    base -= few.isdecimal() and int(few) < 20
    return max(1, base)


@dataclass(frozen=True, slots=True)
class Charged:
    """What a request was charged: the headers of its answer, or of its refusal."""

    refused: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Window:
    """The moments of what was asked in the last seconds."""

    most: int
    seconds: float
    taken: list[float] = field(default_factory=list)

    def take(self, now: float) -> bool:
        """Whether one more is let through; counts it, if it is."""
        self.taken = [moment for moment in self.taken if now - moment < self.seconds]
        if len(self.taken) >= self.most:
            return False
        self.taken.append(now)
        return True

    def again(self, now: float) -> float:
        """Seconds until the first of them no longer counts."""
        return max(0.0, self.taken[0] + self.seconds - now) if self.taken else 0.0


@dataclass(slots=True)
class Bucket:
    """Tokens that are used up and come back at an even rate."""

    size: float
    back: float
    """How many come back in a second."""
    used: float = 0.0
    at: float = 0.0

    def settle(self, now: float) -> None:
        """Put back what came back until now."""
        self.used = max(0.0, self.used - (now - self.at) * self.back)
        self.at = now


@dataclass
class GraphQuota:
    """Graph's limits for an application in a tenant.

    `units` are resource units in 10 seconds (None: by the size of the tenant). `access_per_second` counts for
    Conditional Access, whose refusals have no Retry-After, and `teams_per_second` for Teams administration.
    """

    units: int | None = None
    access_per_second: int = 1
    teams_per_second: int = 30
    refusals: int = field(default=0, init=False)
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict, init=False)
    _windows: dict[tuple[str, ...], Window] = field(default_factory=dict, init=False)

    def charge(self, request: Request, api: str, caller: Mapping[str, Any], users: int, now: float) -> Charged:
        """Charge a request to its caller, whose tenant has so many users."""
        if api != "graph" or not caller:
            return Charged()
        tenant, application = str(caller["tid"]), str(caller["appid"])
        if _ACCESS.fullmatch(request.path):
            window = self._windows.setdefault(("access", tenant), Window(self.access_per_second, 1.0))
            return self._told(Charged(refused=not window.take(now)))
        if _TEAMS.fullmatch(request.path):
            window = self._windows.setdefault(("teams", tenant, application), Window(self.teams_per_second, 1.0))
            if window.take(now):
                return Charged()
            return self._told(Charged(True, {"Retry-After": f"{math.ceil(window.again(now))}"}))
        limit = self.units or (SMALL if users < 50 else MEDIUM if users <= 500 else LARGE)
        bucket = self._buckets.setdefault((tenant, application), Bucket(limit, limit / UNITS_SECONDS))
        bucket.settle(now)
        units = cost(request)
        if bucket.used + units > bucket.size:
            scope = f"Tenant_Application/ReadWrite/{application}/{tenant}"
            headers = {"x-ms-throttle-scope": scope, "x-ms-throttle-information": "ResourceUnitLimitExceeded"}
            missing = bucket.used + units - bucket.size
            after = {"Retry-After": f"{math.ceil(missing / bucket.back)}"}
            return self._told(Charged(True, {**headers, **after}))
        bucket.used += units
        share = bucket.used / bucket.size
        told = {"x-ms-throttle-limit-percentage": f"{min(share, HIGHEST_SHARE):.3g}"} if share > 0.8 else {}
        return Charged(headers={"x-ms-resource-unit": f"{units}", **told})

    def _told(self, charged: Charged) -> Charged:
        self.refusals += charged.refused
        return charged


@dataclass
class ResourceManagerQuota:
    """Resource Manager's limits for an application, and Resource Graph's.

    `reads` of a subscription, of which `back` come back in a second; `queries` in `seconds`.
    """

    reads: int = 250
    back: float = 25.0
    queries: int = 15
    seconds: float = 5.0
    refusals: int = field(default=0, init=False)
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict, init=False)
    _windows: dict[str, Window] = field(default_factory=dict, init=False)

    def charge(self, request: Request, api: str, caller: Mapping[str, Any], users: int, now: float) -> Charged:
        """Charge a request to its caller."""
        if api != "arm" or not caller:
            return Charged()
        application = str(caller["appid"])
        if _RESOURCE_GRAPH.fullmatch(request.path):
            window = self._windows.setdefault(application, Window(self.queries, self.seconds))
            taken = window.take(now)
            self.refusals += not taken
            again = window.again(now)
            resets = f"00:00:{math.ceil(again):02d}"
            left = {
                "x-ms-user-quota-remaining": f"{window.most - len(window.taken)}",
                "x-ms-user-quota-resets-after": resets,
            }
            return Charged(not taken, left if taken else {**left, "Retry-After": f"{math.ceil(again)}"})
        match = _SUBSCRIPTION.fullmatch(request.path)
        scope = match["id"].lower() if match else "tenant"
        bucket = self._buckets.setdefault((application, scope), Bucket(self.reads, self.back))
        bucket.settle(now)
        if bucket.used + 1 > bucket.size:
            self.refusals += 1
            return Charged(True, {"Retry-After": "1"})
        bucket.used += 1
        name = "subscription" if match else "tenant"
        return Charged(headers={f"x-ms-ratelimit-remaining-{name}-reads": f"{int(bucket.size - bucket.used)}"})
