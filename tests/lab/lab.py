"""What the tests with real guests share: a private libvirtd, machines on it, and ctys as a user calls it.
SPDX-License-Identifier: GPL-3.0-or-later"""
import json
import os
import pty
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import termios
import time
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("CTYS_BUILD", os.path.join(HERE, "..", "..", "build"))
CTYS = os.path.join(BUILD, "bin", "ctys")
LONG = 120  # seconds: a loaded machine boots a guest under emulation in half of that

# Exit statuses.
FAILED, USAGE, UNREACHABLE, DEADLINE, REFUSED, NOTHING = 1, 2, 3, 4, 5, 6


def output_of(*argv, **more):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True, timeout=LONG, **more).stdout


def wait_for(condition, what, limit=LONG):
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {limit} s: {what}")
        time.sleep(0.05)


def kill_all(pids, number=signal.SIGKILL):
    """Sends a signal to processes, of which some may end because others do."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def guest(*words):
    return output_of(os.path.join(HERE, "guest.sh"), *words)


def in_guest(port, command, check=True):
    """Runs a command in the guest over SSH and gives its output."""
    run = subprocess.run([os.path.join(HERE, "guest.sh"), "ssh", str(port), command], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True, timeout=LONG, check=False)
    if check and run.returncode != 0:
        raise AssertionError(f"in the guest: {command}: {run.stderr}")
    return run.stdout.strip()


class Answer:
    """What one call of ctys said."""

    def __init__(self, argv, run, seconds):
        self.argv, self.status, self.out, self.err, self.seconds = argv, run.returncode, run.stdout, run.stderr, seconds

    def records(self):
        return [record for record in json.loads(self.out) if "error" not in record]

    def __str__(self):
        return f"{' '.join(self.argv)}\n  status {self.status} after {self.seconds:.1f} s\n  {self.out}{self.err}"


class Home:
    """A user's surroundings: home, run-time directory, and the libvirt that ctys asks."""

    def __init__(self, folder, uri=None):
        self.folder = folder
        run = os.path.join(folder, "run")
        os.makedirs(run, mode=0o700, exist_ok=True)
        self.environment = {
            "HOME": folder, "XDG_RUNTIME_DIR": run, "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "LC_ALL": "C.UTF-8", "TERM": "dumb",
        }
        if uri:
            self.environment["LIBVIRT_DEFAULT_URI"] = uri

    def ctys(self, *words, limit=LONG, before=(), environment=None):
        argv = [*before, CTYS, *words]
        start = time.monotonic()
        run = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             errors="replace", timeout=limit, check=False, env={**self.environment, **(environment or {})})
        return Answer(["ctys", *words], run, time.monotonic() - start)


