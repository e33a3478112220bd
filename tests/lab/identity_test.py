"""Machines of other hosts: the inventory says which one is meant, as it does of this host's.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os

from hosts_case import HostsCase
from lab import NOTHING, REFUSED, USAGE

NODE = "<node><cpu><mhz>1000</mhz><model>i686</model><active>1</active></cpu><memory>9000000</memory>{}</node>"
DOMAIN = """<domain type='test'><name>{0}</name><uuid>{1}</uuid><memory>65536</memory><vcpu>1</vcpu>
<os><type arch='x86_64'>hvm</type></os><devices><interface type='bridge'><mac address='{2}'/><source bridge='br0'/>
</interface><interface type='bridge'><mac address='{3}'/><source bridge='br1'/></interface></devices></domain>"""
ALPHA = "11111111-0000-4000-8000-000000000001"
BETA = "11111111-0000-4000-8000-000000000002"
OTHER = "99999999-0000-4000-8000-000000000009"
MAC = "52:54:00:00:00:01"
SECOND_MAC = "52:55:00:00:00:01"


class Identity(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        nodes = {"h1": DOMAIN.format("alpha", ALPHA, MAC, SECOND_MAC)
                 + DOMAIN.format("beta", BETA, "52:54:00:00:00:02", "52:55:00:00:00:02"),
                 "h3": DOMAIN.format("alpha", BETA[:-1] + "7", "52:54:00:00:00:07", "52:55:00:00:00:07"),
                 "h4": "", "h2": DOMAIN.format("gamma", OTHER, "52:54:00:00:00:03", "52:55:00:00:00:03")}
        for name, domains in nodes.items():
            path = os.path.join(cls.home.folder, name + ".xml")
            with open(path, "w", encoding="ascii") as file:
                file.write(NODE.format(domains))
            cls.hosts.start(name, environment={"LIBVIRT_DEFAULT_URI": "test://" + path})
        cls.folder = os.path.join(cls.home.folder, "db")
        os.makedirs(cls.folder)

    def record(self, host, label, uuid="", mac="", address="", path=""):
        """An inventory of this one record."""
        self.add_record(host, label, uuid, mac, address, path, mode="w")

    def add_record(self, host, label, uuid="", mac="", address="", path="", mode="a"):
        fields = [host, "TEST", label, path, uuid, mac, address] + [""] * 40
        with open(os.path.join(self.folder, "enum.fdb"), mode, encoding="ascii") as file:
            file.write(";".join(fields) + "\n")

    def run_with(self, *words, status=0):
        return self.run_ctys(*words, "--database", self.folder, status=status)

    def test_01_another_machine_than_the_recorded_one_is_left_alone(self):
        self.record("h1", "alpha", OTHER, address="10.0.0.1")
        for words in (("kill", "alpha", "--on", "h1"), ("stop", "h1[l:alpha]", "--plan"),
                      ("kill", "alpha", "--on", "h1,h2"), ("attribute", "set", "alpha", "OS=X", "--on", "h1"),
                      ("kill", "alpha", "--on", "h1", "--inventory", "both"), ("isactive", "alpha", "--on", "h1"),
                      ("show", "alpha", "--on", "h1")):
            answer = self.run_with(*words, status=REFUSED)
            self.assertIn("another machine than the inventory has", answer.out + answer.err)
            self.assertIn(ALPHA, answer.out + answer.err)
        (row,) = json.loads(self.run_ctys("list", "alpha", "--on", "h1", "--json").out)
        self.assertEqual(row["State"], "running")

    def test_02_the_remedies_work_as_they_stand(self):
        self.record("h1", "alpha", OTHER)
        answer = self.run_with("kill", "alpha", "--on", "h1", "--plan", status=REFUSED)
        self.assertIn(f"uuid:{ALPHA}", answer.err)
        self.assertIn(f"ctys vdbgen --on h1 --append --cacheDB {self.folder}", answer.err)
        self.run_with("kill", f"uuid:{ALPHA}", "--on", "h1", "--plan")
        self.run_ctys("kill", "alpha", "--on", "h1", "--plan", "--inventory", "off")

    def test_03_without_a_uuid_the_mac_address_tells(self):
        self.record("h1", "alpha", mac="52:54:00:00:00:77")
        answer = self.run_with("kill", "alpha", "--on", "h1", "--plan", status=REFUSED)
        self.assertIn("52:54:00:00:00:77", answer.err)
        self.record("h1", "alpha", mac=SECOND_MAC)
        self.assertIn("alpha", self.run_with("kill", "alpha", "--on", "h1", "--plan").out)

    def test_04_what_only_the_inventory_knows_leads_to_the_machine(self):
        self.record("h1", "alpha", ALPHA, address="10.55.0.1")
        for address in ("10.55.0.1", "dr:1", "alpha"):
            self.assertIn("alpha", self.run_with("kill", address, "--on", "h1", "--plan").out)
            self.run_with("kill", address, "--on", "h2", "--plan", status=NOTHING)

    def test_04_b_the_name_at_the_hypervisor_is_no_way_round_the_label(self):
        self.record("h1", "alpha", OTHER)
        for words in (("name:alpha", "--on", "h1"), ("h1[n:alpha]",)):
            self.run_with("kill", *words, "--plan", status=REFUSED)

    def test_04_c_who_wants_all_of_a_name_gets_no_other_machines(self):
        self.record("h1", "alpha", OTHER)
        for hosts in (("h1",), ("h1", "h3"), ("h3", "h1")):
            answer = self.run_ctys("-A", "on", "-t", "TEST", "-p", self.folder, "-a", "cancel=l:alpha,force", *hosts,
                                   status=REFUSED)
            self.assertIn("another machine than the inventory has", answer.err)
        (row,) = json.loads(self.run_ctys("list", "alpha", "--on", "h3", "--json").out)
        self.assertEqual(row["State"], "running")

    def test_04_d_a_host_that_has_no_such_machine_takes_no_doubt_away(self):
        self.record("h1", "alpha", OTHER)
        with open(os.path.join(self.folder, "enum.fdb"), encoding="ascii") as file:
            line = file.read()
        with open(os.path.join(self.folder, "enum.fdb"), "a", encoding="ascii") as file:
            file.write(line.replace(OTHER, OTHER[:-1] + "8"))
        for hosts in ("h1", "h1,h2", "h2,h1"):
            answer = self.run_with("kill", "alpha", "--on", hosts, "--plan", status=REFUSED)
            self.assertIn("ambiguous", answer.err)
        self.run_ctys("-A", "on", "-t", "TEST", "-p", self.folder, "-a", "cancel=l:alpha,force", "h1", status=REFUSED)

    def test_04_e_the_record_of_one_host_holds_for_the_machine_of_that_host(self):
        gone, here, there = ("h2", "alpha", OTHER), ("h1", "alpha", ALPHA), ("h3", "alpha", BETA[:-1] + "7")
        for records in ((gone, here), (here, gone)):
            self.record(*records[0])
            self.add_record(*records[1])
            for hosts in ("h1,h2", "h2,h1"):
                with self.subTest("the old record of another host is nothing to a recorded machine", hosts=hosts):
                    self.assertIn("alpha", self.run_with("kill", "alpha", "--on", hosts, "--plan").out)
                    self.assertRegex(self.run_with("isactive", "alpha", "--on", hosts).out, r"^ISACTIVE\(TEST,.*\)=1\n$")
        with self.subTest("who reads is told of each machine what holds for it"):
            self.record("h1", "alpha", OTHER)
            self.add_record(*there)
            answer = self.run_with("isactive", "alpha", "--on", "h1,h3", status=REFUSED)
            self.assertRegex(answer.out, r"^ISACTIVE\(TEST,.*\)=1\n$")
            self.assertIn(f"uuid:{ALPHA}", answer.err)
            self.assertNotIn(there[2], answer.out + answer.err)
        for host, hosts in (("h2", "h1,h2"), ("h2", "h2,h1"), ("h4", "h1,h4"), ("h4", "h4,h1")):
            self.record(host, *gone[1:])
            with self.subTest("a machine that no record has may be taken for the recorded one", hosts=hosts):
                answer = self.run_with("kill", "alpha", "--on", hosts, "--plan", status=REFUSED)
                self.assertIn("another machine than the inventory has", answer.err)

    def test_05_a_record_of_another_host_says_nothing_of_a_host_that_was_named(self):
        self.record("h2", "alpha", OTHER)
        self.assertIn("alpha", self.run_with("kill", "alpha", "--on", "h1", "--plan").out)

    def test_06_an_inventory_that_was_named_and_is_missing_is_no_leave_to_act(self):
        answer = self.run_ctys("kill", "alpha", "--on", "h1", "--plan", "--database", self.folder + "-no", status=USAGE)
        self.assertIn(self.folder + "-no", answer.err)
