"""ctys vping: every target has one row, which says what is so, over real sshds and real networks.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import re
import signal
import subprocess

from hosts_case import HostsCase, commands
from lab import CTYS, UNREACHABLE, USAGE, output_of, wait_for
from wire import Network


class Vping(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        hosts = cls.hosts
        for name in ("v1", "v2", "v3"):
            hosts.start(name)
        hosts.start("refused", login=False)
        hosts.start("unknown", known=False)
        hosts.new_address("dead")
        hosts.listen("silent", serve=lambda connection: None)
        hosts.lines.append("Host v3\n  ProxyJump v1")
        hosts.write_config()
        groups = os.path.join(cls.home.folder, ".ctys", "groups")
        os.makedirs(groups)
        with open(os.path.join(groups, "lab"), "w", encoding="ascii") as file:
            file.write("v1'(-l root -d 1)' v2 SUBGROUP{dead refused}\n")

    def rows(self, *words, status=0, **more):
        rows = {}
        for row in json.loads(self.run_ctys("vping", *words, "--json", status=status, **more).out):
            self.assertNotIn(row["ContainingMachine"], rows)
            rows[row["ContainingMachine"]] = row
        return rows

    def test_01_every_target_has_a_row_that_says_what_is_so(self):
        words = ["v1", "v2", "v3", "refused", "unknown", "dead", "silent", "no-such-host.invalid"]
        rows = self.rows("-s", *words, "--ping-timeout", "200ms", "--ssh-timeout", "3s", status=UNREACHABLE)
        self.assertEqual(sorted(rows), sorted(words))
        self.assertEqual({name: row["Ping"] + row["SSH"] for name, row in rows.items()},
                         {"v1": "++", "v2": "++", "v3": "?+", "refused": "+-", "unknown": "+-", "dead": "+-", "silent": "+-",
                          "no-such-host.invalid": "--"})
        self.assertEqual(rows["v1"]["TCP"], self.hosts.addresses["v1"])
        for name in ("refused", "unknown", "dead", "silent", "no-such-host.invalid"):
            self.assertTrue(rows[name]["Detail"], rows[name])
        for name in ("v1", "v2", "v3"):  # nothing was copied there, nothing written
            self.assertEqual(os.listdir(self.hosts.path(name, "home")), [])
        self.assertFalse(os.path.exists(self.hosts.cache))

    def test_02_without_ssh_who_stands_behind_a_gateway_is_not_known(self):
        rows = self.rows("v1", "v3", status=UNREACHABLE)
        self.assertEqual({name: row["Ping"] for name, row in rows.items()}, {"v1": "+", "v3": "?"})
        self.assertEqual(rows["v3"]["Detail"], "it is reached through other hosts")
        self.assertEqual(self.rows("v1", "dead")["dead"]["Ping"], "+")

    def test_03_what_answers_is_pasted_into_another_call(self):
        answer = self.run_ctys("vping", "-s", "-X", "@lab", "v3", status=UNREACHABLE)
        self.assertEqual(answer.out, "v1'(-l root -d 1)' v2 v3\n")
        self.assertEqual(self.run_ctys("vping", "-X", "-m", "-s", "@lab", status=UNREACHABLE).out, "v1 v2\n")
        self.assertEqual(self.run_ctys("vping", "-X", "-t", "v2", "v1").out,
                         f"{self.hosts.addresses['v2']} {self.hosts.addresses['v1']}\n")
        self.assertEqual(self.run_ctys("vping", "-s", "-X", "dead", status=UNREACHABLE).out, "")

    def test_04_targets_are_expanded_without_a_question_to_anybody(self):
        self.assertEqual(self.run_ctys("vping", "-i", "-r", "@lab").out, "v1'(-l root -d 1)'\nv2\ndead\nrefused\n")
        self.assertEqual({row["Ping"] for row in self.rows("-n", "@lab").values()}, {"?"})
        self.assertEqual(self.run_ctys("vping", "-s", "v1", "'x;y", status=USAGE).out, "")
        self.assertIn("the name of a target is empty", self.run_ctys("vping", "", status=USAGE).err)

    def test_05_the_inventory_knows_a_host_or_does_not(self):
        database = os.path.join(self.home.folder, "db")
        os.makedirs(database)
        self.home.environment["DEFAULT_DBPATHLST"] = database
        self.addCleanup(self.home.environment.pop, "DEFAULT_DBPATHLST")
        self.assertEqual({row["Inventory"] for row in self.rows("-n", "v1", "v2").values()}, {"?"})
        self.run_ctys("vdbgen", "--append", "--cacheDB", database, "--on", "v1")
        self.assertEqual({name: row["Inventory"] for name, row in self.rows("-n", "v1", "v2").items()}, {"v1": "+", "v2": "-"})

    def test_06_vhost_does_not_take_who_stands_behind_a_gateway_for_silent(self):
        database = os.path.join(self.home.folder, "behind")
        self.run_ctys("vdbgen", "--append", "--cacheDB", database, "--on", "v1,v3")
        self.hosts.addresses["v3"] = "127.0.3.250"  # where nobody is, as seen from here
        self.hosts.write_config()
        ask = ["vhost", "-p", database, "-o", "host,label"]
        answer = self.run_ctys(*ask, "-x", "mark,ssh", ".")
        marks = {line.split(";")[1]: line[0] for line in answer.out.splitlines()}
        self.assertEqual(marks, {"v1": "R", "v3": "?"}, answer)
        self.assertEqual(self.run_ctys(*ask, "-x", "ssh", ".").out, "v1;test\n")
        answer = self.home.ctys(*ask, "-x", "reverse,ssh", ".")
        self.assertNotIn("v3", answer.out)
        self.assertIn("1 host is reached through others", answer.err)

    def test_07_an_interrupt_before_the_first_echo_request_tells_what_is_known(self):
        """A configuration that is a pipe keeps ssh waiting; nobody writes to this one."""
        pipe = self.hosts.path("pipe")
        os.mkfifo(pipe)
        process = subprocess.Popen([CTYS, "vping", "v1", "v2", "-s", "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env={**self.home.environment, "CTYS_SSH_CONFIG": pipe}, text=True)
        wait_for(lambda: any(pipe in line for line in commands()), "ssh is asked where the hosts are")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        rows = {row["ContainingMachine"]: (row["Ping"], row["SSH"], row["Detail"]) for row in json.loads(out)}
        self.assertEqual(rows, {"v1": ("?", "?", "interrupted"), "v2": ("?", "?", "interrupted")})
        self.assertEqual((process.returncode, err), (-signal.SIGINT, ""))

    def test_08_no_answer_is_lost_where_more_hosts_answer_at_once_than_the_kernel_keeps_answers_for(self):
        names = [f"127.9.{net}.{host}" for net in (1, 2) for host in range(1, 251)]
        rows = self.rows(*names, "--ping-trials", "1", "--ping-timeout", "3s")
        self.assertEqual([name for name in names if rows[name]["Ping"] != "+"], [])


def takes_interrupts(pid):
    """Whether the process has SIGINT blocked, to read of it itself."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        blocked, = [line.split()[1] for line in file if line.startswith("SigBlk:")]
    return int(blocked, 16) >> (signal.SIGINT - 1) & 1


