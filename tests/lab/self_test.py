"""A host that ends itself: SELF is carried out inside a guest, which is a host, too.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import subprocess
import unittest

from lab import CTYS, HERE, LONG, Host, guest, in_guest, wait_for

SCRIPT = os.path.join(HERE, "guest.sh")


def libraries_of(program):
    """The shared libraries that it loads, as paths below /."""
    said = subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True, check=True, timeout=LONG).stdout
    return [word.lstrip("/") for word in said.split() if word.startswith("/")]


class EndsItself(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        guest("build")
        cls.host = Host()
        cls.addClassCleanup(cls.host.close)
        cls.port = cls.host.define("own01")

    def start(self):
        answer = self.host.ctys("start", "own01", "--wait", "ssh")
        self.assertEqual(answer.status, 0, answer)
        with open(CTYS, "rb") as program:
            subprocess.run([SCRIPT, "ssh", str(self.port), "cat >/run/ctys && chmod 755 /run/ctys"], stdin=program, check=True,
                           timeout=LONG)
        with subprocess.Popen(["tar", "-chC", "/", *libraries_of(CTYS)], stdout=subprocess.PIPE) as archive:
            subprocess.run([SCRIPT, "ssh", str(self.port), "tar -xC /"], stdin=archive.stdout, check=True, timeout=LONG)
        # Its first process is a shell, which no signal tells to end: what the host's own commands do is done at once.
        for name in ("poweroff", "reboot"):
            in_guest(self.port, f"printf '#!/bin/sh\\nexec busybox {name} -f\\n' >/run/{name} && chmod 755 /run/{name}")

    def end(self, *words):
        """In the background of the guest: the end of the host would leave the connection open."""
        in_guest(self.port, "(PATH=/run:$PATH /run/ctys cancel --all --self " + " ".join(words) + ") </dev/null >/run/said 2>&1 &")

    def test_1_a_plan_ends_nothing(self):
        self.start()
        self.assertIn("end this host", in_guest(self.port, "/run/ctys cancel --all --self --plan"))
        self.assertEqual(self.host.state("own01"), "running")

    def test_2_reboot_begins_a_new_life(self):
        before = in_guest(self.port, "cat /proc/sys/kernel/random/boot_id")
        self.end("--method", "reboot")

        def another():
            return in_guest(self.port, "cat /proc/sys/kernel/random/boot_id", check=False) not in ("", before)
        wait_for(another, "the guest has another boot")

    def test_3_poweroff_ends_it(self):
        self.start()
        self.end()
        wait_for(lambda: self.host.state("own01") == "shut off", "the guest is off")
