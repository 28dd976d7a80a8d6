"""The licences that the Hub knows, with the address of the text of each.

The names are those of https://huggingface.co/docs/hub/repositories-licenses; the addresses those of SPDX or of the
licence itself. None: the name stands for several texts.
"""

from __future__ import annotations

_SPDX = "https://spdx.org/licenses/"
_SAME = [
    "Apache-2.0",
    "MIT",
    "AFL-3.0",
    "Artistic-2.0",
    "BSL-1.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSD-3-Clause-Clear",
    "C-UDA-1.0",
    "CC0-1.0",
    "CC-BY-2.0",
    "CC-BY-2.5",
    "CC-BY-3.0",
    "CC-BY-4.0",
    "CC-BY-SA-3.0",
    "CC-BY-SA-4.0",
    "CC-BY-NC-2.0",
    "CC-BY-NC-3.0",
    "CC-BY-NC-4.0",
    "CC-BY-ND-4.0",
    "CC-BY-NC-ND-3.0",
    "CC-BY-NC-ND-4.0",
    "CC-BY-NC-SA-2.0",
    "CC-BY-NC-SA-3.0",
    "CC-BY-NC-SA-4.0",
    "CDLA-Sharing-1.0",
    "CDLA-Permissive-1.0",
    "CDLA-Permissive-2.0",
    "WTFPL",
    "ECL-2.0",
    "EPL-1.0",
    "EPL-2.0",
    "EUPL-1.1",
    "EUPL-1.2",
    "AGPL-3.0",
    "GPL-2.0",
    "GPL-3.0",
    "LGPL-2.1",
    "LGPL-3.0",
    "ISC",
    "LPPL-1.3c",
    "MS-PL",
    "MPL-2.0",
    "ODbL-1.0",
    "ODC-By-1.0",
    "OFL-1.1",
    "OSL-3.0",
    "PostgreSQL",
    "NCSA",
    "Unlicense",
    "Zlib",
    "PDDL-1.0",
]
_OWN_NAMES = {"C-UDA-1.0": "c-uda", "ODbL-1.0": "odbl", "ODC-By-1.0": "odc-by", "PDDL-1.0": "pddl"}

LICENCES: dict[str, str | None] = {
    **{_OWN_NAMES.get(name, name.lower()): f"{_SPDX}{name}.html" for name in _SAME},
    **dict.fromkeys(("cc", "bsd", "gpl", "lgpl", "openrail", "unknown", "other")),
    "etalab-2.0": f"{_SPDX}etalab-2.0.html",
    "gfdl": "https://www.gnu.org/licenses/fdl-1.3.html",
    "open-mdw": "https://openmdw.ai/license/",
}
OTHER = "other"


def licence_url(licence: str, link: str = "") -> str:
    """The address of a licence's text: `link` where one was given, else that of the known licence, "" for none."""
    return link or LICENCES.get(licence) or ""
