// What stands behind the opaque ctys_call, and the functions plugins may call: for workers of all kinds.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "wire/message.hpp"

#include <ctys/abi.h>

#include <string>
#include <string_view>

// One action on one plugin: where its messages go. The type is the plugin's opaque handle.
struct ctys_call {
  int out;
  std::string endpoint;
  ctys::Exit worst = ctys::Exit::ok;
  // What the plugin says of itself, put into the record of a probe.
  std::string category = {};
  std::string version = {};
  // Of a transport: what its callbacks work on.
  void* context = nullptr;
};

namespace ctys::plugin {

// What plugins get as their ctys_host: every function sends one message to call->out.
[[nodiscard]] const ctys_host& host_functions();

// Sends it; ends this process when nobody listens any more.
void send(int out, const wire::Message& message);
void send_error(ctys_call* call, Error error);

inline std::string_view view(ctys_str s) {
  return s.ptr == nullptr ? std::string_view{} : std::string_view{s.ptr, s.len};
}
inline ctys_str borrow(std::string_view s) {
  return {s.data(), s.size()};
}

}  // namespace ctys::plugin
