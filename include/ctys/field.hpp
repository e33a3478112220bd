// ctys/field.hpp - the numbers of all fields a record may have.
// SPDX-License-Identifier: GPL-3.0-or-later
//
// 1 to 47 are the columns of the inventory (`enum.fdb`) and of ENUMERATE, with the numbers they always had.
// From 64 on stand the fields that only running sessions, reports and results have. The numbers are part of
// the plugin interface and of the worker protocol: append, never renumber.
#pragma once

#include <cstdint>

namespace ctys {

enum class Field : std::uint32_t {
  host = 1,     // the machine that holds or executes the session
  type,         // QEMU, TEST, ...
  label,        // the user's name for it
  id,           // absolute path of the configuration file, or the plugin's own identity
  uuid,         // with dashes, lower case
  mac,          // of this interface, lower case, colons
  tcp,          // guest address or name
  display,      // VNC display number
  client_port,  // port a viewer connects to
  server_port,  // administration port, or path of a socket
  vnc_base,     // base for display arithmetic, 5900
  dist,         // guest distribution
  dist_rel,
  os,
  os_rel,
  version,  // of the machine's configuration
  serial,
  category,   // HOSTs, VMs, PMs
  vm_state,   // ACTIVE, BACKUP, DISABLED, EMPTY, IGNORE, TEMPLATE, TESTDUMMY or the user's own word
  hyper_rel,  // hypervisor used to install
  stack_cap,
  stack_req,
  hw_cap,
  hw_req,
  exec_location,
  reloc_cap,
  ssh_port,
  net_name,
  hyper_rel_run,  // hypervisor present now
  accelerator,    // KVM, QEMU (emulation), HVM, PARA, ...
  exe_path,
  index,
  if_name,
  ctys_release,
  netmask,
  gateway,
  relay,  // bridge or switch it is plugged into
  arch,
  platform,
  vram,  // MB
  vcpu,
  context,  // private to the plugin; of libvirt plugins the connection URI
  user_string,
  user,           // owner: user name
  group,          // owner: group name
  default_hosts,  // preferred login type
  default_console,

  pid = 64,  // of the process that runs the session
  cs_type,   // S server, C client, T tunnel
  job_id,
  state,  // running, paused, saved, stopped, crashed, dumping (crashed, its memory is being written to a
          // file), starting, saving, stopping, suspended, defined, unknown
  address_source,  // what answered for `tcp`: agent, lease, neighbour, attribute
  name,            // the hypervisor's own name for it
  result,          // of a writing action: done, already, failed, timed-out, skipped
  detail,          // one line about `result`, or the reason of a plugin's state
  topic,           // of a report (INFO, SHOW): the section
  key,             //   the name of one value
  value,           //   the value
  capability,      // capability string of a plugin
  listen,          // address or socket path the display listens on
  persistent,      // yes or no: is the configuration stored
  seen,            // of a record of the inventory: when a scan last found it, UTC, YYYY-MM-DDTHH:MM:SSZ
  age,             // how long ago that was, in words
  end_             // one past the last  NOLINT(readability-identifier-naming): no word of a record
};

inline constexpr std::uint32_t kFieldSlots = static_cast<std::uint32_t>(Field::end_);
inline constexpr std::uint32_t kInventoryFields = 47;

}  // namespace ctys
