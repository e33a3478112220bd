"""Gateways that ask the hosts behind them (--chain): every target has exactly one result, nothing is left behind.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import signal
import subprocess

from hosts_case import HELLO, NO_MACHINES, HostsCase, mute_is_asked
from lab import CTYS, DEADLINE, FAILED, REFUSED, UNREACHABLE, USAGE, kill_all, wait_for
from sshd import sessions
from wire import Network


class RelayCase(HostsCase):
    before = ()

    @classmethod
    def start(cls, name, *options, **more):
        """A host whose ctys finds others by the same SSH configuration, unless it has one of its own."""
        environment = {"CTYS_SSH_CONFIG": cls.hosts.config, **more.pop("environment", {})}
        return cls.hosts.start(name, *options, environment=environment, **more)

    def command(self, hosts, via, *words):
        return ["list", "--json", "--on", ",".join(hosts), "--via", via, "--chain", *words]

    def rows_of(self, text, hosts):
        rows = {}
        for entry in json.loads(text):
            self.assertNotIn(entry["ContainingMachine"], rows, text)
            rows[entry["ContainingMachine"]] = json.dumps(entry["error"]) if "error" in entry else entry["Label"]
        self.assertEqual(sorted(rows), sorted(hosts), text)
        return rows

    def ask(self, hosts, via, *words, status=0):
        answer = self.run_ctys(*self.command(hosts, via, *words), status=status, before=self.before)
        return self.rows_of(answer.out, hosts)


class Relay(RelayCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("gw1", "gw2", "h1", "h2", "h3"):
            cls.start(name)
        cls.start("mute", cls.says_nothing())
        cls.start("refused", login=False)
        cls.hosts.new_address("dead")
        answer = cls.home.ctys("list", "--on", "h1", "--deadline", "60s")  # ctys is there: the hosts share its cache
        assert answer.status == 0, answer

    def test_01_hosts_behind_one_gateway_or_several_answer_as_others_do(self):
        hosts = ["h1", "h2", "h3"]
        good = dict.fromkeys(hosts, "test")
        self.assertEqual(self.ask(hosts, "gw1"), good)
        self.assertEqual(self.ask(hosts, "gw1,gw2"), good)
        self.assertEqual(self.ask(["h1"], "gw1,gw2,gw1"), {"h1": "test"})
        answer = self.run_ctys("list", "--on", "localhost,h1", "--via", "gw1", "--chain", "--json")
        self.assertEqual([row["ContainingMachine"] for row in json.loads(answer.out)], ["h1"])
        for words in (["info"], ["enumerate"], ["show"], ["plugins"]):
            direct = self.run_ctys(*words, "--json", "--on", "h1")
            answer = self.run_ctys(*words, "--json", "--on", "h1", "--via", "gw1", "--chain")
            self.assertEqual(len(json.loads(answer.out)), len(json.loads(direct.out)), words)
        self.assertIn("=1", self.run_ctys("isactive", "test", "--on", "h2", "--via", "gw1", "--chain").out)
        self.assertIn("CLIENTPORT(TEST,h2,test)",
                      self.run_ctys("getclientport", "test", "--on", "h2", "--via", "gw1", "--chain").out)

    def test_02_the_gateway_knows_the_way_by_its_own_configuration(self):
        config = self.hosts.path("inner_config")
        known = self.hosts.path("inner_known")
        with open(self.hosts.config, encoding="ascii") as file:
            text = file.read()
        with open(config, "w", encoding="ascii") as file:
            file.write(f"Host inner\n  HostName {self.hosts.addresses['h1']}\n" + text)
        with open(self.hosts.path("strange_config"), "w", encoding="ascii") as file:
            file.write(text.replace(self.hosts.known, known))
        self.start("knowing", environment={"CTYS_SSH_CONFIG": config})
        self.start("strange", environment={"CTYS_SSH_CONFIG": self.hosts.path("strange_config")})
        self.assertEqual(self.ask(["inner"], "knowing"), {"inner": "test"})
        self.assertIn("known", self.ask(["h1"], "strange", status=UNREACHABLE)["h1"])

    def test_03_who_fails_has_a_row_and_the_others_are_served(self):
        hosts = ["h1", "refused", "dead", "h2", "mute"]
        rows = self.ask(hosts, "gw1", "--deadline", "6s", status=DEADLINE)
        self.assertEqual({name: row for name, row in rows.items() if row == "test"}, {"h1": "test", "h2": "test"})
        self.assertIn("refused", rows["dead"].lower())
        self.assertNotIn("gateway", rows["dead"])

    def test_04_a_dead_gateway_is_a_row_for_each_host_and_one_line(self):
        for via in ("dead", "gw1,dead"):
            rows = self.ask(["h1", "h2", "h3"], via, status=UNREACHABLE)
            for row in rows.values():
                self.assertIn("gateway dead", row)
        answer = self.run_ctys("list", "--format", "terse", "--on", "h[1-3]", "--via", "dead", "--chain", status=UNREACHABLE)
        self.assertEqual(answer.err.count("gateway dead"), 1, answer)

    def test_05_a_gateway_that_dies_in_use_spoils_only_what_had_not_come(self):
        for via, victim in (("gw1", "gw1"), ("gw1,gw2", "gw2"), ("gw1,gw2", "gw1")):
            process = subprocess.Popen([CTYS, *self.command(["mute", "h1"], via, "--deadline", "60s")], text=True,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.home.environment)
            wait_for(mute_is_asked, "mute is asked", 30)
            kill_all(sessions(self.hosts.path(victim, "sshd_config")))
            out, _ = process.communicate(timeout=60)
            self.assertEqual(process.returncode, UNREACHABLE, out)
            rows = self.rows_of(out, ["mute", "h1"])
            self.assertIn("gateway " + victim, rows["mute"])
            wait_for(lambda: not mute_is_asked(), "nothing is left on the host behind it", 30)

    def test_06_whoever_ends_the_call_ends_all_of_it(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            process = subprocess.Popen([CTYS, *self.command(["mute", "h1"], "gw1,gw2", "--deadline", "60s")], text=True,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.home.environment)
            wait_for(mute_is_asked, "mute is asked", 30)
            process.send_signal(number)
            out, _ = process.communicate(timeout=60)
            self.assertEqual(process.returncode, -number)
            if number != signal.SIGKILL:
                self.assertIn("interrupted", self.rows_of(out, ["mute", "h1"])["mute"])
            self.tearDown()

    def test_07_a_hostile_gateway_spoils_no_row_but_those_behind_it(self):
        record = '{"t":"record","v":{"1":"gw2","2":"TEST","3":"forged"}}'
        done = '{"t":"from","n":0,"done":true}\n{"t":"from","n":1,"done":true}\n{"t":"end","status":0}'
        says = {
            "forger": '{"t":"from","n":0}\n' + record + "\n" + done,
            "stranger": '{"t":"from","n":2}\n' + record + "\n" + done,
            "twice": '{"t":"from","n":0}\n' + record + '\n{"t":"from","n":0,"done":true}\n{"t":"from","n":0}\n' + record,
            "nobody": record + "\n" + done,
            "huge": '{"t":"from","n":99999999999999999999}',
            "negative": '{"t":"from","n":-1}',
            "silent": '{"t":"end","status":0}',
            "lost": '{"t":"from","n":0,"done":true,"lost":true}',
            "garbage": '{"t":"from"',
        }
        for name, lines in says.items():
            script = self.hosts.script(name, f"echo '{HELLO}'\nread -r call\ncat <<'END'\n{lines}\nEND\ncat >/dev/null")
            self.start(name, "ForceCommand " + script)
            with self.subTest(name):
                answer = self.home.ctys(*self.command(["h1", "h2"], name, "--deadline", "10s"))
                rows = json.loads(answer.out)
                self.assertLessEqual({row["ContainingMachine"] for row in rows}, {"h1", "h2"}, answer)
                if name == "forger":  # it may lie about the hosts behind it: about nobody else
                    self.assertEqual([(row["ContainingMachine"], row.get("Label")) for row in rows], [("h1", "forged")])
                else:
                    self.assertEqual(answer.status, FAILED, answer)
                    self.assertIn("gateway " + name, json.dumps([row for row in rows if row["ContainingMachine"] == "h2"]))

    def test_08_a_gateway_copies_the_ctys_it_is_to_where_it_is_missing(self):
        self.start("fresh", own_cache=True)
        answer = self.run_ctys(*self.command(["fresh"], "gw1", "--no-copy", "--deadline", "60s"), status=FAILED)
        self.assertIn("no ctys", self.rows_of(answer.out, ["fresh"])["fresh"])
        self.assertEqual(self.ask(["fresh"], "gw1", "--deadline", "60s"), {"fresh": "test"})
        there, here = (os.listdir(os.path.join(folder, "ctys")) for folder in
                       (self.hosts.path("fresh", "home", ".cache"), self.hosts.cache))
        builds = [name for name in there if len(name) == 32]
        self.assertEqual(len(builds), 1, there)
        self.assertEqual(builds, [name for name in here if len(name) == 32])

    def test_09_what_goes_to_each_host_from_here_and_consoles_are_refused(self):
        for words in (["vdbgen"], ["doctor"], ["create", "test", "--console", "cli"]):
            answer = self.run_ctys(*words, "--on", "h1", "--via", "gw1", "--chain", status=USAGE)
            self.assertIn("--chain", answer.err)
        self.run_ctys("list", "--on", "h1", "--chain", status=USAGE)
        self.assertEqual(self.run_ctys("list", "--on", "h1", "--via", "gw1,gw2", "--chain", "--plan").out,
                         "h1: planned: have gw2 ask by SSH for sessions\n")

    def act(self, *words, hosts="h1", via="gw1", status=0):
        """Rows and errors of an action: what became of each machine."""
        answer = self.run_ctys(*words, "--on", hosts, "--via", via, "--chain", "--json", status=status)
        return json.loads(answer.out)

    def test_10_a_machine_is_acted_on_where_it_stands_and_has_one_result(self):
        for via in ("gw1", "gw1,gw2"):
            for words, said in ((["stop", "test"], "shut down"), (["suspend", "test"], "saved"), (["start", "test"], "was running"),
                                (["attribute", "set", "test", "USTRG=x"], "")):
                with self.subTest(via + ": " + words[0]):
                    row, = self.act(*words, via=via)
                    self.assertEqual((row["ContainingMachine"], row["Label"]), ("h1", "test"))
                    self.assertIn(row["Result"], ("done", "already"))
                    self.assertIn(said, row["Detail"])
        row, = self.act("create", "test", "--reuse")
        self.assertIn("no console opened: none comes through gateways", row["Detail"])
        for number in (1, 2, 3):
            path = self.hosts.path(f"own{number}.xml")
            with open(path, "w", encoding="ascii") as file:
                file.write(NO_MACHINES.replace("<node>", f"<node><domain type='test'><name>web{number}</name><uuid>{number:08}-"
                                               "0000-4000-8000-000000000001</uuid><memory>9</memory><vcpu>1</vcpu>"
                                               "<os><type arch='i686'>hvm</type></os></domain>"))
            self.start(f"own{number}", environment={"LIBVIRT_DEFAULT_URI": "test://" + path})
        rows = self.act("cancel", "--all", hosts="own1,own2,own3", via="gw2")
        self.assertEqual([(row["ContainingMachine"], row["Result"]) for row in rows],
                         [("own1", "done"), ("own2", "done"), ("own3", "done")])

    def test_11_nothing_is_done_where_it_is_not_clear_which_machine_is_meant(self):
        self.assertIn("ambiguous", json.dumps(self.act("stop", "test", hosts="h1,h2", status=REFUSED)))
        self.assertIn("the only one", json.dumps(self.act("stop", "test", hosts="h1,dead", status=REFUSED)))
        path = self.hosts.path("changing.xml")  # its machine is another one for whoever asks next
        with open(path, "w", encoding="ascii") as file:
            file.write(NO_MACHINES.replace("<node>", "<node><domain type='test'><name>web</name><memory>9</memory><vcpu>1</vcpu>"
                                           "<os><type arch='i686'>hvm</type></os></domain>"))
        self.start("changing", environment={"LIBVIRT_DEFAULT_URI": "test://" + path})
        row, = self.act("stop", "web", hosts="changing", status=FAILED)
        self.assertEqual((row["ContainingMachine"], row["error"]["what"]), ("changing", "cannot find web"))

    def test_12_what_became_of_a_machine_is_told_when_the_way_to_it_is_cut(self):
        self.start("halting", "ForceCommand " + self.hosts.script("halting", f"""echo '{HELLO}'; read -r call
