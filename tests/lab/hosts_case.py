"""What tests with several hosts share: a home, the hosts, and that nothing is left of a call.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import shutil
import tempfile
import unittest

from lab import Home, ctys_processes, wait_for
from sshd import Hosts, workers
from wire import Network

NO_MACHINES = "<node><cpu><mhz>1000</mhz><model>i686</model><active>1</active></cpu><memory>9</memory></node>"
HELLO = '{"ctys":1,"host":"x","t":"hello","version":"1.0.0"}'


def commands():
    """The command lines of everything that runs."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                found.append(file.read().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return found


def mute_is_asked():
    """Whether a host that says nothing (HostsCase.says_nothing) has been asked and waits."""
    return any("cat -- -" in line for line in commands())


class HostsCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = Home(tempfile.mkdtemp(prefix="ctyslab."))
        cls.addClassCleanup(shutil.rmtree, cls.home.folder, ignore_errors=True)
        cls.hosts = Hosts()
        cls.addClassCleanup(cls.hosts.close)
        cls.home.environment["CTYS_SSH_CONFIG"] = cls.hosts.config
        nothing = os.path.join(cls.home.folder, "nothing.xml")  # this host has a hypervisor and no machines
        with open(nothing, "w", encoding="ascii") as file:
            file.write(NO_MACHINES)
        cls.home.environment["LIBVIRT_DEFAULT_URI"] = "test://" + nothing

    @classmethod
    def start_near_and_far(cls, uri):
        """One host beside this one, and three of which each is reached through the one before; all ask this libvirt."""
        cls.network = Network("me", "g1", "g2", "g3")
        cls.addClassCleanup(cls.network.close)
        there = {"LIBVIRT_DEFAULT_URI": uri}
        cls.hosts.start("near", environment=there)
        for number, (one, other) in enumerate((("me", "g1"), ("g1", "g2"), ("g2", "g3")), 1):
            _, address = cls.network.link(one, other, number)
            cls.hosts.start(other, address=address, before=cls.network.inside(other), environment=there)
        answer = cls.home.ctys("list", "--on", "near", "--deadline", "60s")  # ctys is there: the hosts share its cache
        assert answer.status == 0, answer

    @classmethod
    def says_nothing(cls):
        """The sshd option for a host whose ctys begins to speak, and then never says a word."""
        return "ForceCommand " + cls.hosts.script("mute", f"echo '{HELLO}'\nexec cat -- - >/dev/null")

    def tearDown(self):
        wait_for(lambda: not ctys_processes() and not workers() and not mute_is_asked(),
                 "nothing of ctys is left on any host", 30)

    def run_ctys(self, *words, status=0, **more):
        answer = self.home.ctys(*words, **more)
        self.assertEqual(answer.status, status, answer)
        self.assertNotIn("\x1b", answer.out + answer.err)
        return answer
