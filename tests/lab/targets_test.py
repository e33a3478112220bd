"""Targets with options of their own, on real hosts: each asked what its own say, all in one answer.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import signal
import subprocess

from hosts_case import HostsCase, commands, mute_is_asked
from lab import CTYS, DEADLINE, NOTHING, REFUSED, UNREACHABLE, USAGE, wait_for


class Targets(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(1, 5):
            cls.hosts.start(f"t{number}")
        cls.hosts.new_address("dead")
        cls.hosts.start("mute", cls.says_nothing())
        cls.groups = os.path.join(cls.home.folder, ".ctys", "groups")
        os.makedirs(cls.groups)

    def write(self, name, text):
        with open(os.path.join(self.groups, name), "w", encoding="utf-8") as file:
            file.write(text)

    def test_01_different_questions_have_one_answer(self):
        answer = self.run_ctys("list", "--json", "--on", "t1,t2(-t TEST),t3(-l root),dead(-t TEST),t4(-d 1)",
                               status=UNREACHABLE)
        entries = json.loads(answer.out)
        rows = {entry["ContainingMachine"]: entry for entry in entries}
        self.assertEqual(len(rows), len(entries), answer)
        self.assertEqual(sorted(rows), ["dead", "t1", "t2", "t3", "t4"], answer)
        self.assertEqual([host for host, row in sorted(rows.items()) if "error" in row], ["dead"])
        table = self.run_ctys("list", "--format", "table", "--on", "t1,t2(-t TEST),t3(-d 1)").out.splitlines()
        self.assertEqual(len(table), 4, "one title for all")

    def test_02_members_of_a_group_have_their_own_options_and_actions(self):
        self.write("all", "CONTEXT'(-l root)'\nt1 t2'(-t TEST)'\n#include more\n")
        self.write("more", "t3\n")
        answer = self.run_ctys("-a", "list=terse", "all")
        self.assertEqual(sorted(line.split(";")[0] for line in answer.out.splitlines()), ["t1", "t2", "t3"])
        self.write("desk", "t1'(-a list=terse)' t2'(-a isactive=l:test)' t3'(-a getclientport=l:test)'\n")
        answer = self.run_ctys("desk")
        for words in ("ISACTIVE(TEST,test)=1\n", "CLIENTPORT(TEST,t3,test)=", "t1;"):
            self.assertIn(words, answer.out)

    def test_03_each_target_acts_as_it_is_told_and_no_other(self):
        answer = self.run_ctys("t1'(-t TEST -a cancel=l:test,suspend)'", "t2'(-t TEST -a list=terse)'")
        self.assertIn("saved", answer.out)
        self.assertIn("t2;", answer.out)
        self.run_ctys("-a", "cancel=l:test", "t1", "t2'(-t TEST)'", status=USAGE)
        self.assertEqual(len(self.run_ctys("-a", "list=terse", "t1", "t2").out.splitlines()), 2)

    def test_04_a_silent_host_with_other_options_keeps_nobody_waiting(self):
        answer = self.run_ctys("list", "--json", "--on", "t1,mute(-t TEST),t2(-d 1)", "--deadline", "4s", status=DEADLINE)
        rows = {entry["ContainingMachine"]: "error" not in entry for entry in json.loads(answer.out)}
        self.assertEqual(rows, {"t1": True, "t2": True, "mute": False}, answer)

    def test_04_a_1_who_was_not_asked_for_another_one_is_said_to_be_so(self):
        self.hosts.listen("silent", lambda connection: None)
        answer = self.run_ctys("list", "--json", "--on", "silent,t1,t2", "--fanout", "1", "--deadline", "2s", status=DEADLINE)
        errors = {entry["ContainingMachine"]: entry["error"]["what"] for entry in json.loads(answer.out)}
        self.assertEqual(errors, {"silent": "cannot reach the host", "t1": "the host was not asked",
                                  "t2": "the host was not asked"}, answer)

    def test_04_a_2_the_deadline_is_one_for_all_targets(self):
        answer = self.run_ctys("attribute", "list", "test", "--json", "--on", "mute,t1(-t TEST)", "--deadline", "3s",
                               status=DEADLINE)
        self.assertIn("the time was over before it was begun", answer.out + answer.err)

    def test_04_b_a_name_on_several_hosts_is_told_with_each_and_what_to_write(self):
        for words in (["stop", "test"], ["attribute", "list", "test"]):
            answer = self.run_ctys(*words, "--on", "t1,t2", status=REFUSED)
            for text in ("TEST on t1,", "TEST on t2,", "fix:   name the host: --on t1\n"):
                self.assertIn(text, answer.err)
        self.run_ctys("stop", "test", "--on", "t1", "--plan")
        answer = self.run_ctys("stop", "test", "nosuch", "--on", "t1", status=NOTHING)
        self.assertIn("there is no machine 'nosuch', nothing was done", answer.err)

    def test_04_c_a_host_in_the_way_is_named(self):
        for words in (["stop", "test"], ["attribute", "list", "test"], ["stop", "nosuch"]):
            answer = self.run_ctys(*words, "--on", "t1,dead", status=(REFUSED if "test" in words else UNREACHABLE))
            self.assertIn("  where: dead\n", answer.err)
        self.assertIn("where: dead\n", self.run_ctys("-a", "isactive=l:nosuch", "dead", "t1", status=UNREACHABLE).err)

    def test_04_d_machines_of_several_hosts_have_their_host_in_a_pipe(self):
        lines = self.run_ctys("enumerate", "--on", "t1,t2").out.splitlines()
        self.assertEqual([line.split(";")[::3] for line in lines], [["test", "t1"], ["test", "t2"]])
        self.assertEqual([len(line.split(";")) for line in
                          self.run_ctys("enumerate", "--format", "terse", "--on", "t1,t2").out.splitlines()], [3, 3])

    def test_04_e_a_deadline_that_is_why_a_host_gave_nothing_is_status_4(self):
        self.run_ctys("list", "--on", "t1,t2", "--deadline", "1ms", status=DEADLINE)

    def test_04_f_a_configuration_that_cannot_be_read_is_an_error_that_names_it(self):
        for path, why in ((self.groups, "it is a folder"), (os.path.join(self.groups, "none"), "No such file")):
            answer = self.run_ctys("list", "--on", "t1", environment={"CTYS_SSH_CONFIG": path}, status=USAGE)
            self.assertIn(path, answer.err)
            self.assertIn(why, answer.err)
        broken = os.path.join(self.groups, "broken")
        with open(broken, "w", encoding="ascii") as file:
            file.write("Nonsense yes\n")
        answer = self.run_ctys("doctor", "t1", environment={"CTYS_SSH_CONFIG": broken}, status=USAGE)
        self.assertIn(f"ssh -F {broken} -G t1", answer.out)
        self.assertNotIn("\\x", answer.out)

    def test_04_g_ssh_ends_with_ctys_however_that_ends(self):
        pipe = os.path.join(self.groups, "pipe")
        os.mkfifo(pipe)
        for number in (signal.SIGKILL, signal.SIGTERM):
            call = subprocess.Popen([CTYS, "list", "--on", "t1", "--deadline", "60s"], stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL, env={**self.home.environment, "CTYS_SSH_CONFIG": pipe})
            wait_for(lambda: any(line.startswith("ssh ") and pipe in line for line in commands()), "ssh waits for its file")
            call.send_signal(number)
            call.wait(60)
            wait_for(lambda: not any(pipe in line for line in commands()), "nobody waits for the file any more")

    def test_05_an_interrupt_prints_what_arrived(self):
        process = subprocess.Popen([CTYS, "list", "--on", "t1,mute(-t TEST)", "--deadline", "60s"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=self.home.environment)
        wait_for(mute_is_asked, "mute is asked")  # both were forked before, and stay until they have answered
        wait_for(lambda: len(children(process.pid)) == 1, "t1 has answered")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        self.assertIn("t1", out)
        self.assertIn("interrupted", out + err)
        self.assertIn("mute", out + err)
        self.assertNotEqual(process.returncode, 0)

    def test_06_killing_ctys_leaves_nothing_on_any_host(self):
        process = subprocess.Popen([CTYS, "list", "--on", "t1,mute(-t TEST),t2(-d 1)"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=self.home.environment)
        wait_for(mute_is_asked, "a host is asked")
        process.kill()
        process.wait()


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return file.read().split()
