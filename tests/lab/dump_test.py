"""A guest that has crashed and whose memory libvirt dumps: whoever ends it loses the dump.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import signal
import unittest

from lab import DEADLINE, FAILED, REFUSED, CTYS, Host, Terminal, ctys_processes, guest, wait_for


class Dump(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        guest("build")
        cls.host = Host()
        cls.addClassCleanup(cls.host.close)
        for name, action in (("web01", "coredump-destroy"), ("web02", "coredump-restart")):
            cls.host.define(name, "--memory", "512", change=lambda text, action=action: text.replace(
                "<on_crash>destroy", "<on_crash>" + action).replace("<devices>", "<devices><panic model='isa'/>"))

    def tearDown(self):
        self.assertEqual(ctys_processes(), [], "a process of ctys was left behind")
        for name in self.host.virsh("list", "--name").split():
            self.host.virsh("destroy", name)
        for file in os.listdir(self.folder()):
            os.unlink(os.path.join(self.folder(), file))

    def run_ctys(self, *words, status=0):
        answer = self.host.ctys(*words)
        self.assertEqual(answer.status, status, answer)
        return answer

    def in_terminal(self, *words):
        terminal = Terminal([CTYS, *words], self.host.environment | {"TERM": "xterm", "COLUMNS": "200"})  # shows progress
        self.addCleanup(terminal.close)
        return terminal

    def crash(self, name):
        """Gives the process of the machine, which stands still in the middle of the dump."""
        process = self.host.process_of(name)
        self.host.virsh("qemu-monitor-command", name, "--hmp", "o /b 0x505 1")
        wait_for(lambda: self.host.state(name) == "crashed", "it has crashed")
        os.kill(process, signal.SIGSTOP)
        return process

    def start_and_crash(self, name):
        self.run_ctys("start", name)
        return self.crash(name)

    def folder(self):
        return os.path.join(self.host.folder, "lv/lib/libvirt/qemu/dump")

    def largest_dump(self):
        return max(os.path.getsize(os.path.join(self.folder(), file)) for file in os.listdir(self.folder()))

    def test_01_whoever_stops_it_waits_for_the_dump(self):
        process = self.start_and_crash("web01")
        self.assertEqual(self.run_ctys("list", "web01", "--json").records()[0]["State"], "dumping")
        self.assertIn("wait for the dump of its memory", self.run_ctys("stop", "web01", "--plan").out)
        answer = self.run_ctys("stop", "web01", "--deadline", "10", status=DEADLINE)
        self.assertIn("its memory is being dumped", answer.err)
        self.run_ctys("stop", "web01", "--delay", "0", "--deadline", "10", status=DEADLINE)
        self.assertEqual(self.host.state("web01"), "crashed")
        stop = self.in_terminal("stop", "web01")
        stop.expect("its memory is being dumped")
        os.kill(process, signal.SIGCONT)
        stop.expect("ended when its memory was dumped")
        stop.expect("[status 0]")
        self.assertEqual(self.host.state("web01"), "shut off")
        self.assertGreater(self.largest_dump(), 512 << 20)

    def test_02_nothing_else_is_done_to_it_meanwhile(self):
        self.start_and_crash("web01")
        # Few calls: its process stands still, and each question about it keeps one of the daemon's 20 threads.
        for words in (["start", "web01"], ["suspend", "web01"], ["reset", "web01", "--plan"], ["reset", "web01"]):
            self.assertIn("it has crashed and its memory is being dumped", self.run_ctys(*words, status=REFUSED).err)
        self.assertEqual(self.host.state("web01"), "crashed")

    def test_03_whoever_kills_it_does_so(self):
        self.start_and_crash("web01")
        self.assertIn("loses the dump", self.run_ctys("kill", "web01", "--plan").out)
        self.run_ctys("kill", "web01")
        self.assertEqual(self.host.state("web01"), "shut off")

    def test_04_a_start_waits_for_what_libvirt_restarts(self):
        start = self.in_terminal("start", "web02", "--wait", "ssh")
        wait_for(lambda: self.host.state("web02") == "running", "it was started")
        process = self.crash("web02")
        start.expect("its memory is being dumped before it is restarted")
        os.kill(process, signal.SIGCONT)
        start.expect("[status 0]")
        self.assertEqual(self.host.state("web02"), "running")

    def test_05_and_not_for_what_it_ends(self):
        start = self.in_terminal("start", "web01", "--wait", "ssh")
        wait_for(lambda: self.host.state("web01") == "running", "it was started")
        self.crash("web01")
        said = start.expect(f"[status {FAILED}]")
        self.assertIn("its memory is being dumped to libvirt's dump folder", said)
        self.assertNotIn("ctys reset", said)

    def test_06_a_stop_goes_on_with_what_libvirt_restarts(self):
        process = self.start_and_crash("web02")
        stop = self.in_terminal("stop", "web02")
        stop.expect("its memory is being dumped")
        os.kill(process, signal.SIGCONT)
        stop.expect("[status 0]")
        self.assertEqual(self.host.state("web02"), "shut off")
        self.assertGreater(self.largest_dump(), 512 << 20)


if __name__ == "__main__":
    unittest.main()
