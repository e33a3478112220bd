"""What is called ctys in the PATH of another host, and is none: it is asked, and neither waited for nor left behind.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os

from hosts_case import HostsCase, commands
from lab import DEADLINE, FAILED, wait_for

OTHERS = {"sleeps": "sleep 34567", "floods": "yes", "clings": "trap '' PIPE TERM HUP\nwhile :; do echo y; sleep 1; done",
          "fails": "exit 3", "chats": "echo hello"}


def left():
    return [line for line in commands() if "ctys __worker" in line or "sleep 34567" in line]


class InPath(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, text in OTHERS.items():
            cls.start(name, text)

    @classmethod
    def start(cls, name, text):
        folder = cls.hosts.path("path-" + name)
        os.mkdir(folder)
        with open(os.path.join(folder, "ctys"), "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\n{text}\n")
        os.chmod(file.name, 0o755)
        cls.hosts.start(name, "ForceCommand " + cls.hosts.script(
            name, f'PATH={folder}:$PATH; export PATH\nexec sh -c "$SSH_ORIGINAL_COMMAND"'), own_cache=True)

    def cached(self, name):
        return os.path.exists(self.hosts.path(name, "home", ".cache", "ctys"))

    def test_01_the_end_of_the_call_ends_the_question(self):
        for name in ("sleeps", "clings"):
            self.run_ctys("list", "--on", name, "--deadline", "1s", status=DEADLINE)
            self.assertFalse(self.cached(name))
        wait_for(lambda: not left(), "nothing that was asked is left")

    def test_02_without_a_copy_the_file_is_named(self):
        for name in OTHERS:
            with self.subTest(name):
                answer = self.run_ctys("list", "--on", name, "--no-copy", status=FAILED)
                self.assertIn(f"why:   {self.hosts.path('path-' + name, 'ctys')} in its PATH does not answer as one", answer.err)
                self.assertFalse(self.cached(name))
        wait_for(lambda: not left(), "nothing that was asked is left")

    def test_03_it_is_copied_as_if_there_were_none(self):
        self.run_ctys("list", "--on", ",".join(OTHERS))
        for name in OTHERS:
            self.assertTrue(self.cached(name))
        wait_for(lambda: not left(), "nothing that was asked is left")

    def test_04_one_that_is_a_ctys_is_used(self):
        self.start("real", f'exec {os.path.join(os.environ["CTYS_BUILD"], "bin", "ctys")} "$@"')
        for words in ((), ("--no-copy",)):
            self.run_ctys("list", "--on", "real", *words)
        self.assertFalse(self.cached("real"))
