"""Windows on a real machine: VNC viewers and terminal windows, on an X display without a screen.
SPDX-License-Identifier: GPL-3.0-or-later"""
import ctypes
import json
import os
import re
import signal
import subprocess
import unittest

from lab import CTYS, DEADLINE, FAILED, LONG, REFUSED, Host, ctys_processes, guest, in_guest, wait_for

UUID = "11111111-2222-4333-8444-0000000000c1"
VIEWER = "xtigervncviewer"
# Takes over from its caller like the real one, whose windows belong to a server process.
HANDS_OVER = '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nsetsid xterm -e "$@" >/dev/null 2>&1 &\n'


class Display:
    """An X server without a screen."""

    def __init__(self):
        reading, writing = os.pipe()
        # Without -noreset the server begins anew when its last window closes, and drops who comes at that moment.
        self.server = subprocess.Popen(["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp", "-noreset"],
                                       pass_fds=[writing],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as answer:
            self.name = ":" + answer.readline().strip()
        assert self.name != ":", "Xvfb ended"

    def type(self, text):
        """Presses the keys of lower case letters, space and Return, in the window at the upper left corner."""
        x11, test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        x11.XOpenDisplay.restype = ctypes.c_void_p
        place = ctypes.c_void_p(x11.XOpenDisplay(self.name.encode()))
        test.XTestFakeMotionEvent(place, -1, 40, 40, 0)
        for letter in text:
            symbol = {"\r": 0xff0d}.get(letter, ord(letter))
            code = x11.XKeysymToKeycode(place, ctypes.c_ulong(symbol))
            for pressed in (1, 0):
                test.XTestFakeKeyEvent(place, code, pressed, 0)
        x11.XCloseDisplay(place)

    def close(self):
        self.server.terminate()
        self.server.wait(LONG)


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rsplit(") ", 1)[1][0] not in "ZX"
    except OSError:
        return False


def name_of(pid):
    with open(f"/proc/{pid}/comm", encoding="ascii") as comm:
        return comm.read().strip()


def parent_of(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
        return int(stat.read().rsplit(") ", 1)[1].split()[1])


def viewers_of(host, name):
    """How many viewers the display of a machine has."""
    answer = host.virsh("qemu-monitor-command", name, '{"execute": "query-vnc"}')
    return len(json.loads(answer)["return"].get("clients", []))


class Windows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        guest("build")
        cls.display = Display()
        cls.addClassCleanup(cls.display.close)
        cls.host = Host()
        cls.addClassCleanup(cls.host.close)
        cls.port = cls.host.define("web01", "--uuid", UUID)
        answer = cls.host.ctys("start", "web01", "--wait", "ssh")
        assert answer.status == 0, answer

    def setUp(self):
        self.seen = set()
        self.addCleanup(self.end_all)

    def end_all(self):
        self.run_ctys("cancel", "web01", "--client")
        wait_for(lambda: not ctys_processes(), "every process of ctys has ended", 20)
        # A terminal window ends a moment after the program in it.
        wait_for(lambda: not any(is_running(pid) for pid in self.seen), "every window has ended", 20)

    def run_ctys(self, *words, status=0, **environment):
        answer = self.host.ctys(*words, environment={"DISPLAY": self.display.name, **environment})
        self.assertEqual(answer.status, status, answer)
        return answer

    def windows(self):
        """The process ids of the machine's windows, as the list tells them."""
        rows = self.run_ctys("list", "--json").records()
        found = [int(row["PID"]) for row in rows if row["CStype"] == "C" and row["UUID"] == UUID]
        self.seen.update(found)
        return found

    def only_window(self):
        windows = self.windows()
        self.assertEqual(len(windows), 1, windows)
        return windows[0]

    def sees_viewers(self, count):
        """Asks the machine's own display, which takes a moment to accept a connection or to miss one."""
        wait_for(lambda: viewers_of(self.host, "web01") == count, f"the display sees {count} viewers", 20)

    def programs(self, script, name=VIEWER):
        """A PATH on which this program comes first."""
        folder = os.path.join(self.host.folder, self._testMethodName)
        os.makedirs(folder)
        path = os.path.join(folder, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(script)
        os.chmod(path, 0o755)
        return folder + ":" + self.host.environment["PATH"]

    def gone(self, pid):
        wait_for(lambda: not is_running(pid), f"process {pid} has ended", 20)

    # --- viewers

    def test_01_opening_shows_the_display_in_one_viewer_that_outlives_the_call(self):
        answer = self.run_ctys("open", "web01")
        self.assertIn("viewer opened", answer.out)
        pid = self.only_window()
        self.assertEqual(name_of(pid), VIEWER)
        self.sees_viewers(1)
        self.assertEqual(ctys_processes(), [])
        self.assertNotEqual(os.getsid(pid), os.getsid(0))

    def test_02_reconnect_replaces_every_viewer_by_one(self):
        self.run_ctys("open", "web01")
        self.run_ctys("create", "web01", "--connect", "--console", "vnc")
        old = self.windows()
        self.assertEqual(len(old), 2)
        self.sees_viewers(2)
        self.run_ctys("create", "web01", "--reconnect")
        new = self.only_window()
        self.assertNotIn(new, old)
        self.assertEqual([pid for pid in old if is_running(pid)], [])
        self.sees_viewers(1)

    def test_02b_several_that_reconnect_at_once_leave_one_viewer(self):
        environment = {**self.host.environment, "DISPLAY": self.display.name}
        command = [CTYS, "create", "web01", "--reconnect", "--console", "vnc"]
        running = [subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL) for _ in range(4)]
        self.assertEqual([process.wait(LONG) for process in running], [0] * 4)
        self.only_window()
        self.sees_viewers(1)

    def test_03_the_classic_grammar_reconnects_too(self):
        self.run_ctys("-t", "QEMU", "-a", "create=l:web01,connect")
        old = self.only_window()
        self.run_ctys("-t", "QEMU", "-a", "create=l:web01,reconnect")
        self.assertNotEqual(self.only_window(), old)
        self.assertFalse(is_running(old))

    def test_04_closing_the_windows_leaves_the_machine_running(self):
        self.run_ctys("open", "web01")
        self.run_ctys("create", "web01", "--connect", "--console", "vnc")
        old = self.windows()
        answer = self.run_ctys("cancel", "web01", "--client")
        self.assertIn("2 windows closed", answer.out)
        self.assertEqual((self.windows(), [pid for pid in old if is_running(pid)]), ([], []))
        self.assertEqual(self.host.state("web01"), "running")
        self.assertEqual(in_guest(self.port, "hostname"), "web01")

    def test_05_a_viewer_that_its_user_closed_is_listed_no_more(self):
        self.run_ctys("open", "web01")
        pid = self.only_window()
        os.kill(pid, signal.SIGTERM)
        self.gone(pid)
        self.assertEqual(self.windows(), [])

    def test_06_a_viewer_that_ends_at_once_is_an_error_and_the_machine_runs_on(self):
        path = self.programs("#!/bin/sh\nexit 1\n")
        answer = self.run_ctys("open", "web01", status=FAILED, PATH=path)
        self.assertIn("cannot open a window on web01", answer.err)
        self.assertIn(VIEWER + " ended at once", answer.err)
        self.assertEqual((self.windows(), self.host.state("web01")), ([], "running"))

    def test_07_a_viewer_that_never_connects_is_an_error_after_its_time(self):
        path = self.programs(f"#!/bin/sh\necho $$ >{self.host.folder}/hanging\nexec sleep 600\n")
        answer = self.run_ctys("open", "web01", status=FAILED, PATH=path)
        self.assertIn("did not connect", answer.err)
        with open(self.host.folder + "/hanging", encoding="ascii") as file:
            self.assertFalse(is_running(int(file.read())))
        self.assertEqual((self.windows(), self.host.state("web01")), ([], "running"))

    def test_08_a_viewer_is_known_from_the_moment_that_it_runs(self):
        path = self.programs(f"#!/bin/sh\necho $$ >{self.host.folder}/started\nexec sleep 600\n")
        caller = subprocess.Popen([CTYS, "open", "web01"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, env={
                                      **self.host.environment, "DISPLAY": self.display.name, "PATH": path})
        def started():
            try:
                with open(self.host.folder + "/started", encoding="ascii") as file:
                    return file.read().strip()
            except OSError:
                return None
        pid = int(wait_for(started, "the viewer runs", 30))
        caller.kill()
        caller.wait(LONG)
        self.assertEqual(self.only_window(), pid)
        self.run_ctys("cancel", "web01", "--client")
        self.assertFalse(is_running(pid))

    def test_09_without_a_display_a_wanted_window_is_refused_before_anything_is_started(self):
        self.host.define("idle")
        for console in ("vnc", "xterm", "gterm"):
            with self.subTest(console):
                answer = self.run_ctys("open", "idle", "--console", console, status=REFUSED, DISPLAY="")
                self.assertIn("DISPLAY", answer.err)
        self.assertEqual(self.host.state("idle"), "shut off")

    def test_09b_a_machine_without_the_wanted_console_is_not_started_for_it(self):
        self.host.define("blind", change=lambda text: re.sub("<graphics[^>]*/>", "", text))
        answer = self.run_ctys("open", "blind", "--console", "vnc", status=REFUSED)
        self.assertIn("no VNC display", answer.err)
        self.assertEqual(self.host.state("blind"), "shut off")

    def test_09c_the_deadline_bounds_the_opening_of_a_window(self):
        for console, name in (("vnc", VIEWER), ("xterm", "xterm")):
            with self.subTest(console):
                folder = os.path.join(self.host.folder, console)
                os.makedirs(folder)
                path = os.path.join(folder, name)
                with open(path, "w", encoding="ascii") as file:
                    file.write("#!/bin/sh\nexec sleep 600\n")
                os.chmod(path, 0o755)
                answer = self.run_ctys("open", "web01", "--console", console, "--deadline", "2", status=DEADLINE,
                                       PATH=folder + ":" + self.host.environment["PATH"])
                self.assertRegex(answer.err, r"within [12][. ]")  # what the look-up has left of two seconds
                self.assertIn("--deadline", answer.err)

    # --- terminal windows

    def test_10_a_terminal_window_types_into_the_machine(self):
        self.run_ctys("open", "web01", "--console", "xterm", "--geometry", "80x24+0+0")
        console = self.only_window()
        self.assertTrue(os.path.samefile(f"/proc/{console}/exe", CTYS))
        terminal = parent_of(console)
        self.assertEqual(name_of(terminal), "xterm")
        self.seen.add(terminal)
        def arrives():
            self.display.type("\rtouch typed\r")  # lost while the window is not there yet
            return "typed" in in_guest(self.port, "ls / /root")
        wait_for(arrives, "what was typed has arrived", 30)
        os.kill(console, signal.SIGTERM)
        self.gone(terminal)
        self.assertEqual(self.windows(), [])

    def test_10b_a_console_that_is_open_gets_no_second_window(self):
        self.run_ctys("open", "web01", "--console", "xterm")
        console = self.only_window()
        self.seen.add(parent_of(console))
        answer = self.run_ctys("open", "web01", "--console", "xterm", status=REFUSED)
        self.assertIn("--reconnect", answer.err)
        self.assertNotIn("window opened", answer.out)
        self.run_ctys("open", "web01", "--console", "xterm", "--plan", status=REFUSED)
        self.run_ctys("create", "web01", "--reconnect", "--console", "xterm", "--plan")
        self.assertEqual(self.only_window(), console)

    def test_10c_of_several_that_open_a_console_at_once_exactly_one_gets_its_window(self):
        environment = {**self.host.environment, "DISPLAY": self.display.name}
        running = [subprocess.Popen([CTYS, "open", "web01", "--console", "xterm"], env=environment, text=True,
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                   for _ in range(4)]
        said = [process.communicate(timeout=LONG) for process in running]
        self.assertEqual(sorted(process.returncode for process in running), [0] + [REFUSED] * 3, said)
        self.assertEqual([errors for out, errors in said if "window opened" not in out and "--reconnect" not in errors], [])
        self.seen.add(parent_of(self.only_window()))

    def test_11_reconnect_replaces_a_terminal_window(self):
        self.run_ctys("open", "web01", "--console", "xterm")
        old = self.only_window()
        terminal = parent_of(old)
        self.run_ctys("create", "web01", "--reconnect", "--console", "xterm")
        new = self.only_window()
        self.assertNotEqual(new, old)
        self.gone(old)
        self.gone(terminal)
        self.seen.add(parent_of(new))

    def test_12_a_terminal_that_hands_over_to_another_process_is_waited_for(self):
        path = self.programs(HANDS_OVER, "gnome-terminal")
        self.run_ctys("open", "web01", "--console", "gterm", PATH=path)
        self.seen.add(parent_of(self.only_window()))

    # --- the end of the machine

    def test_13_stopping_the_machine_closes_what_shows_it(self):
        self.run_ctys("open", "web01")
        viewer = self.only_window()
        self.run_ctys("open", "web01", "--console", "xterm")
        console = next(pid for pid in self.windows() if pid != viewer)
        self.run_ctys("stop", "web01")
        self.assertEqual((self.windows(), is_running(viewer), is_running(console)), ([], False, False))
        self.assertEqual(self.host.state("web01"), "shut off")

    def test_14_opening_starts_it_and_a_stop_of_the_server_alone_lets_the_viewer_end_by_itself(self):
        self.run_ctys("open", "web01")
        viewer = self.only_window()
        self.run_ctys("cancel", "web01", "--server", "--force")
        self.assertEqual(self.host.state("web01"), "shut off")
        self.gone(viewer)
        self.assertEqual(self.windows(), [])
