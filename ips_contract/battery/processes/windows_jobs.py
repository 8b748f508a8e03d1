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
_MAY_ASSIGN = 0x0100 | 0x0001  # PROCESS_SET_QUOTA, PROCESS_TERMINATE
_MAY_RESUME = 0x0002  # THREAD_SUSPEND_RESUME
_ALL_THREADS = 0x0004  # TH32CS_SNAPTHREAD
_INVALID_HANDLE = ctypes.c_void_p(-1).value
_REFUSED = 0xFFFFFFFF  # What ResumeThread says then.


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


class Thread(ctypes.Structure):
    """THREADENTRY32."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("usage", ctypes.c_uint32),
        ("number", ctypes.c_uint32),
        ("process", ctypes.c_uint32),
        ("base_priority", ctypes.c_int32),
        ("delta_priority", ctypes.c_int32),
        ("flags", ctypes.c_uint32),
    )


def _kernel32() -> Any:  # pragma: no cover - Windows
    """The library kernel32, its functions with types."""
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined, unused-ignore]
    handle, number, whether = ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int
    for function, result, arguments in (
        (kernel.AssignProcessToJobObject, whether, (handle, handle)),
        (kernel.CloseHandle, whether, (handle,)),
        (kernel.CreateJobObjectW, handle, (handle, ctypes.c_wchar_p)),
        (kernel.CreateToolhelp32Snapshot, handle, (number, number)),
        (kernel.OpenProcess, handle, (number, whether, number)),
        (kernel.OpenThread, handle, (number, whether, number)),
        (
            kernel.QueryInformationJobObject,
            whether,
            (handle, ctypes.c_int, handle, number, handle),
        ),
        (kernel.ResumeThread, number, (handle,)),
        (kernel.SetInformationJobObject, whether, (handle, ctypes.c_int, handle, number)),
        (kernel.TerminateJobObject, whether, (handle, number)),
        (kernel.Thread32First, whether, (handle, handle)),
        (kernel.Thread32Next, whether, (handle, handle)),
    ):
        function.restype = result
        function.argtypes = arguments
    return kernel


class Job:
    """A job with one client in it, which begins to run.

    Args:
        process: number of the client, started with the flags ``START`` and not waited for.
        kernel: the library kernel32.

    Raises:
        OSError: the system refuses; the client must be ended.
    """

    def __init__(self, process: int, kernel: Any = None) -> None:
        self._kernel = _kernel32() if kernel is None else kernel
        self._handle = self._kernel.CreateJobObjectW(None, None)
        if not (self._handle and self._limit() and self._assign(process) and self._resume(process)):
            self.close()
            raise OSError("the client cannot be put into a job")

    def _limit(self) -> bool:
        limits = Limits()
        limits.basic.flags = _KILL_ON_CLOSE
        size = ctypes.sizeof(limits)
        return bool(
            self._kernel.SetInformationJobObject(
                self._handle, _EXTENDED_LIMITS, ctypes.byref(limits), size
            )
        )

    def _assign(self, process: int) -> bool:
        client = self._kernel.OpenProcess(_MAY_ASSIGN, 0, process)
        if not client:
            return False
        try:
            return bool(self._kernel.AssignProcessToJobObject(self._handle, client))
        finally:
            self._kernel.CloseHandle(client)

    def _resume(self, process: int) -> bool:
        """Lets the client run: it has the one thread that it was started with."""
        snapshot = self._kernel.CreateToolhelp32Snapshot(_ALL_THREADS, 0)
        if snapshot in (None, _INVALID_HANDLE):
            return False
        try:
            thread = Thread(ctypes.sizeof(Thread))
            found = self._kernel.Thread32First(snapshot, ctypes.byref(thread))
            while found and thread.process != process:
                found = self._kernel.Thread32Next(snapshot, ctypes.byref(thread))
            handle = self._kernel.OpenThread(_MAY_RESUME, 0, thread.number) if found else None
        finally:
            self._kernel.CloseHandle(snapshot)
        if not handle:
            return False
        try:
            return bool(self._kernel.ResumeThread(handle) != _REFUSED)
        finally:
            self._kernel.CloseHandle(handle)

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