class VpingNetworks(HostsCase):
    """me - g1 - g2: only neighbours reach each other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start_near_and_far("test:///default")

    def test_01_what_has_answered_is_told_when_somebody_ends_it(self):
        before = self.network.inside("me")

        def replies():
            names, values = [line.split() for line in output_of(*before, "cat", "/proc/net/snmp").splitlines()
                             if line.startswith("Icmp:")]
            return int(values[names.index("InEchoReps")])

        old = replies()
        process = subprocess.Popen([*before, CTYS, "vping", "g1", "g2", "--json", "--ping-trials", "1", "--ping-timeout", "90s"],
                                   env=self.home.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        wait_for(lambda: takes_interrupts(process.pid) and replies() > old, "g1 has answered, and g2 is waited for")
        process.send_signal(signal.SIGINT)
        rows = {row["ContainingMachine"]: row for row in json.loads(process.communicate(timeout=60)[0])}
        self.assertEqual({name: row["Ping"] for name, row in rows.items()}, {"g1": "+", "g2": "?"})
        self.assertEqual((process.returncode, rows["g2"]["Detail"]), (-signal.SIGINT, "interrupted"))

    def test_01_b_what_lets_a_user_ping_can_be_typed(self):
        alone = ["unshare", "-n", "--", "setpriv", "--bounding-set", "-net_raw", "--"]
        err = self.run_ctys("vping", "g1", status=1, before=alone).err
        command = re.search("let this user ping: sudo (.*)", err).group(1)
        there = "/proc/sys/net/ipv4/ping_group_range"
        self.assertEqual(output_of(*alone[:3], "sh", "-c", f"{command} >/dev/null; cat {there}").split(), ["0", "2147483647"])

    def test_02_an_echo_request_tells_of_neighbours_and_a_login_of_everybody(self):
        before = self.network.inside("me")
        words = ["g1", "g2", "--ping-trials", "1", "--ping-timeout", "500ms"]

        def seen(*more, status=0):
            rows = json.loads(self.run_ctys("vping", *words, *more, "--json", status=status, before=before).out)
            return {row["ContainingMachine"]: row["Ping"] + row.get("SSH", "") for row in rows}

        self.assertEqual(seen(status=UNREACHABLE), {"g1": "+", "g2": "-"})  # nothing is known of a gateway
        self.assertEqual(seen("-s", "--via", "g1"), {"g1": "?+", "g2": "?+"})
        self.hosts.lines.append("Host g2\n  ProxyJump g1")
        self.hosts.write_config()
        self.assertEqual(seen(status=UNREACHABLE), {"g1": "+", "g2": "?"})
        self.assertEqual(seen("-s"), {"g1": "++", "g2": "?+"})
