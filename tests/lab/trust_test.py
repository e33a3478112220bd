"""Certificates of hosts: libssh reads none, so a key that only an authority vouches for is refused, whatever else holds.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import signal
import subprocess

from hosts_case import HostsCase
from lab import LONG, UNREACHABLE, USAGE, wait_for


class Trust(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = cls.hosts.keypair("authority")
        for name, principal, time in (("valid", "", "+52w"), ("expired", "", "20200101:20200102"),
                                      ("other", "elsewhere", "+52w")):
            certificate = cls.hosts.path(name, "host_key-cert.pub")
            cls.hosts.start(name, f"HostKey {cls.hosts.path(name, 'host_key')}", known=False)
            address = cls.hosts.addresses[name]
            subprocess.run(["ssh-keygen", "-q", "-s", cls.authority, "-I", name, "-h", "-n", principal or address, "-V", time,
                            cls.hosts.path(name, "host_key.pub")], check=True, timeout=LONG)
            with open(cls.hosts.path(name, "sshd_config"), "a", encoding="utf-8") as file:
                file.write(f"HostCertificate {certificate}\n")
            os.kill(cls.hosts.pids[-1], signal.SIGHUP)  # it reads its configuration again
            wait_for(lambda at=address: cls.has_certificate(at), "the host shows its certificate")
            with open(cls.hosts.path(name, "pid"), encoding="ascii") as file:  # it may have forked for that
                cls.hosts.pids[-1] = int(file.read())
        cls.groups = os.path.join(cls.home.folder, ".ctys", "groups")
        os.makedirs(cls.groups)

    @classmethod
    def has_certificate(cls, address):
        scan = subprocess.run(["ssh-keyscan", "-c", "-p", str(cls.hosts.port), address], capture_output=True, text=True,
                              check=False, timeout=LONG)
        return "cert" in scan.stdout

    def ssh_takes(self, host):
        return subprocess.run(["ssh", "-F", self.hosts.config, "-o", "BatchMode=yes", host, "true"], check=False, timeout=LONG,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def known(self, *lines):
        with open(self.hosts.known, "w", encoding="ascii") as file:
            file.writelines(line + "\n" for line in lines)

    def test_01_an_authority_alone_is_refused_and_said_to_be_why(self):
        self.known(f"@cert-authority * {self.hosts.public(self.authority)}")
        for host in ("valid", "expired", "other"):
            with self.subTest(host):
                err = self.run_ctys("list", "--on", host, status=UNREACHABLE).err
                self.assertIn("only a certificate authority is", err)
                self.assertIn("which ctys cannot check", err)
                self.assertEqual(self.ssh_takes(host), host == "valid", "the certificates are what they are meant to be")

    def test_02_a_key_that_is_known_by_itself_is_taken_beside_an_authority(self):
        for mark in ("@cert-authority", "@revoked"):
            own = self.hosts.public(self.hosts.path("valid", "host_key"))
            name = f"[{self.hosts.addresses['valid']}]:{self.hosts.port}"
            self.known(f"{mark} * {self.hosts.public(self.authority)}", f"{name} {own}")
            self.run_ctys("list", "--on", "valid")

    def test_03_an_authority_that_is_revoked_vouches_for_nobody(self):
        public = self.hosts.public(self.authority)
        self.known(f"@cert-authority * {public}", f"@revoked * {public}")
        self.run_ctys("list", "--on", "valid", status=UNREACHABLE)
        self.known(f"@revoked * {public}")
        self.assertIn("not known", self.run_ctys("list", "--on", "valid", status=UNREACHABLE).err)

    def test_04_a_cycle_of_groups_is_told_whole_and_nobody_is_asked(self):
        for name, member in (("one", "two"), ("two", "three"), ("three", "one")):
            with open(os.path.join(self.groups, name), "w", encoding="ascii") as file:
                file.write(f"valid\n#include {member}\n")
        for words in (("list",), ("show",), ("stop", "--all"), ("vping",), ("doctor",)):
            with self.subTest(words):
                on = ("@one",) if words[0] in ("vping", "doctor") else ("--on", "@one")
                err = self.run_ctys(*words, *on, status=USAGE).err
                self.assertRegex(err.replace("\n", " "), r"one -> two \(\S+one:2\) -> three \(\S+two:2\) -> one \(\S+three:2\)")
