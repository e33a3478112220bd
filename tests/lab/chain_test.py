"""Bad links and gateways: every target has exactly one result, nothing is left behind.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import subprocess

from hosts_case import HostsCase, mute_is_asked
from lab import CTYS, DEADLINE, UNREACHABLE, ctys_processes, kill_all, wait_for
from sshd import sessions, workers
from wire import Network


class Chain(HostsCase):
    """me - far over a link that loses 5% of the packets and delays each by 200 ms;
    me - g1 - g2 - g3: each reaches its neighbours only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network = Network("me", "far", "g1", "g2", "g3")
        cls.addClassCleanup(cls.network.close)
        cls.hosts.start("near")
        answer = cls.home.ctys("plugins", "--on", "near")  # ctys is there: the hosts share its cache
        if answer.status != 0:
            raise AssertionError(str(answer))
        _, far = cls.network.link("me", "far", 1, delay=0.2, loss=0.05)
        cls.bad = cls.network.links[-1]
        at = {}
        for number, (one, other) in enumerate((("me", "g1"), ("g1", "g2"), ("g2", "g3")), 2):
            _, at[other] = cls.network.link(one, other, number)
        for name in ("far1", "far2", "far3"):
            cls.start(name, "far", far)
        for name in ("g1", "g2", "g3"):
            cls.start(name, name, at[name])
        cls.start("mute", "g3", at["g3"], cls.says_nothing())

    @classmethod
    def start(cls, name, where, address, *options):
        """Several hosts of one network are servers on other ports."""
        port = cls.hosts.port
        used = [other for other in cls.hosts.addresses if cls.hosts.addresses[other] == address]
        cls.hosts.port += len(used)
        cls.hosts.start(name, *options, address=address, before=cls.network.inside(where))
        if used:
            cls.hosts.lines.append(f"Host {name}\n  Port {cls.hosts.port}")
        cls.hosts.port = port
        cls.hosts.write_config()

    def tearDown(self):
        wait_for(lambda: not ctys_processes() and not workers() and not mute_is_asked(),
                 "nothing of ctys is left on any host", 60)

    def ask(self, hosts, *words, status=0):
        answer = self.home.ctys("list", "--json", "--on", ",".join(hosts), *words, before=self.network.inside("me"))
        self.assertEqual(answer.status, status, answer)
        rows = {}
        for entry in json.loads(answer.out):
            self.assertNotIn(entry["ContainingMachine"], rows, answer)
            rows[entry["ContainingMachine"]] = json.dumps(entry["error"]) if "error" in entry else entry["Label"]
        self.assertEqual(sorted(rows), sorted(hosts), answer)
        return rows

    def test_01_packets_are_late_and_lost(self):
        rows = self.ask(["far1", "far2", "far3", "g1"], "--deadline", "90s")
        self.assertEqual(set(rows.values()), {"test"})
        self.assertGreater(self.bad.lost, 0)
        self.assertGreater(self.bad.carried, 50)

    def test_02_a_deadline_that_is_too_short_for_the_link_costs_only_its_own_rows(self):
        rows = self.ask(["far1", "g1"], "--deadline", "1500ms", status=DEADLINE)
        self.assertEqual(rows["g1"], "test")
        self.assertNotEqual(rows["far1"], "test")

    def test_03_the_innermost_host_is_reached_hop_by_hop_only(self):
        self.assertIn("unreachable", self.ask(["g3"], status=UNREACHABLE)["g3"].lower())
        self.assertEqual(self.ask(["g3"], "--via", "g1,g2"), {"g3": "test"})
        self.assertEqual(self.ask(["g2"], "--via", "g1"), {"g2": "test"})

    def test_04_the_configuration_names_the_way_as_well(self):
        self.hosts.lines += ["Host g2\n  ProxyJump g1", "Host g3 mute\n  ProxyJump g2"]
        self.hosts.write_config()
        self.addCleanup(self.hosts.write_config)
        self.addCleanup(self.hosts.lines.__delitem__, slice(-2, None))
        self.assertEqual(self.ask(["g1", "g2", "g3"]), {"g1": "test", "g2": "test", "g3": "test"})

    def test_05_machines_behind_gateways_are_acted_on(self):
        before = self.network.inside("me")
        answer = self.home.ctys("suspend", "test", "--on", "g3", "--via", "g1,g2", before=before)
        self.assertEqual(answer.status, 0, answer)
        self.assertIn("saved", answer.out)

    def test_06_a_gateway_that_dies_while_in_use_is_a_row_for_each_host_behind_it(self):
        process = subprocess.Popen([*self.network.inside("me"), CTYS, "list", "--json", "--on", "mute,far1", "--via", "g1,g2",
                                    "--deadline", "60s"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=self.home.environment)
        wait_for(mute_is_asked, "mute is asked")
        kill_all(sessions(self.hosts.path("g1", "sshd_config")))
        out, err = process.communicate(timeout=60)
        rows = {entry["ContainingMachine"]: entry for entry in json.loads(out)}
        self.assertEqual(sorted(rows), ["far1", "mute"], out + err)
        for row in rows.values():
            self.assertIn("error", row)
        self.assertIn("g1", json.dumps(rows["mute"]["error"]))
