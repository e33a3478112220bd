"""ctys doctor: every host has one block of steps, and the step that is in the way is the one that failed.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import pwd
import signal
import subprocess

from hosts_case import HELLO, HostsCase, commands
from lab import CTYS, DEADLINE, FAILED, LONG, UNREACHABLE, USAGE, Terminal, wait_for

WAY = ["name", "port", "host-key", "login", "ctys", "libvirt", "acceleration", "viewer", "terminal"]


class Doctor(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        hosts = cls.hosts
        hosts.start("good", own_cache=True)
        hosts.start("gateway", own_cache=True)

    def doctor(self, *words, status=0, **more):
        """The steps by host, in the order in which they came."""
        steps = {}
        for step in json.loads(self.run_ctys("doctor", *words, "--json", status=status, **more).out):
            self.assertEqual(sorted(step), ["ContainingMachine", "Detail", "Fix", "Result", "Step"])
            steps.setdefault(step["ContainingMachine"], []).append(step)
        return steps

    def assert_fails_at(self, steps, name, *words):
        """One failure, everything in front of it passed, and everything behind it was not tried and says so."""
        self.assertEqual([step["Step"] for step in steps], WAY)
        at = WAY.index(name)
        self.assertEqual([step["Result"] for step in steps[:-2]], ["PASS"] * at + ["FAIL"] + ["skipped"] * (6 - at), steps)
        for word in words:
            self.assertIn(word, steps[at]["Detail"])
        self.assertTrue(steps[at]["Fix"], steps[at])
        for step in steps[at + 1:-2]:
            self.assertEqual(step["Detail"], f"not tried: {name} failed")

    def test_01_a_good_host_passes_and_ctys_is_copied_as_always(self):
        for note in (True, False):
            steps = self.doctor("good")["good"]
            self.assertEqual([step["Step"] for step in steps], WAY)
            self.assertEqual([step["Result"] for step in steps[:6]], ["PASS"] * 6, steps)
            self.assertEqual("copied there now" in steps[4]["Detail"], note, steps[4])
            self.assertIn("127.0.3.", steps[0]["Detail"])
            self.assertIn("ssh-ed25519 SHA256:", steps[2]["Detail"])
            self.assertIn("as root", steps[3]["Detail"])
            self.assertIn("test:///default", steps[5]["Detail"])
        text = self.run_ctys("doctor", "good").out
        self.assertTrue(text.startswith("good\n  name          PASS     127.0.3."), text)

    def test_02_through_a_gateway(self):
        steps = self.doctor("good", "--via", "gateway")["good"]
        self.assertEqual([step["Result"] for step in steps[:6]], ["PASS"] * 6, steps)
        self.assertIn("through gateway", steps[1]["Detail"])
        self.hosts.new_address("deadgate")
        steps = self.doctor("good", "--via", "deadgate", status=UNREACHABLE)["good"]
        self.assertEqual([step["Step"] for step in steps], ["gateway", *WAY])
        self.assertEqual([step["Result"] for step in steps[:8]], ["FAIL"] + ["skipped"] * 7, steps)
        self.assertIn("cannot go through deadgate: cannot reach the host: Connection refused", steps[0]["Detail"])
        self.assertEqual({step["Detail"] for step in steps[1:8]}, {"not tried: gateway failed"})

    def test_02_b_a_gateway_that_says_nothing_is_the_one_that_is_named(self):
        self.hosts.listen("quiet", lambda connection: None)
        self.hosts.filtered("full")
        for via, through in (("quiet", ""), ("full", ""), ("gateway,quiet", " -J gateway")):
            with self.subTest(via):
                name = via.split(",")[-1]
                words = ("good", "--via", via, "--deadline", "3s")
                step = self.doctor(*words, status=DEADLINE)["good"][0]
                self.assertEqual((step["Step"], step["Result"]), ("gateway", "FAIL"))
                self.assertIn(f"cannot go through {name}: cannot reach the host: no answer", step["Detail"])
                actions = (("list", "--on"), ("stop", "web01", "--on"), ("distribute",))
                for action in actions if via == "quiet" else actions[:1]:
                    answer = self.run_ctys(*action, *words, status=DEADLINE)
                    self.assertIn(f"cannot go through {name}", answer.out + answer.err)
                    self.assertIn(f"{through} {name}; give it more time", answer.out + answer.err)

    def test_03_without_a_copy(self):
        self.hosts.start("bare", own_cache=True)
        self.assert_fails_at(self.doctor("bare", "--no-copy", status=FAILED)["bare"], "ctys", "no ctys there")
        self.assertEqual(os.listdir(self.hosts.path("bare", "home")), [])

    def test_04_each_trouble_at_its_step_and_every_host_once(self):
        hosts = self.hosts
        hosts.new_address("dead")
        hosts.filtered("filtered")
        hosts.listen("silent", lambda connection: None)
        hosts.start("changed", known=False)
        hosts.know(hosts.addresses["changed"], hosts.keypair("other"))
        hosts.start("stranger", known=False)
        hosts.start("refused", login=False)
        hosts.start("refuser", "ForceCommand /bin/false")
        hosts.start("mute", self.says_nothing())
        hosts.start("future", "ForceCommand " + hosts.script("future", "echo '" + HELLO.replace(":1,", ":99,") + "'"))
        hosts.start("hostile", "ForceCommand " + hosts.script(
            "hostile", f"""echo '{HELLO}'; read call
