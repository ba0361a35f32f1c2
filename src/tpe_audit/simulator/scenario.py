"""A scenario: a world, the configuration that goes with it, and what is broken in it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tpe_audit.simulator.state import Identity, State, Subscription, Tenant


@dataclass(frozen=True)
class Scenario:
    """A simulated tenant to audit.

    `breaks` says what is broken and which Microsoft code or symptom it causes. `config` has the shape of
    config.toml, with waivers and attestations in it and without secrets; the server adds its endpoints.
    `secrets` are environment variables. `export` says whether the Teams export exists as a file.

    The methods make the next scenario from this one. They act on the Teams tenant, or the Azure
    subscription, that the configuration names.
    """

    name: str
    title: str
    breaks: str
    state: State
    config: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    export: bool = True

    # --- the parts ---------------------------------------------------------------------------------

    @property
    def tenant(self) -> Tenant:
        """The tenant with Teams."""
        return next(item for item in self.state.tenants if item.id == self.config["teams"]["tenant_id"])

    @property
    def subscription(self) -> Subscription:
        """The first Azure subscription."""
        return self.state.subscriptions[0]

    # --- the next scenario -------------------------------------------------------------------------

    def in_tenant(self, **changes: Any) -> Scenario:
        """With other attributes of the Teams tenant."""
        tenants = tuple(replace(item, **changes) if item.id == self.tenant.id else item for item in self.state.tenants)
        return replace(self, state=replace(self.state, tenants=tenants))

    def in_subscription(self, **changes: Any) -> Scenario:
        """With other attributes of the Azure subscription."""
        first, *others = self.state.subscriptions
        return replace(self, state=replace(self.state, subscriptions=(replace(first, **changes), *others)))

    def change(self, what: str, which: Callable[[Any], bool] | None = None, **changes: Any) -> Scenario:
        """With changes to items of a list, such as "users" or "bots": those for which `which` holds, or all.

        A value that is callable is given the item and returns the new value.
        """

        def changed(item: Any) -> Any:
            values = {name: value(item) if callable(value) else value for name, value in changes.items()}
            return replace(item, **values)

        return self._with_list(
            what,
            lambda items: tuple(changed(item) if which is None or which(item) else item for item in items),
        )

    def drop(self, what: str, which: Callable[[Any], bool] | None = None) -> Scenario:
        """Without the items for which `which` holds (all, if None)."""
        return self._with_list(
            what, lambda items: tuple(item for item in items if which is not None and not which(item))
        )

    def add(self, what: str, *new: Any) -> Scenario:
        """With more items in a list."""
        return self._with_list(what, lambda items: (*items, *new))

    def _with_list(self, what: str, make: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Scenario:
        if what == "identities":
            return replace(self, state=replace(self.state, identities=make(self.state.identities)))
        if what in Tenant.__dataclass_fields__:
            return self.in_tenant(**{what: make(getattr(self.tenant, what))})
        return self.in_subscription(**{what: make(getattr(self.subscription, what))})

    def configure(self, path: str, value: Any) -> Scenario:
        """With another value in the configuration; `path` is dotted, numbers are places in lists."""
        config = copy.deepcopy(dict(self.config))
        *tables, last = path.split(".")
        place: Any = config
        for name in tables:
            place = place[int(name)] if isinstance(place, list) else place.setdefault(name, {})
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
        return replace(self, config=config)

    def without_attestation(self, check: str) -> Scenario:
        """Without the attestations of a check."""
        kept = [item for item in self.config.get("attestations", []) if item["check"] != check]
        return self.configure("attestations", kept)

    def permitted(self, *without: str, **changes: Any) -> Scenario:
        """With an identity that lacks these permissions and has other rights."""
        return self.change(
            "identities",
            permissions=lambda identity: _without(identity, without),
            **changes,
        )

    def named(self, name: str, title: str, breaks: str) -> Scenario:
        """Under another name."""
        return replace(self, name=name, title=title, breaks=breaks)


def _without(identity: Identity, names: tuple[str, ...]) -> frozenset[str]:
    return identity.permissions - frozenset(names)
