"""What others do with a machine while ctys is at it, and machines whose process hangs.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import signal
import subprocess
import unittest

from lab import CTYS, FAILED, Host, Terminal, ctys_processes, guest, wait_for


class Meanwhile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        guest("build")
        cls.host = Host()
        cls.addClassCleanup(cls.host.close)
        cls.host.define("web01", "--append", "guest.ssh=off")
        cls.silent = os.path.join(cls.host.folder, "silent.img")
        with open(cls.silent, "wb") as file:
            file.truncate(1 << 20)

    def tearDown(self):
        os.kill(self.host.pid, signal.SIGCONT)
        self.assertEqual(ctys_processes(), [], "a process of ctys was left behind")
        subprocess.run(["virsh", "-q", "-c", self.host.uri, "destroy", "web01"], check=False, capture_output=True)

    def run_ctys(self, *words, status=0, **more):
        answer = self.host.ctys(*words, **more)
        self.assertEqual(answer.status, status, answer)
        return answer

    def in_terminal(self, *words):
        terminal = Terminal([CTYS, *words], self.host.environment | {"TERM": "xterm", "COLUMNS": "200"})  # shows progress
        self.addCleanup(terminal.close)
        return terminal

    def start_silent(self):
        """Its system listens to nobody: what it is asked for does not happen."""
        self.run_ctys("start", "web01", "--boot", "hdd:" + self.silent)

    def process_of(self, name):
        ours = os.readlink(f"/proc/{self.host.pid}/ns/mnt")
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    words = file.read()
                namespace = os.readlink(f"/proc/{pid}/ns/mnt")
            except OSError:
                continue
            if f"guest={name},".encode() in words and namespace == ours:
                return int(pid)
        raise AssertionError(f"{name} has no process")

    def test_01_a_reboot_does_not_start_what_somebody_else_switched_off(self):
        self.start_silent()
        terminal = self.in_terminal("reboot", "web01")
        terminal.expect("web01 to reboot")
        self.host.virsh("destroy", "web01")
        terminal.expect("it is off: switched off by somebody else meanwhile")
        terminal.expect(f"[status {FAILED}]")
        self.assertEqual(self.host.state("web01"), "shut off")

    def test_02_nor_what_somebody_else_saved(self):
        self.start_silent()
        terminal = self.in_terminal("reboot", "web01")
        terminal.expect("web01 to reboot")
        self.run_ctys("suspend", "web01")
        terminal.expect("it is off: saved by somebody else meanwhile")
        terminal.expect(f"[status {FAILED}]")
        self.assertEqual(self.host.virsh("list", "--all", "--with-managed-save", "--name").strip(), "web01")
        self.assertIn("drop its saved state", self.run_ctys("kill", "web01", "--plan").out)
        self.run_ctys("kill", "web01")

    def test_03_a_machine_that_hangs_loses_its_power_after_the_delay(self):
        self.run_ctys("start", "web01")
        os.kill(self.process_of("web01"), signal.SIGSTOP)
        self.assertIn("shut down, power off after 3 s", self.run_ctys("stop", "web01", "--delay", "3", "--plan").out)
        before = os.times()
        answer = self.run_ctys("stop", "web01", "--delay", "3", "--json").records()[0]
        after = os.times()
        # Whoever waits sleeps.
        self.assertLess(after.children_user + after.children_system - before.children_user - before.children_system, 1.0)
        self.assertIn("nothing: it is off", self.run_ctys("stop", "web01", "--plan").out)
        self.assertIn("switched off after 3 s", answer["Detail"])
        self.assertEqual(self.host.state("web01"), "shut off")

    def test_04_whoever_stops_a_machine_that_is_just_started_waits_for_the_start(self):
        gate = os.path.join(self.host.folder, "gate")
        emulator = os.path.join(self.host.folder, "emulator")
        with open(emulator, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\ncase $* in *guest=slow,*) until [ -e " + gate + " ]; do sleep 0.05; done ;; esac\n"
                       "exec /usr/bin/qemu-system-x86_64 \"$@\"\n")
        os.chmod(emulator, 0o755)
        self.host.define("slow", "--append", "guest.ssh=off",
                         change=lambda text: text.replace("<devices>", f"<devices><emulator>{emulator}</emulator>"))
        start = self.in_terminal("start", "slow")
        wait_for(lambda: self.host.state("slow") == "paused", "libvirt starts it")
        row = self.run_ctys("list", "slow", "--json").records()[0]
        self.assertEqual(row["State"], "starting")
        stop = self.in_terminal("stop", "slow", "--delay", "1")
        stop.expect("which somebody is starting")
        with open(gate, "w", encoding="ascii"):
            pass
        start.expect("[status 0]")
        stop.expect("[status 0]")
        self.assertEqual(self.host.state("slow"), "shut off")

    def test_05_a_machine_that_somebody_pauses_is_not_waited_for(self):
        start = self.in_terminal("start", "web01", "--wait", "ssh")
        wait_for(lambda: self.host.state("web01") == "running", "it was started")
        self.run_ctys("pause", "web01")
        start.expect("web01 is paused")
        start.expect(f"[status {FAILED}]")

    def test_06_an_interrupt_ends_the_search_for_a_machine(self):
        os.kill(self.host.pid, signal.SIGSTOP)
        with subprocess.Popen([CTYS, "start", "web01", "--deadline", "1h"], env=self.host.environment,
                              stderr=subprocess.PIPE, text=True) as child:
            wait_for(lambda: len(ctys_processes()) > 1, "a hypervisor is asked")
            child.send_signal(signal.SIGTERM)
            _, errors = child.communicate(timeout=60)
        self.assertIn("interrupted, nothing was done", errors)
        self.assertEqual(child.returncode, -signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()
