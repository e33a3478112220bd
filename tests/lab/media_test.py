"""Machines from files, and what they boot from: on a real hypervisor.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import re
import unittest

from lab import (FAILED, REFUSED, USAGE, Host, cd_image, ctys_processes, disk_image, floppy_image, free_port, guest,
                 in_guest, wait_for)

UUID = "11111111-2222-4333-8444-0000000000b1"


class Media(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.image = guest("build").strip()
        cls.host = Host()
        cls.addClassCleanup(cls.host.close)
        cls.log = cls.file("serial.log", b"")
        # Its serial line goes into a file, where the boot sectors leave their words.
        cls.host.define("box", "--uuid", UUID, change=lambda text: re.sub(
            r"<serial type='pty'>", f"<serial type='file'><source path='{cls.log}'/>", text).replace(
                "<console type='pty'><target type='serial' port='0'/></console>", ""))
        cls.stored = cls.host.stored_xml("box")

    @classmethod
    def file(cls, name, content):
        path = os.path.join(cls.host.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def tearDown(self):
        self.assertEqual(ctys_processes(), [])
        self.assertEqual(self.host.stored_xml("box"), self.stored, "the stored configuration was changed")
        self.assertEqual(self.host.virsh("dominfo", "box").count("Persistent:     yes"), 1)

    def run_ctys(self, *words, status=0):
        answer = self.host.ctys(*words)
        self.assertEqual(answer.status, status, answer)
        return answer

    def step(self, *words):
        return self.run_ctys(*words, "--plan", "--json").records()[0]["Detail"].split(", wait")[0].split(", open")[0]

    def test_00_a_plan_refuses_what_the_hypervisor_says_and_writes_nothing(self):
        self.run_ctys("attribute", "set", "box", "VRAM", "512", "--plan", status=REFUSED)
        self.assertEqual(self.step("attribute", "set", "box", "SERNO", "7"), "set SERNO to '7'")
        self.assertEqual(self.step("attribute", "delete", "box", "SERNO"), "nothing: SERNO was not set")

    def boots(self, text, *words):
        """Starts the machine once in this way, waits for the medium's words, and stops it."""
        with open(self.log, "w", encoding="ascii"):
            pass
        self.run_ctys(*words)
        self.assertEqual(self.host.stored_xml("box"), self.stored, "while it runs")
        said = lambda: open(self.log, encoding="ascii", errors="replace").read()
        wait_for(lambda: text in said(), f"'{text}' on the serial line")
        self.run_ctys("kill", "box")
        self.assertIn("box", self.host.virsh("list", "--all", "--name"), "it is still defined")

    def test_01_one_start_from_a_hard_disk(self):
        disk = self.file("disk.img", disk_image("booted from a hard disk"))
        self.boots("booted from a hard disk", "start", "box", "--boot", "hdd:" + disk)

    def test_02_one_start_from_a_cd_in_the_classic_grammar(self):
        image = self.file("cd.iso", cd_image("booted from a CD"))
        self.boots("booted from a CD", "-t", "QEMU", "-a", f"create=l:box,reuse,console:none,bootmode:CD%{image}")

    def test_03_one_start_from_a_floppy(self):
        image = self.file("floppy.img", floppy_image("booted from a floppy"))
        self.boots("booted from a floppy", "start", "box", "--boot", "fdd:" + image)

    def test_04_one_start_of_another_kernel_command_line(self):
        self.boots("guest other is up", "start", "box", "--kernel", self.image + "/vmlinuz", "--initrd",
                   self.image + "/initrd.img", "--append", "console=ttyS0 quiet guest.name=other")

    def test_05_a_medium_that_is_not_there_starts_nothing(self):
        answer = self.run_ctys("start", "box", "--boot", "cd:/nowhere/at/all.iso", status=USAGE)
        self.assertIn("there is no such file", answer.err)
        self.run_ctys("start", "box", "--kernel", "/nowhere/vmlinuz", status=USAGE)
        self.run_ctys("start", "box", "--kernel", "/nowhere/vmlinuz", "--plan", status=USAGE)
        planned = self.run_ctys("start", "box", "--boot", "cd:/nowhere/at/all.iso", "--plan", status=USAGE)
        self.assertIn("there is no such file", planned.err)
        self.run_ctys("start", "box", "--boot", "cd", status=USAGE)
        self.run_ctys("start", "box", "--boot", "pxe", status=USAGE)
        self.assertEqual(self.host.state("box"), "shut off")

    def test_06_a_libvirt_file_becomes_a_machine_and_is_used_again(self):
        port = free_port()
        path = self.file("fromxml.xml", guest("xml", "--name", "fromxml", "--ssh-port", str(port)).encode())
        self.assertEqual(self.step("start", path), f"define it by {path}, start unless it is running")
        machine = self.run_ctys("start", path, "--wait", "ssh", "--json").records()[0]
        self.assertEqual((machine["Name"], machine["ID"], machine["Result"]), ("fromxml", path, "done"))
        self.assertEqual(in_guest(port, "hostname"), "fromxml")
        self.assertEqual(self.run_ctys("start", path, "--json").records()[0]["Result"], "already")
        self.run_ctys("create", path, "--console", "none", status=REFUSED)
        self.run_ctys("create", path, "--console", "none", "--plan", status=REFUSED)
        self.run_ctys("attribute", "set", "fromxml", "OS=Linux")
        self.run_ctys("kill", "fromxml")
        again = self.run_ctys("start", path, "--json").records()[0]
        self.assertEqual((again["UUID"], again["OS"]), (machine["UUID"], "Linux"))
        self.run_ctys("kill", "fromxml")
        with open(path, encoding="utf-8") as file:
            changed = file.read().replace(">192<", ">208<")
        self.file("fromxml.xml", changed.encode())
        self.assertEqual(self.step("start", path), f"replace its stored definition by that of {path} unless it is the "
                         "same, start unless it is running")
        self.assertIn("replaced by that of", self.run_ctys("start", path, "--json").records()[0]["Detail"])
        self.assertIn(str(208 * 1024), self.host.virsh("dominfo", "fromxml"))
        self.run_ctys("kill", "fromxml")

    def test_07_a_ctys_file_becomes_a_machine_that_boots(self):
        path = self.file("classic.ctys", f"""#!/bin/bash
#@#MAGICID-QEMU
#@#LABEL = "classic"
#@#UUID = "11111111-2222-4333-8444-0000000000b2"
#@#MAC0 = "52:54:00:aa:00:b2"
#@#DIST = "debian"
#@#VCPU = "-3"
LABEL=classic
MAC0=52:54:00:aa:00:b2
ARCH=x86_64
MEMSIZE=192
NIC=virtio
KERNELIMAGE={self.image}/vmlinuz
INITRDIMAGE={self.image}/initrd.img
APPEND="console=ttyS0 quiet guest.name=classic"
DEFAULTBOOTMODE=KERNEL
""".encode())
        started = self.run_ctys("start", path, "--json")
        self.assertIn("VCPU '-3' is no number", started.err)  # what is passed over is told
        machine = started.records()[0]
        self.assertEqual((machine["Label"], machine["UUID"], machine["Distro"]),
                         ("classic", "11111111-2222-4333-8444-0000000000b2", "debian"))
        self.assertEqual(self.host.live("classic").get("type"), "qemu")
        pty = self.host.live("classic").find("devices/serial/source").get("path")
        with open(pty, "rb", buffering=0) as line:
            seen = b""
            while b"guest classic is up" not in seen:
                seen += line.read(256)
        self.run_ctys("stop", "classic")
        self.assertEqual(self.host.state("classic"), "shut off")

    def test_08_a_file_does_not_take_over_another_machine_of_its_name(self):
        path = self.file("clash.xml", guest("xml", "--name", "box").encode())
        for words in ([], ["--plan"]):
            self.assertIn("UUID", self.run_ctys("start", path, *words, status=REFUSED).err)

    def test_09_a_broken_file_is_told_with_its_place(self):
        path = self.file("broken.xml", b"<domain type='qemu'>\n  <name>x</nam>\n</domain>")
        answer = self.run_ctys("start", path, status=USAGE)
        self.assertIn("line 2", answer.err)
        self.assertIn("broken.xml", answer.err)

    def test_10_a_machine_from_a_file_that_cannot_start_is_not_left_behind(self):
        text = guest("xml", "--name", "stillborn").replace(self.image + "/vmlinuz", "/nowhere/vmlinuz")
        self.run_ctys("start", self.file("stillborn.xml", text.encode()), status=FAILED)
        self.assertNotIn("stillborn", self.host.virsh("list", "--all", "--name"))