echo '{{"t":"record","v":{{"1":"good","69":"libvirt","66":"PASS","67":"\\u001b[2J"}}}}'; exec cat -- - >/dev/null"""))
        hosts.start("nolibvirt", environment={"LIBVIRT_DEFAULT_URI": "qemu+unix:///system?socket=/nowhere/libvirt-sock"})
        trouble = {
            "no..such": ("name", "there is no host"), "dead": ("port", "Connection refused"),
            "filtered": ("port", "no answer"), "silent": ("host-key", "no answer"),
            "changed": ("host-key", "not the one that is known"), "stranger": ("host-key", "not known"),
            "refused": ("login", "cannot log in"), "refuser": ("ctys", "cannot start ctys"),
            "mute": ("ctys", "did not answer"), "future": ("ctys", "protocol 99"), "hostile": ("ctys", "did not answer"),
            "nolibvirt": ("libvirt", "/nowhere/libvirt-sock"),
        }
        words = [*trouble, "good", "--deadline", "15s"]
        steps = self.doctor(*words, status=FAILED)
        self.assertEqual(sorted(steps), sorted([*trouble, "good"]))
        for host, (name, words) in trouble.items():
            with self.subTest(host):
                self.assert_fails_at(steps[host], name, words)
        self.assertNotIn("FAIL", [step["Result"] for step in steps["good"]])

    def test_05_a_group_a_plan_and_words_that_are_no_hosts(self):
        groups = os.path.join(self.home.folder, ".ctys", "groups")
        os.makedirs(groups)
        with open(os.path.join(groups, "lab"), "w", encoding="ascii") as file:
            file.write("good\n")
        self.assertEqual(list(self.doctor("@lab", "localhost")), [os.uname().nodename, "good"])
        self.assertIn("good: planned", self.run_ctys("doctor", "@lab", "--plan").out)
        self.run_ctys("doctor", "good;reboot", status=USAGE)
        self.run_ctys("doctor", "-oProxyCommand=reboot", status=USAGE)

    def test_06_this_host_names_the_right_that_is_missing(self):
        folder = self.home.folder
        os.chmod(folder, 0o755)
        environment = {"LIBVIRT_DEFAULT_URI": "qemu+unix:///system?socket=" + os.path.join(folder, "closed", "sock")}
        os.makedirs(os.path.join(folder, "closed"), mode=0o700)
        user = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]
        self.assertNotEqual(pwd.getpwnam("nobody").pw_uid, os.getuid())
        environment["HOME"] = environment["XDG_RUNTIME_DIR"] = "/nonexistent"
        steps = self.doctor(status=UNREACHABLE, before=user, environment=environment)[os.uname().nodename]
        self.assertEqual([step["Step"] for step in steps], WAY[4:])
        self.assertEqual([step["Result"] for step in steps[:3]], ["PASS", "FAIL", "skipped"])
        self.assertIn("Permission denied", steps[1]["Detail"])
        self.assertIn("usermod -aG libvirt", steps[1]["Fix"])

    def test_07_nobody_is_asked_but_on_a_terminal(self):
        self.hosts.start("unknown", known=False)
        terminal = Terminal([CTYS, "doctor", "unknown"], self.home.environment)
        self.addCleanup(terminal.close)
        terminal.expect("Is it the right one")
        terminal.type("yes\n")
        terminal.expect("accepted now")
        terminal.expect("[status 0]")

    def test_08_an_interrupt_tells_how_far_each_host_has_come(self):
        self.hosts.start("asked", "ForceCommand " + self.hosts.script("asked", f"echo '{HELLO}'; read call; exec cat -- - - -"))
        self.hosts.filtered("stalled")
        call = subprocess.Popen([CTYS, "doctor", "stalled", "asked", "--deadline", "10m", "--json"], env=self.home.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        wait_for(lambda: any("cat -- - - -" in line for line in commands()), "one host has read the question, and is silent")
        call.send_signal(signal.SIGINT)
        steps = json.loads(call.communicate(timeout=LONG)[0])
        self.assertEqual(call.returncode, -signal.SIGINT)
        for host, name in (("stalled", "port"), ("asked", "ctys")):
            mine = [step for step in steps if step["ContainingMachine"] == host]
            self.assertEqual([step["Step"] for step in mine], WAY)
            self.assertNotIn("FAIL", [step["Result"] for step in mine])
            ended = [step for step in mine if step["Result"] == "interrupted"]
            self.assertEqual([(step["Step"], step["Detail"]) for step in ended], [(name, "interrupted")])
            self.assertIn("not tried: interrupted", [step["Detail"] for step in mine])
