"""The addresses of the service: its hosts, and paths on them."""

from __future__ import annotations

SERVICE_PATH = "/scene7/services/IpsApiService"  # SOAP 1.1 and 1.2 (D).
PLAIN_PATH = "/scene7/api/IpsApiService"  # XML without SOAP (O).
UPLOAD_PATH = "/scene7/UploadFile"  # Files, by multipart/form-data (D).
EXPORT_FOLDER = "/scene7/export/"  # Archives of export jobs: ours, for no source says where (I).
WSDL_FOLDERS = ("/scene7/webservice/", "/scene7/")  # D, and O.

_STAGES = tuple((number, stage) for number in (1, 3, 5) for stage in ("", "-staging"))
HOSTS = tuple(f"s7sps{number}apissl{stage}.scene7.com" for number, stage in _STAGES)
"""The six hosts of the service, production and staging."""
UPLOAD_HOSTS = tuple(f"s7sps{number}ssl{stage}.scene7.com" for number, stage in _STAGES)
"""The six hosts that files are posted to."""
