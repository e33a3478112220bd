// Waits until something is true of a domain, woken by libvirt's events.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "libvirt/connection.hpp"

#include <ctys/plugin.hpp>

#include <libvirt/libvirt.h>

#include <array>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace ctys::libvirt {

using Clock = std::chrono::steady_clock;

inline constexpr std::chrono::seconds kOtherwise{300};  // of an action, where no deadline was given
// When an action must have come to its end: a little before the request's deadline, so that it can still say
// what was reached. `otherwise`: where the request has none.
[[nodiscard]] Clock::time_point end_of(const Request& request, std::chrono::seconds otherwise);
[[nodiscard]] std::string to_text(Clock::duration span);  // "12 s", "0.3 s", "50 ms"

// What a domain does right now. A transient one that is gone counts as off.
struct State {
  int state = VIR_DOMAIN_SHUTOFF;  // virDomainState
  int reason = 0;                  // of that state's own enumeration
  bool saved = false;              // off, with a managed save image
  bool gone = false;               // transient, and ended

  // A process of it exists, whatever the guest does.
  [[nodiscard]] bool is_active() const noexcept {
    return state != VIR_DOMAIN_SHUTOFF && (state != VIR_DOMAIN_CRASHED || crashed_but_kept);
  }
  [[nodiscard]] bool is_running() const noexcept {
    return state == VIR_DOMAIN_RUNNING || state == VIR_DOMAIN_BLOCKED || state == VIR_DOMAIN_NOSTATE;
  }
  // libvirt shows a machine that is just being started as paused, which it has never been by anybody's wish.
  [[nodiscard]] bool is_starting() const noexcept {
    return state == VIR_DOMAIN_PAUSED && reason == VIR_DOMAIN_PAUSED_STARTING_UP;
  }
  // Nor is one that stands still while its state is written to disk.
  [[nodiscard]] bool is_saving() const noexcept {
    return state == VIR_DOMAIN_PAUSED && reason == VIR_DOMAIN_PAUSED_SAVE;
  }
  [[nodiscard]] bool is_paused() const noexcept {
    return state == VIR_DOMAIN_PAUSED && !is_starting() && !is_saving();
  }
  // Stands still for ever, its process kept for whoever wants to look at it.
  [[nodiscard]] bool has_crashed() const noexcept { return state == VIR_DOMAIN_CRASHED && crashed_but_kept; }
  // It has crashed, and libvirt, or somebody by its hand, is writing its memory to a file.
  [[nodiscard]] bool is_dumping() const noexcept { return has_crashed() && dumping; }
  // Started from nothing, which is not what a saved state comes back as.
  [[nodiscard]] bool is_booted() const noexcept {
    return state == VIR_DOMAIN_RUNNING && reason == VIR_DOMAIN_RUNNING_BOOTED;
  }
  // Off, and by no hand of a hypervisor's user.
  [[nodiscard]] bool ended_by_itself() const noexcept {
    return state == VIR_DOMAIN_SHUTOFF && !saved && !gone &&
           (reason == VIR_DOMAIN_SHUTOFF_SHUTDOWN || reason == VIR_DOMAIN_SHUTOFF_UNKNOWN);
  }
  bool crashed_but_kept = false;
  bool dumping = false;
};
[[nodiscard]] State state_of(virDomainPtr domain);
// Is the memory of a machine that has crashed being dumped?
[[nodiscard]] bool is_being_dumped(virDomainPtr crashed);

// How a machine that is off came to be so, for one that had been asked to shut down: its own doing, or
// somebody else's meanwhile. For a result's line.
[[nodiscard]] std::string words_of_end(const State& off);
// What brings a machine up again that was to run and is off. `log`: where its hypervisor writes.
[[nodiscard]] std::string fix_of_end(const State& off, const std::string& title, const std::string& log);

// Listens to one domain from its construction on; nothing that happens after that is missed.
class Watch {
 public:
  Watch(const Connection& connection, virDomainPtr domain);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

  // Runs libvirt's event loop until done() is true; false when `until` comes first. done() is asked at once,
  // after every event of the domain, and every `interval`, because some drivers have no events. Throws
  // Error{unreachable} when the connection is lost.
  bool wait(Clock::time_point until, const std::function<bool()>& done,
            std::chrono::milliseconds interval = std::chrono::milliseconds(1000));
  // Only keeps the connection alive for that long.
  void pass(std::chrono::milliseconds span);

  // How often the machine was reset, by itself or from outside, since this object exists.
  [[nodiscard]] unsigned resets() const noexcept { return resets_; }
  [[nodiscard]] bool hears_resets() const noexcept { return callbacks_[1] >= 0; }

 private:
  void run_once(Clock::time_point until);

  virConnectPtr connection_;
  int timer_;
  std::array<int, 3> callbacks_{-1, -1, -1};  // lifecycle, reset, agent
  unsigned events_ = 0;
  unsigned resets_ = 0;
};

}  // namespace ctys::libvirt
