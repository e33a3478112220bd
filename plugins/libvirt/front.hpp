// What plugins/qemu and plugins/test are made of: endpoints at once, everything else by the adapter.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/driver.hpp"

#include <ctys/plugin.hpp>

namespace ctys::libvirt {

// The actions of a driver, from libvirt-adapter.so in the folder of the calling plugin, loaded by the first
// call. Throws Error where it cannot be loaded, e.g. because libvirt is not installed.
[[nodiscard]] const ctys_plugin& adapter_of(const Driver& driver);

template <const Driver& kDriver>
struct Front {
  const ctys_host* host;
  ctys_call* call;

  static void* open(const ctys_host* host, ctys_call* call) noexcept {
    void* made = nullptr;
    detail::guard(*host, call, [&] { made = std::make_unique<Front>(Front{host, call}).release(); });
    return made;
  }
  static void close(void* self) noexcept { delete static_cast<Front*>(self); }

  static void endpoints(void* self, const ctys_request* request, void* receiver,
                        ctys_endpoint_fn receive) noexcept {
    try {
      constexpr std::int32_t kWarning = 1;
      const Request asked(*request);
      const auto uris = kDriver.endpoints(asked);
      const auto unasked = kDriver.unasked(asked);
      const auto* front = static_cast<Front*>(self);
      if (front != nullptr && !unasked.empty())
        front->host->log(front->call, kWarning, detail::borrow(unasked));
      // Each is asked in a child of this process: what all of them need is loaded once.
      if (uris.size() > 1) (void)adapter_of(kDriver);
      for (const auto& uri : uris) receive(receiver, detail::borrow(uri));
    } catch (...) {
      receive(receiver, ctys_str{nullptr, 0});  // the action itself will say what is wrong
    }
  }

  template <ctys_action_fn ctys_plugin::*kAction>
  static std::int32_t forward(void* self, const ctys_request* request, ctys_call* call) noexcept {
    const ctys_host* host = static_cast<Front*>(self)->host;
    const ctys_plugin* table = nullptr;
    const auto status = detail::guard(*host, call, [&] { table = &adapter_of(kDriver); });
    if (table == nullptr) return status;
    void* instance = table->open(host, call);
    if (instance == nullptr) return static_cast<std::int32_t>(Exit::failed);  // it said why
    const auto result = (table->*kAction)(instance, request, call);
    table->close(instance);
    return result;
  }

  [[nodiscard]] static ctys_plugin table(std::string_view summary) {
    ctys_plugin table{};
    table.magic = CTYS_ABI_MAGIC;
    table.abi_major = CTYS_ABI_MAJOR;
    table.abi_minor = CTYS_ABI_MINOR;
    table.size = sizeof table;
    table.type = detail::borrow(kDriver.type);
    table.category = detail::borrow("VMs");
    table.version = detail::borrow(kVersion);
    table.summary = detail::borrow(summary);
    table.open = open;
    table.close = close;
    table.endpoints = endpoints;
    table.probe = forward<&ctys_plugin::probe>;
    table.list = forward<&ctys_plugin::list>;
    table.enumerate = forward<&ctys_plugin::enumerate>;
    table.show = forward<&ctys_plugin::show>;
    table.create = forward<&ctys_plugin::create>;
    table.cancel = forward<&ctys_plugin::cancel>;
    table.attribute = forward<&ctys_plugin::attribute>;
    table.console = forward<&ctys_plugin::console>;
    return table;
  }
};

}  // namespace ctys::libvirt

#define CTYS_LIBVIRT_PLUGIN(driver, summary)                                                       \
  extern "C" __attribute__((visibility("default"))) const ctys_plugin* ctys_plugin_entry() {       \
    static const ctys_plugin kTable = ctys::libvirt::Front<ctys::libvirt::driver>::table(summary); \
    return &kTable;                                                                                \
  }
