"""The main job on one real machine: find it, start it, use it, stop it, each way there is.
SPDX-License-Identifier: GPL-3.0-or-later"""
import unittest

from lab import FAILED, NOTHING, REFUSED, USAGE, Host, ctys_processes, guest, in_guest

UUID = "11111111-2222-4333-8444-0000000000a1"
MAC = "52:54:00:aa:00:a1"


class Lifecycle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        guest("build", "--agent")
        cls.host = Host()
        cls.addClassCleanup(cls.host.close)
        cls.port = cls.host.define("web01", "--agent", "--uuid", UUID, "--mac", MAC)
        cls.stored = cls.host.stored_xml("web01")

    def tearDown(self):
        self.assertEqual(ctys_processes(), [], "a process of ctys was left behind")
        self.assertEqual(self.host.stored_xml("web01"), self.stored, "the stored configuration was changed")

    def run_ctys(self, *words, status=0):
        answer = self.host.ctys(*words)
        self.assertEqual(answer.status, status, answer)
        return answer

    def record(self, *words, status=0):
        records = self.run_ctys(*words, "--json", status=status).records()
        self.assertEqual(len(records), 1, records)
        return records[0]

    def boots(self):
        """A name for the present boot of the guest: it changes with every restart."""
        return in_guest(self.port, "cat /proc/sys/kernel/random/boot_id")

    def uptime(self):
        return float(in_guest(self.port, "cut -d' ' -f1 /proc/uptime"))

    def test_01_a_stopped_machine_is_found_but_not_listed_as_running(self):
        self.assertNotIn("web01", self.run_ctys("list").out)
        self.assertEqual(self.record("list", "--all")["State"], "stopped")
        machine = self.record("enumerate", "web01")
        self.assertEqual((machine["UUID"], machine["MAC"]), (UUID, MAC))

    def test_02_starting_ends_when_ssh_answers(self):
        self.run_ctys("start", "web01", "--wait", "ssh")
        self.assertEqual(in_guest(self.port, "hostname"), "web01")

    def test_03_a_running_machine_is_listed_with_its_facts(self):
        machine = self.record("list")
        self.assertEqual((machine["Label"], machine["State"], machine["UUID"]), ("web01", "running", UUID))
        self.assertEqual(machine["SSHport"], str(self.port))
        with open(f"/proc/{machine['PID']}/comm", encoding="ascii") as comm:
            self.assertIn("qemu-system", comm.read())
        self.assertEqual(machine["ClientAccessPort"], str(5900 + int(machine["DISPLAY"])))

    def test_04_every_way_to_name_it_finds_it(self):
        for word in ("web01", UUID, UUID.upper(), MAC, MAC.upper(), "label:web01", "uuid:" + UUID):
            with self.subTest(word):
                self.assertIn("web01", self.run_ctys("start", word, "-n").out)
        self.run_ctys("start", "web02", status=NOTHING)

    def test_05_starting_again_is_done_already_and_create_alone_is_refused(self):
        self.assertEqual(self.record("start", "web01")["Result"], "already")
        answer = self.run_ctys("create", "web01", "--console", "none", status=REFUSED)
        self.assertIn("REUSE", answer.err)
        self.run_ctys("-t", "QEMU", "-a", "create=l:web01,console:none", status=REFUSED)
        self.run_ctys("-t", "QEMU", "-a", "create=l:web01,reuse,console:none")

    def test_06_the_agent_is_waited_for(self):
        self.run_ctys("start", "web01", "--wait", "agent")
        self.assertEqual(self.record("list")["AddressSource"], "agent")
        with self.subTest("a filter and an order ask for what they need, shown or not"):
            shown = ["list", "--columns", "label", "--no-header"]
            self.assertEqual(self.run_ctys(*shown, "--filter", "AddressSource:agent").out.split(), ["web01"])
            self.assertEqual(self.run_ctys(*shown, "--sort", "AddressSource").out.split(), ["web01"])

    def test_07_a_pause_holds_and_resume_continues(self):
        boot = self.boots()
        self.assertEqual(self.record("pause", "web01")["State"], "paused")
        self.assertEqual(self.host.state("web01"), "paused")
        self.assertEqual(self.record("pause", "web01")["Result"], "already")
        self.assertEqual(self.record("resume", "web01")["State"], "running")
        self.assertEqual(self.boots(), boot)

    def test_08_a_suspended_machine_is_saved_and_comes_back_as_it_was(self):
        in_guest(self.port, "echo kept >/tmp/mark")
        boot = self.boots()
        self.assertEqual(self.record("suspend", "web01")["State"], "saved")
        self.assertEqual(self.host.state("web01"), "shut off")
        self.assertIn("web01", self.host.virsh("list", "--all", "--with-managed-save", "--name"))
        self.assertEqual(self.record("stop", "web01")["State"], "saved", "stopping keeps what was saved")
        self.run_ctys("start", "web01", "--boot", "cd:/nowhere.iso", status=REFUSED)
        self.run_ctys("resume", "web01", "--wait", "ssh")
        self.assertEqual(self.boots(), boot)
        self.assertEqual(in_guest(self.port, "cat /tmp/mark"), "kept")

    def test_09_the_classic_grammar_suspends_and_resumes_too(self):
        boot = self.boots()
        self.run_ctys("-t", "QEMU", "-a", "cancel=l:web01,suspend")
        self.assertEqual(self.record("list", "--all")["State"], "saved")
        self.run_ctys("-t", "QEMU", "-a", "create=l:web01,resume,console:none,sshping:20%1")
        self.assertEqual(self.boots(), boot)

    def test_10_a_run_level_is_set_by_the_guest_itself(self):
        self.run_ctys("start", "web01", "--wait", "agent")
        self.run_ctys("cancel", "web01", "--method", "init:3")
        self.assertEqual(in_guest(self.port, "cat /run/level"), "3")

    def test_11_a_reboot_goes_through_the_guest_and_leaves_it_running(self):
        boot = self.boots()
        self.assertEqual(self.record("reboot", "web01")["State"], "running")
        self.run_ctys("start", "web01", "--wait", "ssh")
        self.assertNotEqual(self.boots(), boot)
        self.run_ctys("cancel", "web01", "--method", "reboot", "--force", status=USAGE)
        self.run_ctys("-a", "cancel=l:web01,reboot,force", status=REFUSED)

    def test_12_a_reset_of_a_paused_machine_leaves_it_running(self):
        boot = self.boots()
        self.run_ctys("pause", "web01")
        self.assertEqual(self.record("reset", "web01")["State"], "running")
        self.run_ctys("start", "web01", "--wait", "ssh")
        self.assertNotEqual(self.boots(), boot)

    def test_13_stopping_asks_the_guest_and_ends_when_it_is_off(self):
        answer = self.record("stop", "web01")
        self.assertEqual((answer["State"], answer["Result"]), ("stopped", "done"))
        self.assertIn("its own system", answer["Detail"])
        self.assertEqual(self.host.state("web01"), "shut off")
        self.assertEqual(self.record("stop", "web01")["Result"], "already")

    def test_14_what_needs_a_running_machine_fails_on_a_stopped_one(self):
        for method in ("reboot", "reset", "pause", "suspend", "init:3"):
            with self.subTest(method):
                self.run_ctys("cancel", "web01", "--method", method, status=FAILED)
        for mode in ("--connect", "--resume"):
            with self.subTest(mode):
                self.run_ctys("create", "web01", mode, "--console", "none", status=FAILED)
        self.assertEqual(self.host.state("web01"), "shut off")

    def test_15_a_saved_state_is_dropped_by_force_only(self):
        self.run_ctys("start", "web01")
        self.run_ctys("suspend", "web01")
        self.assertEqual(self.record("kill", "web01")["State"], "stopped")
        self.assertEqual(self.host.virsh("list", "--all", "--with-managed-save", "--name").strip(), "")
        self.run_ctys("resume", "web01", status=FAILED)

    def test_16_a_guest_that_does_not_listen_is_switched_off_after_its_time(self):
        self.run_ctys("start", "web01", "--boot", "hdd:" + self.silent_disk())
        answer = self.record("stop", "web01", "--delay", "3")
        self.assertEqual(answer["State"], "stopped")
        self.assertIn("3 s", answer["Detail"])

    def test_17_force_switches_off_at_once(self):
        self.run_ctys("start", "web01", "--boot", "hdd:" + self.silent_disk())
        self.assertEqual(self.record("kill", "web01")["Detail"], "switched off by force")
        self.assertEqual(self.host.state("web01"), "shut off")

    def test_18_stopping_right_after_the_start_finds_the_guest_in_the_end(self):
        self.run_ctys("start", "web01")
        answer = self.record("stop", "web01", "--delay", "100")
        self.assertIn("its own system", answer["Detail"])

    def silent_disk(self):
        path = self.host.folder + "/silent.img"
        with open(path, "wb") as file:
            file.truncate(1 << 20)
        return path

    def test_19_a_reboot_leaves_even_a_machine_running_that_is_configured_to_end_there(self):
        port = self.host.define("fragile", "--agent", change=lambda text: text.replace(
            "<on_reboot>restart", "<on_reboot>destroy"))
        self.run_ctys("start", "fragile", "--wait", "agent")
        answer = self.record("reboot", "fragile")
        self.assertEqual(answer["State"], "running")
        self.assertIn("started again", answer["Detail"])
        self.run_ctys("start", "fragile", "--wait", "ssh")
        self.assertEqual(in_guest(port, "hostname"), "fragile")
        self.run_ctys("kill", "fragile")
