"""Jobs of Windows: a client with all that it starts, ended together and at the latest with us.

The system ends what is in a job when its last handle is closed, so also when this process is
killed; it needs no guardian. A client starts suspended and runs once it is in its job, so nothing
that it starts can be outside. Written by the documentation of the functions; it was never run on
Windows, and the tests hold only the calls and the layout of the structures.
"""

from __future__ import annotations

import ctypes
from typing import Any

_EXTENDED_LIMITS = 9  # JobObjectExtendedLimitInformation
_KILL_ON_CLOSE = 0x2000  # JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
# CREATE_SUSPENDED, and CREATE_NEW_PROCESS_GROUP: Ctrl-C at the terminal is for us alone.
START = 0x00000004 | 0x00000200


class _Basic(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("least_working_set", ctypes.c_size_t),
        ("most_working_set", ctypes.c_size_t),
        ("processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32),
        ("scheduling", ctypes.c_uint32),
    )


class Limits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION."""

    _fields_ = (
        ("basic", _Basic),
        ("counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


def _system() -> tuple[Any, Any]:  # pragma: no cover - Windows
    """The libraries kernel32 and ntdll, their functions with types."""
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined, unused-ignore]
    system = ctypes.WinDLL("ntdll")  # type: ignore[attr-defined, unused-ignore]
    handle, number = ctypes.c_void_p, ctypes.c_uint32
    for function, arguments in (
        (kernel.SetInformationJobObject, (handle, ctypes.c_int, handle, number)),
        (kernel.QueryInformationJobObject, (handle, ctypes.c_int, handle, number, handle)),
        (kernel.AssignProcessToJobObject, (handle, handle)),
        (kernel.TerminateJobObject, (handle, number)),
        (kernel.CloseHandle, (handle,)),
        (system.NtResumeProcess, (handle,)),
    ):
        function.argtypes = arguments
    kernel.CreateJobObjectW.restype = handle
    kernel.CreateJobObjectW.argtypes = (handle, ctypes.c_wchar_p)
    return kernel, system


class Job:
    """A job with one client in it, which begins to run.

    Args:
        process: handle of the client, started with the flags ``START``.
        libraries: kernel32 and ntdll.

    Raises:
        OSError: the system refuses; the client must be ended.
    """

    def __init__(self, process: int, libraries: tuple[Any, Any] | None = None) -> None:
        self._kernel, system = _system() if libraries is None else libraries
        self._handle = self._kernel.CreateJobObjectW(None, None)
        limits = Limits()
        limits.basic.flags = _KILL_ON_CLOSE
        size = ctypes.sizeof(limits)
        if not (
            self._handle
            and self._kernel.SetInformationJobObject(
                self._handle, _EXTENDED_LIMITS, ctypes.byref(limits), size
            )
            and self._kernel.AssignProcessToJobObject(self._handle, process)
            and system.NtResumeProcess(process) >= 0
        ):
            self.close()
            raise OSError("the client cannot be put into a job")

    def memory(self) -> int:
        """The most bytes that its processes had committed together."""
        limits = Limits()
        size = ctypes.sizeof(limits)
        found = self._kernel.QueryInformationJobObject(
            self._handle, _EXTENDED_LIMITS, ctypes.byref(limits), size, None
        )
        return int(limits.peak_job_memory) if found else 0

    def end(self) -> None:
        """Ends all its processes."""
        self._kernel.TerminateJobObject(self._handle, 1)

    def close(self) -> None:
        """Gives the handle back, and so ends what is left."""
        if self._handle:
            self._kernel.CloseHandle(self._handle)
            self._handle = None
