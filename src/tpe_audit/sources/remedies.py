"""What to do about a sign-in or a connection that failed, by what Entra or the network said.

Codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

import re

_CONSENT = (
    "An administrator of {words} has to consent: Entra admin center > Enterprise applications > the application > "
    "Permissions > Grant admin consent, or `az ad app permission admin-consent --id {client}`."
)
_POLICY = (
    "A Conditional Access policy of {words} stands in the way: Entra admin center > Sign-in logs names it. Leave the "
    "auditor's identity out of it, or sign in as it demands."
)
_FEDERATED = (
    "Issuer, subject and audience of the token have to be, letter by letter, those of a federated credential of the "
    "application: `az ad app federated-credential list --id {client}`."
)
_MORE_PROOF = (
    'A person has to prove more than this kind of credential can: use kind = "browser", or an application\'s '
    "certificate."
)

NO_DEFAULT = "none of the default ways has worked"
"""How the error of the default credential begins."""

_OF_ENTRA: dict[int, str] = {
    50011: "Add http://localhost to the application's redirect URIs, as platform Mobile and desktop applications: "
    "`az ad app update --id {client} --public-client-redirect-uris http://localhost`.",
    50020: "The account is of another tenant: sign in with one of {words}, or invite this one there.",
    50034: "There is no such account in {words}: sign in with one that is there.",
    50055: "The account's password has expired: change it, and sign in again.",
    50057: "The account is disabled: an administrator of {words} enables it, or somebody else signs in.",
    50076: _MORE_PROOF,
    50079: _MORE_PROOF,
    50105: "Assign the user to the application: Entra admin center > Enterprise applications > the application > "
    "Users and groups.",
    53000: _POLICY,
    53001: _POLICY,
    53003: _POLICY,
    530003: _POLICY,
    65001: _CONSENT,
    65004: "The person declined to consent: sign in again and accept, or let an administrator consent for all.",
    700016: "Compare client_id = {client} with the Application (client) ID of the registration: it is neither its "
    "object id nor that of the enterprise application, and tenant_id has to be the tenant that has it.",
    70019: "The code was not entered in time: start again.",
    700024: "The clock of this machine is probably wrong: compare it with `tpe-audit doctor`, and set it by NTP.",
    700027: "Upload the certificate's public part to the application: "
    "`az ad app credential reset --id {client} --append --cert @certificate.pem`.",
    70021: _FEDERATED,
    700211: _FEDERATED,
    700212: _FEDERATED,
    700213: _FEDERATED,
    7000112: "The application is disabled in {words}: Entra admin center > Enterprise applications > the application > "
    "Properties > Enabled for users to sign-in, or "
    "`az ad sp update --id {client} --set accountEnabled=true`.",
    7000215: "Take the value of the secret, which is shown only once, and not its Secret ID; for a new one: "
    "`az ad app credential reset --id {client} --append`. Put it into the environment as {secret}.",
    7000218: 'Allow public client flows for the application (Authentication > Settings), or for kind = "browser" move '
    "its redirect URI to the platform Mobile and desktop applications: "
    "`az ad app update --id {client} --is-fallback-public-client true`.",
    7000222: "Make a new secret, `az ad app credential reset --id {client} --append`, and put it into the environment "
    "as {secret}.",
    90002: "tenant_id = {tenant} is no tenant of this cloud: Entra admin center > Overview shows it, and [endpoints] "
    "cloud says which cloud it is in.",
    500011: "The service has no service principal in {words}, or another cloud was meant: look at [endpoints].",
    90072: "The account is of another tenant: sign in with one of {words}, or invite this one there.",
    900021: "tenant_id = {tenant} is no tenant of this cloud.",
    900023: "tenant_id = {tenant} is no tenant of this cloud.",
}

_CA = (
    "Its certificate is not of a CA that this machine trusts. If something in between opens TLS (a proxy, a firewall), "
    "put the PEM of that CA, and of the others that are needed, into a file and name it in [endpoints] ca_bundle."
)

_PROXY_ASKS = "The proxy wants a name and a password: give them in HTTPS_PROXY, as http://name:password@host:port."
_NO_NAME = "The name is not known here: check [endpoints], DNS, and whether HTTPS_PROXY has to be set."
_NO_WAY = "Let this machine reach it on its port, or set HTTPS_PROXY."

_OF_NETWORK: dict[str, str] = {
    r"CERTIFICATE_VERIFY_FAILED|certificate verify failed": _CA,
    r"Proxy Authentication Required|\b407\b": _PROXY_ASKS,
    r"[Pp]roxy": "Compare HTTPS_PROXY and NO_PROXY with what this network asks for.",
    r"Name or service not known|getaddrinfo|nodename nor servname|No address assoc|failure in name": _NO_NAME,
    r"Connect(?:ion)? (?:call failed|refused)|Cannot connect|connection attempts failed|ConnectTimeout": _NO_WAY,
}

_MANAGED = (
    "Run it on an Azure resource that has a managed identity. A user-assigned one is named in client_id by its client "
    "id, which is not its object id: `az identity show -g GROUP -n NAME --query clientId`."
)

_OF_KINDS: dict[str, str] = {
    r"Azure CLI not found": "Install the Azure CLI (https://aka.ms/installazurecli), or choose another kind.",
    r"az login": "Sign in with `az login --tenant {tenant} --allow-no-subscriptions`.",
    r"Timed out waiting for Azure CLI": "Try `az account get-access-token --tenant {tenant}` by itself.",
    r"IMDS endpoint|[Mm]anaged ?[Ii]dentity|No identity has been|identity configuration not found": _MANAGED,
    r"Failed to open a browser|Couldn't start an HTTP server": 'Use kind = "device-code" where no browser is.',
    r"Timed out (?:waiting for user|after waiting)": "Nobody signed in in time: start again.",
    r"[Pp]assword|decrypt": "Give the password of the certificate's file in the environment, as {password}.",
    r"deserialize|private key|PEM|PKCS": "The file has to hold certificate and private key, as PEM or PKCS #12.",
}


def of_sign_in(said: str, *, words: str, tenant: str, client: str = "", prefix: str = "", kind: str = "") -> str:
    """Return what to do where signing in failed; empty where nothing better is known than what was said.

    Args:
        said: the error.
        words: what the tenant is called.
        tenant: its id.
        client: the application's id; empty: unknown.
        prefix: of the environment variables of this credential.
        kind: of credential, as config.toml names it.
    """
    advice = ""
    if code := re.search(r"AADSTS(\d+)", said):
        advice = _OF_ENTRA.get(int(code[1]), "")
    elif said.startswith(NO_DEFAULT):
        advice = "Set up one of them, or name another kind."
    else:
        advice = of_connection(said) or _found(_OF_KINDS, said) or (_MANAGED if kind == "managed-identity" else "")
    return advice.format(
        words=words,
        tenant=tenant,
        client=client or "CLIENT_ID",
        secret=f"{prefix}CLIENT_SECRET",
        password=f"{prefix}CERTIFICATE_PASSWORD",
    )


def of_connection(said: str) -> str:
    """Return what to do where no answer came; empty where nothing better is known than what was said."""
    return _found(_OF_NETWORK, said)


def _found(table: dict[str, str], said: str) -> str:
    return next((advice for pattern, advice in table.items() if re.search(pattern, said)), "")
