"""Nobody of the same user reads what a sealed process remembers, and it leaves no core dump."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

SEALED = """
import ctypes, os, resource
from incidentd.sealing import seal
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
before = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)  # PR_GET_DUMPABLE
assert seal() and seal(), "as often as one likes"
print(before, ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE), flush=True)
os.abort()
"""


def test_a_sealed_process_leaves_no_dump(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", SEALED], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child.stdout:
        said = child.stdout.read()
    _, status = os.waitpid(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert said.split() == ["1", "0", "0", "0"]
    assert os.WTERMSIG(status) == signal.SIGABRT
    assert not os.WCOREDUMP(status)
    assert list(tmp_path.iterdir()) == []
