"""What the SSH configuration allows of a connection: algorithms, ways to log in, addresses.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import subprocess

from hosts_case import HostsCase
from lab import CTYS, LONG, UNREACHABLE, USAGE, Terminal


class Limits(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        hosts = cls.hosts
        rsa = hosts.path("rsa_key")
        subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", rsa], check=True, timeout=LONG)
        hosts.start("one", "PasswordAuthentication yes", "MaxAuthTries 20")
        hosts.start("two", f"HostKey {rsa}")
        hosts.know(hosts.addresses["two"], rsa)
        hosts.start("other", f"HostKey {rsa}", known=False)
        hosts.know(hosts.addresses["other"], rsa)

    def configure(self, *lines):
        self.hosts.lines[:] = ["Host *", *lines]
        self.hosts.write_config()

    def refused(self, host, *words, status=UNREACHABLE):
        err = self.run_ctys("list", "--on", host, status=status).err
        self.assertTrue(all(word in err for word in words), err)

    def key_of(self, host):
        steps = json.loads(self.run_ctys("doctor", host, "--json").out)
        return next(step["Detail"].split()[0] for step in steps if step["Step"] == "host-key")

    def test_01_host_key_algorithms_are_all_that_a_host_may_use(self):
        self.configure()
        self.assertEqual([self.key_of("two"), self.key_of("other")], ["ssh-ed25519", "ssh-rsa"], "one that is known")
        self.configure("  HostKeyAlgorithms rsa-sha2-256,webauthn-sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512")
        self.assertEqual(self.key_of("two"), "ssh-rsa")
        self.refused("one", "ssh-ed25519")
        self.configure("  HostKeyAlgorithms ssh-ed25519")
        self.assertEqual(self.key_of("two"), "ssh-ed25519")

    def test_02_a_list_of_which_nothing_is_known_allows_nothing(self):
        self.configure("  HostKeyAlgorithms webauthn-sk-ecdsa-sha2-nistp256@openssh.com")
        self.refused("one", "HostKeyAlgorithms", status=USAGE)
        self.configure("  PubkeyAcceptedAlgorithms webauthn-sk-ecdsa-sha2-nistp256@openssh.com")
        self.refused("one", "cannot log in", "allows no key")

    def test_03_the_own_keys_are_those_that_are_accepted(self):
        self.configure("  PubkeyAcceptedAlgorithms rsa-sha2-512")
        self.refused("one", "cannot log in")
        self.configure("  PubkeyAcceptedAlgorithms rsa-sha2-512,ssh-ed25519")
        self.run_ctys("list", "--on", "one")

    def test_04_only_preferred_ways_to_log_in_are_gone(self):
        for ways in ("password", "keyboard-interactive,password", "gssapi-with-mic"):
            self.configure(f"  PreferredAuthentications {ways}")
            self.refused("one", "cannot log in", "allows no key")
        for ways in ("password,publickey", "publickey"):
            self.configure(f"  PreferredAuthentications {ways}")
            self.run_ctys("list", "--on", "one")

    def test_05_they_are_gone_in_that_order(self):
        self.configure("  PreferredAuthentications password,publickey")
        terminal = Terminal([CTYS, "list", "--on", "one"], self.home.environment)
        self.addCleanup(terminal.close)
        for _ in range(3):
            terminal.expect("password: ")
            terminal.type("wrong\n")
        terminal.expect("[status 0]")

    def test_06_only_addresses_of_the_family_are_tried(self):
        self.configure("  AddressFamily inet6")
        self.refused("one", "AddressFamily")
        self.configure("  AddressFamily inet")
        self.run_ctys("list", "--on", "one")
