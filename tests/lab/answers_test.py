"""What ssh said about a host is used again, and never when ssh would say something else.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import stat
import time

from hosts_case import HostsCase
from lab import UNREACHABLE, wait_for

NOWHERE = "127.0.3.250"


class Answers(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.names = [cls.hosts.start(f"a{i}") for i in range(1, 4)]
        cls.kept = os.path.join(cls.home.folder, ".cache", "ctys", "ssh-answers")

    def settle(self):
        """A configuration that was written this moment is not relied upon."""
        wait_for(lambda: time.time() - os.stat(self.hosts.config).st_ctime > 4, "the configuration is older")

    def ask(self, status=0):
        answer = self.home.ctys("list", "--json", "--on", ",".join(self.names))
        self.assertEqual(answer.status, status, answer)
        return {entry["ContainingMachine"]: "error" not in entry for entry in json.loads(answer.out)}

    def send(self, host, address):
        """Changes what is kept about a host, so that it is seen when this is used."""
        with open(self.kept, encoding="utf-8") as file:
            before, after = file.read().split(f"host {host} - 0\n")
        wanted = f" hostname {self.hosts.addresses[host]}\n"
        self.assertIn(wanted, after)
        with open(self.kept, "w", encoding="utf-8") as file:
            file.write(before + f"host {host} - 0\n" + after.replace(wanted, f" hostname {address}\n", 1))

    def test_01_an_answer_is_kept_for_the_user_alone_and_used_again(self):
        self.settle()
        self.assertEqual(self.ask(), {"a1": True, "a2": True, "a3": True})
        self.assertEqual(stat.S_IMODE(os.stat(self.kept).st_mode), 0o600)
        self.send("a2", NOWHERE)
        self.assertEqual(self.ask(UNREACHABLE), {"a1": True, "a2": False, "a3": True})

    def test_02_a_changed_configuration_is_read_at_once(self):
        self.settle()
        self.ask(UNREACHABLE)
        self.hosts.alias("a2", "a3")
        with open(self.hosts.config, encoding="utf-8") as file:
            self.assertIn(f"Host a2\n  HostName {self.hosts.addresses['a3']}\n", file.read())
        self.assertEqual(self.ask(), {"a1": True, "a2": True, "a3": True})

    def test_03_a_file_that_was_tampered_with_is_made_anew(self):
        self.settle()
        self.ask()
        for text in ("", "ctys-ssh-answers 2\n", "\0" * 1000, "ctys-ssh-answers 2\nx\nhost a1 - 0\n"):
            with self.subTest(text[:20]):
                with open(self.kept, "w", encoding="utf-8") as file:
                    file.write(text)
                self.ask()
                with open(self.kept, encoding="utf-8") as file:
                    self.assertIn("host a1 - 0\n", file.read())

    def test_04_a_configuration_that_asks_a_program_is_read_anew_each_time(self):
        path = self.hosts.path("switch")
        self.hosts.lines.append(f"Match host a1 exec \"test -e {path}\"\n  HostName {NOWHERE}")
        self.hosts.write_config()
        self.settle()
        os.unlink(self.kept)
        self.assertTrue(self.ask()["a1"])
        with open(path, "w", encoding="ascii"):
            pass
        self.assertFalse(self.ask(UNREACHABLE)["a1"])
        self.assertFalse(os.path.exists(self.kept))

    def test_05_hosts_that_the_configuration_does_not_tell_apart_are_all_reached(self):
        self.hosts.lines[:] = [f"Host u*\n  HostName {self.hosts.addresses['a1']}"]
        self.hosts.write_config()
        self.settle()
        answer = self.home.ctys("list", "--json", "--on", "u[1-40]")
        self.assertEqual(answer.status, 0, answer)
        self.assertEqual(len({entry["ContainingMachine"] for entry in json.loads(answer.out)}), 40)
        with open(self.kept, encoding="utf-8") as file:
            self.assertEqual(file.read().count("\nhost u"), 40)
