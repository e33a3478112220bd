"""A host that asks a person a question keeps no other host waiting, and no longer than the deadline.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import signal
import subprocess

from hosts_case import HostsCase
from lab import CTYS, DEADLINE, UNREACHABLE, Terminal, wait_for
from remote_test import sockets


class Question(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        hosts = cls.hosts
        for name in ("h1", "h2"):
            hosts.start(name)
        locked = hosts.path("locked")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-f", locked], check=True)
        for name in ("vault1", "vault2"):
            hosts.start(name, f"AuthorizedKeysFile {locked}.pub", login=False)
        hosts.start("stranger", known=False)
        hosts.alias("stranger-too", "stranger")
        hosts.start("stranger2", known=False)
        hosts.lines.append(f"Host vault1 vault2\n  IdentityFile {locked}")
        hosts.write_config()
        answer = cls.home.ctys("list", "--on", "h1", "--deadline", "60s")  # ctys is there: the hosts share its cache
        assert answer.status == 0, answer

    def open(self, *words):
        terminal = Terminal([CTYS, *words], self.home.environment)
        self.addCleanup(terminal.close)
        return terminal

    def test_01_the_others_answer_while_a_question_is_open(self):
        terminal = self.open("list", "--on", "h1,vault1,h2")
        terminal.expect("locked: ")
        # One socket for the host that has not answered, and one to the transport.
        wait_for(lambda: sockets(terminal.program()) == 2, "h1 and h2 have answered")
        os.kill(terminal.program(), signal.SIGINT)
        said = terminal.expect("[status 130]")
        for host in ("h1", "h2"):
            self.assertEqual(said.count(host), 1, said)
        self.assertIn("interrupted", said)
        terminal.expect(" echo ")

    def test_02_the_deadline_ends_a_question(self):
        for host, question in (("vault1", "Passphrase for"), ("stranger", "Is it the right one")):
            with self.subTest(host):
                terminal = self.open("list", "--on", host, "--deadline", "2s")
                terminal.expect(question)
                said = terminal.expect(f"[status {DEADLINE}]")
                self.assertIn("was not answered in time", said)
                self.assertNotIn("the host did not answer", said)
                terminal.expect(" echo ")

    def test_02_b_who_waited_for_the_answer_to_a_question_is_not_said_to_be_silent(self):
        terminal = self.open("list", "--on", "stranger,stranger2,h1", "--deadline", "3s", "--format", "table")
        terminal.expect("Is it the right one")
        said = " ".join(terminal.expect(f"[status {DEADLINE}]").split())
        self.assertNotIn("the host did not answer", said)
        self.assertIn("it waited for the answer to another question", said)
        self.assertIn("ssh -F", said)
        terminal.expect(" echo ")

    def test_03_one_passphrase_serves_all_hosts_that_wait_for_it(self):
        terminal = self.open("list", "--on", "vault1,vault2")
        terminal.expect("Passphrase for")
        terminal.type("open sesame\n")
        said = terminal.expect("[status 0]")
        self.assertNotIn("Passphrase for", said)
        for host in ("vault1", "vault2"):
            self.assertIn(host, said)

    def test_04_a_key_is_asked_for_once_however_many_names_its_host_has(self):
        for answer, status in (("no", UNREACHABLE), ("yes", 0)):
            terminal = self.open("list", "--on", "stranger,stranger-too")
            terminal.expect("Is it the right one")
            terminal.type(answer + "\n")
            self.assertNotIn("Is it the right one", terminal.expect(f"[status {status}]"))
        with open(self.hosts.known, encoding="ascii") as file:
            self.assertEqual(file.read().count(self.hosts.public(self.hosts.path("stranger", "host_key"))), 1)
