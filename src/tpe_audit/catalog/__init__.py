"""The checks: files that are found, loaded and put in order of cause.

signature ▶ loading ▶ Catalog of Check
"""

from __future__ import annotations

from tpe_audit.catalog.checks import Brought, Catalog, Check, Parameter, Profile, Reads, Unloadable
from tpe_audit.catalog.loading import BUILT_IN, COLLECTORS_FILE, Folder, find, load, load_module
from tpe_audit.catalog.signature import CheckFileError, parameters_of

__all__ = [
    "BUILT_IN",
    "COLLECTORS_FILE",
    "Brought",
    "Catalog",
    "Check",
    "CheckFileError",
    "Folder",
    "Parameter",
    "Profile",
    "Reads",
    "Unloadable",
    "find",
    "load",
    "load_module",
    "parameters_of",
]
