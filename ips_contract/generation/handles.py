"""Bytes → handles: the forms that they have by version, and what each field's handle is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ips_contract.contract.handles import JobHandle, company_number
from ips_contract.contract.versions import PRE_4_0, RANKS
from ips_contract.xml.text import collapse

if TYPE_CHECKING:
    from ips_contract.contract.versions import Version

HANDLE_WIDTH = 3
_NUMBERS = ("1", "0", "47", "110", "2101", "007", "2147483648", "99999999999999999999")
_MAIL = ("a", "me@example.com", "ü@exämple.test", "a b@x", "a|b")
_NAMES = ("0", "a", "My Test Job", "katlyn", "A & B", "Straße", "日本語", "🎈", "a  b", "<x>")
_INSTANCES = ("0", "0_2011-03-30-14:32:08.834", "Add_2007-09-14-15:04:34", "3e41464dce94")
_PATHS = ("a/", "MyCompany/", "MyCompany/My New Images/", "Straße/日本語/")
# Simple type of a handle → what it is of.
HANDLE_TYPES = {
    **dict.fromkeys(("CompanyHandle", "OptionalCompanyHandle", "AnswerCompanyHandle"), "company"),
    "UserHandle": "user",
    "ContextHandle": "context",
    **dict.fromkeys(("JobHandle", "OptionalJobHandle"), "job"),
}
# The same of fields that the contract has as strings: their names tell.
_HANDLE_FIELDS = {
    "companyHandle": "company",
    "contextHandle": "context",
    **dict.fromkeys(
        ("userHandle", "accessUserHandle", "primaryOwnerHandle", "secondaryOwnerHandle"), "user"
    ),
    **dict.fromkeys(("groupHandle", "accessGroupHandle"), "group"),
    "projectHandle": "project",
    **dict.fromkeys(("folderHandle", "destFolderHandle"), "folder"),
    **dict.fromkeys(
        (
            *("assetHandle", "ownerHandle", "originatorHandle", "thumbAssetHandle"),
            "viewerPresetHandle",
        ),
        "asset",
    ),
    "imageMapHandle": "image map",
    "zoomTargetHandle": "zoom target",
    "imageFormatHandle": "image format",
    "fieldHandle": "metadata field",
    "typeHandle": "property set type",
    "setHandle": "property set",
    "permissionSetHandle": "permission set",
    "vignetteFormatHandle": "vignette format",
}
# What a handle is of → first version → form, as examples and observed messages show it (O D).
HANDLE_FORMS = {
    "company": {"pre-4.0": "{number}", "4.0": "c|{number}"},
    "user": {"pre-4.0": "{number}|{mail}"},
    "context": {"pre-4.0": "pc|{number}"},
    "job": {
        "pre-4.0": "{number}|{job}|{instance}",
        "4.0": "j|{number}|{job}|{instance}|{log}",
    },
    "group": {"pre-4.0": "{number}", "4.0": "g|{number}"},
    "project": {"pre-4.0": "{number}|{name}", "4.0": "p|{number}|{name}"},
    "folder": {"pre-4.0": "{path}", "4.4": "f|{path}"},
    "asset": {
        "pre-4.0": "{number}|1|{other}",
        "4.0": "a|{number}|1|{other}",
        "4.5": "a|{number}",
    },
    "image map": {"pre-4.0": "{number}|8|{other}", "4.0": ""},
    "zoom target": {"pre-4.0": "{number}|9|{other}", "4.0": "a|{number}|9|{other}"},
    "image format": {"pre-4.0": "{number}|{other}", "4.0": ""},
    "metadata field": {"pre-4.0": "{number}|ALL|{name}", "4.0": "m|{number}|ASSET|{name}"},
    "property set type": {"4.0": "pt|{number}"},
    "property set": {"4.0": "ps|{number}"},
    "permission set": {"4.0": "pm|{number}"},
    "vignette format": {"4.0": "v|{number}|{other}"},
}


def handle_of(name: str) -> str:
    """What the field ``name`` has a handle of, or an array of handles; "" if nothing tells."""
    return _HANDLE_FIELDS.get(name.removesuffix("Array"), "")


def handle_form(version: Version, handle: str) -> str:
    """The form of handles of a kind in ``version``; "" if none was seen."""
    found = ""
    for since, form in HANDLE_FORMS.get(handle, {}).items():
        if version.rank >= RANKS[since]:
            found = form
    return found


def handle(form: str, data: bytes) -> str:
    """A handle of ``form`` from ``HANDLE_WIDTH`` bytes."""
    number, name, instance = data
    # A submitted job's handle has a name, a run's an instance and perhaps a log number.
    is_run = instance >= 128
    return form.format(
        number=_NUMBERS[number % len(_NUMBERS)],
        other=_NUMBERS[instance % len(_NUMBERS)],
        name=_NAMES[name % len(_NAMES)],
        job="" if is_run else _NAMES[name % len(_NAMES)],
        instance=_INSTANCES[instance % len(_INSTANCES)] if is_run else "",
        log=_NUMBERS[name % len(_NUMBERS)] if is_run and name >= 128 else "",
        mail=_MAIL[name % len(_MAIL)],
        path=_PATHS[name % len(_PATHS)],
    )


def job_handle_for(company_handle: str, job_name: str, version: Version) -> str:
    """The handle by which the service answers the submission of a job."""
    job = JobHandle(company_number(collapse(company_handle)), job_name)
    return job.text(dated=version is not PRE_4_0)
