"""The inventory of real machines: recorded by a scan, used by name and address, and checked before anything is done.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import platform
import unittest

from lab import NOTHING, REFUSED, Host, ctys_processes, guest

UUID = "11111111-2222-4333-8444-0000000000b1"
OTHER = "11111111-2222-4333-8444-0000000000b2"
LATER = "11111111-2222-4333-8444-0000000000b3"
MAC = "52:54:00:aa:00:b1"
ADDRESS = "192.0.2.77"  # of nobody


class Inventory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        guest("build")
        cls.host = Host()
        cls.addClassCleanup(cls.host.close)
        cls.host.define("web01", "--uuid", UUID, "--mac", MAC)
        cls.host.define("db01", "--uuid", OTHER, "--mac", "52:54:00:aa:00:b2")
        cls.database = os.path.join(cls.host.folder, ".ctys/db/default")
        os.makedirs(cls.database)

    def tearDown(self):
        self.assertEqual(ctys_processes(), [], "a process of ctys was left behind")

    def run_ctys(self, *words, status=0, **more):
        answer = self.host.ctys(*words, **more)
        self.assertEqual(answer.status, status, answer)
        return answer

    def records(self):
        with open(os.path.join(self.database, "enum.fdb"), encoding="utf-8") as file:
            return [line.split(";") for line in file.read().splitlines()]

    def test_01_a_scan_records_the_machines_that_are_defined(self):
        self.assertIn("2 new", self.run_ctys("vdbgen", "-t", "QEMU").out)
        records = {fields[2]: fields for fields in self.records()}
        self.assertEqual(sorted(records), ["db01", "web01"])
        web = records["web01"]
        self.assertEqual((web[0], web[1], web[4], web[5].lower()), (platform.node(), "QEMU", UUID, MAC))
        self.assertEqual(web[6], "", "a machine that does not run has no address")

    def test_02_another_spelling_of_the_connection_makes_no_other_machine(self):
        uri = self.host.uri + ("&" if "?" in self.host.uri else "?") + "no_tty=1"
        answer = self.run_ctys("vdbgen", "-t", "QEMU", "--append", environment={"LIBVIRT_DEFAULT_URI": uri})
        self.assertIn("0 new, 2 changed", answer.out)
        self.assertEqual(len(self.records()), 2)
        self.assertIn("0 new, 2 changed", self.run_ctys("vdbgen", "-t", "QEMU", "--append").out)

    def test_03_the_map_of_mac_addresses_names_a_machine_by_its_address(self):
        with open(os.path.join(self.database, "macmap.fdb"), "w", encoding="utf-8") as file:
            file.write(f"web01;{MAC.upper()};{ADDRESS}\n")
        self.assertEqual(self.run_ctys("vhost", "web01", "-o", "tcp,uuid").out, f"{ADDRESS};{UUID}\n")
        planned = self.run_ctys("create", ADDRESS, "-n", "--json").records()
        self.assertEqual([(row["Label"], row["SessionType"]) for row in planned], [("web01", "QEMU")])

    def test_03_the_number_of_a_record_names_a_machine_wherever_one_is_named(self):
        number = [fields[2] for fields in self.records()].index("web01") + 1
        self.assertEqual([row["UUID"] for row in self.run_ctys("list", "--all", f"dr:{number}", "--json").records()], [UUID])
        self.assertEqual([row["UUID"] for row in self.run_ctys("enumerate", f"dbrecord:{number}", "--json").records()], [UUID])
        self.assertIn("it has 2 records", self.run_ctys("list", "dr:99", status=NOTHING).err)

    def test_04_a_label_alone_starts_the_recorded_machine(self):
        started = self.run_ctys("create", "web01", "--console", "none", "--json").records()
        self.assertEqual([(row["SessionType"], row["UUID"]) for row in started], [("QEMU", UUID)])
        self.assertEqual(self.host.state("web01"), "running")
        self.assertEqual(self.host.state("db01"), "shut off")

    def test_05_what_runs_is_counted_and_added(self):
        self.assertEqual(self.run_ctys("vhost", "-T", "QEMU", "-c", "cnt", ".").out, platform.node() + ";1\n")
        self.host.define("new01", "--uuid", LATER, "--mac", "52:54:00:aa:00:b3")
        self.run_ctys("vhost", "-r", "new01", "-o", "l", status=NOTHING)
        self.host.virsh("start", "new01")
        self.assertEqual(self.run_ctys("vhost", "-r", "F:label:01", "-T", "QEMU", "-o", "l,sort").out,
                         "db01\nnew01\nweb01\n")
        self.assertEqual(self.run_ctys("vhost", "-T", "QEMU", "-c", "cnt", ".").out, platform.node() + ";2\n")
        self.assertEqual(self.run_ctys("vhost", "-c", "mincnt", "-T", "QEMU", ".", "-o", "l,sort").out, "db01\nweb01\n")
        self.host.virsh("destroy", "new01")
        self.host.virsh("undefine", "new01")

    def test_06_another_machine_of_the_recorded_name_is_not_taken_for_it(self):
        self.run_ctys("cancel", "web01", "--force")
        self.assertEqual(self.host.state("web01"), "shut off")
        self.host.virsh("undefine", "web01")
        self.host.define("web01", "--uuid", LATER, "--mac", MAC)
        for key in ("web01", ADDRESS, "uuid:" + UUID):
            with self.subTest(key):
                answer = self.run_ctys("create", key, "--inventory", "only", "--console", "none", status=NOTHING)
                self.assertIn(UUID, answer.err)
                self.assertEqual(self.host.state("web01"), "shut off")
        self.run_ctys("create", "uuid:" + UUID, "--console", "none", status=NOTHING)
        self.assertEqual(self.host.state("web01"), "shut off")
        for words in (["create", "web01", "-n"], ["create", "web01", "--console", "none"], ["cancel", "web01", "--force"],
                      ["getclientport", "web01"]):
            with self.subTest(words):
                answer = self.run_ctys(*words, status=REFUSED)
                for part in (UUID, LATER, os.path.join(self.database, "enum.fdb"), "vdbgen --append", "uuid:" + LATER):
                    self.assertIn(part, answer.err)
                self.assertEqual(self.host.state("web01"), "shut off")
        self.run_ctys("create", "uuid:" + LATER, "-n")
        self.run_ctys("create", "web01", "--inventory", "off", "-n")

    def test_07_a_new_scan_drops_it_and_records_the_other(self):
        self.assertIn("1 new, 0 changed, 1 unchanged, 0 kept, 1 gone", self.run_ctys("vdbgen", "-t", "QEMU", "--replace").out)
        self.assertEqual(self.run_ctys("vhost", "web01", "-o", "uuid").out, LATER + "\n")
        self.run_ctys("create", "web01", "--inventory", "only", "--console", "none")
        self.assertEqual(self.host.state("web01"), "running")
        self.run_ctys("cancel", "web01", "--force")