class Host(Home):
    """A private libvirtd and its machines."""

    def __init__(self, *options):
        folder = tempfile.mkdtemp(prefix="ctyslab.")  # short: sockets live in it
        os.chmod(folder, 0o755)
        self.libvirt = os.path.join(folder, "lv")
        self.script = os.path.join(HERE, "libvirtd.sh")
        try:
            uri = output_of(self.script, "start", self.libvirt, *options).strip()
        except BaseException:
            self.keep_or_remove(folder)
            raise
        super().__init__(folder, uri)
        self.uri = uri
        self.pid = int(output_of(self.script, "pid", self.libvirt))

    @staticmethod
    def keep_or_remove(folder):
        kept = os.environ.get("CTYS_KEEP_LOGS")
        if kept:
            for name in ("lv/libvirtd.log", "lv/out.log", "lv/log/libvirt/qemu"):
                source = os.path.join(folder, name)
                target = os.path.join(kept, os.path.basename(folder) + "." + os.path.basename(name))
                if os.path.isdir(source):
                    shutil.copytree(source, target, dirs_exist_ok=True)
                elif os.path.exists(source):
                    shutil.copy(source, target)
        shutil.rmtree(folder, ignore_errors=True)

    def inside(self):
        """Words before a command that is to see this libvirtd as qemu:///system, and its network."""
        return [self.script, "exec", self.libvirt]

    def virsh(self, *words):
        return output_of("virsh", "-q", "-c", self.uri, *words, stderr=subprocess.STDOUT)

    def state(self, name):
        return self.virsh("domstate", name).strip()

    def stored_xml(self, name):
        return self.virsh("dumpxml", "--inactive", "--security-info", name)

    def live(self, name):
        return ElementTree.fromstring(self.virsh("dumpxml", name))

    def process_of(self, name):
        ours = os.readlink(f"/proc/{self.pid}/ns/mnt")
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    words = file.read()
                namespace = os.readlink(f"/proc/{pid}/ns/mnt")
            except OSError:
                continue
            if f"guest={name},".encode() in words and namespace == ours:
                return int(pid)
        raise AssertionError(f"{name} has no process")

    def define(self, name, *words, change=lambda text: text):
        """Defines a guest; gives the port of its SSH server."""
        port = free_port()
        text = change(guest("xml", "--name", name, "--ssh-port", str(port), *words))
        self.define_xml(text)
        return port

    def define_xml(self, text):
        path = os.path.join(self.folder, "new.xml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.virsh("define", path)
        os.unlink(path)

    def close(self):
        kill_all([self.pid], signal.SIGCONT)
        subprocess.run([self.script, "stop", self.libvirt], check=False, timeout=LONG)
        self.keep_or_remove(self.folder)


class Terminal:
    """A terminal of its own with a program in it, as a person uses it."""

    def __init__(self, argv, environment):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.environ.clear()
            os.environ.update(environment)
            # The shell stands for the user's: it lives on and shows what the program left behind.
            os.execv("/bin/sh", ["sh", "-c", '"$@"; echo "[status $?]"; stty -a; cat', "sh", *argv])
        self.seen = ""

    def type(self, text):
        data = text.encode()
        while data:
            data = data[os.write(self.master, data[:512]):]

    def expect(self, text, limit=LONG):
        """Reads until the text appears; gives everything up to it and forgets that."""
        end = time.monotonic() + limit
        while text not in self.seen:
            ready, _, _ = select.select([self.master], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise AssertionError(f"no '{text}' within {limit} s in the terminal:\n{self.seen}")
            try:
                data = os.read(self.master, 65536)
            except OSError:
                data = b""
            if not data:
                raise AssertionError(f"the terminal ended without '{text}':\n{self.seen}")
            self.seen += data.decode(errors="replace")
        cut = self.seen.index(text) + len(text)
        before, self.seen = self.seen[:cut], self.seen[cut:]
        return before

    def modes(self):
        """Input, output, control and local modes."""
        return termios.tcgetattr(self.master)[:4]

    def program(self):
        """The process id of the program in the terminal."""
        children = open(f"/proc/{self.pid}/task/{self.pid}/children", encoding="ascii").read().split()
        return int(children[0]) if children else None

    def close(self):
        kill_all(pid for pid in (self.program(), self.pid) if pid)
        os.waitpid(self.pid, 0)
        os.close(self.master)


def ctys_processes():
    """Every process of the program under test."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.path.samefile(os.readlink(f"/proc/{pid}/exe"), CTYS):
                found.append(int(pid))
        except OSError:
            continue
    return found


def boot_sector(text):
    """512 bytes that a BIOS boots, which say the text on the first serial port again and again."""
    code = bytes.fromhex("31c08ed8be177cbaf803fcac08c07403eeebf8fbf4ebed")
    data = code + text.encode("ascii") + b"\r\n\0"
    return data.ljust(510, b"\0") + b"\x55\xaa"


def floppy_image(text):
    return boot_sector(text).ljust(1474560, b"\0")


def disk_image(text):
    return boot_sector(text).ljust(1 << 20, b"\0")


def cd_image(text):
    """The least that El Torito asks for: a volume, a boot record, a catalogue, and the sector itself."""
    def sector(*parts):
        return b"".join(parts).ljust(2048, b"\0")
    volume = sector(b"\x01CD001\x01\0", b" " * 32, b"CTYSLAB".ljust(32), b"\0" * 8,
                    (21).to_bytes(4, "little"), (21).to_bytes(4, "big"))
    record = sector(b"\0CD001\x01", b"EL TORITO SPECIFICATION".ljust(32, b"\0"), b"\0" * 32, (19).to_bytes(4, "little"))
    end = sector(b"\xffCD001\x01")
    validation = b"\x01\0\0\0" + b"\0" * 24 + b"\xaa\x55" + b"\x55\xaa"
    entry = b"\x88\0\0\0\0\0\x01\0" + (20).to_bytes(4, "little")
    return b"\0" * 2048 * 16 + volume + record + end + sector(validation, entry) + sector(boot_sector(text))
