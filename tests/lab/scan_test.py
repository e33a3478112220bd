"""The inventory filled from other hosts, some of which do not answer.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os

from hosts_case import HostsCase
from lab import UNREACHABLE

DOMAIN = """<domain type="test"><name>{0}</name><uuid>00000000-0000-0000-0000-00000000000{1}</uuid>
<memory>8192</memory><currentMemory>8192</currentMemory><vcpu>2</vcpu><os><type arch="i686">hvm</type></os></domain>"""
NODE = """<node><cpu><mhz>6000</mhz><model>i986</model><active>50</active><nodes>4</nodes><sockets>2</sockets><cores>2</cores>
<threads>2</threads></cpu><memory>9</memory>{0}</node>"""


class Scan(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.node = cls.hosts.path("node.xml")
        for name in ("s1", "s2"):
            cls.hosts.start(name)
        cls.hosts.start("s3", environment={"LIBVIRT_DEFAULT_URI": "test://" + cls.node})
        cls.hosts.new_address("dead")
        cls.fdb = os.path.join(cls.home.folder, ".local", "share", "ctys", "db", "default", "enum.fdb")

    def setUp(self):
        self.have("a", "b")
        if os.path.exists(self.fdb):
            os.unlink(self.fdb)

    def have(self, *names):
        """The machines of s3 from now on."""
        domains = "".join(DOMAIN.format(name, "ab".index(name)) for name in names)
        with open(self.node, "w", encoding="ascii") as file:
            file.write(NODE.format(domains))

    def scan(self, *words, status=0):
        answer = self.home.ctys("vdbgen", *words)
        self.assertEqual(answer.status, status, answer)
        return answer

    def machines(self):
        with open(self.fdb, encoding="utf-8") as file:
            return sorted(":".join((line.split(";")[0], line.split(";")[2])) for line in file if not line.startswith("#"))

    def test_01_all_hosts_are_scanned_in_one_call(self):
        answer = self.scan("--on", "s1,s2,s3")
        self.assertIn("4 new", answer.out)
        self.assertEqual(self.machines(), ["s1:test", "s2:test", "s3:a", "s3:b"])
        answer = self.scan("--append", "--on", "s1,s2,s3")
        self.assertIn("0 new, 0 changed, 4 unchanged", answer.out)

    def test_02_targets_stand_behind_the_line_and_may_be_groups(self):
        folder = os.path.join(self.home.folder, ".ctys", "groups")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "lab"), "w", encoding="ascii") as file:
            file.write("s1 s2'(-l root)'\n")
        self.scan("lab")
        self.assertEqual(self.machines(), ["s1:test", "s2:test"])
        self.scan("--append", "@lab!s2", "s3", "localhost", "-t", "TEST")
        self.assertTrue(set(self.machines()) >= {"s1:test", "s2:test", "s3:a", "s3:b"})

    def test_03_what_a_host_that_answered_has_no_more_goes_and_no_other(self):
        self.scan("--on", "s1,s3")
        self.have("b")
        self.assertIn("1 gone", self.scan("--replace", "--dry-run", "--on", "s3").out)
        self.assertIn("1 gone", self.scan("--replace", "--on", "s3").out)
        self.assertEqual(self.machines(), ["s1:test", "s3:b"])

    def test_04_the_records_of_a_silent_host_are_kept_with_their_age(self):
        self.scan("--on", "s1,s3")
        before = self.hosts.addresses["s3"]
        self.hosts.alias("s3", "dead")
        self.addCleanup(self.hosts.new_address, "s3", before)
        answer = self.scan("--replace", "--on", "s1,s3", status=UNREACHABLE)
        self.assertIn("s3: kept: 2 records, last seen ", answer.out)
        self.assertIn("Connection refused", answer.err)
        self.assertEqual(self.machines(), ["s1:test", "s3:a", "s3:b"])
        with open(self.fdb, encoding="utf-8") as file:
            content = file.read()
        self.scan("--replace", "--on", "s3,dead", status=UNREACHABLE)
        with open(self.fdb, encoding="utf-8") as file:
            self.assertEqual(file.read(), content, "nobody answered: nothing is written")

    def test_05_a_broken_hypervisor_there_takes_nothing_away(self):
        self.scan("--on", "s1,s3")
        with open(self.node, "w", encoding="ascii") as file:
            file.write("<node")
        answer = self.home.ctys("vdbgen", "--replace", "--on", "s1,s3")
        self.assertNotEqual(answer.status, 0, answer)
        self.assertEqual(self.machines(), ["s1:test", "s3:a", "s3:b"], answer)
