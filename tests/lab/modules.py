#!/usr/bin/env python3
"""Copies kernel modules with what they depend on: modules.py MODULES TARGET LIST NAME... writes TARGET/LIST, the load order.
SPDX-License-Identifier: GPL-3.0-or-later"""
import os
import re
import shutil
import sys


def load_order(index, names):
    order = []

    def add(name):
        name = name.replace("-", "_")
        if name not in index or name in order:
            return  # built into the kernel, or there already
        with open(index[name], "rb") as file:
            depends = re.search(rb"\0depends=([^\0]*)\0", file.read())
        for needed in depends.group(1).decode().split(",") if depends and depends.group(1) else []:
            add(needed)
        order.append(name)

    for wanted in names:
        add(wanted)
    return order


def main():
    modules, target, listing, names = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    index = {
        file[:-3].replace("-", "_"): os.path.join(folder, file)
        for folder, _, files in os.walk(modules)
        for file in files
        if file.endswith(".ko")
    }
    if not index:
        sys.exit(f"modules.py: no modules below {modules}")
    order = load_order(index, names)
    for name in order:
        shutil.copyfile(index[name], os.path.join(target, name + ".ko"))
    with open(os.path.join(target, listing), "w", encoding="ascii") as file:
        file.write("".join(name + "\n" for name in order))


main()