case $call in *'"cancel"'*) exec cat -- - >/dev/null ;; esac
{{ echo "$call"; cat; }} | sh -c "$SSH_ORIGINAL_COMMAND" | grep --line-buffered ."""))
        cuts = {"interrupt": lambda process: process.send_signal(signal.SIGINT),
                "first gateway": lambda _: kill_all(sessions(self.hosts.path("gw1", "sshd_config"))),
                "last gateway": lambda _: kill_all(sessions(self.hosts.path("gw2", "sshd_config")))}
        for name, cut in cuts.items():
            with self.subTest(name):
                process = subprocess.Popen([CTYS, "stop", "test", "--on", "halting", "--via", "gw1,gw2", "--chain", "--json"],
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.home.environment)
                wait_for(mute_is_asked, "its host is asked to stop it", 30)
                cut(process)
                out, err = process.communicate(timeout=60)
                self.assertNotEqual(process.returncode, 0)
                rows = json.loads(out)
                self.assertEqual({row["ContainingMachine"] for row in rows}, {"halting"}, out + err)
                self.assertEqual([row["Result"] for row in rows if "error" not in row], ["unknown"], out)
                self.assertEqual(["what became of it is not known" in row["error"]["why"] for row in rows if "error" in row],
                                 [True], out)
                wait_for(lambda: not mute_is_asked(), "nothing is left on the host behind it", 30)


class RelayNetworks(RelayCase):
    """me - g1 - g2 - g3, where each reaches its neighbours only, and behind each gateway a host of its own: h1, h2, h3."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network = Network("me", "g1", "g2", "g3", "h1", "h2", "h3")
        cls.addClassCleanup(cls.network.close)
        cls.start("near")
        answer = cls.home.ctys("list", "--on", "near", "--deadline", "60s")
        assert answer.status == 0, answer
        cls.before = cls.network.inside("me")
        pairs = (("me", "g1"), ("g1", "g2"), ("g2", "g3"), ("g1", "h1"), ("g2", "h2"), ("g3", "h3"))
        for number, (one, other) in enumerate(pairs, 1):
            _, address = cls.network.link(one, other, number)
            cls.start(other, address=address, before=cls.network.inside(other))

    def test_01_the_innermost_host_is_reached_by_gateways_that_reach_their_neighbours(self):
        self.assertEqual(self.ask(["g3"], "g1,g2"), {"g3": "test"})
        self.assertEqual(self.ask(["g2"], "g1"), {"g2": "test"})
        self.assertIn("g3", self.ask(["g3"], "g1", status=UNREACHABLE))

    def test_02_seven_machines_three_gateways_deep(self):
        ways = {"h1": "g1", "h2": "g1,g2", "h3": "g1,g2,g3"}
        for host, way in ways.items():
            self.assertEqual(self.ask([host], way), {host: "test"})
            answer = self.home.ctys("list", "--json", "--on", host, "--via", way, before=self.before)
            self.assertEqual([row["Label"] for row in answer.records()], ["test"], answer)
        self.assertIn("h3", self.ask(["h3"], "g1,g2", status=UNREACHABLE))

    def test_03_a_dead_gateway_is_a_row_for_each_host_behind_it_and_the_others_answer(self):
        self.hosts.lines += [f"Host {host}\n  ProxyJump {way}" for host, way in
                             (("g2", "g1"), ("g3", "g2"), ("h1", "g1"), ("h2", "g2"), ("h3", "g3"))]
        self.hosts.write_config()
        asked = ["list", "--json", "--on", "g1,h1,g2,h2,g3,h3"]
        answer = self.home.ctys(*asked, before=self.before)
        self.assertEqual([row["Label"] for row in answer.records()], ["test"] * 6, answer)
        with open(self.hosts.path("g2", "pid"), encoding="ascii") as file:
            kill_all([int(file.read())])
        answer = self.home.ctys(*asked, before=self.before)
        self.assertEqual(answer.status, UNREACHABLE, answer)
        rows = {row["ContainingMachine"]: row for row in json.loads(answer.out)}
        self.assertEqual(sorted(host for host, row in rows.items() if "error" not in row), ["g1", "h1"], answer)
        for host in ("h2", "g3", "h3"):
            self.assertIn("g2", json.dumps(rows[host]["error"]))
