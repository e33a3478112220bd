"""Work in the background: jobs outlive their terminal and tell the truth about themselves, whoever is killed when.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import signal
import stat
import subprocess
import unittest

from hosts_case import HELLO, HostsCase, mute_is_asked
from lab import (CTYS, DEADLINE, FAILED, LONG, NOTHING, REFUSED, UNREACHABLE, USAGE, Host, Terminal, ctys_processes, guest,
                 kill_all, wait_for)

HANGING = ("list", "--on", "mute", "--deadline", "1h", "--background")


class Jobs(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("j1", "j2"):
            cls.hosts.start(name)
        cls.hosts.start("mute", cls.says_nothing())
        assert cls.home.ctys("list", "--on", "j1").status == 0  # ctys is there: the hosts share its cache

    def start(self, *words):
        answer = self.run_ctys(*words)
        self.assertRegex(answer.out, r"^[1-9][0-9]*\n$")
        self.assertEqual(answer.err, "")
        return answer.out.strip()

    def jobs(self):
        return {row["Job"]: row for row in json.loads(self.run_ctys("jobs", "--json").out)}

    def state(self, job):
        return self.jobs()[job]["State"]

    def start_hanging(self):
        job = self.start(*HANGING)
        wait_for(mute_is_asked, "the host that says nothing was asked")
        self.assertEqual(self.state(job), "running")
        return job

    def test_01_a_job_gives_its_output_its_messages_and_its_status(self):
        now = self.run_ctys("list", "--on", "j1,j2", "--format", "machine")
        job = self.start("list", "--on", "j1,j2", "--format", "machine", "--background")
        self.run_ctys("jobs", "wait", job)
        shown = self.run_ctys("jobs", "show", job)
        self.assertEqual((shown.out, shown.err), (now.out, now.err))
        row = self.jobs()[job]
        self.assertEqual((row["State"], row["Status"]), ("done", "0"))
        self.assertEqual(row["Command"], "ctys list --on j1,j2 --format machine")
        started = json.loads(self.run_ctys("list", "--json", "--background").out)
        self.assertEqual([row["State"] for row in started], ["running"])
        job = self.start("stop", "nosuch", "--background")
        self.run_ctys("jobs", "wait", job, status=NOTHING)
        shown = self.run_ctys("jobs", "show", job)
        self.assertIn("there is no machine 'nosuch'", shown.err)
        self.assertIn("ended with status 6", shown.err)
        other = self.start("list", "--on", "127.0.0.1:1", "--background")
        self.run_ctys("jobs", "wait", other, status=UNREACHABLE)
        self.run_ctys("jobs", "wait", job, other, status=UNREACHABLE)  # the graver of 6 and 3

    def test_02_a_job_that_hangs_is_running_for_everybody_until_it_is_cancelled(self):
        job = self.start_hanging()
        self.assertIn("is still running", self.run_ctys("jobs", "show", job).err)
        answer = self.run_ctys("jobs", "wait", job, "--deadline", "300ms", status=DEADLINE)
        self.assertIn("still running", answer.out + answer.err)
        table = self.run_ctys("jobs", "wait", job, "--deadline", "300ms", "--format", "table", status=DEADLINE).out
        self.assertEqual(table.splitlines()[1].split()[0], job, table)
        self.run_ctys("jobs", "remove", job, status=REFUSED)
        self.run_ctys("jobs", "cancel", job)
        self.assertEqual(ctys_processes(), [], "cancel returns when nothing of it is left here")
        self.assertEqual(self.state(job), "cancelled")
        self.assertIn("was cancelled", self.run_ctys("jobs", "show", job).err)
        self.run_ctys("jobs", "wait", job, status=FAILED)
        self.run_ctys("jobs", "cancel", job)  # again: nothing to do
        self.run_ctys("jobs", "remove", job)
        self.assertNotIn(job, self.jobs())  # tearDown sees that nothing is left on the host

    def test_02_b_so_it_is_where_its_processes_are_stopped(self):
        job = self.start_hanging()
        keeper = int(self.jobs()[job]["PID"])
        stopped = [pid for pid in ctys_processes() if os.getsid(pid) == keeper]
        self.assertIn(keeper, stopped)
        kill_all(stopped, signal.SIGSTOP)
        self.run_ctys("jobs", "cancel", job)
        self.assertEqual(self.state(job), "cancelled")
        self.assertEqual(ctys_processes(), [])

    def test_03_the_terminal_is_closed_and_the_result_is_there(self):
        gate = self.hosts.path("gate")
        os.mkfifo(gate)
        row = '{"t":"record","v":{"2":"TEST","3":"late","67":"running"}}'
        self.hosts.start("slow", "ForceCommand " + self.hosts.script(
            "slow", f"echo '{HELLO}'\nread call\nread word < {gate}\necho '{row}'\necho '{{\"t\":\"end\",\"status\":0}}'"))
        terminal = Terminal([CTYS, "list", "--on", "slow", "--deadline", "1h", "--json", "--background"],
                            self.home.environment)
        terminal.expect("[status 0]")
        job = max(self.jobs(), key=int)
        keeper = int(self.jobs()[job]["PID"])
        terminal.close()
        os.kill(keeper, signal.SIGHUP)
        self.assertEqual(self.state(job), "running")
        with open(gate, "w", encoding="ascii") as file:
            file.write("now\n")
        self.run_ctys("jobs", "wait", job, "--deadline", f"{LONG}s")
        self.assertEqual(self.state(job), "done")
        self.assertEqual([row["Label"] for row in json.loads(self.run_ctys("jobs", "show", job).out)], ["late"])

    def test_04_a_job_that_is_killed_is_lost_and_leaves_nothing(self):
        job = self.start_hanging()
        os.kill(int(self.jobs()[job]["PID"]), signal.SIGKILL)
        wait_for(lambda: not ctys_processes(), "nothing of it is left")
        self.assertEqual(self.state(job), "lost")
        self.run_ctys("jobs", "wait", job, status=FAILED)
        self.assertIn("was lost", self.run_ctys("jobs", "show", job).err)
        self.run_ctys("jobs", "cancel", job)

    def test_05_jobs_started_at_once_have_numbers_of_their_own(self):
        calls = [subprocess.Popen([CTYS, "list", "--background"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                  env=self.home.environment) for _ in range(10)]
        numbers = [call.communicate(timeout=LONG)[0].strip() for call in calls]
        self.assertEqual([call.returncode for call in calls], [0] * 10)
        self.assertEqual(len(set(numbers)), 10, numbers)
        self.run_ctys("jobs", "wait", *numbers)
        self.run_ctys("jobs", "remove", *numbers)

    def test_06_killing_the_call_or_the_job_at_any_instant_leaves_no_lie(self):
        for step in range(24):
            call = subprocess.Popen([CTYS, "list", "--json", "--background"], stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE, text=True, env=self.home.environment)
            if step % 2:
                call.communicate(timeout=LONG)
                kill_all(int(row["PID"]) for row in self.jobs().values() if "PID" in row)
            else:
                try:
                    call.wait(step / 500)
                except subprocess.TimeoutExpired:
                    call.kill()
                call.communicate()
        wait_for(lambda: not ctys_processes(), "every job has ended")
        for job, row in self.jobs().items():
            self.assertIn(row["State"], ("done", "failed", "lost", "cancelled"))
            if row["State"] == "done" and row["Command"] == "ctys list --json":
                json.loads(self.run_ctys("jobs", "show", job).out)
        self.run_ctys("jobs", "remove", "--done")
        self.assertEqual(self.jobs(), {})

    def test_07_the_classic_grammar_and_hosts_of_which_only_some_are_waited_for(self):
        job = self.start("-b", "async,seq", "-a", "list", "j1", "j2")
        self.run_ctys("jobs", "wait", job)
        shown = self.run_ctys("jobs", "show", job).out
        self.assertIn("j1", shown)
        self.assertIn("j2", shown)
        answer = self.run_ctys("list", "--on", "j1,j2'(-b async)'")
        job, _, rest = answer.out.partition("\n")
        self.assertIn("j1", rest)
        self.assertNotIn("j2", rest)
        self.run_ctys("jobs", "wait", job)
        self.assertIn("j2", self.run_ctys("jobs", "show", job).out)

    def test_08_bad_input_is_refused_before_anything_starts(self):
        before = sorted(self.jobs())
        for words in (["list", "--background", "--nonsense"], ["open", "web01", "--console", "cli", "--background"],
                      ["-b", "async", "-a", "create=l:web01,console:cli"], ["-b", "later", "-a", "list"],
                      ["list", "--on", "a;reboot", "--background"], ["groups", "--background"]):
            self.run_ctys(*words, status=USAGE)
        self.assertEqual(sorted(self.jobs()), before)
        for verb in ("show", "wait", "cancel", "remove"):
            self.assertIn("there is no job 999999", self.run_ctys("jobs", verb, "999999", status=NOTHING).err)
        nobody_reads = subprocess.run(f"exec {CTYS} list --background > /dev/full", shell=True, check=False, timeout=LONG,
                                      stderr=subprocess.PIPE, env=self.home.environment)
        self.assertEqual(nobody_reads.returncode, FAILED)
        job = max(self.jobs(), key=int)
        self.assertEqual(wait_for(lambda: self.state(job) != "running" and self.state(job), "it has ended"), "failed")

    def test_09_only_the_user_can_read_what_is_kept(self):
        self.start("list", "--background")
        wait_for(lambda: not ctys_processes(), "it has ended")
        for folder, folders, files in os.walk(os.path.join(self.home.folder, ".local", "state", "ctys", "jobs")):
            for name in [".", *folders, *files]:
                self.assertEqual(stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) & 0o077, 0, name)
        folder = os.path.join(self.home.folder, "open")
        os.makedirs(os.path.join(folder, "ctys", "jobs"), mode=0o755)
        answer = self.run_ctys("list", "--background", environment={"XDG_STATE_HOME": folder}, status=FAILED)
        self.assertIn("only you can enter", answer.err)


class RealMachine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        guest("build")
        cls.host = Host()
        cls.addClassCleanup(cls.host.close)
        cls.host.define("web01", "--append", "guest.ssh=off")

    def run_ctys(self, *words, status=0):
        answer = self.host.ctys(*words)
        self.assertEqual(answer.status, status, answer)
        return answer

    def test_10_a_real_machine_is_started_and_stopped_in_the_background(self):
        job = self.run_ctys("start", "web01", "--wait", "net", "--background").out.strip()
        self.run_ctys("jobs", "wait", job)
        self.assertIn("web01: started", self.run_ctys("jobs", "show", job).out)
        self.assertEqual(self.host.state("web01"), "running")
        job = self.run_ctys("kill", "web01", "--background").out.strip()
        self.run_ctys("jobs", "wait", job)
        self.assertEqual(self.host.state("web01"), "shut off")

    def test_11_waiting_for_what_never_comes_is_cancelled_and_the_machine_stays(self):
        job = self.run_ctys("start", "web01", "--wait", "ssh", "--deadline", "1h", "--background").out.strip()
        wait_for(lambda: self.host.state("web01") == "running", "it was started")
        self.run_ctys("jobs", "cancel", job)
        self.assertEqual(ctys_processes(), [])
        self.assertEqual(json.loads(self.run_ctys("jobs", "--json").out)[-1]["State"], "cancelled")
        self.assertEqual(self.host.state("web01"), "running")
        self.run_ctys("kill", "web01")
