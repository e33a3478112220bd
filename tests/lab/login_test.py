"""What is said of a login that does not come about: the key files, the agent, the known hosts, and who logs in.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import socket
import subprocess

from hosts_case import HostsCase
from lab import CTYS, UNREACHABLE, Terminal

# Root without the right to read whatever there is, as other users are.
NO_OVERRIDE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


class Login(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hosts.start("n1")
        cls.hosts.start("stranger", "AuthorizedKeysFile none")
        cls.hosts.start("stranger2", "AuthorizedKeysFile none")
        cls.home.ctys("list", "--on", "n1", "--deadline", "60s")  # ctys is there: the hosts share its cache

    def host_with(self, name, key):
        """A host that takes this key only, which its configuration names."""
        self.hosts.start(name, f"AuthorizedKeysFile {key}.pub", login=False)
        self.hosts.lines += [f"Host {name}", f"  IdentityFile {key}"]
        self.hosts.write_config()

    def said_of(self, host, *words, **more):
        return " ".join(self.run_ctys("list", "--on", host, *words, status=UNREACHABLE, **more).err.split())

    def test_01_a_private_key_that_others_can_read_is_ignored(self):
        key = self.hosts.keypair("exposed")
        self.host_with("open", key)
        for mode in (0o644, 0o640, 0o604, 0o610):
            with self.subTest(oct(mode)):
                os.chmod(key, mode)
                said = self.said_of("open")
                self.assertIn(f"{key} can be read by others", said)
                self.assertIn(f"chmod 600 {key}", said)
        steps = json.loads(self.run_ctys("doctor", "open", "--json", status=UNREACHABLE).out)
        login = next(step for step in steps if step["Step"] == "login")
        self.assertEqual(login["Result"], "FAIL")
        self.assertIn("can be read by others", login["Detail"])
        self.assertIn(f"chmod 600 {key}", login["Fix"])
        os.chmod(key, 0o600)
        self.run_ctys("list", "--on", "open")

    def test_02_another_key_logs_in_beside_one_that_is_ignored(self):
        key = self.hosts.keypair("beside")
        os.chmod(key, 0o644)
        self.hosts.alias("n1-too", "n1")
        self.hosts.lines += ["Host n1-too", f"  IdentityFile {key}"]
        self.hosts.write_config()
        self.assertEqual(self.run_ctys("list", "--on", "n1-too").err, "")

    def test_03_what_is_no_private_key_is_not_said_to_be_locked(self):
        key = self.hosts.keypair("damaged-key")
        with open(key, encoding="ascii") as file:
            whole = file.read()
        self.host_with("damaged", key)
        for text in ("", "garbage\n", whole[:150], "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"):
            with self.subTest(text):
                with open(key, "w", encoding="ascii") as file:
                    file.write(text)
                said = self.said_of("damaged")
                self.assertIn(f"{key} is no private key that can be read", said)
                self.assertNotIn("locked", said)

    def test_04_a_key_of_any_form_that_has_a_passphrase_is_locked(self):
        for name, more in (("new", ["-t", "ed25519"]), ("old", ["-t", "rsa", "-m", "PEM"]), ("pkcs", ["-t", "rsa", "-m", "PKCS8"])):
            with self.subTest(name):
                key = self.hosts.path("key-" + name)
                subprocess.run(["ssh-keygen", "-q", *more, "-N", "open sesame", "-f", key], check=True)
                self.host_with("locked-" + name, key)
                self.assertIn(f"{key} is locked by a passphrase", self.said_of("locked-" + name))

    def silent_agent(self):
        agent = socket.socket(socket.AF_UNIX)
        self.addCleanup(agent.close)
        path = self.hosts.path("silent-agent")
        if os.path.exists(path):
            os.unlink(path)
        agent.bind(path)
        agent.listen()
        return path

    def test_05_an_agent_that_says_nothing_is_named_and_keeps_nobody_waiting(self):
        path = self.silent_agent()
        self.hosts.lines += ["Host n1 stranger", "  IdentityAgent SSH_AUTH_SOCK"]
        self.hosts.write_config()
        environment = {"SSH_AUTH_SOCK": path}
        with self.subTest("the keys in files are tried after it"):
            self.run_ctys("list", "--on", "n1", environment=environment)
        with self.subTest("none of them is taken"):
            said = self.said_of("stranger", environment=environment)
            self.assertIn(f"the SSH agent does not answer (SSH_AUTH_SOCK is {path})", said)
            self.assertIn("unset SSH_AUTH_SOCK", said)
        with self.subTest("the time is over before"):
            said = self.said_of("stranger", "--deadline", "2", environment=environment)
            self.assertIn(f"the SSH agent does not answer (SSH_AUTH_SOCK is {path})", said)
        steps = json.loads(self.run_ctys("doctor", "stranger", "--json", status=UNREACHABLE, environment=environment).out)
        self.assertIn(path, next(step for step in steps if step["Step"] == "login")["Detail"])

    def test_06_known_hosts_that_cannot_be_read_are_no_unknown_host(self):
        os.chmod(self.hosts.known, 0)
        self.addCleanup(os.chmod, self.hosts.known, 0o600)
        said = self.said_of("n1", before=NO_OVERRIDE)
        self.assertIn(f"{self.hosts.known} cannot be read: Permission denied", said)
        self.assertNotIn("not known", said)
        steps = json.loads(self.run_ctys("doctor", "n1", "--json", status=UNREACHABLE, before=NO_OVERRIDE).out)
        failed = next(step for step in steps if step["Result"] == "FAIL")
        self.assertEqual((failed["Step"], "cannot be read" in failed["Detail"]), ("host-key", True), failed)

    def test_07_a_remedy_has_the_user_who_could_not_log_in(self):
        self.assertIn("ssh-copy-id root@stranger;", self.said_of("root@stranger"))
        self.assertIn("ssh-copy-id a@b@stranger;", self.said_of("a@b@stranger"))
        self.assertIn("ssh-copy-id stranger;", self.said_of("stranger"))
        for words in (("-a", "list", "-l", "root", "stranger"), ("--compat", "-a", "list", "stranger'(-l root)'")):
            with self.subTest(words):
                answer = self.run_ctys(*words, status=UNREACHABLE)
                self.assertIn("ssh-copy-id root@stranger;", answer.err)
        both = self.said_of("root@stranger,root@stranger2")
        self.assertIn("ssh-copy-id HOST; or load a key: ssh-add (HOST: root@stranger, root@stranger2)", both)
        table = self.run_ctys("list", "--on", "root@stranger", "--json", status=UNREACHABLE).out
        self.assertIn("ssh-copy-id root@stranger;", table)
        self.assertIn("ssh-copy-id root@stranger;", self.said_of("n1", "--via", "root@stranger"))
        port = self.hosts.port
        self.assertIn(f"ssh-copy-id -p {port} root@stranger;", self.said_of(f"root@stranger:{port}"))

    def test_08_a_right_passphrase_is_not_said_to_be_a_wrong_one(self):
        key = self.hosts.path("untaken")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-f", key], check=True)
        for name in ("untaken1", "untaken2"):
            self.hosts.start(name, "AuthorizedKeysFile none")
        self.hosts.lines += ["Host untaken1 untaken2", f"  IdentityFile {key}", "  IdentitiesOnly yes"]
        self.hosts.write_config()
        for hosts in ("untaken1", "untaken1,untaken2"):
            with self.subTest(hosts):
                terminal = Terminal([CTYS, "list", "--on", hosts, "--format", "table"], self.home.environment)
                self.addCleanup(terminal.close)
                terminal.expect("Passphrase for")
                terminal.type("open sesame\n")
                said = terminal.expect(f"[status {UNREACHABLE}]")
                self.assertIn("takes none of the keys", said)
                self.assertNotIn("not accepted", said)
                self.assertNotIn("there is no key", said)

    def test_09_a_wrong_passphrase_was_not_accepted(self):
        key = self.hosts.path("unlocked-never")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-f", key], check=True)
        self.host_with("vault", key)
        terminal = Terminal([CTYS, "list", "--on", "vault"], self.home.environment)
        self.addCleanup(terminal.close)
        for _ in range(3):
            terminal.expect("Passphrase for")
            terminal.type("wrong\n")
        self.assertIn("what was typed was not accepted", terminal.expect(f"[status {UNREACHABLE}]"))
