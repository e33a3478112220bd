"""Windows here on machines of other hosts: viewers through the connection, and terminal windows.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import signal
import stat
import subprocess

from hosts_case import HostsCase
from lab import CTYS, FAILED, Host, ctys_processes, guest, in_guest, kill_all, wait_for
from sshd import sessions, workers
from windows_test import UUID, VIEWER, Display, is_running, name_of, parent_of, viewers_of

CHAIN = ("--on", "g3", "--via", "g1,g2")
SOCKET_UUID = "11111111-2222-4333-8444-0000000000c2"


class FarWindows(HostsCase):
    """near is a door to a libvirt with two machines: the display of one is a port of the loopback interface, that of
    the other a socket. g3, behind g1 and g2, has another loopback interface: only the socket is seen from there."""

    @classmethod
    def setUpClass(cls):
        guest("build")
        super().setUpClass()
        cls.display = Display()
        cls.addClassCleanup(cls.display.close)
        cls.home.environment["DISPLAY"] = cls.display.name
        cls.libvirt = Host()
        cls.addClassCleanup(cls.libvirt.close)
        cls.port = cls.libvirt.define("web01", "--uuid", UUID)
        cls.libvirt.define("web02", "--uuid", SOCKET_UUID, change=lambda text: text.replace(
            "<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>",
            f"<graphics type='vnc' socket='{cls.libvirt.folder}/web02.vnc'/>"))
        answer = cls.libvirt.ctys("start", "web01", "web02", "--wait", "ssh")
        assert answer.status == 0, answer
        cls.start_near_and_far(cls.libvirt.uri)

    def setUp(self):
        self.seen = set()
        self.addCleanup(self.end_all)

    def tearDown(self):
        pass  # windows outlive their call: see end_all

    def end_all(self):
        for name, where in (("web01", ("--on", "near")), ("web02", ("--on", "near"))):
            self.run_ctys("cancel", name, "--client", *where)
        self.run_ctys("cancel", "web02", "--client", *CHAIN, before=self.network.inside("me"))
        self.gone()
        wait_for(lambda: not any(is_running(pid) for pid in self.seen), "every window has ended", 20)
        self.assertEqual(self.gates(), [])

    def gone(self):
        wait_for(lambda: not ctys_processes() and not workers(), "nothing of ctys is left on any host", 30)

    def gates(self):
        folder = os.path.join(self.home.environment["XDG_RUNTIME_DIR"], "ctys")
        names = os.listdir(folder) if os.path.isdir(folder) else []
        return [name for name in names if name.startswith("display-")]

    def windows(self, *where):
        rows = self.run_ctys("list", "--json", *(where or ("--on", "near"))).records()
        found = [int(row["PID"]) for row in rows if row["CStype"] == "C"]
        self.seen.update(found)
        return found

    def only_window(self, *where):
        windows = self.windows(*where)
        self.assertEqual(len(windows), 1, windows)
        return windows[0]

    def sees_viewers(self, count, name="web01"):
        wait_for(lambda: viewers_of(self.libvirt, name) == count, f"the display sees {count} viewers", 20)

    def test_01_the_viewer_is_here_and_the_display_there(self):
        self.assertIn("viewer opened", self.run_ctys("open", "web01", "--on", "near").out)
        pid = self.only_window()
        self.assertEqual(pid, self.only_window("--on", "localhost"), "a row of the list of this host, too")
        self.assertEqual(name_of(pid), VIEWER)
        self.sees_viewers(1)
        self.assertEqual(self.gates(), [], "its socket took one connection and is gone")
        os.kill(pid, signal.SIGTERM)
        self.sees_viewers(0)
        self.gone()
        self.assertEqual(self.windows(), [])

    def test_02_the_socket_is_for_this_user_alone(self):
        folder = os.path.join(self.home.folder, "bin")
        os.makedirs(folder)
        path = os.path.join(folder, VIEWER)
        with open(path, "w", encoding="ascii") as file:  # shows what it was given, and never connects
            file.write(f'#!/bin/sh\nfor place; do :; done\necho "$place" >{folder}/new\nmv {folder}/new {folder}/place\n'
                       "exec sleep 600\n")
        os.chmod(path, 0o755)
        path = folder + ":" + self.home.environment["PATH"]
        caller = subprocess.Popen([CTYS, "open", "web01", "--on", "near"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True, env={**self.home.environment, "PATH": path})
        wait_for(lambda: os.path.exists(os.path.join(folder, "place")), "the viewer runs", 30)
        with open(os.path.join(folder, "place"), encoding="ascii") as file:
            place = file.read().strip()
        found = os.stat(place)
        self.assertTrue(stat.S_ISSOCK(found.st_mode))
        self.assertEqual(stat.S_IMODE(found.st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(place)).st_mode), 0o700)
        _, err = caller.communicate(timeout=60)
        self.assertEqual(caller.returncode, FAILED, err)
        self.assertIn("did not connect", err)
        self.gone()
        self.assertEqual((self.gates(), self.windows()), ([], []))

    def test_03_through_three_hops_to_a_socket(self):
        before = self.network.inside("me")
        self.run_ctys("open", "web02", *CHAIN, "--console", "vnc", before=before)
        self.sees_viewers(1, "web02")
        pid = self.only_window("--on", "localhost")
        kill_all(sessions(self.hosts.path("g2", "sshd_config")))
        wait_for(lambda: not is_running(pid), "the viewer ends with its connection", 60)
        self.sees_viewers(0, "web02")
        self.gone()

    def test_04_reconnect_replaces_every_viewer_by_one(self):
        self.run_ctys("open", "web01", "--on", "near")
        self.run_ctys("create", "web01", "--connect", "--console", "vnc", "--on", "near")
        old = self.windows()
        self.assertEqual(len(old), 2)
        self.sees_viewers(2)
        self.run_ctys("create", "web01", "--reconnect", "--on", "near")
        self.assertNotIn(self.only_window(), old)
        self.assertEqual([pid for pid in old if is_running(pid)], [])
        self.sees_viewers(1)
        self.assertIn("1 window closed", self.run_ctys("cancel", "web01", "--client", "--on", "near").out)
        self.sees_viewers(0)
        self.gone()
        self.assertEqual(self.libvirt.state("web01"), "running")

    def test_05_what_holds_the_connection_may_die_and_nothing_is_left(self):
        self.run_ctys("open", "web01", "--on", "near")
        pid = self.only_window()
        kill_all(set(ctys_processes()) - set(workers()))
        wait_for(lambda: not is_running(pid), "the viewer ends with its connection", 20)
        self.sees_viewers(0)
        self.gone()

    def test_06_a_display_that_is_not_reached_is_an_error_and_no_viewer_is_started(self):
        before = self.network.inside("me")
        answer = self.run_ctys("open", "web01", *CHAIN, "--console", "vnc", before=before, status=FAILED)
        self.assertIn("cannot reach the display", answer.err)
        self.gone()
        self.assertEqual(self.windows("--on", "localhost"), [])

    def test_07_a_reader_of_the_output_does_not_wait_for_the_viewer(self):
        run = subprocess.run(["sh", "-c", '"$@" 2>&1 | cat', "sh", CTYS, "open", "web01", "--on", "near"], check=False,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=60,
                             env=self.home.environment)
        self.assertIn("viewer opened", run.stdout)
        self.assertTrue(is_running(self.only_window()))

    def test_08_killed_at_any_instant_there_is_a_known_viewer_or_none(self):
        for step in range(8):
            with self.subTest(step):
                caller = subprocess.Popen([CTYS, "open", "web01", "--on", "near"], stdin=subprocess.DEVNULL,
                                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.home.environment)
                wait_for(lambda: len(ctys_processes()) > step % 4 or caller.poll() is not None, "it is on its way", 30)
                caller.kill()
                caller.wait(60)
                self.run_ctys("cancel", "web01", "--client", "--on", "near")
                self.gone()
                self.sees_viewers(0)

    def test_09_a_terminal_window_types_into_the_machine(self):
        self.run_ctys("open", "web01", "--console", "xterm", "--geometry", "80x24+0+0", "--on", "near")
        console = self.only_window()
        self.assertTrue(os.path.samefile(f"/proc/{console}/exe", CTYS))
        terminal = parent_of(console)
        self.assertEqual(name_of(terminal), "xterm")
        self.seen.add(terminal)
        def arrives():
            self.display.type("\rtouch typed\r")  # lost while the window is not there yet
            return "typed" in in_guest(self.port, "ls / /root")
        wait_for(arrives, "what was typed has arrived", 30)
        self.run_ctys("create", "web01", "--reconnect", "--console", "xterm", "--on", "near")
        self.assertNotEqual(self.only_window(), console)
        wait_for(lambda: not is_running(terminal), "the old window has ended", 20)
        self.seen.add(parent_of(self.only_window()))

    def test_10_stopping_the_machine_closes_what_shows_it(self):
        self.run_ctys("open", "web02", "--on", "near")
        viewer = self.only_window()
        self.run_ctys("stop", "web02", "--on", "near")
        self.assertEqual((self.windows(), is_running(viewer)), ([], False))
        self.assertEqual(self.libvirt.state("web02"), "shut off")
