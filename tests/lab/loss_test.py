"""What is said of machines when a process that worked for them is lost: libvirt's daemon, or a worker of ctys.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import signal
import unittest

from lab import CTYS, FAILED, UNREACHABLE, Host, Terminal, ctys_processes, guest, kill_all, wait_for


class Loss(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        guest("build")

    def setUp(self):
        self.host = Host()
        self.addCleanup(self.host.close)
        self.host.define("web01", "--append", "guest.ssh=off")
        self.terminal = Terminal([CTYS, "start", "web01", "--wait", "ssh"],
                                 self.host.environment | {"TERM": "xterm", "COLUMNS": "200"})  # shows progress
        self.addCleanup(self.terminal.close)
        wait_for(lambda: self.host.state("web01") == "running", "it was started")
        self.terminal.expect("waiting for the guest's SSH server")

    def tearDown(self):
        wait_for(lambda: not ctys_processes(), "its workers have ended", 30)

    def test_01_a_machine_that_was_started_before_its_daemon_died(self):
        os.kill(self.host.pid, signal.SIGKILL)
        said = self.terminal.expect(f"[status {UNREACHABLE}]")
        self.assertIn("web01 was started; whether it is ready is not known", said)
        self.assertNotIn("cannot start", said)

    def test_02_a_machine_whose_worker_is_killed(self):
        kill_all([pid for pid in ctys_processes() if pid != self.terminal.program()])
        said = self.terminal.expect(f"[status {FAILED}]")
        self.assertIn("was killed while it was to start web01", said)
        self.assertIn("web01 is running now", said)
        self.assertNotIn("report this", said)


if __name__ == "__main__":
    unittest.main()
