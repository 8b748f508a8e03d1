"""The addresses of the service: paths on its hosts."""

from __future__ import annotations

SERVICE_PATH = "/scene7/services/IpsApiService"  # SOAP 1.1 and 1.2 (D).
PLAIN_PATH = "/scene7/api/IpsApiService"  # XML without SOAP (O).
UPLOAD_PATH = "/scene7/UploadFile"  # Files, by multipart/form-data (D).
EXPORT_FOLDER = "/scene7/export/"  # Archives of export jobs: ours, for no source says where (I).
WSDL_FOLDERS = ("/scene7/webservice/", "/scene7/")  # D, and O.
