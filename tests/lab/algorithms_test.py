"""Lists of algorithms in the SSH configuration: where libssh can use none of them, nothing else is taken instead.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os

from hosts_case import HostsCase
from lab import UNREACHABLE, USAGE


class Algorithms(HostsCase):
    UNKNOWN = {  # to libssh, which takes no certificates either; ssh knows them
        "KexAlgorithms": ("sntrup761x25519-sha512@openssh.com", "curve25519-sha256"),
        "MACs": ("umac-128@openssh.com", "hmac-sha2-256"),
        "HostKeyAlgorithms": ("ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519"),
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hosts.start("h1")
        for keyword, (unknown, known) in cls.UNKNOWN.items():
            for name, algorithms in (("none", unknown), ("some", f"{unknown},{known}")):
                cls.hosts.lines.append(f"Host {name}-{keyword}\n  HostName {cls.hosts.addresses['h1']}\n  {keyword} {algorithms}")
        cls.hosts.write_config()

    def refused(self, host, keyword, algorithms, **more):
        said = self.run_ctys("list", "--on", host, status=USAGE, **more).err
        self.assertIn(f"libssh can use none of the {keyword} of its SSH configuration: {algorithms}\n", said)
        self.assertIn(f"where: {host}\n", said)
        self.assertIn("fix:   add one there, such as ", said)

    def test_01_a_host_with_none_that_libssh_can_use_is_refused(self):
        for keyword, (unknown, known) in self.UNKNOWN.items():
            with self.subTest(keyword):
                self.refused(f"none-{keyword}", keyword, unknown)
                answer = self.run_ctys("list", "--on", f"h1,none-{keyword}", status=UNREACHABLE)
                self.assertIn("test", answer.out, "the other host has its rows")
                self.assertIn(keyword, answer.out + answer.err)
                self.assertIn(known, answer.out + answer.err)

    def test_02_those_that_it_can_use_are_enough(self):
        for keyword in self.UNKNOWN:
            self.run_ctys("list", "--on", f"some-{keyword}")

    def test_03_ciphers_too_once_ssh_has_one_that_libssh_lacks(self):
        folder = self.hosts.path("newer")
        os.mkdir(folder)
        os.rename(self.hosts.script("newer-ssh", '/usr/bin/ssh "$@" | sed "s/^ciphers .*/ciphers new@example.com/"'),
                  os.path.join(folder, "ssh"))
        self.hosts.alias("newer", "h1")  # whom no earlier answer of ssh is about
        environment = {"PATH": folder + ":" + self.home.environment["PATH"]}
        self.refused("newer", "Ciphers", "new@example.com", environment=environment)
