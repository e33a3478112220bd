// Runs telinit in a guest by guest-exec of its agent.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/cancel_level.hpp"

#include "libvirt/domain.hpp"

#include <libvirt/libvirt-qemu.h>
#include <nlohmann/json.hpp>

namespace ctys::libvirt {
namespace {

using nlohmann::json;

constexpr int kAgentSeconds = 5;

// The "return" of an agent's answer, which is a guest's text: anything may be in it.
json ask_agent(virDomainPtr domain, const json& command, const std::string& what) {
  const Text answer(virDomainQemuAgentCommand(domain, command.dump().c_str(), kAgentSeconds, 0));
  if (!answer) throw last_error(what);
  const json parsed = json::parse(answer.get(), nullptr, false);
  if (!parsed.is_object() || !parsed.contains("return") || !parsed["return"].is_object())
    throw Error(Exit::failed, what, "its agent gave an answer that makes no sense");
  return parsed["return"];
}

std::int64_t integer(const json& object, const char* key, std::int64_t otherwise) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : otherwise;
}

}  // namespace

void LevelChange::expect_agent(virDomainPtr domain, const std::string& title) {
  if (parse_domain(xml_of(domain)).agent == Agent::none)
    throw Error(Exit::failed, "cannot change the run level of " + title,
                "only the guest can, and the machine has no channel for a guest agent",
                "add a channel named org.qemu.guest_agent.0 and install qemu-guest-agent in the guest");
}

LevelChange::LevelChange(virDomainPtr domain, unsigned level, const std::string& title)
    : domain_(domain), what_("cannot change the run level of " + title) {
  const json started = ask_agent(
      domain,
      {{"execute", "guest-exec"}, {"arguments", {{"path", "telinit"}, {"arg", {std::to_string(level)}}}}},
      what_);
  pid_ = integer(started, "pid", -1);
}

void LevelChange::wait(Watch& watch, Clock::time_point until) const {
  json status;
  const bool ended = watch.wait(
      until,
      [&] {
        status =
            ask_agent(domain_, {{"execute", "guest-exec-status"}, {"arguments", {{"pid", pid_}}}}, what_);
        return status.value("exited", json(false)) == json(true);
      },
      std::chrono::milliseconds(200));
  if (!ended) throw Error(Exit::deadline, what_, "telinit was started in the guest and has not ended");
  if (const std::int64_t code = integer(status, "exitcode", -1); code != 0)
    throw Error(Exit::failed, what_, "telinit in the guest ended with status " + std::to_string(code));
}

}  // namespace ctys::libvirt
