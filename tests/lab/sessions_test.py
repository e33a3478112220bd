"""Many machines of one host are acted on, though its server grants few sessions on one connection (MaxSessions).
SPDX-License-Identifier: GPL-3.0-or-later"""
import json

from hosts_case import HostsCase
from lab import UNREACHABLE

MANY = 25
MACHINE = """<domain type='test'><name>m{0}</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e{1:02x}{0:02x}</uuid><memory>8192</memory><vcpu>1</vcpu>
<os><type arch='i686'>hvm</type></os></domain>"""


class Sessions(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start("usual", 1)
        cls.start("narrow", 2, "MaxSessions 2")
        cls.start("closed", 3, "MaxSessions 0")

    @classmethod
    def start(cls, name, number, *options):
        machines = cls.hosts.path(name + ".xml")
        with open(machines, "w", encoding="ascii") as file:
            file.write("<node>" + "".join(MACHINE.format(at, number) for at in range(MANY)) +
                       "<cpu><mhz>1000</mhz><model>i686</model><active>1</active></cpu><memory>9000000</memory></node>")
        cls.hosts.start(name, *options, environment={"LIBVIRT_DEFAULT_URI": "test://" + machines})

    def results(self, *words):
        """Each machine of each host has one."""
        answer = self.home.ctys("cancel", "--all", *words, "--json", "--deadline", "120s")
        results = {}
        for row in json.loads(answer.out):
            self.assertNotIn("error", row)
            self.assertNotIn((row["ContainingMachine"], row["Label"]), results)
            results[row["ContainingMachine"], row["Label"]] = row["Result"]
        self.assertEqual(answer.status, 0, answer)
        return results

    def expected(self, *hosts):
        return {(host, f"m{number}"): "done" for host in hosts for number in range(MANY)}

    def test_01_all_of_them_have_a_result(self):
        self.assertEqual(self.results("--on", "usual,narrow"), self.expected("usual", "narrow"))

    def test_02_through_a_gateway_by_either_way_to_name_it(self):
        self.assertEqual(self.results("--on", "usual", "--via", "narrow"), self.expected("usual"))
        self.hosts.lines.append("Host usual\n  ProxyJump narrow")
        self.hosts.write_config()
        self.assertEqual(self.results("--on", "usual"), self.expected("usual"))

    def test_03_a_server_that_grants_none_is_one_failure(self):
        answer = self.run_ctys("list", "--on", "closed", "--json", status=UNREACHABLE)
        self.assertEqual([row["error"]["what"] for row in json.loads(answer.out)], ["cannot start ctys there"])
