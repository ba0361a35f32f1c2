"""Signs in, tries each probe, and puts together what was found."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from tpe_audit.collectors.azure import GRANT as READER_GRANT
from tpe_audit.doctor import Examination, Identity, MixUp, Result, State
from tpe_audit.doctor.mix_ups import mix_ups
from tpe_audit.doctor.probes import Probe, Seen, probes
from tpe_audit.sources import SourceError, Sources
from tpe_audit.sources.authority import discovery
from tpe_audit.sources.credentials import SignIn
from tpe_audit.sources.errors import Off, Refused, SignInFailed
from tpe_audit.sources.graph import Graph
from tpe_audit.sources.rights import Rights

SKEW = timedelta(minutes=5)
"""How far clocks may differ: more than this, and tokens and assertions are taken for expired or not yet valid."""

ELSEWHERE = frozenset({"managed-identity", "azure-cli", "default"})
"""The kinds of credential that don't ask [endpoints] authority, or not only."""


async def examine(sources: Sources, *, proxies: bool) -> Examination:
    """Look at everything that an audit reads from."""
    config = sources.config
    if config.sovereign:
        why = f"Microsoft documents no Teams Phone extensibility in {config.sovereign}, so nothing was tried there."
        unsupported = Result("sign-in", config.teams.tenant_id, "the Teams tenant", State.NOT_SET_UP, why)
        return Examination((), (unsupported,), ())
    results: list[Result] = []
    found: list[MixUp] = []
    identities: list[Identity] = []
    rights: dict[SignIn, Rights | None] = {}
    seen = Seen()
    for identity in dict.fromkeys((sources.graph.identity, sources.arm.identity)):
        reached, skewed = await _authority(sources, identity, proxies=proxies)
        found += skewed
        # Some get their tokens elsewhere, and may do without.
        if not reached.works and _kind(sources, identity) not in ELSEWHERE:
            results.append(reached)
            continue
        result, held = await _sign_in(sources, identity)
        results += [result] if reached.works or result.works else [reached, result]
        if result.works:
            rights[identity] = held
        if held:
            identities.append(_identity(sources, identity, held))
            seen.own_id = held.object_id
    # One after another: later ones use what earlier ones saw.
    results += [await _tried(sources, probe, seen, rights) for probe in probes(sources)]
    found += await mix_ups(sources, seen, readable=sources.graph.identity in rights)
    return Examination(tuple(identities), tuple(results), tuple(found))


async def _authority(sources: Sources, identity: SignIn, *, proxies: bool) -> tuple[Result, list[MixUp]]:
    """Return whether sign-in is reached and knows the tenant, and whether the clocks agree."""
    what = f"{identity.words}: is it there"
    try:
        date = await discovery(sources.config, identity.tenant, identity.words, proxies=proxies)
    except SourceError as error:
        return Result("sign-in", identity.tenant, what, State.FAILED, str(error), error.lacks), []
    return Result("sign-in", identity.tenant, what, State.WORKS), _skew(date)


def _skew(date: str) -> list[MixUp]:
    try:
        there = parsedate_to_datetime(date)
    except ValueError:
        return []
    ahead = datetime.now(UTC) - (there if there.tzinfo else there.replace(tzinfo=UTC))
    if abs(ahead) <= SKEW:
        return []
    way = "ahead of" if ahead > timedelta() else "behind"
    minutes = round(abs(ahead).total_seconds() / 60)
    return [
        MixUp(
            "the clock of this machine",
            f"It is {minutes} minutes {way} that of Entra; tokens and certificates' assertions are refused then.",
            "Set it by NTP: `timedatectl set-ntp true`, or `w32tm /resync` on Windows.",
        )
    ]


def _kind(sources: Sources, identity: SignIn) -> str:
    config = sources.config
    return (config.teams.credential if identity is sources.graph.identity else config.azure_credential).kind


async def _sign_in(sources: Sources, identity: SignIn) -> tuple[Result, Rights | None]:
    graph = _graph(sources, identity)
    audience, options = (graph.audience, graph.token_options) if graph else (sources.arm.audience, {})
    try:
        await identity.ready(audience, sources.patience.ends, **options)
        rights = await identity.rights(audience, **options)
    except SignInFailed as error:
        return Result("sign-in", identity.tenant, identity.words, State.FAILED, str(error)), None
    return Result("sign-in", identity.tenant, identity.words, State.WORKS), rights


def _graph(sources: Sources, identity: SignIn) -> Graph | None:
    """Return the Graph that is asked as this identity, if any is."""
    return next((graph for graph in (sources.graph, sources.azure_graph) if graph.identity is identity), None)


def _identity(sources: Sources, identity: SignIn, rights: Rights) -> Identity:
    return Identity(
        identity.words,
        identity.tenant,
        rights.name,
        rights.application_id,
        rights.object_id,
        rights.person,
        tuple(sorted(rights.permissions)) if _graph(sources, identity) else None,
    )


def _asked_as(sources: Sources, probe: Probe) -> SignIn | None:
    """Return the identity that a source is asked as; None: it needs none."""
    match probe.source:
        case "arm" | "acs":
            return sources.arm.identity
        case "teams-powershell":
            return None
        case _:
            azure = probe.tenant != sources.graph.tenant
            return sources.azure_graph.identity if azure else sources.graph.identity


async def _tried(sources: Sources, probe: Probe, seen: Seen, rights: dict[SignIn, Rights | None]) -> Result:
    def result(state: State, said: str, mend: tuple[str, ...] = ()) -> Result:
        return Result(probe.source, probe.tenant, probe.what, state, said, mend)

    if why := sources.off.get(probe.source):
        return result(State.OFF, why)
    identity = _asked_as(sources, probe)
    if identity and identity not in rights:
        return result(State.NOT_TRIED, "There is no sign-in to its tenant.")
    try:
        async with asyncio.timeout_at(sources.patience.ends):
            return result(State.WORKS, await probe.ask(sources, seen))
    except TimeoutError:
        return result(State.FAILED, "It did not answer within the time that [limits] deadline allows.")
    except Off as off:
        return result(State.OFF if off.declared else State.NOT_SET_UP, str(off), off.lacks)
    except Refused as refused:
        return result(State.REFUSED, str(refused), _grant(probe, refused, rights.get(identity) if identity else None))
    except SourceError as error:
        # Azure says that things are not there, or nothing at all, to who may not see them.
        unseen = (READER_GRANT,) if probe.source == "arm" else ()
        return result(State.FAILED, str(error), error.lacks or unseen)


def _grant(probe: Probe, refused: Refused, held: Rights | None) -> tuple[str, ...]:
    """Return what to grant: the permission, unless the token has it already."""
    if not probe.permission or held is None or probe.permission not in held.permissions:
        return refused.lacks
    as_person = 'a person in the role Teams Administrator who signs in (kind = "device-code" or "browser")'
    return (f"{as_person}, because the token has {probe.permission} and is refused all the same",)
