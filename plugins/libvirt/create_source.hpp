// Which machine CREATE means: one that is defined, or one that a file describes.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/connection.hpp"
#include "libvirt/driver.hpp"
#include "libvirt/wait.hpp"

#include <ctys/plugin.hpp>

#include <string>

namespace ctys::libvirt {

struct Machine {
  DomainHandle handle;
  bool is_new = false;   // defined by this call: to be undefined when it cannot be started
  std::string replaced;  // the stored definition that the file's took the place of, to be restored then
  std::string path;      // of that file
};

// By UUID or name; with the option BYFILE, where that file is there, or else by ID, the absolute path of a
// libvirt XML file or a `.ctys` file. The machine of a file is the one with its UUID: an active or saved one
// is taken as it is, an inactive one is redefined and keeps the attributes that the file does not mention.
// The call is told which values of the file are passed over. Throws Error.
[[nodiscard]] Machine machine_of(const Driver& driver, const Connection& connection, const Request& request,
                                 const Call& call);

// What machine_of() would find, with nothing defined: for plans. Throws Error.
struct Found {
  std::string xml;  // as it runs, or would be started
  State state;
};
[[nodiscard]] Found look_at(const Driver& driver, const Connection& connection, const Request& request);

// Adds one more reason, if there is one, to why something failed.
void add_reason(Error& error, const std::string& reason);

// Brings back what was stored before machine_of(), unless the machine is active. Empty: done, else why not.
[[nodiscard]] std::string take_back(const Connection& connection, const Machine& machine);

}  // namespace ctys::libvirt
