// The actions of a libvirt plugin, the same for every driver. See docs/plugins.md.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/driver.hpp"

#include <ctys/plugin.hpp>

namespace ctys::libvirt {

void probe(const Driver& driver, const Request& request, Call& call);
void list(const Driver& driver, const Request& request, Call& call);
void enumerate(const Driver& driver, const Request& request, Call& call);
void show(const Driver& driver, const Request& request, Call& call);
void attribute(const Driver& driver, const Request& request, Call& call);
void create(const Driver& driver, const Request& request, Call& call);
void cancel(const Driver& driver, const Request& request, Call& call);
void console(const Driver& driver, const Request& request, Call& call);

// One driver's, as adapter.cpp hands them over.
template <const Driver& kDriver>
class Actions {
 public:
  void probe(const Request& request, Call& call) { libvirt::probe(kDriver, request, call); }
  void list(const Request& request, Call& call) { libvirt::list(kDriver, request, call); }
  void enumerate(const Request& request, Call& call) { libvirt::enumerate(kDriver, request, call); }
  void show(const Request& request, Call& call) { libvirt::show(kDriver, request, call); }
  void attribute(const Request& request, Call& call) { libvirt::attribute(kDriver, request, call); }
  void create(const Request& request, Call& call) { libvirt::create(kDriver, request, call); }
  void cancel(const Request& request, Call& call) { libvirt::cancel(kDriver, request, call); }
  void console(const Request& request, Call& call) { libvirt::console(kDriver, request, call); }
};

}  // namespace ctys::libvirt
