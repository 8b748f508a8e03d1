"""A file that was posted to UploadFile."""

from __future__ import annotations

NO_FILE = "no file: "  # So the note on a part begins that is none.


class UploadedFile:
    """A file of an upload.

    Attributes:
        name: that of its asset, with its extension.
        folder: where the asset is to go, as destFolder said it.
        size: bytes of its content.
        sha256: their checksum, in hexadecimal.
        content: the bytes, if they were to be kept and still are; None otherwise.
    """

    __slots__ = ("content", "folder", "name", "sha256", "size")

    def __init__(
        self, name: str, folder: str, size: int, sha256: str, content: bytes | None = None
    ) -> None:
        self.name = name
        self.folder = folder
        self.size = size
        self.sha256 = sha256
        self.content = content

    @property
    def text(self) -> int:
        """Characters of its name and folder."""
        return len(self.name) + len(self.folder)

    def __repr__(self) -> str:
        return f"<UploadedFile {self.name!r}: {self.size} bytes, SHA-256 {self.sha256}>"
