"""RevokedHostKeys of the SSH configuration: a key in that file is refused, and every key where the file cannot be read.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import pwd
import subprocess

from hosts_case import HostsCase
from lab import LONG, UNREACHABLE


class Revoked(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("stolen", "good"):
            cls.hosts.start(name)
        cls.file = cls.hosts.path("revoked keys")

    def configure(self, file):
        self.hosts.lines[:] = [f'Host *\n  RevokedHostKeys "{file}"']
        self.hosts.write_config()

    def write(self, text):
        with open(self.file, "w", encoding="ascii") as file:
            file.write(text)
        self.configure(self.file)

    def key(self, host):
        return self.hosts.public(self.hosts.path(host, "host_key"))

    def refused(self, host, *words):
        err = self.run_ctys("list", "--on", host, status=UNREACHABLE).err
        self.assertTrue(all(word in err for word in words), err)
        ssh = subprocess.run(["ssh", "-F", self.hosts.config, "-o", "BatchMode=yes", host, "true"], check=False, timeout=LONG,
                             stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual(ssh.returncode, 255, "OpenSSH does the same")

    def test_01_a_text_of_keys(self):
        self.write(f"# stolen in May\n\n{self.key('stolen')} root@stolen\n")
        self.refused("stolen", "the host key is revoked", f"{self.file}:3", "ask who runs it")
        self.run_ctys("list", "--on", "good")
        steps = json.loads(self.run_ctys("doctor", "stolen", "--json", status=UNREACHABLE).out)
        self.assertEqual([step["Detail"].split(":")[0] for step in steps if step["Result"] == "FAIL"],
                         ["the host key is revoked"])

    def test_02_a_key_revocation_list(self):
        subprocess.run(["ssh-keygen", "-q", "-k", "-f", self.file, self.hosts.path("stolen", "host_key.pub")], check=True,
                       timeout=LONG)
        self.configure(self.file)
        self.refused("stolen", "the host key is revoked", self.file)
        self.run_ctys("list", "--on", "good")
        os.truncate(self.file, os.path.getsize(self.file) - 3)
        self.refused("good", "cannot tell whether the host key is revoked", self.file)

    def test_03_a_file_that_cannot_be_read_refuses_every_key(self):
        self.configure(self.hosts.path("nowhere"))
        self.refused("good", "cannot tell whether the host key is revoked", "No such file", "no host key is taken")
        self.configure(self.hosts.folder)
        self.refused("good", "cannot tell whether the host key is revoked", "directory")
        self.write(f"good {self.key('stolen')}\n")
        self.refused("good", "cannot tell whether the host key is revoked", "line 1 is no public key")

    def test_04_the_home_stands_for_a_tilde_and_none_for_no_file(self):
        self.write(self.key("stolen") + "\n")
        self.configure("~/" + os.path.relpath(self.file, pwd.getpwuid(os.getuid()).pw_dir))
        self.refused("stolen", "the host key is revoked")
        self.run_ctys("list", "--on", "good")
        for nothing in ("none", "/dev/null"):
            self.configure(nothing)
            self.run_ctys("list", "--on", "stolen")
