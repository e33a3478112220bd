"""What is said of a machine of another host when the worker there is lost that acts on it, and ctys there is not.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import signal
import subprocess

from hosts_case import HostsCase
from lab import CTYS, FAILED, LONG, Host, guest, wait_for
from sshd import workers


def parent_of(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def is_on(pid, home):
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return b"HOME=" + home.encode() in file.read().split(b"\0")
    except OSError:
        return False


class FarLoss(HostsCase):
    @classmethod
    def setUpClass(cls):
        guest("build")
        super().setUpClass()
        cls.libvirt = Host()
        cls.addClassCleanup(cls.libvirt.close)
        cls.libvirt.define("web01", "--append", "guest.ssh=off")
        for name in ("near", "gw"):
            cls.hosts.start(name, environment={"LIBVIRT_DEFAULT_URI": cls.libvirt.uri, "CTYS_SSH_CONFIG": cls.hosts.config})
        answer = cls.home.ctys("list", "--on", "near", "--deadline", "60s")  # ctys is there: the hosts share its cache
        assert answer.status == 0, answer

    def acting(self):
        """Workers that the ctys of this host has started."""
        there = [pid for pid in workers() if is_on(pid, self.hosts.path("near", "home"))]
        return [pid for pid in there if parent_of(pid) in there]

    def test_01_a_machine_whose_worker_is_killed(self):
        for way in ((), ("--via", "gw", "--chain")):
            with self.subTest(way):
                process = subprocess.Popen([CTYS, "start", "web01", "--wait", "ssh", "--on", "near", *way, "--json"],
                                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                           env=self.home.environment)
                wait_for(lambda: self.libvirt.state("web01") == "running", "it was started")
                wait_for(self.acting, "it is waited for")
                for pid in self.acting():
                    os.kill(pid, signal.SIGKILL)
                out, err = process.communicate(timeout=LONG)
                self.assertEqual(process.returncode, FAILED, out + err)
                rows = json.loads(out)
                (row,) = [row for row in rows if "Result" in row]
                self.assertEqual((row["ContainingMachine"], row["Label"], row["Result"]), ("near", "web01", "unknown"), row)
                (error,) = [row["error"] for row in rows if "error" in row]
                self.assertIn("was killed while it was to start web01, but web01 is running now", error["what"])
                self.run_ctys("kill", "web01", "--on", "near")
