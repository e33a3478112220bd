"""A guest that has crashed and whose process is kept, as its owner wants to look at it.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import signal
import unittest

from lab import CTYS, FAILED, REFUSED, Host, Terminal, ctys_processes, guest, kill_all, wait_for

# Waits for two seconds, tells the panic device, halts.
PANIC = bytes.fromhex("b486b91e00ba8084cd15ba0505b001eef4ebfd")


class Crash(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        guest("build")
        cls.host = Host()
        cls.addClassCleanup(cls.host.close)
        cls.disk = os.path.join(cls.host.folder, "panic.img")
        cls.silent = os.path.join(cls.host.folder, "silent.img")
        with open(cls.silent, "wb") as file:
            file.truncate(1 << 20)
        with open(cls.disk, "wb") as file:
            file.write((PANIC.ljust(510, b"\0") + b"\x55\xaa").ljust(1 << 20, b"\0"))
        cls.host.define("web01", change=lambda text: text.replace(
            "<on_crash>destroy", "<on_crash>preserve").replace("<devices>", "<devices><panic model='isa'/>"))

    def tearDown(self):
        self.assertEqual(ctys_processes(), [], "a process of ctys was left behind")

    def run_ctys(self, *words, status=0):
        answer = self.host.ctys(*words)
        self.assertEqual(answer.status, status, answer)
        return answer

    def wait_crashed(self):
        wait_for(lambda: self.host.state("web01") == "crashed", "it has crashed")

    def refused(self, *words):
        for more in (["--plan"], []):
            answer = self.run_ctys(*words, *more, status=REFUSED)
            self.assertIn("it has crashed and its process is kept", answer.err)

    def test_01_a_crash_is_told_to_whoever_waits_for_the_guest(self):
        answer = self.run_ctys("start", "web01", "--boot", "hdd:" + self.disk, "--wait", "ssh", status=FAILED)
        self.assertIn("web01 crashed before it was ready", answer.err)
        self.assertIn("ctys reset web01", answer.err)
        self.assertEqual(self.run_ctys("list", "web01", "--json").records()[0]["State"], "crashed")

    def test_02_nothing_is_asked_of_a_guest_that_has_crashed(self):
        self.wait_crashed()
        for words in (["start"], ["start", "--reuse"], ["resume"], ["pause"], ["suspend"], ["reboot"]):
            self.refused(words[0], "web01", *words[1:])
        answer = self.run_ctys("create", "web01", "--connect", "--console", "none", "--json").records()[0]
        self.assertEqual((answer["Result"], answer["State"]), ("already", "crashed"))
        self.assertEqual(self.host.state("web01"), "crashed")

    def test_03_a_reset_lets_it_run_again(self):
        self.wait_crashed()
        answer = self.run_ctys("reset", "web01", "--json").records()[0]
        self.assertEqual((answer["Result"], answer["Detail"]), ("done", "reset and resumed"))
        self.assertEqual(self.host.virsh("domstate", "web01", "--reason").split()[0], "running")
        self.wait_crashed()

    def test_04_it_is_switched_off_without_being_asked(self):
        self.wait_crashed()
        self.assertIn("power off at once", self.run_ctys("stop", "web01", "--plan").out)
        answer = self.run_ctys("stop", "web01", "--json").records()[0]
        self.assertEqual(answer["Detail"], "switched off at once, it had crashed")
        self.assertEqual(self.host.state("web01"), "shut off")

    def ask_silent(self, *words):
        """A terminal where a system that listens to nobody is being asked."""
        self.run_ctys("start", "web01", "--boot", "hdd:" + self.silent)
        terminal = Terminal([CTYS, *words], self.host.environment | {"TERM": "xterm", "COLUMNS": "200"})  # shows progress
        self.addCleanup(terminal.close)
        terminal.expect("waiting for web01 to")
        return terminal

    def crash(self):
        self.host.virsh("qemu-monitor-command", "web01", "--hmp", "o /b 0x505 1")

    def test_05_one_that_crashes_while_it_is_to_shut_down_is_switched_off(self):
        stop = self.ask_silent("stop", "web01", "--delay", "60")
        self.crash()
        stop.expect("it crashed while shutting down, switched off")
        stop.expect("[status 0]")
        self.assertEqual(self.host.state("web01"), "shut off")

    def test_06_one_that_crashes_while_it_is_to_reboot_is_not_waited_for(self):
        reboot = self.ask_silent("reboot", "web01", "--delay", "60")
        self.crash()
        said = reboot.expect(f"[status {FAILED}]")
        self.assertIn("it crashed meanwhile", said)
        self.assertIn("ctys reset web01", said)
        self.assertIn("reset, resume it", self.run_ctys("reset", "web01", "--plan").out)
        self.run_ctys("kill", "web01")

    def test_07_one_whose_process_dies_while_it_is_to_shut_down_is_off(self):
        stop = self.ask_silent("stop", "web01", "--delay", "60")
        kill_all([self.host.process_of("web01")], signal.SIGKILL)
        stop.expect("ended by itself")
        stop.expect("[status 0]")
        self.assertEqual(self.host.state("web01"), "shut off")
