"""The text console of a real machine in a real terminal.
SPDX-License-Identifier: GPL-3.0-or-later"""
import fcntl
import os
import signal
import struct
import termios
import unittest

from lab import CTYS, FAILED, REFUSED, Host, Terminal, ctys_processes, guest, wait_for

ESCAPE = "\x1d"


class Console(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        guest("build")
        cls.host = Host()
        cls.addClassCleanup(cls.host.close)
        cls.host.define("web01")
        answer = cls.host.ctys("start", "web01", "--wait", "ssh")
        assert answer.status == 0, answer

    def tearDown(self):
        wait_for(lambda: not ctys_processes(), "every process of ctys has ended", 20)

    def open(self, *words):
        terminal = Terminal([CTYS, *words], {**self.host.environment, "TERM": "xterm"})
        self.addCleanup(terminal.close)
        terminal.modes_before = terminal.modes()
        return terminal

    def attached(self, *words):
        """A terminal with the guest's shell in it."""
        terminal = self.open(*words)
        wait_for(lambda: terminal.modes() != terminal.modes_before, "the terminal is in raw mode")
        terminal.type("\r")
        terminal.expect("web01# ")
        return terminal

    def left(self, terminal, status, seen=""):
        """Ends with this status, and the terminal is as it was. `seen`: the beginning of the last line is read."""
        terminal.expect(f"{status}]" if seen.endswith("[status ") else f"[status {status}]", 30)
        self.assertEqual(terminal.modes(), terminal.modes_before)

    def test_01_a_command_typed_there_answers(self):
        terminal = self.attached("open", "web01", "--console", "cli")
        terminal.type("echo sum-$((40+2))\r")
        terminal.expect("sum-42")
        terminal.type(ESCAPE)
        self.left(terminal, 0)

    def test_02_the_classic_grammar_opens_it_too(self):
        terminal = self.attached("-t", "QEMU", "-a", "create=l:web01,connect,console:cli")
        terminal.type(ESCAPE)
        self.left(terminal, 0)

    def test_03_a_key_of_ones_own_lets_go(self):
        terminal = self.attached("open", "web01", "--console", "cli", "--escape", "^A")
        terminal.type("\x01")
        self.left(terminal, 0)

    def test_04_a_large_paste_arrives_whole(self):
        terminal = self.attached("open", "web01", "--console", "cli")
        terminal.type("stty -echo; cat >/tmp/paste\r")
        lines = "".join(f"{n:06} {'x' * 50}\r" for n in range(1000))
        terminal.type(lines + "\x04")
        terminal.type("stty echo; wc -c </tmp/paste; echo done-$((1+1))\r")
        self.assertIn(str(len(lines)), terminal.expect("done-2"))
        terminal.type(ESCAPE)
        self.left(terminal, 0)

    def test_05_a_signal_restores_the_terminal(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2,
                       signal.SIGALRM, signal.SIGRTMIN, signal.SIGRTMIN + 3, signal.SIGRTMAX):
            name = number.name if number <= signal.SIGRTMIN else f"SIGRTMIN+{number - signal.SIGRTMIN}"
            with self.subTest(name):
                terminal = self.attached("open", "web01", "--console", "cli")
                os.kill(terminal.program(), number)
                terminal.expect(f"Disconnected: ended by {name}")
                self.left(terminal, 128 + number)

    def test_05b_a_program_that_breaks_restores_it_too(self):
        for number in (signal.SIGABRT, signal.SIGSEGV):
            with self.subTest(number.name):
                terminal = self.attached("open", "web01", "--console", "cli")
                os.kill(terminal.program(), number)
                self.left(terminal, 128 + number)

    def test_05d_a_signal_that_is_ignored_does_not_end_it(self):
        self.addCleanup(signal.signal, signal.SIGHUP, signal.signal(signal.SIGHUP, signal.SIG_IGN))
        terminal = self.attached("open", "web01", "--console", "cli")
        os.kill(terminal.program(), signal.SIGHUP)
        terminal.type("echo sum-$((40+2))\r")
        terminal.expect("sum-42")
        terminal.type(ESCAPE)
        self.left(terminal, 0)

    def test_05c_a_console_that_is_stopped_gives_the_terminal_back_and_goes_on_later(self):
        terminal = self.attached("open", "web01", "--console", "cli")
        program = terminal.program()

        def is_stopped():
            with open(f"/proc/{program}/stat", encoding="ascii") as stat:
                return stat.read().rsplit(") ", 1)[1][0] == "T"
        os.kill(program, signal.SIGTSTP)
        wait_for(is_stopped, "the program is stopped")
        self.assertEqual(terminal.modes(), terminal.modes_before)
        os.kill(program, signal.SIGCONT)
        wait_for(lambda: terminal.modes() != terminal.modes_before, "the terminal is in raw mode again")
        terminal.type("echo on-$((1+1))\r")
        terminal.expect("on-2")
        terminal.type(ESCAPE)
        self.left(terminal, 0)

    def test_06_an_open_console_is_a_row_of_the_list_and_reconnect_takes_it_over(self):
        first = self.attached("open", "web01", "--console", "cli")
        rows = self.host.ctys("list", "--json").records()
        self.assertEqual(sorted(row["CStype"] for row in rows), ["C", "S"])
        second = self.attached("create", "web01", "--reconnect", "--console", "cli")
        self.assertIn("Disconnected: another ctys closed it", first.expect("[status ", 30))
        self.assertEqual(first.modes(), first.modes_before)
        rows = self.host.ctys("list", "--json").records()
        self.assertEqual(sorted(row["CStype"] for row in rows), ["C", "S"])
        second.type(ESCAPE)
        self.left(second, 0)

    def test_07_a_console_that_somebody_else_uses_is_not_taken_without_being_asked(self):
        first = self.attached("open", "web01", "--console", "cli")
        second = self.open("open", "web01", "--console", "cli")
        seen = second.expect("[status ", 60)
        self.assertIn("waiting for the console of web01, which somebody else has open", seen)
        self.assertIn("cannot open the console of web01", seen)
        self.assertIn("--reconnect", seen)
        self.assertNotIn("Connected to", seen)
        self.left(second, REFUSED, seen)
        self.left(self.open("open", "web01", "--console", "cli", "--plan"), REFUSED)
        first.type("echo still-$((1+1))\r")
        first.expect("still-2")
        first.type(ESCAPE)
        self.left(first, 0)

    def test_07a_the_wait_for_a_console_that_is_taken_ends_at_the_deadline_or_by_an_interrupt(self):
        first = self.attached("open", "web01", "--console", "cli")
        second = self.open("open", "web01", "--console", "cli", "--deadline", "300ms")
        seen = second.expect("[status ", 60)
        self.assertIn("it is in use", seen)
        self.left(second, REFUSED, seen)
        second = self.open("open", "web01", "--console", "cli")
        second.expect("which somebody else has open")
        os.kill(second.program(), signal.SIGINT)
        seen = second.expect("[status ", 60)
        self.assertIn("interrupted", seen)
        self.assertIn("it was waiting for the console of web01", seen)
        self.left(second, 130, seen)
        second = self.open("open", "web01", "--console", "cli")
        second.expect("which somebody else has open")
        second.type("\x03")  # ends the shell of the terminal, too
        second.expect("it was waiting for the console of web01", 60)
        second.expect("run the command again")
        first.type(ESCAPE)
        self.left(first, 0)

    def test_07b_a_console_that_was_just_left_is_free(self):
        for _ in range(3):
            first = self.attached("connect", "web01", "--console", "cli")
            first.type(ESCAPE)
            self.left(first, 0)

    def test_08_another_size_of_the_terminal_harms_nothing(self):
        terminal = self.attached("open", "web01", "--console", "cli")
        for rows in (50, 24, 0, 999):
            fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 2 * rows, 0, 0))
            os.kill(terminal.program(), signal.SIGWINCH)
            terminal.type(f"echo size-$(({rows}+1))\r")
            terminal.expect(f"size-{rows + 1}")
        terminal.type(ESCAPE)
        self.left(terminal, 0)

    def test_09_a_worker_that_dies_ends_the_session_with_an_error(self):
        terminal = self.attached("open", "web01", "--console", "cli")
        program = terminal.program()
        with open(f"/proc/{program}/task/{program}/children", encoding="ascii") as file:
            workers = [int(pid) for pid in file.read().split()]
        self.assertEqual(len(workers), 1, workers)
        os.kill(workers[0], signal.SIGKILL)
        self.left(terminal, FAILED)
        rows = self.host.ctys("list", "--json").records()
        self.assertEqual([row["CStype"] for row in rows], ["S"])

    def test_10_without_a_terminal_there_is_no_text_console(self):
        answer = self.host.ctys("open", "web01", "--console", "cli")
        self.assertEqual(answer.status, REFUSED, answer)

    def test_11_a_machine_without_a_serial_line_says_so(self):
        self.host.define("mute", change=lambda text: "\n".join(
            line for line in text.splitlines() if "serial" not in line))
        self.assertEqual(self.host.ctys("start", "mute").status, 0)
        terminal = self.open("open", "mute", "--console", "cli")
        self.assertIn("it has no serial console", terminal.expect(f"[status {FAILED}]"))
        self.host.ctys("kill", "mute")

    def test_12_the_end_of_the_machine_is_the_end_of_its_console(self):
        terminal = self.attached("open", "web01", "--console", "cli")
        terminal.type("poweroff -f\r")
        terminal.expect("Disconnected: web01 ", 60)
        self.left(terminal, 0)
        wait_for(lambda: self.host.state("web01") == "shut off", "the machine is off")

    def test_12b_a_machine_that_is_killed_has_ended_for_its_console_too(self):
        for kill in (lambda: self.host.virsh("destroy", "web01"), lambda: self.host.ctys("kill", "web01")):
            if self.host.state("web01") != "running":
                self.assertEqual(self.host.ctys("start", "web01", "--wait", "ssh").status, 0)
            terminal = self.attached("open", "web01", "--console", "cli")
            kill()
            terminal.expect("Disconnected: web01 has ended", 60)
            self.left(terminal, 0)

    def test_12c_a_console_that_another_ctys_closes_says_so(self):
        self.assertEqual(self.host.ctys("start", "web01", "--wait", "ssh").status, 0)
        terminal = self.attached("open", "web01", "--console", "cli")
        self.assertEqual(self.host.ctys("stop", "web01", "--client").status, 0)
        terminal.expect("Disconnected: another ctys closed it", 30)
        self.left(terminal, 0)
        self.assertEqual(self.host.ctys("kill", "web01").status, 0)

    def test_12e_the_console_of_a_machine_that_stands_still_says_why_nothing_comes(self):
        self.assertEqual(self.host.ctys("start", "web01", "--wait", "ssh").status, 0)
        self.assertEqual(self.host.ctys("pause", "web01").status, 0)
        terminal = self.open("-t", "QEMU", "-a", "create=l:web01,connect,console:cli")
        terminal.expect("It is paused, and answers when it runs on: ctys resume web01")
        terminal.type(ESCAPE)
        self.left(terminal, 0)
        self.assertEqual(self.host.ctys("kill", "web01").status, 0)

    def test_12d_a_machines_own_wish_for_a_console_is_told_where_nothing_comes_of_it(self):
        self.addCleanup(self.host.ctys, "attribute", "delete", "web01", "DEFAULTCONSOLE")
        self.assertEqual(self.host.ctys("start", "web01", "--wait", "ssh").status, 0)
        self.assertEqual(self.host.ctys("attribute", "set", "web01", "DEFAULTCONSOLE", "NONE").status, 0)
        terminal = self.open("open", "web01")
        self.assertIn("its DEFAULTCONSOLE is NONE; choose one, e.g. --console cli", terminal.expect("[status 0]"))
        self.assertEqual(self.host.ctys("attribute", "set", "web01", "DEFAULTCONSOLE", "EMACS").status, 0)
        answer = self.host.ctys("open", "web01")
        self.assertIn("there is no console 'EMACS'", answer.err)
        self.assertEqual(self.host.ctys("kill", "web01").status, 0)

    def test_13_opening_a_stopped_machine_starts_it(self):
        terminal = self.open("open", "web01", "--console", "cli")
        terminal.expect("guest web01 is up")
        terminal.type("\r")
        terminal.expect("web01# ")
        terminal.type(ESCAPE)
        self.left(terminal, 0)
