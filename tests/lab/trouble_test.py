"""What goes wrong around a machine, and what ctys makes of it.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import pwd
import signal
import subprocess
import unittest

from lab import (DEADLINE, FAILED, NOTHING, REFUSED, UNREACHABLE, USAGE, Home, Host, Terminal, ctys_processes, guest,
                 wait_for)

NOBODY = pwd.getpwnam("nobody").pw_uid


class Trouble(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        guest("build")
        cls.host = Host()
        cls.addClassCleanup(cls.host.close)
        cls.host.define("web01", "--append", "guest.ssh=off")
        cls.host.define("db01", "--append", "guest.ssh=off")

    def tearDown(self):
        os.kill(self.host.pid, signal.SIGCONT)
        self.assertEqual(ctys_processes(), [], "a process of ctys was left behind")

    def run_ctys(self, *words, status=0, **more):
        answer = self.host.ctys(*words, **more)
        self.assertEqual(answer.status, status, answer)
        return answer

    def test_01_a_deadline_ends_the_wait_and_says_what_was_reached(self):
        answer = self.run_ctys("start", "web01", "--wait", "ssh", "--deadline", "3s", status=DEADLINE)
        self.assertIn("SSH", answer.err)
        self.assertEqual(self.host.state("web01"), "running")

    def test_02_the_network_answers_without_an_ssh_server(self):
        self.run_ctys("start", "web01", "--wait", "net")
        answer = self.run_ctys("start", "web01", "--wait", "ssh", "--deadline", "3s", status=DEADLINE)
        self.assertIn("SSH server did not answer within the deadline", answer.err)

    def test_02_tries_and_pause_are_all_the_time_there_is(self):
        self.run_ctys("kill", "web01")
        answer = self.run_ctys("-t", "QEMU", "-a", "create=l:web01,SSHPING:3%1", status=DEADLINE)
        # Not the five minutes that are the deadline of a start.
        self.assertRegex(answer.err, r"SSH server did not answer within [3-9](\.\d+)? s")
        self.assertEqual(self.host.state("web01"), "running")

    def test_03_no_agent_channel_is_told_at_once(self):
        answer = self.run_ctys("start", "web01", "--wait", "agent", status=FAILED)
        self.assertIn("qemu-guest-agent", answer.err)
        self.run_ctys("cancel", "web01", "--method", "init:3", status=FAILED)

    def test_04_a_label_of_two_machines_is_refused_with_both(self):
        self.run_ctys("attribute", "set", "web01", "LABEL=twin")
        self.run_ctys("attribute", "set", "db01", "LABEL=twin")
        answer = self.run_ctys("stop", "twin", status=REFUSED)
        self.assertIn("web01", answer.err)
        self.assertIn("db01", answer.err)
        self.assertEqual(self.host.state("web01"), "running")
        self.run_ctys("attribute", "delete", "web01", "LABEL")
        self.run_ctys("attribute", "delete", "db01", "LABEL")

    def test_05_several_machines_in_one_call(self):
        self.run_ctys("start", "web01", "db01")
        self.run_ctys("stop", "web01", "nosuch", status=NOTHING)
        self.assertEqual(self.host.state("web01"), "running", "nothing is stopped when one address is wrong")
        self.run_ctys("kill", "web01", "db01")
        self.assertEqual((self.host.state("web01"), self.host.state("db01")), ("shut off", "shut off"))

    def test_06_a_daemon_that_hangs_is_an_error_in_time(self):
        os.kill(self.host.pid, signal.SIGSTOP)
        for words in (["list"], ["start", "web01"], ["attribute", "set", "web01", "OS", "Linux"]):
            answer = self.run_ctys(*words, "--deadline", "2s", status=DEADLINE)
            self.assertIn("did not answer within 2 s", answer.err)
        os.kill(self.host.pid, signal.SIGCONT)
        self.run_ctys("list")

    def test_06_b_a_daemon_that_finds_out_about_its_emulators_keeps_nobody_waiting_who_does_not_ask(self):
        self.run_ctys("start", "web01")
        # A new version of the emulator makes libvirtd ask it what it can, and this one takes its time.
        emulator = self.host.live("web01").findtext("devices/emulator")
        slow = os.path.join(self.host.folder, "slow")
        waits = os.path.join(self.host.folder, "waits")
        with open(waits, "w", encoding="ascii"), open(slow, "w", encoding="ascii") as file:
            file.write(f'#!/bin/sh\nwhile [ -e "{waits}" ]; do sleep 0.1; done\nexec "{emulator}" "$@"\n')
        os.chmod(slow, 0o755)
        inside = ["nsenter", "--mount", "--target", str(self.host.pid)]
        subprocess.run([*inside, "mount", "--bind", slow, emulator], check=True)
        self.addCleanup(self.run_ctys, "list", "--json")  # the daemon has found out, and whoever waits for it has ended
        self.addCleanup(os.unlink, waits)
        self.addCleanup(subprocess.run, [*inside, "umount", "--lazy", emulator], check=True)
        self.run_ctys("list", "--json", "--deadline", "2s", status=DEADLINE)
        for shown in ([], ["--columns", "label,state"], ["--format", "table"]):
            self.assertIn("web01", self.run_ctys("list", *shown).out)
        self.run_ctys("kill", "web01")
        self.assertEqual(self.host.state("web01"), "shut off")

    def test_07_no_right_to_the_socket_is_told_with_the_remedy(self):
        folder = os.path.join(self.host.folder, "nobody")
        os.makedirs(folder)
        os.chown(folder, NOBODY, -1)
        home = Home(folder, self.host.uri)
        os.chown(os.path.join(folder, "run"), NOBODY, -1)
        answer = home.ctys("list", "-t", "qemu",
                           before=["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"])
        self.assertEqual(answer.status, UNREACHABLE, answer)
        self.assertIn("usermod -aG libvirt", answer.out + answer.err)

    def test_08_no_daemon_is_told_with_the_remedy(self):
        uri = "qemu+unix:///system?socket=/nowhere/libvirt-sock"
        answer = self.run_ctys("list", "-t", "qemu", environment={"LIBVIRT_DEFAULT_URI": uri}, status=UNREACHABLE)
        self.assertIn("libvirtd", answer.out + answer.err)
        self.run_ctys("start", "web01", environment={"LIBVIRT_DEFAULT_URI": uri}, status=UNREACHABLE)

    def test_09_noise_in_every_argument_starts_nothing(self):
        for words in (["start", "x" * 10000], ["start", "\x1b[2J\x07web01"], ["start", ""], ["start", "web01", "--wait", "rain"],
                      ["start", "web01", "--boot", "tape"], ["stop", "web01", "--delay", "soon"],
                      ["cancel", "web01", "--method", "explode"], ["start", "../../etc/passwd"]):
            with self.subTest(words[:2]):
                answer = self.host.ctys(*words)
                self.assertIn(answer.status, (USAGE, NOTHING, FAILED), answer)
                self.assertNotIn("\x1b", answer.out + answer.err)
                self.assertNotIn("\x07", answer.out + answer.err)
        self.assertEqual(self.host.virsh("list", "--name").strip(), "")

    def test_10_killing_ctys_while_it_waits_leaves_no_worker(self):
        terminal = Terminal([os.path.join(os.environ["CTYS_BUILD"], "bin", "ctys"), "start", "web01", "--wait", "ssh"],
                            self.host.environment)
        self.addCleanup(terminal.close)
        wait_for(lambda: self.host.state("web01") == "running", "it was started")
        os.kill(terminal.program(), signal.SIGKILL)
        wait_for(lambda: not ctys_processes(), "its workers have ended", 30)
        self.run_ctys("kill", "web01")

    def test_11_a_transient_machine_is_not_suspended_into_nothing(self):
        path = os.path.join(self.host.folder, "transient.xml")
        with open(path, "w", encoding="ascii") as file:
            file.write(guest("xml", "--name", "passing"))
        self.host.virsh("create", path)
        self.run_ctys("suspend", "passing", status=REFUSED)
        self.assertEqual(self.run_ctys("list", "--json").records()[0]["Persistent"], "no")
        self.assertEqual(self.run_ctys("kill", "passing", "--json").records()[0]["State"], "stopped")
        self.run_ctys("kill", "passing", status=NOTHING)

    def test_12_an_interrupted_call_says_what_every_machine_is_now(self):
        terminal = Terminal([os.path.join(os.environ["CTYS_BUILD"], "bin", "ctys"), "start", "web01", "db01", "--wait", "ssh"],
                            self.host.environment)
        self.addCleanup(terminal.close)
        wait_for(lambda: {self.host.state(name) for name in ("web01", "db01")} == {"running"}, "both were started")
        terminal.type("\x03")
        for name in ("web01", "db01"):
            terminal.expect(f"interrupted, but {name} is running now")
        terminal.expect("run the command again: it goes on where it stopped")
        wait_for(lambda: not ctys_processes(), "its workers have ended", 30)
        self.run_ctys("kill", "web01", "db01")


class Session(unittest.TestCase):
    """qemu:///session of a user without rights, whose libvirtd starts by itself."""

    def test_01_a_user_without_rights_has_machines_of_their_own(self):
        image = guest("build").strip()
        folder = subprocess.run(["mktemp", "-d", "/tmp/ctyslab.XXXXXX"], stdout=subprocess.PIPE, text=True,
                                check=True).stdout.strip()
        self.addCleanup(subprocess.run, ["rm", "-rf", folder], check=False)
        home = Home(folder)
        # The user cannot read root's cache.
        text = guest("xml", "--name", "mine", "--machine", "q35")
        for name in ("vmlinuz", "initrd.img"):
            subprocess.run(["install", "-m", "644", os.path.join(image, name), os.path.join(folder, name)], check=True)
            text = text.replace(os.path.join(image, name), os.path.join(folder, name))
        path = os.path.join(folder, "mine.xml")
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        subprocess.run(["chown", "-R", "nobody", folder], check=True)
        user = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
        self.addCleanup(self.end_daemons, folder)
        environment = {"LIBVIRT_DEFAULT_URI": "qemu:///session"}
        for words, state in ((["start", path], "running"), (["pause", "mine"], "paused"), (["resume", "mine"], "running"),
                             (["kill", "mine"], "stopped")):
            answer = home.ctys(*words, "--json", before=user, environment=environment)
            self.assertEqual(answer.status, 0, answer)
            self.assertEqual(answer.records()[0]["State"], state)
            self.assertEqual(answer.records()[0]["UID"], "nobody")

    @staticmethod
    def end_daemons(folder):
        """libvirtd and virtlogd of the session end by themselves after a while; nobody waits for that here."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    ours = f"XDG_RUNTIME_DIR={folder}/run".encode() in file.read().split(b"\0")
            except OSError:
                continue
            if ours:
                os.kill(int(pid), signal.SIGKILL)
