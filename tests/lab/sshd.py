"""Hosts for tests without other hosts: an sshd on a loopback address for each, with a home of its own.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import threading

from lab import LONG, free_port, wait_for

KEYGEN = ["ssh-keygen", "-q", "-t", "ed25519", "-N", ""]


class Hosts:
    """Starts sshds and writes the SSH configuration that leads to them, for CTYS_SSH_CONFIG."""

    def __init__(self):
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        self.folder = tempfile.mkdtemp(prefix="ctysssh.")
        os.chmod(self.folder, 0o755)
        self.port = free_port()
        self.config = os.path.join(self.folder, "config")
        self.known = os.path.join(self.folder, "known_hosts")
        self.key = self.keypair("id")
        self.cache = os.path.join(self.folder, "cache")  # one for all, where a host wants no own
        self.addresses = {}
        self.pids = []
        self.servers = []
        self.lines = []
        open(self.known, "w", encoding="ascii").close()
        self.write_config()

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def keypair(self, name):
        path = self.path(name)
        subprocess.run([*KEYGEN, "-f", path], check=True)
        return path

    def public(self, path):
        with open(path + ".pub", encoding="ascii") as file:
            return " ".join(file.read().split()[:2])

    def new_address(self, name, address=None):
        self.addresses[name] = address or f"127.0.3.{len(self.addresses) + 1}"
        self.write_config()
        return self.addresses[name]

    def alias(self, name, of):
        self.addresses[name] = self.addresses[of]
        self.write_config()

    def write_config(self):
        with open(self.config, "w", encoding="ascii") as file:
            for line in self.lines:
                file.write(line + "\n")
            for name, address in self.addresses.items():
                file.write(f"Host {name}\n  HostName {address}\n")
            file.write(f"Host *\n  Port {self.port}\n  User root\n  IdentityFile {self.key}\n  IdentityAgent none\n"
                       f"  UserKnownHostsFile {self.known}\n  GlobalKnownHostsFile /dev/null\n"
                       "  KexAlgorithms curve25519-sha256\n")

    def know(self, address, key, mark=""):
        with open(self.known, "a", encoding="ascii") as file:
            file.write(f"{mark}[{address}]:{self.port} {self.public(key)}\n")

    def script(self, name, text):
        """A program in the folder, for ForceCommand."""
        path = self.path(name + ".sh")
        with open(path, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n" + text + "\n")
        os.chmod(path, stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
        return path

    def start(self, name, *options, known=True, login=True, environment=None, own_cache=False, address=None, before=()):
        """An sshd, on an address of its own or on the one given; `before`: words in front of its command."""
        address = self.new_address(name, address)
        os.makedirs(self.path(name, "home"))
        key = self.keypair(os.path.join(name, "host_key"))
        authorized = self.key + ".pub" if login else "/dev/null"
        values = {"HOME": self.path(name, "home"), "LIBVIRT_DEFAULT_URI": "test:///default"}
        if not own_cache:
            values["XDG_CACHE_HOME"] = self.cache
        values.update(environment or {})
        text = [*options, f"Port {self.port}", f"ListenAddress {address}", f"HostKey {key}", f"PidFile {self.path(name, 'pid')}",
                "UsePAM no", f"AuthorizedKeysFile {authorized}", "StrictModes no", "UseDNS no", "PermitRootLogin yes",
                "PasswordAuthentication no", "KbdInteractiveAuthentication no", "LogLevel ERROR"]
        if not any(option.startswith("MaxStartups") for option in options):
            text.append("MaxStartups 500:30:1000")
        text.append("SetEnv " + " ".join(f'"{key}={value}"' for key, value in values.items()))
        config = self.path(name, "sshd_config")
        with open(config, "w", encoding="utf-8") as file:
            file.write("\n".join(text) + "\n")
        subprocess.run([*before, "/usr/sbin/sshd", "-f", config, "-E", self.path(name, "log")], check=True, timeout=LONG,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: os.path.exists(self.path(name, "pid")) and os.path.getsize(self.path(name, "pid")), "sshd is up")
        with open(self.path(name, "pid"), encoding="ascii") as file:
            self.pids.append(int(file.read()))
        if known:
            self.know(address, key)
        return name

    def listen(self, name, serve=None, backlog=16):
        """A server that is no sshd: `serve` gets each connection; without one nobody accepts."""
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((self.new_address(name), self.port))
        server.listen(backlog)
        self.servers.append(server)

        def loop():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                self.servers.append(connection)
                serve(connection)

        if serve:
            threading.Thread(target=loop, daemon=True).start()
        return name

    def filtered(self, name):
        """A port that never answers: its queue is full, and the kernel drops what else comes."""
        self.listen(name, backlog=0)
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex((self.addresses[name], self.port))
            self.servers.append(client)
        return name

    def close(self):
        for pid in self.pids:
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
        for server in self.servers:
            try:
                server.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            server.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def workers():
    """Every process that serves another host."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
            if b"__worker" in words:
                found.append(int(pid))
        except OSError:
            continue
    return found


def sessions(config):
    """The processes an sshd has for its connections."""
    with open(os.path.join(os.path.dirname(config), "pid"), encoding="ascii") as file:
        server = int(file.read())
    found, new = [], [server]
    while new:
        parent = new.pop()
        try:
            with open(f"/proc/{parent}/task/{parent}/children", encoding="ascii") as file:
                children = [int(pid) for pid in file.read().split()]
        except OSError:
            continue
        found += children
        new += children
    return found
