"""A host that could not be asked may have a machine of that name, whatever kept it from telling.
SPDX-License-Identifier: GPL-3.0-or-later"""
import glob
import json
import os

from hosts_case import HELLO, HostsCase
from lab import FAILED, REFUSED, UNREACHABLE, USAGE

UUID = "uuid:6695eb01-f6a4-8304-79aa-97f2502e193f"
END = '{"t":"end","status":%d}'


class Unseen(HostsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        hosts = cls.hosts
        chained = {"CTYS_SSH_CONFIG": hosts.config}
        for name in ("h1", "gw"):
            hosts.start(name, environment=chained)
        broken = os.path.join(cls.home.folder, "broken.xml")
        with open(broken, "w", encoding="ascii") as file:
            file.write("<node><cpu>")
        hosts.start("nofile", environment={"LIBVIRT_DEFAULT_URI": "test:///nofile.xml"})
        hosts.start("brokenfile", environment={"LIBVIRT_DEFAULT_URI": "test://" + broken})
        hosts.start("nodaemon", environment={"LIBVIRT_DEFAULT_URI": "qemu:///system?socket=/nowhere/sock"})
        hosts.start("unserved", environment={"LIBVIRT_DEFAULT_URI": "xen:///system"})
        for status in (70, -5):
            end = END % status
            hosts.start(f"liar{abs(status)}", "ForceCommand " + hosts.script(
                f"liar{abs(status)}", f"echo '{HELLO}'\nread call\necho '{end}'"))
        hosts.start("lacking", own_cache=True)
        hosts.lines += [f"Host proxied\n  HostName {hosts.addresses['h1']}\n  ProxyCommand nc %h %p",
                        f"Host beyond\n  HostName {hosts.addresses['h1']}\n  ProxyJump proxied"]
        hosts.write_config()
        for name in ("h1", "lacking"):
            answer = cls.home.ctys("list", "--on", name, "--deadline", "60s")
            assert answer.status == 0, answer
        for plugin in glob.glob(hosts.path("lacking", "home", ".cache", "ctys", "*", "lib", "ctys", "plugins", "test.so")):
            cls.take_out(plugin)

    @staticmethod
    def take_out(plugin):
        """Of a copy, and of its list: it looks like one that never had this plugin."""
        os.unlink(plugin)
        listing = os.path.join(plugin.split("/lib/ctys/")[0], "files")
        if not os.path.exists(listing):
            return
        with open(listing, encoding="ascii") as file:
            lines = [line for line in file if not line.endswith("/test.so\n")]
        with open(listing, "w", encoding="ascii") as file:
            file.writelines(lines)

    UNSEEN = {  # host: what kept it from telling
        "proxied": "ProxyCommand", "beyond": "ProxyCommand", "lacking": "no plugin serves", "unserved": "no plugin serves",
        "nofile": "no such file", "brokenfile": "cannot connect", "nodaemon": "cannot connect", "liar70": "status 70",
        "liar5": "status -5",
    }

    def test_01_no_machine_is_touched_where_another_host_may_have_one_of_that_name(self):
        for host, why in self.UNSEEN.items():
            for words in (["kill", "test"], ["kill", "test", "--plan"], ["start", "test", "--console", "none"],
                          ["attribute", "set", "test", "OS=Linux"], ["attribute", "list", "test"], ["getclientport", "test"]):
                with self.subTest(host, words=words):
                    answer = self.run_ctys(*words, "--on", f"h1,{host}", status=REFUSED)
                    self.assertIn("cannot tell whether 'test' is the only one", answer.err)
                    self.assertIn(why, answer.err)
                    self.assertIn(f"where: {host}", answer.err)
                    self.assertIn("--on h1", answer.err)

    def test_01_b_a_plugin_that_a_host_lacks_is_told_with_what_mends_it(self):
        for words in (("show",), ("list",), ("info",)):
            answer = self.run_ctys(*words, "-t", "TEST", "--on", "lacking", status=USAGE)
            self.assertIn("the plugin TEST is not installed there", answer.err)
            self.assertIn("ctys distribute lacking", answer.err)

    def test_02_the_same_through_gateways_that_log_in_by_themselves(self):
        for host, why in self.UNSEEN.items():
            with self.subTest(host):
                answer = self.run_ctys("kill", "test", "--on", f"h1,{host}", "--via", "gw", "--chain", status=REFUSED)
                self.assertIn("cannot tell whether 'test' is the only one", answer.err)
                self.assertIn(why, answer.err)

    def test_03_this_host_is_one_of_them(self):
        for uri in ("test:///nofile.xml", "qemu:///system?socket=/nowhere/sock", "xen:///system"):
            answer = self.run_ctys("kill", "test", "--on", "localhost,h1", environment={"LIBVIRT_DEFAULT_URI": uri},
                                   status=REFUSED)
            self.assertIn("cannot tell whether 'test' is the only one", answer.err)
            self.assertIn("--on h1", answer.err)

    def test_04_what_only_reads_shows_the_machine_and_tells_who_was_not_seen(self):
        for host, why in self.UNSEEN.items():
            for words, shown in ((["isactive", "test"], "=1"), (["show", "test"], "h1"), (["list"], "test")):
                with self.subTest(host, words=words):
                    answer = self.run_ctys(*words, "--on", f"h1,{host}", status=FAILED if "liar" in host else UNREACHABLE)
                    self.assertIn(shown, answer.out)
                    self.assertIn(host, answer.out + answer.err)
                    if words[0] != "show":  # which asks for the type of what was found
                        self.assertIn(why, answer.out + answer.err)

    def test_05_a_uuid_makes_the_machine_certain_and_who_was_not_seen_is_told(self):
        for host, why in self.UNSEEN.items():
            for words, done in ((["kill", UUID], "switched off"), (["attribute", "list", UUID], "")):
                with self.subTest(host, words=words):
                    answer = self.run_ctys(*words, "--on", f"h1,{host}", status=FAILED if "liar" in host else UNREACHABLE)
                    self.assertIn(done, answer.out)
                    self.assertIn(why, answer.out + answer.err)

    def test_06_where_nothing_is_installed_there_is_no_machine(self):
        quiet = ("unset LIBVIRT_DEFAULT_URI\nexec unshare -m sh -c 'mkdir -p /run/libvirt; mount -t tmpfs none /run/libvirt; "
                 "{}exec sh -c \"$SSH_ORIGINAL_COMMAND\"'")
        self.hosts.start("stopped", "ForceCommand " + self.hosts.script("stopped", quiet.format("")))
        self.hosts.start("bare", "ForceCommand " + self.hosts.script(
            "bare", quiet.format("mount -t tmpfs none /usr/sbin; export PATH=/usr/bin:/bin; ")))
        for host in ("stopped", "bare"):
            self.assertIn("cannot connect to qemu:///system", self.run_ctys("list", "--on", host, status=UNREACHABLE).err)
        answer = self.run_ctys("kill", "test", "--on", "h1,stopped", status=REFUSED)
        self.assertIn("where: stopped", answer.err)
        self.run_ctys("kill", "test", "--on", "h1,bare")

    def test_07_status_2_says_that_nothing_was_started(self):
        for words in (["list"], ["enumerate"], ["info"], ["show"], ["plugins"], ["doctor"], ["distribute"], ["vdbgen", "--stdio"]):
            with self.subTest(words):
                self.run_ctys(*words, "--on", "proxied", status=USAGE)
                answer = self.run_ctys(*words, "--on", "h1,proxied", status=UNREACHABLE)
                self.assertIn("ProxyCommand", answer.out + answer.err)
        rows = json.loads(self.run_ctys("list", "--json", "--on", "h1,proxied", status=UNREACHABLE).out)
        self.assertEqual([row["error"]["status"] for row in rows if "error" in row], [UNREACHABLE])
        self.run_ctys("list", "--on", "proxied,beyond", status=USAGE)
        self.run_ctys("list", "--on", "h1,proxied(-d 1)", status=UNREACHABLE)
        self.run_ctys("vdbgen", "--append", "--on", "h1,proxied", status=UNREACHABLE)

    def test_08_two_names_of_one_host_are_no_two_machines(self):
        self.hosts.alias("same", "h1")
        for names in ("h1,same", "h1,root@h1", "h1,h1:%d" % self.hosts.port):
            for words in (["reboot", "--all"], ["kill", "--all", "--plan"]):
                answer = self.run_ctys(*words, "--on", names, status=REFUSED)
                for name in names.split(","):
                    self.assertIn(f" on {name}", answer.err)
        self.run_ctys("kill", "--all", "--on", "h1")
