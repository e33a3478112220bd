"""A deed takes what its look-up has left of the time, and each of its machines has one result, whatever is lost.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import signal
import subprocess
import time

from hosts_case import HELLO, HostsCase
from lab import CTYS, DEADLINE, FAILED, LONG, REFUSED, UNREACHABLE, wait_for
from sshd import sessions
from wire import Network

# A host of three machines, each of whose calls is written down. What it waits for are files that the test makes,
# or the end of their folder.
HOST = """cd {folder} || exit
hold() { until [ -e "$1" ] || [ ! -e calls ]; do sleep 0.05; done; }
row() { echo '{"t":"record","v":{"2":"TEST","3":"'$1'","5":"0a7f3c2e-0000-4000-8000-00000000000'${1#s}'","67":"'$2'"'$3'}}'; }
echo '{hello}'
while read -r call; do
  case $call in *'"t":"alive"'*) echo "$call"; continue;; esac
  echo "$call" >>calls
  case $call in
  *'"verb":"cancel"'*)
    for name in s1 s2 s3; do case $call in *'"'$name'"'*) break;; esac; done
    [ ! -e silent ] || hold never
    [ ! -e killed ] || kill -9 $$
    [ ! -e mute ] || { echo '{"t":"end","status":0}'; continue; }
    [ ! -e garbled ] || { echo '{"t":'; continue; }
    [ ! -e other ] || row s9 stopped ',"{result}":"done"'
    [ ! -e namesake ] || row $name stopped ',"{result}":"done"' | sed 's/-00000000000[0-9]"/-000000000009"/'
    [ ! -e twice ] || row $name stopped ',"{result}":"done"'
    [ ! -e odd ] || { row $name stopped ',"{result}":"weird"'; echo '{"t":"end","status":0}'; continue; }
    [ ! -e planned ] || { row $name stopped ',"{result}":"planned"'; echo '{"t":"end","status":0}'; continue; }
    [ ! -e blank ] || { row $name stopped; echo '{"t":"end","status":0}'; continue; }
    [ ! -e failing ] || { row $name running ',"{result}":"failed"'; echo '{"t":"end","status":0}'; continue; }
    row $name stopped ',"{result}":"done"'
    [ ! -e contrary ] || { echo '{"t":"end","status":1}'; continue; }
    echo '{"t":"log","level":0,"text":"told of '$name'"}'
    [ ! -e endless ] || hold never;;
  *)
    [ ! -e ends ] || kill -9 $$
    [ ! -e mum ] || hold never
    row s1 running; row s2 running
    [ ! -e broken ] || hold never
    hold answer
    row s3 running;;
  esac
  echo '{"t":"end","status":0}'
