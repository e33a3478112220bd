"""`ctys list` alone: all hosts of the group "all", and what is known about those that do not answer.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import re

from hosts_case import HostsCase
from lab import DEADLINE, NOTHING, UNREACHABLE, USAGE


class Known(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("k1", "k2", "k3"):
            cls.hosts.start(name)
        cls.hosts.new_address("dead")
        cls.hosts.start("mute", cls.says_nothing())
        folder = os.path.join(cls.home.folder, ".ctys", "groups")
        os.makedirs(folder)
        cls.all = os.path.join(folder, "all")
        cls.write("k1 k2 k3'(-l root)'\n")

    @classmethod
    def write(cls, text):
        with open(cls.all, "w", encoding="ascii") as file:
            file.write(text)

    def test_01_all_known_hosts_are_asked(self):
        rows = {entry["ContainingMachine"]: entry["State"] for entry in json.loads(self.run_ctys("list", "--json").out)}
        self.assertEqual(rows, {"k1": "running", "k2": "running", "k3": "running"})
        table = self.run_ctys("list", "--format", "table").out
        self.assertEqual(len(table.splitlines()), 4, table)
        self.assertNotIn("AGE", table)

    def test_02_whoever_names_hosts_or_asks_otherwise_gets_these(self):
        self.assertEqual(json.loads(self.run_ctys("list", "--json", "--on", "localhost").out), [])
        self.assertEqual(len(json.loads(self.run_ctys("list", "--json", "--on", "k2").out)), 1)
        self.assertEqual(self.run_ctys("-a", "list=terse").out, "")

    def test_03_what_is_known_of_a_silent_host_is_shown_with_its_age_and_error(self):
        self.run_ctys("vdbgen", "--on", "k1,k2,k3")
        before = self.hosts.addresses["k2"]
        self.hosts.alias("k2", "dead")
        self.addCleanup(self.hosts.new_address, "k2", before)
        answer = self.run_ctys("list", "--json", status=UNREACHABLE)
        entries = [entry for entry in json.loads(answer.out) if entry["ContainingMachine"] == "k2"]
        errors = [entry for entry in entries if "error" in entry]
        known = [entry for entry in entries if "error" not in entry]
        self.assertEqual((len(errors), len(known)), (1, 1), answer)
        self.assertEqual((known[0]["Label"], known[0]["State"]), ("test", "unknown"))
        self.assertIn(known[0]["Age"], ("just now", "1 min", "2 min", "3 min"))
        table = self.run_ctys("list", "--format", "table", status=UNREACHABLE)
        self.assertIn("AGE", table.out)
        self.assertIn("Connection refused", table.out)
        self.assertRegex(table.out, r"test +TEST +unknown")
        found = json.loads(self.run_ctys("list", "test", "--json", status=UNREACHABLE).out)
        self.assertEqual(sorted(entry["ContainingMachine"] for entry in found if "error" not in entry), ["k1", "k2", "k3"])

    def test_04_a_script_never_reads_what_is_not_known_for_sure(self):
        self.hosts.alias("k4", "dead")
        self.write("k1 k4\n")
        self.addCleanup(self.write, "k1 k2 k3'(-l root)'\n")
        with open(os.path.join(self.home.folder, ".local", "share", "ctys", "db", "default", "enum.fdb"), "a",
                  encoding="utf-8") as file:
            file.write("k4;TEST;old" + ";" * 44 + "\n")
        answer = self.run_ctys("list", "--format", "terse", status=UNREACHABLE)
        self.assertNotIn("old", answer.out)
        self.assertIn("Connection refused", answer.err)
        known = [entry for entry in json.loads(self.run_ctys("list", "--json", status=UNREACHABLE).out)
                 if entry.get("Label") == "old"]
        self.assertEqual([entry["Age"] for entry in known], ["never"])

    def test_05_a_host_that_hangs_costs_the_deadline_and_no_other_row(self):
        self.write("k1 mute k3\n")
        self.addCleanup(self.write, "k1 k2 k3'(-l root)'\n")
        rows = {entry["ContainingMachine"]: "error" in entry
                for entry in json.loads(self.run_ctys("list", "--json", "--deadline", "4s", status=DEADLINE).out)}
        self.assertEqual(rows, {"k1": False, "k3": False, "mute": True})

    def test_06_a_group_that_cannot_be_read_is_an_error_that_names_it(self):
        self.write("k1 (\n")
        self.addCleanup(self.write, "k1 k2 k3'(-l root)'\n")
        answer = self.run_ctys("list", status=2)
        self.assertIn("groups/all:1", answer.err)
        self.run_ctys("list", "--on", "localhost")

    def test_07_nobody_is_asked_where_the_inventory_is_to_answer(self):
        self.run_ctys("vdbgen", "--append", "--on", "k1,k2,k3")
        self.write("k1 dead\n")
        self.addCleanup(self.write, "k1 k2 k3'(-l root)'\n")
        entries = json.loads(self.run_ctys("list", "--cached", "--json", "--on", "k1,k2").out)
        self.assertEqual([(entry["ContainingMachine"], entry["State"]) for entry in entries],
                         [("k1", "unknown"), ("k2", "unknown")])
        with self.subTest("not even a host that would not answer"):
            answer = self.run_ctys("list", "--cached", "--json", "--on", "k1,dead", status=NOTHING)
            self.assertIn("knows no machine there", answer.out)
            self.assertNotIn("refused", answer.out)

    def test_07_b_a_program_is_told_that_its_rows_are_from_the_inventory(self):
        self.run_ctys("vdbgen", "--append", "--on", "k1,k2")
        for words in (["--cached"], ["--max-age", "1h"], ["--cached", "--format", "terse"]):
            answer = self.run_ctys("list", *words, "--on", "k1,k2")
            self.assertRegex(answer.err, r"^ctys: 2 machines are from the inventory, last seen .*\n$")
        self.assertEqual(self.run_ctys("list", "--cached", "--json", "--on", "k1").err, "", "its rows have their age")
        folder = os.path.join(self.home.folder, "unread")
        fdb = os.path.join(folder, "enum.fdb")
        os.makedirs(fdb)
        answer = self.run_ctys("list", "--cached", "--on", "k1,k2", environment={"DEFAULT_DBPATHLST": folder},
                                status=USAGE)
        self.assertIn(fdb, answer.err)
        self.assertNotIn("knows no machine", answer.err)
        os.rmdir(fdb)
        with open(fdb, "w", encoding="latin-1") as file:
            file.write("k1;TEST;one" + ";" * 44 + "\nk1;TEST;\xff" + ";" * 44 + "\n")
        answer = self.run_ctys("list", "--cached", "--on", "k1", environment={"DEFAULT_DBPATHLST": folder})
        self.assertIn("line 2 (not UTF-8)", answer.err)

    def test_07_c_who_asks_hosts_is_told_of_an_inventory_that_cannot_be_used(self):
        folder = os.path.join(self.home.folder, "nosuch")
        named = {"DEFAULT_DBPATHLST": folder}
        for words in (["--on", "k1"], ["test", "--on", "k1"], ["--on", "k1", "--format", "terse"], ["--on", "k1,k2", "--max-age", "1h"], []):
            answer = self.run_ctys("list", *words, environment=named)
            self.assertIn("k1", answer.out)
            self.assertRegex(answer.err, rf"^[^\n]*{folder}[^\n]*; only the hypervisors are asked\n$")
        self.assertIn(folder, self.run_ctys("-p", folder, "-a", "list=terse", "k1").err)
        for words in (["--fresh", "--on", "k1"], ["--on", "k1", "--plan"]):
            self.assertEqual(self.run_ctys("list", *words, environment=named).err, "")

    def test_08_what_is_young_enough_is_not_asked_for(self):
        self.run_ctys("vdbgen", "--append", "--on", "k1,k2")
        self.hosts.alias("k5", "dead")
        states = {entry["ContainingMachine"]: entry.get("State") for entry in json.loads(
            self.run_ctys("list", "--max-age", "1h", "--json", "--on", "k1,k2,k5", status=UNREACHABLE).out)}
        self.assertEqual(states, {"k1": "unknown", "k2": "unknown", "k5": None})
        fdb = os.path.join(self.home.folder, ".local", "share", "ctys", "db", "default", "enum.fdb")
        with open(fdb, encoding="utf-8") as file:
            text = file.read()
        with open(fdb, "w", encoding="utf-8") as file:
            file.write(re.sub(r"^(k2;.*);20\d\d-[^;]*Z;", r"\1;2020-01-01T00:00:00Z;", text, flags=re.M))
        states = {entry["ContainingMachine"]: entry["State"] for entry in json.loads(
            self.run_ctys("list", "--max-age", "1h", "--json", "--on", "k1,k2").out)}
        self.assertEqual(states, {"k1": "unknown", "k2": "running"})
        self.assertEqual([entry["State"] for entry in json.loads(
            self.run_ctys("list", "--max-age", "0", "--json", "--on", "k1").out)], ["running"], "nothing is that young")

    def test_09_fresh_shows_what_was_answered_and_nothing_else(self):
        before = self.hosts.addresses["k2"]
        self.hosts.alias("k2", "dead")
        self.addCleanup(self.hosts.new_address, "k2", before)
        entries = json.loads(self.run_ctys("list", "--fresh", "--json", "--on", "k1,k2", status=UNREACHABLE).out)
        self.assertEqual([entry.get("State") for entry in entries if entry["ContainingMachine"] == "k2"], [None])
        for words in (["--fresh", "--cached"], ["--fresh", "--max-age", "1h"], ["--max-age", "soon"]):
            self.run_ctys("list", *words, status=2)

    def test_10_vhost_asks_other_hosts_what_runs(self):
        database = os.path.join(self.home.folder, "vhost")
        os.mkdir(database)
        self.run_ctys("vdbgen", "--cacheDB", database, "--on", "k1")
        self.assertEqual(self.run_ctys("vhost", "-p", database, "-o", "host,label", ".").out, "k1;test\n")
        with self.subTest("-r adds what is in no record"):
            self.assertEqual(self.run_ctys("vhost", "-p", database, "-r", "-R", "k1,k2", "-o", "host,label,sort", ".").out,
                             "k1;test\nk2;test\n")
        with self.subTest("-c counts on the hosts of the records, or on those that are named"):
            self.assertEqual(self.run_ctys("vhost", "-p", database, "-c", "cnt", ".").out, "k1;1\n")
            self.assertEqual(self.run_ctys("vhost", "-p", database, "-c", "cnt", "-R", "k1,k2,k3", ".").out, "k1;1\nk2;1\nk3;1\n")
        with self.subTest("-x ssh goes where the user's SSH configuration says"):
            self.assertEqual(self.run_ctys("vhost", "-p", database, "-x", "ssh", "-o", "host,label", ".").out, "k1;test\n")
            pipe = os.path.join(self.home.folder, "pipe")
            os.mkfifo(pipe)
            answer = self.run_ctys("vhost", "-p", database, "-x", "mark,ssh", "--deadline", "2s", "-o", "label", ".",
                                   environment={"CTYS_SSH_CONFIG": pipe})
            self.assertEqual(answer.out, "-;test\n")
            self.assertIn("did not tell", answer.err)
            self.run_ctys("vhost", "-p", database, "-x", "ssh", ".", environment={"CTYS_SSH_CONFIG": "/nowhere"}, status=USAGE)
        with self.subTest("a host that does not answer has no count, and the status tells"):
            self.hosts.alias("k6", "dead")
            answer = self.run_ctys("vhost", "-p", database, "-c", "cnt", "-R", "k1,k6", ".", status=UNREACHABLE)
            self.assertEqual(answer.out, "k1;1\n")
            self.assertIn("k6", answer.err)
            answer = self.run_ctys("vhost", "-p", database, "-r", "-R", "k2,k6", "-o", "host,label,sort", ".", status=UNREACHABLE)
            self.assertEqual(answer.out, "k1;test\nk2;test\n")
