"""Which keys are offered where an agent holds many and the configuration names one.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import subprocess

from hosts_case import HostsCase
from lab import LONG, UNREACHABLE, wait_for
from sshd import KEYGEN


class Agent(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.socket = cls.hosts.path("agent")
        agent = subprocess.Popen(["ssh-agent", "-D", "-a", cls.socket], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        cls.addClassCleanup(agent.wait, LONG)
        cls.addClassCleanup(agent.terminate)
        wait_for(lambda: os.path.exists(cls.socket), "the agent listens")
        for number in range(6):
            cls.load(cls.hosts.keypair(f"other{number}"))
        cls.mine = cls.hosts.keypair("mine")
        cls.load(cls.mine)
        cls.load(cls.hosts.keypair("last"))
        # The second key of the configuration can be read, and lets nobody in here.
        cls.hosts.start("picky", "MaxAuthTries 1", f"AuthorizedKeysFile {cls.mine}.pub")
        cls.lock(cls.mine)

    @classmethod
    def load(cls, key):
        subprocess.run(["ssh-add", "-q", key], env=os.environ | {"SSH_AUTH_SOCK": cls.socket}, check=True, timeout=LONG)

    @staticmethod
    def lock(key):
        subprocess.run(["ssh-keygen", "-q", "-p", "-N", "locked", "-f", key], check=True, timeout=LONG, stdout=subprocess.DEVNULL)

    def configure(self, identity, only="yes"):
        self.hosts.lines = ["Host picky", f"  IdentityFile {identity}", f"  IdentitiesOnly {only}", f"  IdentityAgent {self.socket}"]
        self.hosts.write_config()

    def test_01_only_the_key_that_is_named_is_offered(self):
        with self.subTest("its private half is locked, the public one beside it"):
            self.configure(self.mine)
            self.run_ctys("list", "--on", "picky")
        with self.subTest("the public half itself is named"):
            self.configure(self.mine + ".pub")
            self.run_ctys("list", "--on", "picky")
        with self.subTest("there is only the locked one"):
            os.rename(self.mine + ".pub", self.hosts.path("elsewhere.pub"))
            self.addCleanup(os.rename, self.hosts.path("elsewhere.pub"), self.mine + ".pub")
            os.link(self.mine, self.hosts.path("alone"))
            self.hosts.start("picky2", "MaxAuthTries 1", f"AuthorizedKeysFile {self.hosts.path('elsewhere.pub')}")
            self.configure(self.hosts.path("alone"))
            self.hosts.lines[0] = "Host picky2"
            self.hosts.write_config()
            self.run_ctys("list", "--on", "picky2")

    def test_02_a_key_that_the_agent_does_not_have_opens_nothing(self):
        unknown = self.hosts.path("unknown")
        subprocess.run([*KEYGEN, "-f", unknown], check=True, timeout=LONG)
        self.lock(unknown)
        self.configure(unknown)
        self.assertIn("cannot log in", self.run_ctys("list", "--on", "picky", status=UNREACHABLE).err)

    def test_03_otherwise_the_agent_offers_all_it_has(self):
        self.hosts.start("patient", "MaxAuthTries 20", f"AuthorizedKeysFile {self.hosts.path('other5.pub')}")
        self.hosts.lines = ["Host patient", f"  IdentityAgent {self.socket}"]
        self.hosts.write_config()
        self.run_ctys("list", "--on", "patient")
