"""What is said of machines on other hosts: results name the host, remedies lead to it.
SPDX-License-Identifier: GPL-3.0-or-later"""
import subprocess

from hosts_case import HostsCase
from lab import NOTHING, REFUSED, UNREACHABLE

MACHINES = """<node><domain type='test'><name>test</name><uuid>0a7f3c2e-0000-4000-8000-00000000000{0}</uuid>
<memory>8192</memory><vcpu>1</vcpu><os><type arch='i686'>hvm</type></os></domain>
<cpu><mhz>1000</mhz><model>i686</model><active>1</active></cpu><memory>9000000</memory></node>"""


class Words(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in (1, 2):
            machines = cls.hosts.path(f"w{number}.xml")
            with open(machines, "w", encoding="ascii") as file:
                file.write(MACHINES.format(number))
            cls.hosts.start(f"w{number}", environment={"LIBVIRT_DEFAULT_URI": "test://" + machines})
        cls.hosts.new_address("dead1")
        cls.hosts.new_address("dead2")
        cls.hosts.start("changed", known=False)
        cls.hosts.know(cls.hosts.addresses["changed"], cls.hosts.key)
        cls.hosts.listen("cut", cls.hang_up)
        cls.hosts.start("stranger", "AuthorizedKeysFile none")

    @staticmethod
    def hang_up(connection):
        """A server that says who it is, and no more."""
        connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
        connection.recv(4096)
        connection.close()

    def test_01_plans_and_results_tell_the_host_of_each_machine(self):
        for words, verb in ((("--plan",), "planned"), ((), "")):
            lines = self.run_ctys("stop", "--all", "--on", "w[1-2]", *words).out.splitlines()
            self.assertEqual(len(lines), 2, lines)
            for host, line in zip(("w1", "w2"), sorted(lines, key=lambda line: line.split(" on ")[-1])):
                self.assertIn(f"(TEST on {host}, test:///{self.hosts.path(host)}.xml)".replace("////", "///"), line)
                self.assertIn(verb, line)
        table = self.run_ctys("stop", "--all", "--on", "w[1-2]", "--plan", "--format", "table").out.splitlines()
        self.assertEqual(table[0].split(), ["LABEL", "TYPE", "RESULT", "STATE", "HOST", "DETAIL"])
        self.assertEqual(sorted(line.split()[4] for line in table[1:]), ["w1", "w2"])
        terse = self.run_ctys("stop", "--all", "--on", "w1", "--plan", "--format", "terse").out
        self.assertEqual(len(terse.splitlines()), 1)

    def test_02_targets_with_options_of_their_own_tell_it_too(self):
        lines = self.run_ctys("w1'(-t TEST -a cancel=l:test)'", "w2'(-t TEST -a cancel=l:test,reset)'").out.splitlines()
        self.assertEqual(sorted(line.split(" on ")[-1].split(",")[0] for line in lines), ["w1", "w2"])
        lines = self.run_ctys("w1'(-a list=terse)'", "w2'(-a enumerate)'").out.splitlines()
        self.assertTrue([line for line in lines if line.startswith("test;TEST;") and line.endswith(";w2")], lines)

    def test_03_remedies_lead_to_the_hosts_that_were_asked(self):
        for words, fix, status in (
                (("stop", "nosuch", "--on", "w1,w2"), "ctys list --on w1,w2 --all", NOTHING),
                (("stop", "nosuch", "--on", "root@w1"), "ctys list --on root@w1 --all", NOTHING),
                (("list", "nosuch", "--on", "w1"), "ctys list --on w1 --all", NOTHING),
                (("open", "test", "--boot", "cd", "--console", "none", "--on", "w1"), "ctys stop --on w1 test", REFUSED),
                (("open", "test", "--boot", "cd", "--console", "none", "--on", "w1", "--plan"),
                 "ctys stop --on w1 test", REFUSED)):
            answer = self.run_ctys(*words, status=status)
            self.assertIn(fix, answer.out + answer.err)
        rows = self.run_ctys("stop", "nosuch", "--on", "w1,w2", "--json", status=NOTHING).out
        self.assertIn("ctys list --on w1,w2 --all", rows)

    def test_04_remedies_go_the_same_way(self):
        answer = self.run_ctys("stop", "nosuch", "--on", "w2", "--via", "w1", status=NOTHING)
        self.assertIn("ctys list --on w2 --via w1 --all", answer.err)

    def test_05_remedies_for_this_host_stay_as_they_are(self):
        self.assertIn("see what there is: ctys list --all\n", self.run_ctys("stop", "nosuch", status=NOTHING).err)

    def test_06_every_host_that_could_not_be_asked_is_named(self):
        answer = self.run_ctys("stop", "test", "--on", "dead1,dead2", status=UNREACHABLE)
        self.assertIn("dead1", answer.err)
        self.assertIn("dead2", answer.err)

    def test_06_b_what_a_silent_host_has_is_not_said_to_be_nowhere(self):
        for words in (("list", "nosuch"), ("list", "nosuch", "--all"), ("enumerate", "nosuch"), ("show", "nosuch")):
            for hosts in ("dead1", "w1,dead1"):
                with self.subTest(words, hosts=hosts):
                    answer = self.run_ctys(*words, "--on", hosts, status=UNREACHABLE)
                    self.assertNotIn("there is no", answer.out + answer.err)
                    self.assertIn("dead1", answer.out + answer.err)
            self.assertIn("there is no", self.run_ctys(*words, "--on", "w1,w2", status=NOTHING).err)

    def test_07_a_remedy_for_one_host_has_its_name(self):
        answer = self.run_ctys("stop", "test", "--on", "stranger", status=UNREACHABLE)
        self.assertIn("ssh-copy-id stranger", answer.err)
        self.assertNotIn("HOST", answer.err)

    def test_07_b_a_remedy_for_several_hosts_has_the_name_of_each(self):
        self.hosts.start("stranger2", "AuthorizedKeysFile none")
        for words in (("list", "--on", "stranger,stranger2"), ("stop", "test", "--on", "stranger,stranger2"),
                      ("list", "--on", "stranger(-d 0),stranger2(-d 1)")):
            with self.subTest(words):
                said = self.run_ctys(*words, status=UNREACHABLE).err
                self.assertEqual(said.count("ctys:"), 1, said)
                self.assertIn("ssh-copy-id HOST; or load a key: ssh-add (HOST: stranger, stranger2)\n", said)

    def test_08_a_machine_that_the_inventory_has_on_two_hosts_leads_to_both(self):
        self.run_ctys("vdbgen", "--append", "--on", "w1,w2")
        answer = self.run_ctys("stop", "test", status=NOTHING)
        self.assertIn("--on w1 or w2", answer.err)

    def said_of(self, host, *words):
        return self.run_ctys("list", "--on", host, *words, status=UNREACHABLE).err

    def test_09_a_changed_key_is_taken_out_of_the_file_that_has_it(self):
        said = self.said_of("changed")
        self.assertIn(f"ssh-keygen -R '[{self.hosts.addresses['changed']}]:{self.hosts.port}' -f {self.hosts.known}", said)
        self.assertIn("changed\n", said.split("then connect: ")[1])

    def test_10_a_locked_key_is_told(self):
        locked = self.hosts.path("locked")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-f", locked], check=True)
        self.hosts.start("vault", f"AuthorizedKeysFile {locked}.pub", login=False)
        self.hosts.lines.append(f"Host vault\n  IdentityFile {locked}")
        self.hosts.write_config()
        said = self.said_of("vault")
        self.assertIn(f"{locked} is locked by a passphrase", said)
        self.assertIn(f"ssh-add {locked}", said)

    def test_11_a_connection_that_is_cut_is_no_matter_of_keys(self):
        self.assertNotIn("ssh-copy-id", self.said_of("cut"))

    def test_12_what_is_to_be_tried_goes_through_the_same_gateways(self):
        said = self.said_of("dead1", "--via", "w1,w2")
        self.assertIn("-J w1,w2 dead1", said)
        said = self.said_of("stranger", "--via", "w1")
        self.assertIn("ssh-copy-id -o ProxyJump=w1 stranger", said)

    def test_13_a_key_of_which_only_an_authority_is_known_is_compared_first(self):
        self.hosts.start("signed", known=False)
        self.hosts.know(self.hosts.addresses["signed"], self.hosts.key, "@cert-authority ")
        said = self.said_of("signed")
        self.assertIn(f"ssh-keyscan -p {self.hosts.port} {self.hosts.addresses['signed']}", said)
        self.assertIn("fingerprint", said)
