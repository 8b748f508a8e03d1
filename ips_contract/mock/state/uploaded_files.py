"""How much is remembered of the files that were posted to UploadFile."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ips_contract.mock.state.lifecycle import Job
    from ips_contract.mock.state.uploaded_file import UploadedFile

MOST_FILES = 10_000  # Of one job.
MOST_TEXT = 32 * 1024 * 1024  # Of names and folders of the files of all jobs: characters.


class UploadedFiles:
    """What is kept of the files of all jobs: the newest, in names and in content.

    Args:
        most_content: bytes of content that are kept, of all files together.
    """

    def __init__(self, most_content: int = 0) -> None:
        self.most_content = most_content
        self.clear()

    def clear(self) -> None:
        """Forgets them; the jobs have to go, too."""
        self._added: deque[tuple[Job, int]] = deque()  # The jobs, and what each add brought.
        self._text = 0
        self._filled: deque[UploadedFile] = deque()
        self._content = 0

    def add(self, job: Job, files: Sequence[UploadedFile]) -> None:
        """``files`` were posted to ``job``. The oldest of others are forgotten if it is too much.

        A job whose files are forgotten still knows how many they were.
        """
        job.uploads += files
        job.files += len(files)
        text = sum(file.text for file in files)
        self._added.append((job, text))
        self._text += text
        while self._text > MOST_TEXT and len(self._added) > 1:
            oldest, freed = self._added.popleft()
            self._text -= freed
            oldest.uploads = []
        for file in files:
            if file.content is not None:
                self._filled.append(file)
                self._content += file.size
        while self._content > self.most_content:
            file = self._filled.popleft()
            self._content -= file.size
            file.content = None
