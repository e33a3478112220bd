"""Networks of their own for tests: namespaces, and links between them that lose and delay packets.
SPDX-License-Identifier: GPL-3.0-or-later

The links are made of TUN devices, whose packets a thread carries: they need nothing of the kernel but these."""
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
import time

TUNSETIFF, IFF_TUN_NO_PI = 0x400454CA, 0x1001


def run(*words):
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


class Network:
    """Hosts with networks of their own. No host forwards a packet: only neighbours reach each other."""

    def __init__(self, *names):
        self.spaces = {name: f"ctys{os.getpid()}{name}" for name in names}
        self.links = []
        try:
            for space in self.spaces.values():
                run("ip", "netns", "add", space)
                run("ip", "-n", space, "link", "set", "lo", "up")
        except BaseException:
            self.close()
            raise

    def inside(self, name):
        """Words in front of a command that is to run there."""
        return ["ip", "netns", "exec", self.spaces[name]]

    def link(self, one, other, number, delay=0.0, loss=0.0):
        """Joins two hosts; gives the address of each: 10.99.NUMBER.1 and .2. `delay`: seconds, one way."""
        ends = []
        for name, own, peer in ((one, 1, 2), (other, 2, 1)):
            device = f"tun{number}"
            # The device is made here and moved there: its packets still come to this process.
            end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH22x", f"c{os.getpid()}x{own}{number}".encode(), IFF_TUN_NO_PI))
            ends.append(end)
            space = self.spaces[name]
            run("ip", "link", "set", f"c{os.getpid()}x{own}{number}", "netns", space, "name", device)
            run("ip", "-n", space, "addr", "add", f"10.99.{number}.{own}", "peer", f"10.99.{number}.{peer}", "dev", device)
            run("ip", "-n", space, "link", "set", device, "up")
        self.links.append(Link(ends, delay, loss))
        return f"10.99.{number}.1", f"10.99.{number}.2"

    def close(self):
        for link in self.links:
            link.close()
        for space in self.spaces.values():
            subprocess.run(["ip", "netns", "del", space], check=False, stderr=subprocess.DEVNULL)


class Link:
    """Carries packets between two TUN devices."""

    def __init__(self, ends, delay, loss):
        self.ends, self.delay, self.loss = ends, delay, loss
        self.dice = random.Random(4711)
        self.lost = self.carried = 0
        self.wake, self.stop = os.pipe()
        self.thread = threading.Thread(target=self.carry, daemon=True)
        self.thread.start()

    def carry(self):
        waiting = []  # (when, number, to, packet)
        while True:
            left = max(0, waiting[0][0] - time.monotonic()) if waiting else None
            ready, _, _ = select.select([*self.ends, self.wake], [], [], left)
            if self.wake in ready:
                return
            for end in ready:
                packet = os.read(end, 65536)
                self.carried += 1
                if self.dice.random() < self.loss:
                    self.lost += 1
                    continue
                other = self.ends[1 - self.ends.index(end)]
                heapq.heappush(waiting, (time.monotonic() + self.delay, self.carried, other, packet))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, other, packet = heapq.heappop(waiting)
                try:
                    os.write(other, packet)
                except OSError:
                    self.lost += 1  # the device is down, or its queue is full

    def close(self):
        os.write(self.stop, b"x")
        self.thread.join()
        for fd in (*self.ends, self.wake, self.stop):
            os.close(fd)