done
"""


class Deed(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = cls.hosts.path("machines")
        os.mkdir(cls.folder)
        text = HOST
        for key, value in {"folder": cls.folder, "hello": HELLO[:-1] + ',"takes_next":true}', "result": "70"}.items():
            text = text.replace("{" + key + "}", value)
        cls.hosts.start("store", "ForceCommand " + cls.hosts.script("store", text))
        cls.network = Network("me", "far")
        cls.addClassCleanup(cls.network.close)
        _, address = cls.network.link("me", "far", 1, delay=0.5)
        cls.hosts.start("far", "ForceCommand " + cls.hosts.path("store.sh"), address=address, before=cls.network.inside("far"))
        cls.hosts.start("near", environment={"CTYS_SSH_CONFIG": cls.hosts.config})
        answer = cls.home.ctys("list", "--on", "near", "--deadline", "60s")  # ctys is there: the hosts share its cache
        assert answer.status == 0, answer

    def setUp(self):
        self.write("calls")
        self.write("answer")

    def tearDown(self):
        for name in ("silent", "endless", "broken", "mum", "ends", "never", *self.ENDS, "failing", "contrary"):
            self.remove(name)
        super().tearDown()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name):
        with open(self.path(name), "w", encoding="ascii"):
            pass

    def remove(self, name):
        if os.path.exists(self.path(name)):
            os.unlink(self.path(name))

    def calls(self, verb):
        with open(self.path("calls"), encoding="utf-8") as file:
            return [call for call in map(json.loads, file) if call["verb"] == verb]

    def begin(self, *words):
        return subprocess.Popen([CTYS, *words, "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=self.home.environment)

    def results(self, out):
        """What is said of each machine; none is told of twice."""
        found = {}
        for entry in json.loads(out):
            label = entry.get("Label", "")
            self.assertNotIn(label, found, out)
            found[label] = entry["error"]["what"] if "error" in entry else entry["Result"]
        return found

    def test_01_the_deed_gets_what_the_look_up_has_left_of_the_time(self):
        for way in ((), ("--via", "near", "--chain")):
            with self.subTest(way):
                self.write("calls")
                self.remove("answer")
                process = self.begin("kill", "s1", "--on", "store", *way, "--deadline", "60s")
                wait_for(lambda: self.calls("list") or process.poll() is not None, "it is looked for")
                held = time.monotonic()
                wait_for(lambda: time.monotonic() > held + 1, "some of the time is over")
                self.write("answer")
                out, err = process.communicate(timeout=LONG)
                self.assertEqual(process.returncode, 0, out + err)
                before, after = (self.calls(verb)[0]["deadline_ms"] for verb in ("list", "cancel"))
                self.assertLessEqual(after, before - 1000)
                self.assertEqual(self.calls("cancel")[0]["whole_ms"], 60000)

    def test_01_b_what_a_call_needs_to_arrive_is_missing_for_the_deed(self):
        run = subprocess.run([*self.network.inside("me"), CTYS, "kill", "s1", "--on", "far", "--deadline", "90s"],
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, env=self.home.environment, check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        before, after = (self.calls(verb)[0]["deadline_ms"] for verb in ("list", "cancel"))
        self.assertLessEqual(after, before - 2000, "a second for the answer to the look-up, one for the deed's call and answer")

    def test_02_nothing_is_begun_once_the_time_is_over(self):
        for way in ((), ("--via", "near", "--chain")):
            with self.subTest(way):
                self.write("calls")
                self.remove("answer")
                begin = time.monotonic()
                process = self.begin("kill", "s1", "--on", "store", *way, "--deadline", "3s")
                wait_for(lambda: time.monotonic() > begin + 2.8, "too little of the time is left")
                self.write("answer")
                out, err = process.communicate(timeout=LONG)
                # The list of the machines may have broken off before.
                self.assertIn(process.returncode, (DEADLINE, REFUSED), out + err)
                self.assertEqual(self.calls("cancel"), [])

    def test_02_b_what_only_reads_ends_with_the_time(self):
        for way in ((), ("--via", "near", "--chain")):
            with self.subTest(way):
                self.write("calls")
                self.remove("answer")
                begin = time.monotonic()
                process = self.begin("list", "--on", "store", *way, "--deadline", "3s")
                wait_for(lambda: time.monotonic() > begin + 3.4, "the time is over")
                self.write("answer")  # for whoever would listen still
                out, err = process.communicate(timeout=LONG)
                self.assertEqual(process.returncode, DEADLINE, out + err)

    def test_02_c_a_silent_host_leaves_the_others_time_for_the_deed(self):
        self.write("broken")
        self.write("mum")
        answer = self.run_ctys("kill", "--all", "--on", "store,near", "--json", "--deadline", "2s", status=DEADLINE)
        self.assertEqual(self.results(answer.out)["test"], "done", answer)

    def test_03_all_machines_of_a_host_are_not_those_of_half_its_list(self):
        self.write("broken")
        answer = self.run_ctys("kill", "--all", "--on", "store,near", "--json", "--deadline", "12s", status=DEADLINE)
        self.assertEqual(self.calls("cancel"), [])
        found = self.results(answer.out)
        self.assertEqual(sorted(found), ["", "s1", "s2", "test"], answer)
        self.assertEqual(found["s1"], "nothing was done with s1")
        self.assertEqual(found["test"], "done", "the list of the other host is complete")
        self.assertIn("broke off", answer.out)

    def test_04_an_interrupt_of_the_look_up_begins_nothing(self):
        self.write("broken")
        process = self.begin("kill", "--all", "--on", "store,near", "--deadline", "60s")
        wait_for(lambda: self.calls("list"), "they are looked for")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LONG)
        self.assertEqual(process.returncode, -signal.SIGINT, out + err)
        self.assertEqual(self.calls("cancel"), [])
        self.assertNotIn("done\"", out)

    ENDS = {  # how the answer to a deed ends: what is said of it
        "killed": "ctys ended there", "mute": "said nothing about it", "garbled": "sent garbage", "other": "s9, which it was not asked for",
        "namesake": "s1 (UUID 0a7f3c2e-0000-4000-8000-000000000009, not 0a7f3c2e-0000-4000-8000-000000000001), which it was",
        "twice": "told of the machine 2 times", "odd": "'weird' for a result", "planned": "'planned' for a result",
        "blank": "'' for a result",
    }

    def test_04_b_a_machine_that_nobody_told_of_may_have_been_acted_on(self):
        for name, why in self.ENDS.items():
            self.write(name)
            for way in ((), ("--via", "near", "--chain")):
                with self.subTest(name, way=way):
                    answer = self.run_ctys("kill", "s1", "--on", "store", *way, "--json", status=FAILED)
                    entries = json.loads(answer.out)
                    self.assertEqual([entry["Result"] for entry in entries if "Result" in entry], ["unknown"], answer)
                    error = next(entry["error"] for entry in entries if "error" in entry)
                    self.assertIn(why, error["what"] + "; " + error["why"])
                    self.assertIn("what became of it is not known", error["why"])
                    self.assertTrue(error["fix"].startswith("look before you run it again: ctys list --on store"), error)
                    self.assertNotIn("run the command again", error["fix"])
            self.remove(name)

    def test_04_c_what_only_reads_is_run_again(self):
        self.write("ends")
        self.assertIn("fix:   run the command again", self.run_ctys("list", "--on", "store", status=FAILED).err)
        self.remove("ends")

    def test_04_d_a_row_that_failed_is_no_success(self):
        self.write("failing")
        self.assertEqual(self.results(self.run_ctys("kill", "s1", "--on", "store", "--json", status=FAILED).out), {"s1": "failed"})

    def test_04_e_a_status_that_is_none_of_its_result_is_told_beside_it(self):
        self.write("contrary")
        for way in ((), ("--via", "near", "--chain")):
            with self.subTest(way):
                answer = self.run_ctys("kill", "s1", "--on", "store", *way, "--json", status=FAILED)
                entries = json.loads(answer.out)
                self.assertEqual([entry["Result"] for entry in entries if "Result" in entry], ["done"], answer)
                error = next(entry["error"] for entry in entries if "error" in entry)
                self.assertEqual(error["why"], "it ended with status 1 and no error")
                self.assertTrue(error["fix"].startswith("look whether it was done: ctys list --on store"), error)

    def test_05_a_result_that_has_come_is_the_only_one(self):
        for number in (signal.SIGINT, signal.SIGTERM, None):
            with self.subTest(number):
                self.write("calls")
                self.write("endless")
                process = self.begin("kill", "s1", "s2", "--on", "store", "--deadline", "60s")
                wait_for(lambda: len(self.calls("cancel")) == 2, "both are asked for")
                said = ""
                while "told of s1" not in said or "told of s2" not in said:  # which comes behind the result
                    said += process.stderr.readline()
                if number is None:
                    for pid in sessions(self.hosts.path("store", "sshd_config")):
                        os.kill(pid, signal.SIGKILL)
                else:
                    process.send_signal(number)
                out, err = process.communicate(timeout=LONG)
                self.assertEqual(self.results(out), {"s1": "done", "s2": "done"}, out + err)
                self.assertEqual(process.returncode, 0 if number is None else -number, out + err)

    def test_06_every_machine_has_a_row_where_the_connection_is_lost(self):
        self.write("silent")
        process = self.begin("kill", "--all", "--on", "store", "--deadline", "60s")
        wait_for(lambda: self.calls("cancel"), "one of them is asked for")
        for pid in sessions(self.hosts.path("store", "sshd_config")):
            os.kill(pid, signal.SIGKILL)
        out, err = process.communicate(timeout=LONG)
        self.assertEqual(process.returncode, UNREACHABLE, out + err)
        self.assertEqual({entry.get("Label") for entry in json.loads(out)}, {"s1", "s2", "s3"}, out + err)
