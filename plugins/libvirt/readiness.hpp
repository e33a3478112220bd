// Started means ready: waits until a guest answers in the way that was asked for, several times in a row.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/connection.hpp"
#include "libvirt/domain.hpp"
#include "libvirt/wait.hpp"

#include <ctys/plugin.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ctys::libvirt {

// In the order in which a starting guest reaches them, but for the agent, which is a branch of its own.
//   running  its process lives and was not stopped
//   net      an address of the guest answers: an ICMP echo, or TCP in any way that only a guest can cause
//   ssh      an SSH server introduces itself at the guest's address and port, or through a forwarded port
//   agent    the guest agent answers a ping
enum class Readiness { none, running, net, ssh, agent };

// Throws Error{usage} for any other word.
[[nodiscard]] Readiness parse_readiness(std::string_view word);

struct Wait {
  Readiness wanted = Readiness::running;
  Clock::time_point until;
  std::chrono::milliseconds pause{500};                        // between two questions that were not answered
  std::chrono::milliseconds at_most = std::chrono::hours(24);  // from the beginning of this wait on
  // The deadline that `until` comes from, as it was given: what is told when it is reached.
  std::optional<std::chrono::milliseconds> deadline = {};
};

// Throws Error{failed} where a machine that runs has no channel for an agent.
void expect_agent(const Domain& domain, const std::string& title);

// Returns when it is ready. Throws Error: deadline, with what was reached; failed, when the machine ended or
// can never become ready in this way.
void wait_ready(const Connection& connection, virDomainPtr domain, Watch& watch, const Wait& wait,
                const Call& call);

}  // namespace ctys::libvirt
