"""The text console of a real machine on another host, in a real terminal: one hop and three.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import re
import signal

from hosts_case import HELLO, HostsCase, commands
from lab import CTYS, FAILED, REFUSED, UNREACHABLE, Host, Terminal, ctys_processes, guest, kill_all, wait_for
from sshd import sessions, workers

ESCAPE = "\x1d"
CHAIN = ("--on", "g3", "--via", "g1,g2")


class FarConsole(HostsCase):
    """near, and g3 behind g1 and g2, are doors to a libvirt with one machine."""

    @classmethod
    def setUpClass(cls):
        guest("build")
        super().setUpClass()
        cls.libvirt = Host()
        cls.addClassCleanup(cls.libvirt.close)
        cls.libvirt.define("web01")
        answer = cls.libvirt.ctys("start", "web01", "--wait", "ssh")
        assert answer.status == 0, answer
        cls.start_near_and_far(cls.libvirt.uri)

    def setUp(self):
        self.terminals = []

    def tearDown(self):
        for terminal in self.terminals:  # what a test that failed has left must not make the next one fail
            terminal.close()
        super().tearDown()

    def open(self, *words, before=()):
        terminal = Terminal([*before, CTYS, *words], self.home.environment)
        self.terminals.append(terminal)
        terminal.modes_before = terminal.modes()
        return terminal

    def attached(self, *words, before=()):
        """A terminal with the guest's shell in it."""
        terminal = self.open(*words, before=before)
        terminal.expect("Connected to web01")
        wait_for(lambda: terminal.modes() != terminal.modes_before, "the terminal is in raw mode")
        terminal.type("\r")
        terminal.expect("web01# ", 60)
        return terminal

    def left(self, terminal, status):
        """Ends with this status, and the terminal is as it was."""
        seen = terminal.expect(f"[status {status}]", 90)
        self.assertEqual(terminal.modes(), terminal.modes_before)
        return seen

    def gone(self):
        wait_for(lambda: not ctys_processes() and not workers(), "nothing of ctys is left on any host", 90)

    def speaks(self, terminal):
        terminal.type("echo sum-$((40+2))\r")
        terminal.expect("sum-42")

    def leaves(self, terminal):
        terminal.type(ESCAPE)
        self.assertIn("Disconnected", self.left(terminal, 0))
        self.gone()

    # --- one hop

    def test_01_a_command_typed_there_answers(self):
        terminal = self.attached("open", "web01", "--on", "near", "--console", "cli")
        self.speaks(terminal)
        self.leaves(terminal)

    def test_02_the_classic_grammar_opens_it_too(self):
        terminal = self.attached("-t", "QEMU", "-a", "create=l:web01,connect,console:cli", "near")
        self.speaks(terminal)
        self.leaves(terminal)

    def test_03_in_a_terminal_it_is_what_opens_by_itself(self):
        terminal = self.attached("open", "web01", "--on", "near", "--escape", "^A")
        terminal.type("\x01")
        self.left(terminal, 0)

    def test_04_a_large_paste_arrives_whole_and_what_was_typed_last_too(self):
        terminal = self.attached("open", "web01", "--on", "near", "--console", "cli")
        terminal.type("stty -echo; cat >/tmp/paste\r")
        lines = "".join(f"{n:06} {'x' * 50}\r" for n in range(500))
        terminal.type(lines + "\x04")
        terminal.type("stty echo; wc -c </tmp/paste; echo done-$((1+1))\r")
        self.assertIn(str(len(lines)), terminal.expect("done-2"))
        terminal.type("echo last >/tmp/last\r" + ESCAPE)
        self.left(terminal, 0)
        terminal = self.attached("open", "web01", "--on", "near", "--console", "cli")
        terminal.type("cat /tmp/last\r")
        terminal.expect("\nlast")
        self.leaves(terminal)

    def test_05_every_byte_comes_through_in_both_directions(self):
        terminal = self.attached("open", "web01", "--on", "near", "--console", "cli")
        terminal.type("stty -echo raw -icrnl -ixon; echo rea''dy; dd bs=1 count=255 2>/dev/null | od -An -v -tu1; stty sane\r")
        terminal.expect("ready")
        os.write(terminal.master, bytes(n for n in range(256) if n != ord(ESCAPE)))
        seen = terminal.expect("web01# ", 30)
        numbers = [int(word) for word in re.sub(r"[^0-9]+", " ", seen.split("web01#")[0]).split()]
        self.assertEqual(numbers, [n for n in range(256) if n != ord(ESCAPE)])
        self.leaves(terminal)

    def test_06_a_signal_restores_the_terminal(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(number.name):
                terminal = self.attached("open", "web01", "--on", "near", "--console", "cli")
                os.kill(terminal.program(), number)
                terminal.expect("[status ", 30)
                self.assertEqual(terminal.modes(), terminal.modes_before)
                self.gone()

    def test_07_it_is_a_row_of_the_list_and_reconnect_takes_it_over(self):
        first = self.attached("open", "web01", "--on", "near", "--console", "cli")
        rows = self.run_ctys("list", "--json", "--on", "near").records()
        self.assertEqual([row["CStype"] for row in rows], ["S", "C"])
        self.assertEqual({row["ContainingMachine"] for row in rows}, {"near"})
        here = self.run_ctys("list", "--json").records()
        self.assertEqual([(row["CStype"], row["ContainingMachine"]) for row in here], [("C", "near")])
        second = self.attached("create", "web01", "--reconnect", "--on", "near", "--console", "cli")
        self.assertIn("Disconnected: another ctys closed it", first.expect("[status ", 30))
        self.assertEqual(first.modes(), first.modes_before)
        self.speaks(second)
        self.run_ctys("cancel", "web01", "--client", "--on", "near")
        second.expect("[status ", 30)
        self.assertEqual(second.modes(), second.modes_before)
        self.gone()

    def test_08_a_console_that_is_in_use_is_an_error_with_the_host_in_it(self):
        first = self.attached("open", "web01", "--on", "near", "--console", "cli")
        second = self.open("open", "web01", "--on", "near", "--console", "cli", before=("env", "TERM=xterm"))
        seen = self.left(second, REFUSED)
        self.assertIn("waiting for the console of web01, which somebody else has open", seen)
        self.assertIn("cannot open the console of web01", seen)
        self.assertIn("near", seen)
        self.assertNotIn("Connected to", seen)
        self.speaks(first)
        self.leaves(first)

    def test_09_without_a_terminal_there_is_no_text_console(self):
        self.run_ctys("open", "web01", "--on", "near", "--console", "cli", status=REFUSED)

    def test_10_an_interrupt_before_it_is_open_is_an_interrupt(self):
        self.hostile("waits", "exec cat -- - >/dev/null")
        terminal = self.open("open", "web01", "--on", "waits", "--console", "cli")
        wait_for(lambda: any("cat -- -" in line for line in commands()), "the console was asked for", 30)
        os.kill(terminal.program(), signal.SIGINT)
        seen = terminal.expect("[status ", 30)
        self.assertIn("interrupted", seen)
        self.assertNotIn("Connected to", seen)
        self.assertFalse(terminal.seen.startswith("0"), "no success")
        self.assertEqual(terminal.modes(), terminal.modes_before)

    # --- three hops

    def test_20_through_three_hops(self):
        terminal = self.attached("open", "web01", *CHAIN, "--console", "cli", before=self.network.inside("me"))
        self.speaks(terminal)
        self.leaves(terminal)

    def test_21_a_connection_that_is_cut_ends_the_console_with_a_message(self):
        for cut in ("g1", "g2", "g3"):
            with self.subTest(cut):
                terminal = self.attached("open", "web01", *CHAIN, "--console", "cli", before=self.network.inside("me"))
                kill_all(sessions(self.hosts.path(cut, "sshd_config")))
                seen = self.left(terminal, UNREACHABLE)
                self.assertIn("Disconnected", seen)
                self.assertIn("g3", seen)
                self.gone()

    def test_22_killed_at_any_instant_nothing_is_left_on_any_host(self):
        for instant in ("0.05", "0.15", "0.3", "0.45", "0.6", "0.8", "1", "1.5", "3"):
            with self.subTest(instant):
                kill = [*self.network.inside("me"), "timeout", "--foreground", "-s", "KILL", instant]
                terminal = self.open("open", "web01", *CHAIN, "--console", "cli", before=kill)
                terminal.expect("[status 137]", 60)
                self.gone()

    def test_23_a_line_that_falls_silent_is_given_up_on_both_sides(self):
        terminal = self.attached("open", "web01", *CHAIN, "--console", "cli", before=self.network.inside("me"))
        frozen = sessions(self.hosts.path("g2", "sshd_config"))
        kill_all(frozen, signal.SIGSTOP)
        try:
            seen = self.left(terminal, UNREACHABLE)
            self.assertIn("nothing was heard for 60 s", seen)
            self.gone()
        finally:
            kill_all(frozen, signal.SIGCONT)

    # --- a host that is hostile

    def hostile(self, name, text):
        script = self.hosts.script(name, f"echo '{HELLO}'\nread call\ncase $call in *console*) ;; *) "
                                         f"echo '{RECORD}'; echo '{END}'; exit ;; esac\n{text}")
        return self.hosts.start(name, "ForceCommand " + script)

    def test_30_a_host_that_floods_makes_nobody_grow_while_the_terminal_is_not_read(self):
        block = self.hosts.path("block")
        with open(block, "wb") as file:
            for _ in range(64):
                file.write(b'{"t":"bytes","n":65536}\n' + b"x" * 65536)
        self.hostile("flood", f"echo '{RECORD}'\nwhile :; do cat {block} || exit; done")
        terminal = self.open("open", "web01", "--on", "flood", "--console", "cli")
        terminal.expect("xxxx")
        before, quiet = None, 0
        # The pipeline fills, and then nothing moves for many looks: nobody writes, and nobody grows.
        def still():
            nonlocal before, quiet
            now = written(workers_of("cat"))
            quiet = quiet + 1 if now and now == before else 0
            before = now
            return quiet == 20
        wait_for(still, "everybody waits for the terminal", 60)
        for pid in ctys_processes():
            with open(f"/proc/{pid}/status", encoding="ascii") as file:
                memory = dict(line.split(":", 1) for line in file if ":" in line)
            self.assertLess(int(memory["VmHWM"].split()[0]), 40_000, memory)
        os.kill(terminal.program(), signal.SIGTERM)
        terminal.expect("[status ", 30)
        self.assertEqual(terminal.modes(), terminal.modes_before)

    def test_31_bytes_that_nobody_asked_for_are_garbage(self):
        for number, text in enumerate(('echo \'{"t":"bytes","n":4}\'; printf abcd; cat',
                                       f"echo '{RECORD}'; echo '{{\"t\":\"bytes\",\"n\":99999999}}'; cat",
                                       f"echo '{RECORD}'; echo nonsense; cat")):
            with self.subTest(text):
                name = self.hostile(f"liar{number}", text)
                terminal = self.open("open", "web01", "--on", name, "--console", "cli")
                self.assertIn("garbage", self.left(terminal, FAILED))

    # --- the machine's end comes last

    def test_90_the_end_of_the_machine_is_the_end_of_its_console(self):
        terminal = self.attached("open", "web01", "--on", "near", "--console", "cli")
        terminal.type("poweroff -f\r")
        terminal.expect("Disconnected: web01 ", 60)
        self.left(terminal, 0)

    def test_91_opening_a_stopped_machine_starts_it(self):
        wait_for(lambda: self.libvirt.state("web01") == "shut off", "the machine is off")
        terminal = self.open("open", "web01", "--on", "near", "--console", "cli")
        terminal.expect("guest web01 is up")
        terminal.type("\r")
        terminal.expect("web01# ", 60)
        self.leaves(terminal)


RECORD = json.dumps({"t": "record", "v": {"2": "QEMU", "3": "web01", "70": "already"}})
END = '{"t":"end","status":0}'


def workers_of(name):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="ascii", errors="replace") as file:
                if file.read().strip() == name:
                    found.append(int(pid))
        except OSError:
            continue
    return found


def written(pids):
    """Bytes that each of them has written so far."""
    found = []
    for pid in pids:
        try:
            with open(f"/proc/{pid}/io", encoding="ascii") as file:
                found.append((pid, next(line for line in file if line.startswith("wchar"))))
        except OSError:
            continue
    return found
