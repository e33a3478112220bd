"""A guest with an address of its own on a bridge: pinged, found and named by it.
SPDX-License-Identifier: GPL-3.0-or-later"""
import re
import unittest

from lab import DEADLINE, Host, guest, output_of

ADDRESS, MAC = "10.77.0.2", "52:54:00:aa:00:c1"


class Network(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        guest("build", "--agent")
        cls.host = Host("--net")
        cls.addClassCleanup(cls.host.close)
        for words in ("link add br0 type bridge", "addr add 10.77.0.1/24 dev br0", "link set br0 up"):
            output_of(*cls.host.inside(), "ip", *words.split())
        text = guest("xml", "--name", "web01", "--agent", "--append", f"guest.ip={ADDRESS}/24 guest.gw=10.77.0.1")
        interface = f"<interface type='bridge'><source bridge='br0'/><mac address='{MAC}'/><model type='virtio'/></interface>"
        cls.host.define_xml(re.sub(r"(\s*</devices>)", interface + r"\1", text))

    def run_ctys(self, *words, status=0):
        answer = self.host.ctys(*words, before=self.host.inside())
        self.assertEqual(answer.status, status, answer)
        return answer

    def test_01_the_address_it_was_given_is_pinged(self):
        self.run_ctys("attribute", "set", "web01", "TCP=10.77.0.99")
        self.run_ctys("start", "web01", "--wait", "net", "--deadline", "2s", status=DEADLINE)
        self.run_ctys("attribute", "set", "web01", f"TCP={ADDRESS}")
        self.run_ctys("start", "web01", "--wait", "net")
        self.run_ctys("attribute", "delete", "web01", "TCP")

    def test_02_the_agent_tells_the_address(self):
        self.run_ctys("start", "web01", "--wait", "agent")
        self.run_ctys("start", "web01", "--wait", "ssh")
        machine = self.run_ctys("list", "--json").records()[0]
        self.assertEqual((machine["TCP"], machine["AddressSource"], machine["MAC"]), (ADDRESS, "agent", MAC))

    def test_03_it_is_found_by_its_address_and_stopped(self):
        machine = self.run_ctys("stop", ADDRESS, "--json").records()[0]
        self.assertEqual((machine["Label"], machine["State"]), ("web01", "stopped"))
