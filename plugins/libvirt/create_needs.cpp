// What a start needs of its machine.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/create_needs.hpp"

#include "libvirt/driver.hpp"

#include <ctys/uri.hpp>

#include <system_error>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

namespace ctys::libvirt {
namespace {

Error refusal(const Domain& domain, std::string why, std::string fix) {
  return {Exit::refused, "cannot start " + domain.label(), std::move(why), std::move(fix)};
}

bool waits_for_agent(const CreateWish& wish) {
  return std::any_of(wish.waits.begin(), wish.waits.end(),
                     [](const Wait& wait) { return wait.wanted == Readiness::agent; });
}

// Waiting for an agent that cannot be spoken to would end in vain.
void expect_channel(const CreateWish& wish, const Domain& domain) {
  if (waits_for_agent(wish) && domain.agent == Agent::none)
    throw refusal(domain, "it has no channel for a guest agent to wait for",
                  "add a channel org.qemu.guest_agent.0 to it, or wait for ssh");
}

void expect_console(const CreateWish& wish, const Domain& domain) {
  if (wish.console == "VNC" && domain.vnc() == nullptr)
    throw refusal(domain, "it has no VNC display to open",
                  "add <graphics type='vnc'/> to it, or choose the text console (--console cli)");
  if (wish.console == "CLI" && domain.serials.empty())
    throw refusal(domain, "it has no serial console to open",
                  "add one (virsh edit), open its display (--console vnc), or none (--console none)");
  if (wish.console == "ANY" && domain.serials.empty() && domain.vnc() == nullptr)
    throw refusal(domain, "it has neither a serial console nor a VNC display to open",
                  "add one (virsh edit), or start it without: ctys start " + domain.label());
}

// What the command line names on this host.
void expect_files(const CreateWish& wish, const Domain& domain, std::string_view uri) {
  if (!is_local(uri)) return;
  for (const auto& path : {wish.boot.path, wish.boot.initrd}) {
    std::error_code error;
    if (path.empty()) continue;
    const auto kind = std::filesystem::status(path, error).type();
    std::string why;
    if (kind == std::filesystem::file_type::directory) why = "it is a folder";
    if (kind == std::filesystem::file_type::not_found) why = "there is no such file";
    if (error == std::errc::filename_too_long) why = "no file has such a long name";
    if (!why.empty())
      throw Error(Exit::usage, "cannot boot " + domain.label() + " from " + path, why, "check the path");
  }
}

}  // namespace

void expect_startable(const CreateWish& wish, const Domain& domain, std::string_view uri) {
  expect_channel(wish, domain);
  expect_console(wish, domain);
  expect_files(wish, domain, uri);
}

void expect_takeable(const CreateWish& wish, const Domain& domain, const State& now) {
  // Whoever only connects to a paused machine has it as it is.
  const bool sleeps = wish.mode == Mode::connect && now.is_paused();
  if (!sleeps && waits_for_agent(wish)) expect_agent(domain, domain.label());
  if (wish.console == "CLI" && domain.serials.empty())
    throw Error(Exit::failed, "cannot open the console of " + domain.label(), "it has no serial console",
                "add one (virsh edit), or open its display: VNC");
  if (wish.console == "VNC" && domain.vnc() == nullptr)
    throw Error(Exit::failed, "cannot open a viewer on " + domain.label(), "it has no VNC display",
                "add <graphics type='vnc'/> to it, or choose the text console (--console cli)");
}

}  // namespace ctys::libvirt
