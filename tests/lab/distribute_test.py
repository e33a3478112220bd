"""ctys distribute: every host has its row, and nothing but copies of ctys comes or goes.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import shutil
import subprocess

from hosts_case import HostsCase
from lab import DEADLINE, FAILED, LONG, USAGE, wait_for
from sshd import workers

OLD = "0123456789abcdef0123456789abcdef"


class Distribute(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.many = [cls.hosts.start(f"d{i}", own_cache=True) for i in range(1, 6)]

    def cache(self, host, *parts):
        return self.hosts.path(host, "home", ".cache", "ctys", *parts)

    def rows(self, *words, status=0):
        """Rows and errors by host."""
        found = {}
        for row in json.loads(self.run_ctys("distribute", *words, "--json", status=status).out):
            found.setdefault(row["ContainingMachine"], []).append(row)
        return found

    def test_01_a_plan_and_a_list_copy_nothing(self):
        self.assertIn("planned: copy ctys", self.run_ctys("distribute", *self.many, "--plan").out)
        self.assertIn("localhost: planned: nothing", self.run_ctys("distribute", "localhost", "--plan").out)
        rows = self.rows(*self.many, "--list")
        self.assertEqual(sorted(rows), self.many)
        self.assertEqual([row["Result"] for host in self.many for row in rows[host]], ["none"] * 5)
        for host in self.many:
            self.assertEqual(os.listdir(self.hosts.path(host, "home")), [])

    def test_02_it_is_copied_once_and_every_host_has_its_row(self):
        for result in ("done", "already"):
            rows = self.rows(*self.many)
            self.assertEqual(sorted(rows), self.many)
            for host in self.many:
                self.assertEqual([row["Result"] for row in rows[host]], [result], rows[host])
                self.assertEqual(rows[host][0]["Build"], "this")
                self.assertEqual(os.listdir(self.cache(host)), [rows[host][0]["ID"]])
                self.assertEqual(rows[host][0]["Detail"], self.cache(host, rows[host][0]["ID"], "bin", "ctys"))
        table = self.run_ctys("distribute", *self.many).out.splitlines()
        self.assertEqual(len(table), 6, table)

    def test_03_every_build_is_listed_and_removed_and_nothing_else(self):
        host = "d1"
        self.rows(host)
        os.makedirs(self.cache(host, OLD, "bin"))
        with open(self.cache(host, OLD, "bin", "ctys"), "w", encoding="ascii") as file:
            file.write("#!/bin/sh\necho 'ctys 0.9.1\"'\necho '{\"t\":\"end\"}'\n")
        os.chmod(self.cache(host, OLD, "bin", "ctys"), 0o755)
        for name in ("ssh-answers", "lists", "x" * 32, OLD[:-1]):
            os.makedirs(self.cache(host, name))
        outside = self.hosts.path(host, "home", "precious")
        os.makedirs(outside)
        os.symlink(outside, self.cache(host, OLD.replace("0", "f")))
        rows = self.rows(host, "--list")[host]
        own = self.run_ctys("--version").out.split()[1]
        self.assertEqual({(row["Version"], row["Build"]) for row in rows}, {(own, "this"), ("0.9.1", "other")})
        rows = self.rows(host, "--remove")[host]
        self.assertEqual([row["Result"] for row in rows], ["removed"] * 2)
        self.assertEqual(sorted(os.listdir(self.cache(host))),
                         sorted(["ssh-answers", "lists", "x" * 32, OLD[:-1], OLD.replace("0", "f")]))
        self.assertTrue(os.path.isdir(outside))
        self.assertEqual([row["Result"] for row in self.rows(host, "--remove")[host]], ["none"])
        shutil.rmtree(self.cache(host))

    def test_03_b_a_row_tells_where_the_copy_stands(self):
        place = self.hosts.path("its own cache")
        self.hosts.start("moved", environment={"XDG_CACHE_HOME": place})
        for words, result in (((), "done"), (("--list",), "there"), (("--remove",), "removed")):
            row, = self.rows("moved", *words)["moved"]
            self.assertEqual(row["Result"], result, row)
            self.assertEqual(row["Detail"], os.path.join(place, "ctys", row["ID"], *([] if words else ["bin", "ctys"])))
        self.assertEqual(os.listdir(os.path.join(place, "ctys")), [])

    def test_03_c_a_folder_is_a_copy_by_what_is_in_it_and_not_by_its_name(self):
        host = "d1"
        name = self.rows(host)[host][0]["ID"]
        for number, kept in enumerate(("bin/ctys", "files", "lib"), 1):  # of a copy of which the rest was lost
            shutil.copytree(self.cache(host, name), self.cache(host, str(number) * 32))
            for other in {"bin", "files", "lib"} - {kept.split("/")[0]}:
                path = self.cache(host, str(number) * 32, other)
                os.remove(path) if other == "files" else shutil.rmtree(path)
        thesis = self.cache(host, "e" * 32, "sub", "thesis.txt")
        for path in (thesis, self.cache(host, "e" * 32, "files")):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="ascii") as file:
                file.write("precious\n")
        copies = sorted([name, "1" * 32, "2" * 32, "3" * 32])
        for words, result in (("--list", "there"), ("--remove", "removed")):
            rows = self.rows(host, words)[host]
            self.assertEqual(sorted(row["ID"] for row in rows), copies)
            self.assertEqual({row["Result"] for row in rows}, {result})
        self.assertEqual(os.listdir(self.cache(host)), ["e" * 32])
        self.assertTrue(os.path.exists(thesis))
        shutil.rmtree(self.cache(host))

    def test_04_who_fails_has_a_row_too_and_the_others_are_served(self):
        hosts = self.hosts
        hosts.new_address("dead")
        hosts.start("refused", login=False)
        hosts.start("readonly", environment={"XDG_CACHE_HOME": "/proc/none"})
        hosts.start("mute", self.says_nothing())
        words = ["d2", "d3", "dead", "refused", "readonly", "mute", "--deadline", "15s"]
        for more, good in (([], ("done", "already")), (["--list"], ("there",)), (["--remove"], ("removed",))):
            rows = self.rows(*words, *more, status=DEADLINE if more else FAILED)
            self.assertEqual(sorted(rows), sorted(words[:-2]), more)
            for host in ("d2", "d3"):
                self.assertEqual(len(rows[host]), 1)
                self.assertIn(rows[host][0]["Result"], good)
            for host in ("dead", "refused", "mute"):
                self.assertEqual([list(row)[0] for row in rows[host]], ["error"])
            self.assertEqual("error" in rows["readonly"][0], not more, rows["readonly"])

    def test_04_b_a_full_disk_is_a_failure_that_says_where_it_is(self):
        disk = self.hosts.path("small disk")
        os.mkdir(disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", disk], check=True, timeout=LONG)
        self.addCleanup(subprocess.run, ["umount", disk], check=True, timeout=LONG)
        self.hosts.start("full", environment={"XDG_CACHE_HOME": disk, "LC_ALL": "de_DE.UTF-8"})
        error = self.rows("full", status=FAILED)["full"][0]["error"]
        self.assertEqual(error["what"], "cannot copy ctys there")
        self.assertEqual(error["why"], f"the disk is full: it was to be copied to {disk}/ctys")
        self.assertIn("make room", error["fix"])
        self.assertEqual(os.listdir(os.path.join(disk, "ctys")), [])
        self.assertIn("why:   the disk is full: ", self.run_ctys("list", "--on", "full", status=FAILED).err)

    def test_04_c_why_there_was_no_room_is_told_however_late_it_comes(self):
        hosts = [self.hosts.start(f"nowhere{i}", environment={"XDG_CACHE_HOME": "/proc/none"}) for i in range(12)]
        for _ in range(3):
            rows = self.rows(*hosts, status=FAILED)
            self.assertEqual([host for host in hosts if "/proc/none" not in rows[host][0]["error"]["why"]], [])

    def test_05_what_cannot_be_removed_is_a_failure(self):
        host = self.hosts.start("stuck", own_cache=True)
        self.rows(host)
        copy = os.listdir(self.cache(host))[0]
        folder = self.cache(host, copy, "bin")
        subprocess.run(["mount", "-t", "tmpfs", "none", folder], check=True, timeout=LONG)
        self.addCleanup(subprocess.run, ["umount", folder], check=True, timeout=LONG)
        answer = self.run_ctys("distribute", host, "--remove", status=FAILED)
        self.assertIn("cannot remove " + copy, answer.out + answer.err)

    def test_06_through_a_gateway_and_words_that_are_no_hosts(self):
        self.assertEqual(self.rows("d4", "--via", "d5", "--list")["d4"][0]["Result"], "there")
        self.assertEqual(self.rows("localhost", "d4", "--list")["localhost"][0]["Result"], "skipped")
        self.run_ctys("distribute", status=USAGE)
        self.run_ctys("distribute", "d4;reboot", status=USAGE)
        self.run_ctys("distribute", "d4", "--list", "--remove", status=USAGE)

    def test_06_b_megabytes_go_through_gateways_too(self):
        self.hosts.start("behind", own_cache=True)
        for via in ("d1", "d1,d2"):
            self.rows("behind", "--remove")
            self.assertEqual(self.rows("behind", "--via", via)["behind"][0]["Result"], "done")

    def test_06_c_hosts_that_share_a_home_leave_each_other_the_copy(self):
        sharing = [self.hosts.start(f"share{i}") for i in range(8)]
        for _ in range(4):
            rows = self.rows(*sharing)
            self.assertEqual([len(rows[host]) for host in sharing], [1] * 8)
            name = rows[sharing[0]][0]["ID"]
            self.assertEqual(os.listdir(os.path.join(self.hosts.cache, "ctys")), [name])
            self.assertEqual(sorted(os.listdir(os.path.join(self.hosts.cache, "ctys", name))), ["bin", "files", "lib"])
            shutil.rmtree(self.hosts.cache)
        with self.subTest("and replace one that is damaged"):
            os.makedirs(os.path.join(self.hosts.cache, "ctys", name, "bin"))
            self.assertEqual([row["Result"] for row in self.rows(sharing[0])[sharing[0]]], ["done"])

    def test_06_d_a_damaged_copy_is_replaced_before_it_answers(self):
        host = "d4"
        name = self.rows(host)[host][0]["ID"]
        whole = self.run_ctys("list", "--all", "--on", host, "--json").out

        def damage(*path, size=None):
            wait_for(lambda: not workers(), "nothing runs there that could not be damaged")
            file = self.cache(host, name, *path)
            before = os.stat(file).st_size
            os.remove(file) if size is None else os.truncate(file, size)
            return file, before

        for path, size in ((("bin", "ctys"), 0), (("bin", "ctys"), 100), (("bin", "ctys"), 200_000),
                           (("lib", "ctys", "plugins", "test.so"), None),
                           (("lib", "ctys", "plugins", "test.so"), 4096), (("files",), 0), (("files",), 3)):
            with self.subTest(path=path, size=size):
                file, before = damage(*path, size=size)
                self.assertEqual(self.run_ctys("list", "--all", "--on", host, "--json").out, whole)
                self.assertEqual(os.stat(file).st_size, before)
                self.assertEqual(os.listdir(self.cache(host)), [name])
                damage(*path, size=size)
                self.assertEqual([row["Result"] for row in self.rows(host)[host]], ["done"])
        damage("bin", "ctys", size=0)
        self.assertIn("--no-copy", self.run_ctys("list", "--on", host, "--no-copy", status=FAILED).err)

    def test_06_e_so_it_is_where_something_keeps_the_channel_open_around_it(self):
        self.hosts.start("held", "ForceCommand " + self.hosts.script(
            "held", 'sh -c "$SSH_ORIGINAL_COMMAND"\nexec cat >/dev/null'), own_cache=True)
        name = self.rows("held")["held"][0]["ID"]
        for size in (100, 200_000):
            with self.subTest(size):
                wait_for(lambda: not workers(), "nothing runs there that could not be damaged")
                file = self.cache("held", name, "bin", "ctys")
                before = os.stat(file).st_size
                os.truncate(file, size)
                self.run_ctys("list", "--on", "held")
                self.assertEqual(os.stat(file).st_size, before)

    def test_07_a_login_shell_may_be_any(self):
        for shell in ("/usr/bin/zsh", "/usr/bin/fish", "/bin/dash", "/bin/bash"):
            if not os.path.exists(shell):
                continue
            with self.subTest(shell):
                name = "shell-" + os.path.basename(shell)
                self.hosts.start(name, "ForceCommand " + self.hosts.script(
                    name, f'echo noise; exec {shell} -c "$SSH_ORIGINAL_COMMAND"'), own_cache=True)
                self.assertEqual(self.rows(name, "--list")[name][0]["Result"], "none")
                self.assertEqual(self.rows(name)[name][0]["Result"], "done")
                self.assertEqual(self.rows(name, "--remove")[name][0]["Result"], "removed")
