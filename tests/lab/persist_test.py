"""Connections that are kept for the next call: used again, held by nobody else, gone when they should be.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import signal
import socket
import stat
import subprocess
import time

from hosts_case import HELLO, HostsCase, mute_is_asked
from lab import CTYS, FAILED, LONG, UNREACHABLE, USAGE, Terminal, ctys_processes, kill_all, wait_for
from sshd import sessions, workers

END = '{"t":"end","status":0}'


class Persist(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("p1", "p2", "p3"):
            cls.hosts.start(name, "LogLevel INFO")
        cls.hosts.start("gw", "LogLevel INFO", environment={"CTYS_SSH_CONFIG": cls.hosts.config})
        cls.hosts.start("mute", cls.says_nothing())
        cls.place = os.path.join(cls.home.folder, "run", "ctys")
        answer = cls.home.ctys("list", "--on", "p1", "--deadline", "60s")  # copied: the hosts share its cache
        assert answer.status == 0, answer

    def setUp(self):
        self.settle()

    def tearDown(self):
        self.run_ctys("persist", "end")
        self.assertEqual(self.sockets(), [])
        super().tearDown()

    def settle(self):
        """A configuration that was written this moment is not relied upon."""
        wait_for(lambda: time.time() - os.stat(self.hosts.config).st_ctime > 4, "the configuration is older")

    def sockets(self):
        names = os.listdir(self.place) if os.path.isdir(self.place) else []
        return [os.path.join(self.place, name) for name in names if name.startswith("kept-")]

    def kept(self):
        """The state of each host that is kept."""
        return {row["Host"]: row["State"] for row in self.run_ctys("persist", "--json").records()}

    def keepers(self):
        return {int(row["PID"]) for row in self.run_ctys("persist", "--json").records()}

    def logins(self, name):
        with open(self.hosts.path(name, "log"), encoding="utf-8") as file:
            return file.read().count("Accepted publickey")

    def ask(self, *hosts, words=("--persist",), status=0, **more):
        """The logins that a list took, host by host; nobody complains, and every host has its row."""
        before = [self.logins(host) for host in hosts]
        answer = self.run_ctys("list", "--json", "--fresh", "--on", ",".join(hosts), *words, status=status, **more)
        if status == 0:
            self.assertEqual(sorted(row["ContainingMachine"] for row in answer.records()), sorted(hosts), answer)
            self.assertEqual(answer.err, "")
        return [self.logins(host) - old for host, old in zip(hosts, before)]

    def hang(self, *hosts):
        """A call that has borrowed what is kept of these hosts and does not end; kill it."""
        call = subprocess.Popen([CTYS, "list", "--on", ",".join([*hosts, "mute"]), "--persist", "--deadline", "90s"],
                                env=self.home.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)
        wait_for(mute_is_asked, "the host that says nothing was asked")
        return call

    def test_01_the_next_call_logs_in_nowhere(self):
        self.assertEqual(self.ask("p1", "p2"), [1, 1])
        self.assertEqual(self.ask("p1", "p2"), [0, 0])
        self.assertEqual(self.ask("p2"), [0])
        self.assertEqual(self.ask("p1", "p2", "p3"), [0, 0, 1])
        self.assertEqual(self.ask("p3", "p1", words=("--persist=1h", "--deadline", "20s")), [0, 0])
        self.assertEqual(self.kept(), {"p1": "waiting", "p2": "waiting", "p3": "waiting"})
        before = self.logins("p1")
        self.run_ctys("suspend", "test", "--on", "p1", "--persist")
        self.run_ctys("info", "--on", "p1", "--persist")
        self.assertEqual(self.logins("p1"), before)

    def test_02_only_who_asks_for_it_uses_what_is_kept(self):
        self.ask("p1")
        for words, more in (((), {}), (("--persist=0",), {}), (("--no-copy", "--persist"), {}),
                            (("--via", "p2", "--persist"), {}), ((), {"environment": {"CTYS_PERSIST": "0"}})):
            with self.subTest(words=words):
                self.assertEqual(self.ask("p1", words=words, **more), [1])
        self.assertEqual(self.ask("p1", words=(), environment={"CTYS_PERSIST": "5m"}), [0])
        self.assertEqual(self.ask("p1", words=("--via", "p2", "--persist")), [0])
        rows = self.run_ctys("persist", "--json", "--filter", "through:p2").records()
        self.assertEqual([row["Host"] for row in rows], ["p1"])
        self.run_ctys("list", "--on", "p1", status=USAGE, environment={"CTYS_PERSIST": "soon"})

    def test_03_nothing_of_the_caller_is_held(self):
        held = os.path.join(self.home.folder, "held")
        run = subprocess.run(["/bin/sh", "-c", f'exec 9>{held}; cd {self.home.folder}; "$@" 2>&1 | cat', "sh", CTYS, "list",
                              "--on", "p1", "--persist"], env=self.home.environment, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, timeout=60, text=True, check=True)  # its end is that of the pipe
        self.assertIn("p1", run.stdout)
        ours = set(ctys_processes()) - set(workers())
        self.assertEqual(len(ours), 2, "the keeper and the transport")
        for pid in ours:
            files = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
            self.assertEqual([file for file in files if not file.startswith(("/dev/null", "socket:", "anon_inode:"))], [])
            self.assertEqual(os.readlink(f"/proc/{pid}/cwd"), "/")
            self.assertEqual(os.getsid(pid), pid)
            with open(f"/proc/{pid}/stat", encoding="ascii") as file:
                self.assertEqual(file.read().rsplit(")", 1)[1].split()[4], "0", "it has no terminal")

    def test_04_keys_and_the_end_of_the_terminal_do_not_reach_it(self):
        terminal = Terminal([CTYS, "list", "--on", "p1,p2", "--persist"], self.home.environment)
        terminal.expect("[status 0]")
        terminal.close()
        self.assertEqual(self.ask("p1", "p2"), [0, 0])
        terminal = Terminal([CTYS, "list", "--on", "p2,mute", "--persist", "--deadline", "90s"], self.home.environment)
        wait_for(mute_is_asked, "the host that says nothing was asked")
        terminal.type("\x03")
        terminal.expect("interrupted")
        terminal.close()
        wait_for(lambda: self.kept() == {"p1": "waiting"}, "what the call used is gone, what it did not use is there")
        self.assertEqual(self.ask("p1", "p2"), [0, 1])

    def test_05_only_this_user_gets_anything(self):
        self.ask("p1")
        self.assertEqual(stat.S_IMODE(os.stat(self.place).st_mode), 0o700)
        counter, = self.sockets()
        self.assertEqual(stat.S_IMODE(os.stat(counter).st_mode), 0o600)
        question = b'{"address":[],"by_type":false,"endpoint":"","options":[],"t":"call","type":"","verb":"list"}\n'
        script = ("import socket, sys\ns = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)\n"
                  f"s.settimeout(20)\ns.connect({counter!r})\nsent = s.send({question!r})\n"
                  "sys.stdout.write(repr(s.recv(9999)))")
        opened = [self.home.folder, os.path.dirname(self.place), self.place, counter]
        for path in opened:
            os.chmod(path, 0o777)
        try:
            for user, answers in ((0, True), (65534, False)):
                said = subprocess.run(["python3", "-c", script], user=user, extra_groups=[], capture_output=True, text=True,
                                      check=False)
                self.assertEqual("p1" in said.stdout, answers, said)
        finally:
            for path in opened:
                os.chmod(path, 0o700)
        self.assertEqual(self.ask("p1"), [0])

    def test_06_killing_the_keeper_ends_all_and_is_no_error(self):
        self.ask("p1", "p2")
        keeper, = self.keepers()
        os.kill(keeper, signal.SIGKILL)
        wait_for(lambda: not ctys_processes() and not workers(), "the transport and the workers have ended")
        self.assertEqual(len(self.sockets()), 1, "its socket is left over")
        self.assertEqual(self.ask("p1", "p2"), [1, 1])
        self.assertEqual(len(self.sockets()), 1)

    def test_06_b_what_a_call_opens_that_runs_while_all_is_ended_is_not_kept(self):
        for end in (False, True):
            with self.subTest(end=end):
                call = subprocess.Popen([CTYS, "list", "--on", "p1,mute", "--persist", "--deadline", "5s"],
                                        env=self.home.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
                wait_for(mute_is_asked, "the host that says nothing was asked")
                if end:
                    self.run_ctys("persist", "end")
                call.wait(LONG)
                self.assertEqual(self.kept(), {} if end else {"p1": "waiting"})
                self.run_ctys("persist", "end")
        self.assertEqual(self.ask("p1"), [1])
        self.assertEqual(self.kept(), {"p1": "waiting"})

    def test_07_of_a_call_that_is_killed_nothing_is_kept(self):
        self.ask("p1", "p2")
        call = self.hang("p1")
        self.assertEqual(self.kept(), {"p1": "used", "p2": "waiting"})
        call.kill()
        call.wait()
        wait_for(lambda: self.kept() == {"p2": "waiting"}, "what it had borrowed is gone")
        self.assertEqual(self.ask("p1", "p2"), [1, 0])

    def test_08_who_comes_at_the_same_time_opens_a_connection(self):
        self.ask("p1", "p2")
        call = self.hang("p1")
        self.assertEqual(self.ask("p1", "p2"), [1, 1])
        answer = self.run_ctys("persist", "end", "--json")
        self.assertEqual(sorted(row["State"] for row in answer.records()), ["ended", "ended", "ended", "used"])
        self.assertEqual(self.sockets(), [])
        call.send_signal(signal.SIGINT)
        call.wait()

    def test_09_it_ends_with_its_time_and_with_its_file(self):
        self.ask("p1", words=("--persist=1s",))
        wait_for(lambda: not ctys_processes() and not self.sockets(), "its time is over")
        self.ask("p1")
        os.unlink(self.sockets()[0])
        wait_for(lambda: not ctys_processes() and not workers(), "nobody can find it any more")

    def test_10_a_connection_that_has_died_is_opened_anew_without_a_word(self):
        def restart():
            kill_all(sessions(self.hosts.path("p1", "sshd_config")))

        def kill_worker():
            kill_all(workers())

        def kill_transport():
            kill_all(set(ctys_processes()) - set(workers()) - self.keepers())

        for what in (restart, kill_worker, kill_transport):
            with self.subTest(what.__name__):
                self.ask("p1")
                what()
                self.assertEqual(self.ask("p1"), [1])

    def test_11_a_host_that_has_fallen_silent_is_asked_through_a_new_connection(self):
        self.ask("p1", "p2")
        for pid in sessions(self.hosts.path("p1", "sshd_config")):
            os.kill(pid, signal.SIGSTOP)
        self.assertEqual(self.ask("p1", "p2"), [1, 0])
        for pid in sessions(self.hosts.path("p1", "sshd_config")):
            os.kill(pid, signal.SIGCONT)

    def test_11_b_a_host_that_is_slow_is_waited_for(self):
        row = '{"t":"record","v":{"1":"x","2":"TEST","3":"web","67":"running"}}'
        hello = HELLO[:-1] + ',"takes_next":true}'
        alive = '{"t":"alive"}'
        self.hosts.start("slow", "LogLevel INFO", "ForceCommand " + self.hosts.script(
            "slow", f"echo '{hello}'\nread call\necho '{row}'\necho '{END}'\nread ping\necho '{alive}'\nread call\nsleep 5\n"
                    f"echo '{row}'\necho '{END}'\nexec cat -- - >/dev/null"))
        self.settle()
        self.assertEqual(self.ask("slow"), [1])
        self.assertEqual(self.ask("slow"), [0])

    def test_12_what_is_not_trusted_any_more_is_not_used(self):
        self.ask("p1", "p2")
        self.hosts.know("127.0.3.99", self.hosts.path("p1", "host_key"))
        self.assertEqual(self.ask("p1"), [1], "the known hosts have changed")
        with open(self.hosts.known, encoding="ascii") as file:
            before = file.read()
        self.hosts.know(self.hosts.addresses["p1"], self.hosts.path("p1", "host_key"), "@revoked ")
        answer = self.run_ctys("list", "--fresh", "--on", "p1", "--persist", status=UNREACHABLE)
        self.assertIn("revoked", answer.err)
        with open(self.hosts.known, "w", encoding="ascii") as file:
            file.write(before)

    def test_12_b_a_key_that_was_revoked_meanwhile_is_not_used(self):
        revoked = self.hosts.path("revoked")
        open(revoked, "w", encoding="ascii").close()
        self.hosts.lines.append(f"Host p1\n  RevokedHostKeys {revoked}")
        self.hosts.write_config()
        self.settle()
        self.assertEqual([self.ask("p1") for _ in range(2)], [[1], [0]])
        with open(revoked, "w", encoding="ascii") as file:
            file.write(self.hosts.public(self.hosts.path("p1", "host_key")) + "\n")
        answer = self.run_ctys("list", "--fresh", "--on", "p1", "--persist", status=UNREACHABLE)
        self.assertIn("revoked", answer.err)
        self.hosts.lines.pop()
        self.hosts.write_config()

    def test_13_where_a_name_leads_is_not_what_it_was(self):
        self.ask("p1")
        address = self.hosts.addresses["p1"]
        before = self.logins("p3")
        self.hosts.alias("p1", "p3")
        self.ask("p1")
        self.assertEqual(self.logins("p3"), before + 1)
        self.hosts.new_address("p1", address)

    def test_14_what_is_no_demand_is_answered_by_nothing(self):
        self.ask("p1")
        counter, = self.sockets()
        for packet in (b"", b"\n", b"{}\n", b"x" * 100_000, b'{"t":"end","status":0}\n', b"\0" * 9):
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
                line.settimeout(20)
                line.connect(counter)
                line.send(packet)
                self.assertEqual(line.recv(9999), b"")
        keeper, = self.keepers()
        held = len(os.listdir(f"/proc/{keeper}/fd"))
        for count in (1, 2, 200):
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
                line.settimeout(20)
                line.connect(counter)
                socket.send_fds(line, [b"x\n"], [0] * count)
                self.assertEqual(line.recv(9999), b"")
        wait_for(lambda: len(os.listdir(f"/proc/{keeper}/fd")) == held, "it holds nothing that was sent to it")
        idle = [socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(40)]
        for line in idle:
            line.connect(counter)
        self.assertEqual(self.ask("p1"), [0])
        for line in idle:
            line.close()

    def test_14_b_a_keeper_that_hangs_costs_a_warning(self):
        self.ask("p1")
        keeper, = self.keepers()
        os.kill(keeper, signal.SIGSTOP)
        try:
            answer = self.run_ctys("list", "--on", "p1", "--persist", "--deadline", "60s")
            self.assertIn("p1", answer.out)
            self.assertIn("does not answer", answer.err)
            self.run_ctys("persist", "end", status=FAILED)
        finally:
            os.kill(keeper, signal.SIGCONT)

    def test_14_c_why_nothing_is_kept_is_told(self):
        answer = self.run_ctys("list", "--on", "p1", "--persist", environment={"XDG_RUNTIME_DIR": "/proc/none"})
        self.assertIn("set XDG_RUNTIME_DIR to", answer.err)
        self.assertEqual(answer.err.count("cannot keep connections"), 1)
        self.hosts.lines.append('Match exec "true"\n  Compression no\nMatch all')
        self.hosts.write_config()
        self.settle()
        try:
            self.assertEqual(self.ask("p1"), [1])
            answer = self.run_ctys("list", "--on", "p1", "--persist", "--verbose")
            self.assertIn("p1: the connection is not kept: ", answer.err)
        finally:
            self.hosts.lines.pop()
            self.hosts.write_config()

    def test_14_d_a_ctys_that_knows_no_sign_of_life_is_asked_anew(self):
        row = '{"t":"record","v":{"1":"x","2":"TEST","3":"web","67":"running"}}'
        error = '{"code":70,"fix":"","t":"error","what":"the worker got a message that is no call","where":"","why":""}'
        self.hosts.start("old", "LogLevel INFO", "ForceCommand " + self.hosts.script(
            "old", f"echo '{HELLO[:-1]},\"takes_next\":true}}'\nread call\necho '{row}'\necho '{END}'\nread alive\n"
                   f"echo '{error}'\nsleep 0.2\necho '{END}'"))
        self.settle()
        self.assertEqual(self.ask("old"), [1])
        self.assertEqual(self.ask("old"), [1])

    def test_14_e_with_a_chain_the_connection_to_its_gateway_is_kept(self):
        chain = ("--persist", "--via", "gw", "--chain")
        before = self.logins("gw")
        for hosts in (("p1", "p2"), ("p1", "p2"), ("p3",)):  # to which the gateway logs in by itself, each time
            self.assertEqual(self.ask(*hosts, words=chain), [1] * len(hosts))
            self.assertEqual(self.logins("gw"), before + 1)
            self.assertEqual(self.kept(), {"gw": "waiting"})
        self.assertEqual(self.ask("gw"), [0])
        kill_all(sessions(self.hosts.path("gw", "sshd_config")))
        self.assertEqual(self.ask("p1", words=chain), [1])
        self.assertEqual(self.logins("gw"), before + 2)

    def test_15_words_that_make_no_sense(self):
        for words in (("list", "--persist"), ("list", "--on", "p1", "--persist=soon"), ("persist", "begin"),
                      ("persist", "end", "p1"), ("doctor", "--persist")):
            self.run_ctys(*words, status=USAGE)
        self.assertEqual(json.loads(self.run_ctys("persist", "end", "--json").out), [])
