"""Many hosts at once, some of them dead, broken or hostile: every target has exactly one result, nothing is left.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import signal
import subprocess

from hosts_case import HELLO, HostsCase, mute_is_asked
from lab import CTYS, DEADLINE, FAILED, NOTHING, REFUSED, UNREACHABLE, USAGE, Answer, Terminal, wait_for
from sshd import sessions

MANY = 20
END = '{"t":"end","status":0}'


def hostile(text):
    """A command in place of the worker: says hello and reads the call, as the protocol wants, then this."""
    return f"echo '{HELLO}'\nread call\n{text}"


class Remote(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.many = [cls.hosts.start(f"h{i}") for i in range(1, MANY + 1)]
        cls.assert_ok(cls.home.ctys("plugins", "--on", "h1", "--deadline", "60s"))  # copied once: the others share its cache

    @staticmethod
    def assert_ok(answer):
        if answer.status != 0:
            raise AssertionError(str(answer))

    def ask(self, *hosts, words=(), status=0, **more):
        """`ctys list` as JSON: records by host, errors by host; no host may have both or neither."""
        answer = self.run_ctys("list", "--json", "--on", ",".join(hosts), *words, status=status, **more)
        entries = json.loads(answer.out)
        records = {}
        errors = {}
        for entry in entries:
            if "error" in entry:
                errors.setdefault(entry["ContainingMachine"], []).append(entry)
            else:
                records.setdefault(entry["ContainingMachine"], []).append(entry)
        self.assertEqual(sorted([*records, *errors]), sorted(hosts), answer)
        for host, rows in records.items():
            self.assertEqual([row["Label"] for row in rows], ["test"], answer)
            self.assertNotIn(host, errors)
        for rows in errors.values():
            self.assertEqual(len(rows), 1, answer)
        return records, {host: rows[0] for host, rows in errors.items()}, answer

    def test_01_ctys_is_copied_where_it_is_missing_and_only_into_the_cache(self):
        self.hosts.start("fresh", own_cache=True)
        folder = self.hosts.path("fresh", "home")
        self.run_ctys("list", "--on", "fresh", "--no-copy", status=FAILED)
        self.assertEqual(os.listdir(folder), [])
        self.ask("fresh")
        self.assertEqual(os.listdir(folder), [".cache"])
        copies = os.listdir(os.path.join(folder, ".cache", "ctys"))
        self.assertEqual(len(copies), 1, "one copy, and nothing half done beside it")
        self.ask("fresh")
        self.assertEqual(os.listdir(os.path.join(folder, ".cache", "ctys")), copies)

    def test_02_every_host_of_many_has_its_row_in_one_table(self):
        records, errors, _ = self.ask(*self.many)
        self.assertEqual((len(records), errors), (MANY, {}))
        table = self.run_ctys("list", "--format", "table", "--on", ",".join(self.many)).out.splitlines()
        self.assertEqual(len(table), MANY + 1, "one title for all")

    def test_03_other_hosts_in_the_classic_grammar(self):
        answer = self.run_ctys("-a", "list=terse,machine", "-l", "root", "h1", "h2")
        self.assertEqual([line.split(";")[0] for line in answer.out.splitlines()], ["h1", "h2"])
        self.run_ctys("-t", "test", "-a", "isactive=l:test", "h3")

    def test_04_every_reading_action(self):
        for words in (["enumerate"], ["info"], ["show"], ["plugins"], ["isactive", "test"], ["getclientport", "test"]):
            with self.subTest(words[0]):
                answer = self.run_ctys(*words, "--on", "h4")
                self.assertIn("h4" if words[0] in ("info", "show", "getclientport") else "TEST", answer.out)
        self.run_ctys("list", "nosuch", "--on", "h4", status=NOTHING)
        report = self.run_ctys("info", "--on", "h4,h5").out
        self.assertIn("h4: system: kernel: ", report)
        self.assertIn("h5: system: kernel: ", report)

    def test_05_writing_actions_reach_the_one_host_that_has_the_machine(self):
        answer = self.run_ctys("suspend", "test", "--on", "h5")
        self.assertIn("saved", answer.out)
        answer = self.run_ctys("kill", "test", "--on", "h5,h6", status=5)
        self.assertIn("ambiguous", answer.err)
        answer = self.run_ctys("stop", "test", "--plan", "--on", "h5")
        self.assertIn("planned", answer.out)
        self.run_ctys("create", "test", "--console", "cli", "--on", "h5", status=REFUSED)

    def test_05_looking_for_a_machine_and_acting_on_it_is_one_login(self):
        counted = self.hosts.path("counted")
        self.hosts.start("once", "ForceCommand " + self.hosts.script(
            "count", f'echo "$SSH_ORIGINAL_COMMAND" >>{counted}\nexec /bin/sh -c "$SSH_ORIGINAL_COMMAND"'))
        self.run_ctys("list", "--on", "once")

        def logins(*words, status=0):
            open(counted, "w", encoding="ascii").close()
            self.run_ctys(*words, status=status)
            with open(counted, encoding="ascii") as file:
                return len(file.readlines())

        self.assertEqual(logins("suspend", "test", "--on", "once"), 1)
        self.assertEqual(logins("attribute", "set", "test", "OS=Linux", "--on", "once,h5", status=5), 1)
        self.assertEqual(logins("attribute", "set", "test", "OS=Linux", "--on", "once"), 1)

    def test_05_what_a_host_does_when_it_is_asked_again_is_judged_as_ever(self):
        again = HELLO[:-1] + ',"takes_next":true}'
        row = '{"t":"record","v":{"1":"x","2":"TEST","3":"web","5":"0a7f3c2e-0000-4000-8000-000000000001","67":"running"}}'
        for name, then, status, words in (
                ("leaver", "read call", FAILED, "ctys ended there while it was to suspend web"),
                ("mumbler", "read call\necho nonsense\nread call", FAILED, "garbage"),
                ("sleeper", "read call\nexec cat -- - >/dev/null", DEADLINE, "the time to suspend web is over")):
            with self.subTest(name):
                self.hosts.start(name, "ForceCommand " + self.hosts.script(
                    name, f"echo '{again}'\nread sign\nprintf %s\\\\n $sign\nread call\necho '{row}'\necho '{END}'\n{then}"))
                answer = self.run_ctys("suspend", "web", "--deadline", "3s", "--on", name, status=status)
                self.assertIn(words, answer.err)
                self.assertIn(name, answer.err)

    def troubled(self):
        hosts = self.hosts
        if "dead" in hosts.addresses:
            return
        hosts.new_address("dead")
        hosts.filtered("filtered")
        hosts.listen("silent", lambda connection: None)
        hosts.listen("slammed", lambda connection: connection.close())
        hosts.start("changed", known=False)
        hosts.know(hosts.addresses["changed"], hosts.keypair("other"))
        hosts.start("revoked")
        hosts.know(hosts.addresses["revoked"], hosts.path("revoked", "host_key"), "@revoked ")
        hosts.start("stranger", known=False)
        hosts.start("refused", login=False)
        hosts.start("noisy", "ForceCommand " + hosts.script(
            "noisy", "printf 'Welcome!\\n{\"t\":\"record\"}\\n{\"half\\033[2J'\nexec sh -c \"$SSH_ORIGINAL_COMMAND\""))
        hosts.start("readonly", environment={"XDG_CACHE_HOME": "/proc/none"})
        hosts.start("cut", "ForceCommand " + hosts.script("cut", hostile("printf '{\"t\":\"record\",\"v\":{\"2\":'")))
        hosts.start("hanging", "ForceCommand " + hosts.script("hanging", "exec cat -- - >/dev/null"))
        hosts.start("mute", "ForceCommand " + hosts.script("mute", hostile("exec cat -- - >/dev/null")))
        hosts.start("garbage", "ForceCommand " + hosts.script("garbage", hostile("echo '{]'")))
        hosts.start("endless", "ForceCommand " + hosts.script("endless", hostile("exec tr '\\0' x </dev/zero")))
        hosts.start("endlessnoise", "ForceCommand " + hosts.script("noise", "exec tr '\\0' '\\n' </dev/zero"))
        hosts.start("future", "ForceCommand " + hosts.script("future", "echo '" + HELLO.replace(":1,", ":99,") + "'"))
        hosts.start("refuser", "ForceCommand /bin/false")

    TROUBLE = {  # host: what its row says
        "dead": "Connection refused", "filtered": "no answer", "silent": "no answer", "slammed": "MaxStartups",
        "changed": "not the one that is known", "revoked": "revoked", "stranger": "not known", "refused": "log in",
        "readonly": "copy ctys", "cut": "not complete", "hanging": "did not start", "mute": "did not answer",
        "garbage": "garbage", "endless": "garbage", "endlessnoise": "garbage", "future": "protocol 99",
        "refuser": "cannot start ctys",
    }

    def test_05_who_did_not_answer_is_told_where_a_uuid_makes_the_machine_certain(self):
        self.troubled()
        answer = self.run_ctys("stop", "test", "--on", "h5,dead", "--plan", status=5)
        self.assertIn("cannot tell whether 'test' is the only one", answer.err)
        uuid = "6695eb01-f6a4-8304-79aa-97f2502e193f"
        for words in (("stop", "--plan"), ("stop",), ("create", "--plan", "--reuse"), ("create", "--reuse", "--console", "none"),
                      ("attribute", "list")):
            answer = self.run_ctys(words[0], *words[1:], f"uuid:{uuid}", "--on", "h5,dead", status=UNREACHABLE)
            self.assertIn("dead", answer.err, words)
            self.assertIn("Connection refused", answer.err, words)

    def test_06_whatever_is_wrong_with_some_hosts_the_others_answer(self):
        self.troubled()
        hosts = [*self.many, *self.TROUBLE, "noisy"]
        records, errors, answer = self.ask(*hosts, words=("--deadline", "8s"), status=FAILED)
        self.assertEqual(sorted(records), sorted([*self.many, "noisy"]))
        self.assertEqual(sorted(errors), sorted(self.TROUBLE))
        for host, words in self.TROUBLE.items():
            with self.subTest(host):
                self.assertIn(words, json.dumps(errors[host]))

    def test_07_statuses_tell_what_went_wrong(self):
        self.troubled()
        for host, status in (("dead", UNREACHABLE), ("refused", UNREACHABLE), ("changed", UNREACHABLE),
                             ("revoked", UNREACHABLE), ("stranger", UNREACHABLE), ("mute", DEADLINE), ("cut", FAILED)):
            with self.subTest(host):
                answer = self.run_ctys("list", "--on", host, "--deadline", "5s", status=status)
                self.assertIn(host, answer.err)
                self.assertIn("fix:", answer.err)

    def test_08_equal_errors_of_many_hosts_are_one_message(self):
        for name in ("gone1", "gone2", "gone3"):
            if name not in self.hosts.addresses:
                self.hosts.new_address(name)
        answer = self.run_ctys("list", "--on", "gone1,gone2,gone3,h1", status=UNREACHABLE)
        self.assertEqual(answer.err.count("ctys:"), 1, answer)
        for name in ("gone1", "gone2", "gone3"):
            self.assertIn(name, answer.err)

    def test_09_a_forged_answer_spoils_no_other_row(self):
        forged = '{"t":"record","v":{"1":"h1","2":"TEST","3":"forged","40":"\\u001b[2J","67":"running"}}'
        closed = '{"t":"closed","link":0,"code":1,"what":"forged","why":"","fix":"","where":""}'
        self.hosts.start("forger", "ForceCommand " + self.hosts.script(
            "forger", hostile(f"echo '{forged}'\necho '{closed}'\necho '{END}'")))
        answer = self.run_ctys("list", "--json", "--on", "h1,forger")
        rows = {(row["ContainingMachine"], row["Label"]) for row in json.loads(answer.out)}
        self.assertEqual(rows, {("h1", "test"), ("forger", "forged")})
        self.run_ctys("list", "--on", "h1,forger")

    def test_10_through_gateways(self):
        hosts = self.hosts
        hosts.start("inner")
        records, errors, _ = self.ask("inner", "h3", words=("--via", "h1,h2"))
        self.assertEqual((len(records), errors), (2, {}))
        hosts.lines.append("Host jumped\n  HostName " + hosts.addresses["inner"] + "\n  ProxyJump h1,h2")
        hosts.write_config()
        self.ask("jumped")
        hosts.start("closed", "AllowTcpForwarding no")
        _, errors, _ = self.ask("inner", words=("--via", "closed"), status=UNREACHABLE)
        self.assertIn("from closed", json.dumps(errors["inner"]))
        err = self.run_ctys("list", "--on", "inner,h3", "--via", "closed", status=UNREACHABLE).err
        self.assertEqual(err.count("ctys:"), 1, err)
        hosts.new_address("deadgw")
        _, errors, _ = self.ask("h3", "h4", "h5", words=("--via", "h1,deadgw"), status=UNREACHABLE)
        self.assertEqual(sorted(errors), ["h3", "h4", "h5"])
        self.assertIn("deadgw", json.dumps(errors["h3"]))

    def test_11_a_server_that_refuses_for_load_is_tried_again(self):
        self.hosts.start("crowded", "MaxStartups 2:100:3")
        names = [f"crowd{i}" for i in range(12)]
        for name in names:
            self.hosts.alias(name, "crowded")
        records, errors, _ = self.ask(*names, words=("--deadline", "30s"))
        self.assertEqual((len(records), errors), (12, {}))

    def test_12_an_interrupt_prints_what_arrived_and_names_who_did_not_answer(self):
        self.troubled()
        process = subprocess.Popen([CTYS, "list", "--on", "h1,mute,silent", "--deadline", "60s"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=self.home.environment)
        wait_for(mute_is_asked, "mute is asked")
        # One socket for each host that has not answered, and one to the transport.
        wait_for(lambda: sockets(process.pid) == 3, "h1 has answered")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        answer = Answer(["ctys"], subprocess.CompletedProcess([], process.returncode, out, err), 0)
        self.assertEqual(process.returncode, -signal.SIGINT, "a loop of a shell ends, too")
        self.assertIn("h1", out, answer)
        self.assertIn("interrupted", err, answer)
        self.assertIn("mute", err, answer)
        self.assertIn("silent", err, answer)

    def test_13_killing_ctys_leaves_nothing_on_any_host(self):
        self.troubled()
        process = subprocess.Popen([CTYS, "list", "--on", ",".join([*self.many, "mute"]), "--deadline", "60s"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.home.environment)
        wait_for(mute_is_asked, "a host is asked")
        process.kill()
        process.wait()

    def test_13_b_a_host_that_has_answered_is_left_while_others_are_awaited(self):
        self.troubled()
        process = subprocess.Popen([CTYS, "list", "--on", "h1,mute", "--deadline", "60s"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=self.home.environment)
        wait_for(lambda: mute_is_asked() and sockets(process.pid) == 2, "h1 has answered and mute has not")
        wait_for(lambda: not sessions(self.hosts.path("h1", "sshd_config")), "the connection to h1 has ended", 30)
        self.assertTrue(mute_is_asked())
        self.assertIsNone(process.poll())
        process.kill()
        process.wait()

    def test_14_an_unknown_key_is_asked_for_at_a_terminal(self):
        self.troubled()
        terminal = Terminal([CTYS, "list", "--on", "stranger"], self.home.environment)
        self.addCleanup(terminal.close)
        terminal.expect("Is it the right one")
        terminal.type("no\n")
        terminal.expect("[status 3]")
        terminal = Terminal([CTYS, "list", "--on", "stranger"], self.home.environment)
        self.addCleanup(terminal.close)
        terminal.expect("Is it the right one")
        terminal.type("yes\n")
        terminal.expect("[status 0]")
        self.ask("stranger")

    def test_15_a_locked_key_is_asked_for_at_a_terminal_and_never_elsewhere(self):
        hosts = self.hosts
        locked = hosts.path("locked")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-f", locked], check=True)
        hosts.start("vault", f"AuthorizedKeysFile {locked}.pub", login=False)
        with open(hosts.path("vault", "sshd_config"), encoding="utf-8") as file:
            self.assertIn("locked.pub", file.read())
        hosts.lines.append(f"Host vault\n  IdentityFile {locked}")
        hosts.write_config()
        self.run_ctys("list", "--on", "vault", status=UNREACHABLE)
        terminal = Terminal([CTYS, "list", "--on", "vault"], self.home.environment)
        self.addCleanup(terminal.close)
        terminal.expect("Passphrase for")
        terminal.type("open sesame\n")
        shown = terminal.expect("[status 0]")
        self.assertNotIn("sesame", shown)

    def test_16_hashed_names_and_other_ports_are_known(self):
        hosts = self.hosts
        hosts.start("hashed", known=False)
        other = hosts.path("hashed_known")
        with open(other, "w", encoding="ascii") as file:
            file.write(f"[{hosts.addresses['hashed']}]:{hosts.port} {hosts.public(hosts.path('hashed', 'host_key'))}\n")
        subprocess.run(["ssh-keygen", "-q", "-H", "-f", other], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        hosts.lines.append(f"Host hashed\n  UserKnownHostsFile {other}")
        hosts.write_config()
        with open(other, encoding="ascii") as file:
            self.assertTrue(file.read().startswith("|1|"))
        self.ask("hashed")

    def test_17_no_word_of_a_user_reaches_a_shell(self):
        for words in (["--on", "h1;touch /tmp/x"], ["--on", "-oProxyCommand=x"], ["--on", "$(x)"], ["--on", "h1\nh2"],
                      ["--on", ""], ["--on", "h1:99999"], ["--on", "h1", "--via", "localhost"], ["--via", "h1"]):
            with self.subTest(words):
                self.run_ctys("list", *words, status=USAGE)
        answer = self.run_ctys("list", "label:$(touch /tmp/ctys-was-here);'x", "--on", "h1", status=NOTHING)
        self.assertIn("touch", answer.err)
        self.assertFalse(os.path.exists("/tmp/ctys-was-here"))


def sockets(pid):
    folder = f"/proc/{pid}/fd"
    return sum(os.readlink(os.path.join(folder, name)).startswith("socket:") for name in os.listdir(folder))
