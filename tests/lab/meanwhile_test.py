"""What others do with a machine while ctys is at it, and machines whose process hangs.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import signal
import subprocess
import unittest

from lab import CTYS, DEADLINE, FAILED, REFUSED, Host, Terminal, ctys_processes, guest, in_guest, kill_all, wait_for


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
        return self.host.process_of(name)

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

    def define_slow(self):
        """Its process waits for a file before it becomes the hypervisor's: the path of that file."""
        gate = os.path.join(self.host.folder, "gate")
        emulator = os.path.join(self.host.folder, "emulator")
        with open(emulator, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\ncase $* in *guest=slow,*) until [ -e " + gate + " ]; do sleep 0.05; done ;; esac\n"
                       "exec /usr/bin/qemu-system-x86_64 \"$@\"\n")
        os.chmod(emulator, 0o755)
        self.host.define("slow", "--append", "guest.ssh=off",
                         change=lambda text: text.replace("<devices>", f"<devices><emulator>{emulator}</emulator>"))
        return gate

    def test_03b_a_machine_that_hangs_says_nothing_of_another_one(self):
        self.host.define("db01", "--append", "guest.ssh=off")
        self.addCleanup(self.host.virsh, "undefine", "db01")
        self.run_ctys("start", "db01")
        self.addCleanup(self.host.virsh, "destroy", "db01")
        self.run_ctys("start", "web01")
        process = self.process_of("db01")
        os.kill(process, signal.SIGSTOP)
        self.addCleanup(os.kill, process, signal.SIGCONT)
        answer = self.run_ctys("show", "web01", "--json")
        self.assertIn("cpu time", {row.get("key", row.get("Key")) for row in answer.records()})
        # Nor does it hide the others where all are asked.
        answer = self.run_ctys("show", "--json", "--deadline", "8s", status=DEADLINE)
        self.assertEqual({row["Label"] for row in answer.records() if row["Key"] == "cpu time"}, {"web01"}, answer)
        self.assertEqual([row["error"]["what"] for row in json.loads(answer.out) if "error" in row], ["cannot show db01"])

    def test_04_whoever_stops_a_machine_that_is_just_started_waits_for_the_start(self):
        gate = self.define_slow()
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
        os.unlink(gate)
        self.host.virsh("undefine", "slow")

    def test_04b_what_somebody_ends_while_a_stop_waits_for_its_start_was_not_off(self):
        self.define_slow()
        self.addCleanup(self.host.virsh, "undefine", "slow")
        start = self.in_terminal("start", "slow")
        wait_for(lambda: self.host.state("slow") == "paused", "libvirt starts it")
        stop = self.in_terminal("stop", "slow")
        stop.expect("which somebody is starting")
        self.host.virsh("destroy", "slow")
        said = stop.expect("[status 0]")
        self.assertIn("it was on its way down and is off now", said)
        self.assertNotIn("it was off", said)
        start.expect(f"[status {FAILED}]")

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

    def test_07_a_start_that_somebody_ends_is_no_fault_of_the_configuration(self):
        self.define_slow()
        self.addCleanup(self.host.virsh, "undefine", "slow")
        start = self.in_terminal("start", "slow")
        wait_for(lambda: self.host.state("slow") == "paused", "libvirt starts it")
        self.host.virsh("destroy", "slow")
        said = start.expect(f"[status {FAILED}]")
        self.assertIn("switched it off meanwhile", said)
        self.assertIn("/slow.log", said)
        self.assertNotIn("virsh edit", said)

    def test_08_a_reboot_does_not_start_what_was_shut_down_in_good_order(self):
        guest("build", "--agent")
        port = self.host.define("db01", "--agent")
        self.addCleanup(subprocess.run, ["virsh", "-q", "-c", self.host.uri, "destroy", "db01"], check=False,
                        capture_output=True)
        self.run_ctys("start", "db01", "--wait", "ssh", "--deadline", "2m")
        self.run_ctys("create", "db01", "--reuse", "--wait", "agent", "--console", "none", "--deadline", "2m")
        # What it is asked for it says yes to, and does not do.
        in_guest(port, "echo '#!/bin/sh' >/sbin/shutdown")
        terminal = self.in_terminal("reboot", "db01")
        terminal.expect("db01 to reboot")
        in_guest(port, "poweroff -f", check=False)
        terminal.expect("it is off: shut down by its own system")
        terminal.expect(f"[status {FAILED}]")
        self.assertEqual(self.host.state("db01"), "shut off")

    def test_09_a_state_that_libvirt_goes_on_saving_is_not_called_abandoned(self):
        self.run_ctys("start", "web01", "--wait", "none")
        process = self.process_of("web01")
        os.kill(process, signal.SIGSTOP)
        answer = self.host.ctys("suspend", "web01", "--deadline", "2")
        self.assertEqual(answer.status, DEADLINE, answer)
        self.assertIn("may still", answer.err)
        os.kill(process, signal.SIGCONT)
        # Which of the two is libvirt's affair; it is saved in the end, by whomever.
        self.assertIn("saved", self.run_ctys("suspend", "web01").out)
        self.assertEqual(self.host.state("web01"), "shut off")
        self.run_ctys("kill", "web01")

    def saved_state(self):
        """The file that libvirt keeps the state of web01 in."""
        found = [os.path.join(folder, "web01.save") for folder, _, files in os.walk(self.host.libvirt) if "web01.save" in files]
        self.assertEqual(len(found), 1, found)
        return found[0]

    def suspend_and_break(self, at, data):
        """Saves web01 and overwrites a part of its state."""
        self.run_ctys("start", "web01")
        self.run_ctys("suspend", "web01")
        with open(self.saved_state(), "r+b") as file:
            file.seek(at)
            file.write(data)

    def test_10_a_lost_state_is_not_called_restored(self):
        # What a saving that never came to its end begins with: libvirt drops it and boots.
        self.suspend_and_break(0, b"LibvirtQemudPart")
        said = self.run_ctys("resume", "web01", status=FAILED).err
        self.assertIn("started anew, and is running now", said)
        self.assertIn("what stood only in its memory is lost", said)
        self.assertEqual(self.host.state("web01"), "running")
        self.run_ctys("kill", "web01")
        self.suspend_and_break(0, b"LibvirtQemudPart")
        said = self.run_ctys("start", "web01", "--json").records()[0]
        self.assertIn("its saved state could not be used", said["Detail"])
        self.assertEqual((said["State"], said["Result"]), ("running", "done"))
        self.run_ctys("suspend", "web01")
        self.assertIn("restored from its saved state", self.run_ctys("resume", "web01").out)

    def test_11_a_state_that_cannot_be_loaded_can_be_dropped(self):
        self.run_ctys("start", "web01")
        self.run_ctys("suspend", "web01")
        size = os.path.getsize(self.saved_state())
        os.truncate(self.saved_state(), size // 2)
        said = self.run_ctys("resume", "web01", status=FAILED).err
        self.assertIn("drop its saved state", said)
        self.assertIn("ctys kill web01, then ctys start web01", said)
        self.assertNotIn("virsh edit", said)
        self.run_ctys("kill", "web01")
        self.assertIn("started", self.run_ctys("start", "web01").out)

    def test_12_a_start_that_somebody_undoes_says_how_to_undo_that(self):
        for words, remedy in ((["suspend"], "ctys resume web01"), (["kill"], "ctys start web01")):
            start = self.in_terminal("start", "web01", "--wait", "ssh")
            wait_for(lambda: self.host.state("web01") == "running", "it was started")
            self.run_ctys(*words, "web01")
            said = start.expect(f"[status {FAILED}]")
            self.assertIn("by somebody else meanwhile", said)
            self.assertIn(remedy, said)
            self.run_ctys("kill", "web01")

    def test_13_a_reset_by_somebody_else_is_not_called_the_guests_own(self):
        self.start_silent()
        terminal = self.in_terminal("reboot", "web01", "--delay", "60")
        terminal.expect("web01 to reboot")
        self.host.virsh("reset", "web01")
        said = terminal.expect("[status 0]")
        self.assertIn("rebooted", said)
        self.assertNotIn("own system", said)

    def test_14_what_a_hung_machine_was_asked_for_may_still_happen(self):
        self.run_ctys("start", "web01")
        process = self.process_of("web01")
        os.kill(process, signal.SIGSTOP)
        said = self.run_ctys("pause", "web01", "--deadline", "3", status=DEADLINE).err
        self.assertIn("it is running now, and what it was asked for may still happen", said)
        self.assertIn("look before you run it again: ctys list --all web01", said)
        os.kill(process, signal.SIGCONT)
        wait_for(lambda: self.host.state("web01") == "paused", "it is paused, as was asked for")
        self.run_ctys("resume", "web01")
        os.kill(process, signal.SIGSTOP)
        terminal = self.in_terminal("kill", "web01")
        terminal.expect("taking the power of web01")
        terminal.type("\x03")
        said = terminal.expect("look before you run it again")
        kill_all([process], signal.SIGCONT)
        self.assertIn("interrupted while it was to stop web01", said)
        # The interrupt may have come before libvirt was asked.
        self.run_ctys("kill", "web01")
        self.assertEqual(self.host.state("web01"), "shut off")

    def test_15_who_is_interrupted_when_it_is_done_is_told_that_it_is(self):
        start = self.in_terminal("start", "web01", "--wait", "ssh")
        wait_for(lambda: self.host.state("web01") == "running", "it was started")
        start.type("\x03")
        start.expect("interrupted, but web01 is running now")
        wait_for(lambda: not ctys_processes(), "its workers have ended", 30)

    def test_16_what_is_refused_leaves_a_paused_machine_paused(self):
        self.run_ctys("start", "web01")
        self.run_ctys("pause", "web01")
        self.assertIn("no channel", self.run_ctys("cancel", "web01", "--method", "init:3", status=FAILED).err)
        self.assertEqual(self.host.state("web01"), "paused")
        self.assertIn("resume it, shut down", self.run_ctys("stop", "web01", "--plan").out)

    def test_17_a_state_that_somebody_removed_is_no_reason_not_to_kill(self):
        self.run_ctys("start", "web01")
        self.run_ctys("suspend", "web01")
        os.remove(self.saved_state())
        self.assertIn("had been removed already", self.run_ctys("kill", "web01").out)
        self.run_ctys("start", "web01")
        self.run_ctys("kill", "web01")
        self.assertEqual(self.host.state("web01"), "shut off")

    def test_18_a_machine_without_any_console_is_not_started_for_one(self):
        self.host.define("mute", "--append", "guest.ssh=off", change=lambda text: "".join(
            line for line in text.splitlines(True) if not any(word in line for word in ("<serial", "<console", "<graphics"))))
        self.addCleanup(self.host.virsh, "undefine", "mute")
        terminal = self.in_terminal("open", "mute")
        terminal.expect("to open")
        terminal.expect(f"[status {REFUSED}]")
        self.assertEqual(self.host.state("mute"), "shut off")
        # Nor is another one that was named with it.
        self.run_ctys("start", "mute")
        self.run_ctys("create", "web01", "mute", "--console", "none", status=REFUSED)
        self.assertEqual(self.host.state("web01"), "shut off")
        self.run_ctys("kill", "mute")


if __name__ == "__main__":
    unittest.main()
