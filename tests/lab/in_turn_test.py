"""-b seq: one host after the other, each with its result; without it all at the same time.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import signal
import subprocess

from hosts_case import HELLO, HostsCase, mute_is_asked
from lab import CTYS, REFUSED, wait_for

# Says whether the other host was being asked, too, for which it looks so many times.
WATCH = """echo '{hello}'
read -r call
cd {folder} || exit
touch {own}.began
seen=alone
for _ in $(seq "$(cat patience)"); do
  if [ -e {other}.began ]; then seen=together; break; fi
  sleep 0.1
done
[ -e keep ] || rm {own}.began
echo '{{"t":"record","v":{{"2":"TEST","3":"'$seen'"}}}}'
echo '{{"t":"end","status":0}}'"""


# Its one machine has the name of another host's, and a UUID of its own.
MACHINES = """<node><cpu><mhz>1000</mhz><model>i686</model><active>1</active></cpu><memory>9000000</memory>
<domain type='test'><name>test</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e1940</uuid><memory>9000</memory><vcpu>1</vcpu>
<os><type arch='i686'>hvm</type></os></domain></node>"""


class InTurn(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for own, other in (("one", "two"), ("two", "one")):
            text = WATCH.format(hello=HELLO, folder=cls.hosts.folder, own=own, other=other)
            cls.hosts.start(own, "ForceCommand " + cls.hosts.script("watch" + own, text))
        cls.hosts.start("h1")
        machines = cls.hosts.path("machines.xml")
        with open(machines, "w", encoding="ascii") as file:
            file.write(MACHINES)
        cls.hosts.start("h2", environment={"LIBVIRT_DEFAULT_URI": "test://" + machines})
        cls.hosts.alias("h1again", "h1")
        cls.hosts.start("mute", cls.says_nothing())

    def write(self, name, text):
        path = self.hosts.path(name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        self.addCleanup(lambda: os.path.exists(path) and os.unlink(path))

    def labels(self, option):
        hosts = ",".join(f"{name}'(-b {option})'" for name in ("one", "two"))
        rows = json.loads(self.run_ctys("list", "--json", "--on", hosts, "--deadline", "60s").out)
        self.assertEqual(sorted(row["ContainingMachine"] for row in rows), ["one", "two"])
        return {row["Label"] for row in rows}

    def test_01_a_host_is_asked_when_the_one_before_it_has_answered(self):
        self.write("patience", "10")
        self.assertEqual(self.labels("seq"), {"alone"})

    def test_02_otherwise_all_are_asked_at_the_same_time(self):
        self.write("patience", "300")
        self.write("keep", "")
        self.assertEqual(self.labels("par"), {"together"})
        for name in ("one", "two"):
            os.unlink(self.hosts.path(name + ".began"))

    def test_03_actions_find_their_machines_and_act_in_turn(self):
        answer = self.run_ctys("-A", "on", "-b", "seq", "-a", "cancel=l:test,suspend", "h1", "h2")
        self.assertEqual(answer.out.count("saved"), 2, answer)
        answer = self.run_ctys("vdbgen", "--append", "--cacheDB", self.hosts.path("db"), "-b", "sync,seq", "--on", "h1,h2")
        self.assertIn("2 records: 2 new", answer.out)

    def test_04_who_was_not_asked_any_more_has_a_row_too(self):
        process = subprocess.Popen([CTYS, "list", "--json", "--on", "mute'(-b seq)',h1'(-b seq)'", "--deadline", "60s"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.home.environment)
        wait_for(mute_is_asked, "mute is asked", 30)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, -signal.SIGINT)
        rows = {row["ContainingMachine"]: row["error"]["what"] for row in json.loads(out)}
        self.assertEqual(rows, {"mute": "interrupted", "h1": "interrupted"})

    def test_05_a_host_with_two_names_is_not_acted_on_twice(self):
        for more in ((), ("-b", "seq")):
            answer = self.run_ctys("-A", "on", *more, "-a", "cancel=l:test,reset", "h1", "h1again", status=REFUSED)
            self.assertIn("'test' may be one machine on h1", answer.err)
            self.assertNotIn("done (", answer.out)

    def test_06_nor_is_it_where_its_names_have_options_of_their_own(self):
        for first, second, more in (("l:test,reset", "l:test,force,reset", ("-A", "on")), ("l:test,reset", "l:test,pause", ("-A", "on")),
                                    ("all,reset", "all,force,reset", ()), ("l:test,reset", "l:test,force,reset", ("-A", "on", "-n"))):
            with self.subTest(first + " " + second, more=more):
                targets = [f"{host}'(-a cancel={what})'" for host, what in (("h1", first), ("h1again", second))]
                answer = self.run_ctys(*more, *targets, status=REFUSED)
                self.assertEqual(answer.err.count("ctys:"), 1, answer)
                self.assertIn("'test' may be one machine on h1 and on h1again, nothing was done", answer.err)
                self.assertEqual(answer.out, "")
        answer = self.run_ctys("-A", "on", "h1'(-a cancel=l:test,reset)'", "h2'(-a cancel=l:test,force,reset)'")
        self.assertEqual(len(answer.out.splitlines()), 2, "two hosts are two")
