// Waits until something is true of a domain: libvirt's events, with a look now and then.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/wait.hpp"

#include "libvirt/guest_call.hpp"

#include <libvirt/virterror.h>

#include <algorithm>
#include <memory>

namespace ctys::libvirt {
namespace {

using std::chrono::milliseconds;

// libvirt takes callbacks of every kind as one type. By way of void(*)(), the function pointer that means
// "any".
template <class Function>
virConnectDomainEventGenericCallback generic(Function* function) {
  return reinterpret_cast<virConnectDomainEventGenericCallback>(reinterpret_cast<void (*)()>(function));
}

}  // namespace

Clock::time_point end_of(const Request& request, std::chrono::seconds otherwise) {
  const auto left = request.deadline();
  if (!left) return Clock::now() + otherwise;
  const milliseconds margin = std::min<milliseconds>(*left / 10, milliseconds(500));
  return Clock::now() + *left - margin;
}

std::string to_text(Clock::duration span) {
  const auto whole = std::chrono::duration_cast<milliseconds>(span).count();
  if (whole < 100) return std::to_string(whole) + " ms";
  const auto tenths = whole / 100;
  if (tenths >= 100) return std::to_string(tenths / 10) + " s";
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

State state_of(virDomainPtr domain) {
  State now;
  if (virDomainGetState(domain, &now.state, &now.reason, 0) < 0) {
    if (last_reason().code != VIR_ERR_NO_DOMAIN) throw last_error_of(domain, "cannot read the state of");
    now.state = VIR_DOMAIN_SHUTOFF;
    now.gone = true;
    return now;
  }
  if (now.state == VIR_DOMAIN_CRASHED) now.crashed_but_kept = virDomainIsActive(domain) == 1;
  if (now.has_crashed()) now.dumping = is_being_dumped(domain);
  if (!now.is_active()) now.saved = virDomainHasManagedSaveImage(domain, 0) == 1;
  return now;
}

// A dump is the only long job that libvirt runs on such a machine. Its process may hang meanwhile, and the
// question with it.
bool is_being_dumped(virDomainPtr crashed) {
  const auto job = std::make_shared<virDomainJobInfo>();  // the thread's, until it has ended
  const GuestCall asked(
      crashed, [job](virDomainPtr domain) { return virDomainGetJobInfo(domain, job.get()); },
      "cannot ask what is done with it");
  if (!asked.ends_within(milliseconds(500))) return true;
  // Completed is what QEMU had to write: libvirt has yet to close the file. Without an answer it has ended.
  return !asked.failure() && job->type != VIR_DOMAIN_JOB_NONE;
}

std::string words_of_end(const State& off) {
  if (off.gone) return "ended after it was asked to shut down";  // libvirt keeps nothing of it, no reason
  if (off.state == VIR_DOMAIN_CRASHED) return "crashed meanwhile";
  switch (off.reason) {
    case VIR_DOMAIN_SHUTOFF_SHUTDOWN:
      return "shut down by its own system";
    case VIR_DOMAIN_SHUTOFF_DESTROYED:
      return "switched off by somebody else meanwhile";
    case VIR_DOMAIN_SHUTOFF_CRASHED:  // libvirt says the same of both
      return "ended by itself: its system crashed, or its hypervisor's process died";
    case VIR_DOMAIN_SHUTOFF_MIGRATED:
      return "moved to another host by somebody else meanwhile";
    case VIR_DOMAIN_SHUTOFF_SAVED:
      return "saved by somebody else meanwhile";
    case VIR_DOMAIN_SHUTOFF_FAILED:
      return "ended by a failure of its process";
    default:
      return "off after it was asked to shut down";
  }
}

std::string fix_of_end(const State& off, const std::string& title, const std::string& log) {
  if (off.saved) return "go on from its saved state: ctys resume " + title;
  const bool ended = off.reason == VIR_DOMAIN_SHUTOFF_SHUTDOWN || off.reason == VIR_DOMAIN_SHUTOFF_DESTROYED;
  if (off.state == VIR_DOMAIN_SHUTOFF && !off.gone && ended)
    return "start it again, unless it was meant to end: ctys start " + title;
  return "look at the log of its hypervisor: " + log;
}

// The loop itself cannot be told how long to wait: a timer ends its turn. It is one for all turns, since the
// removal of a timer makes the loop's next turn end at once.
Watch::Watch(const Connection& connection, virDomainPtr domain)
    : connection_(connection.get()),
      timer_(virEventAddTimeout(
          -1, [](int, void*) {}, nullptr, nullptr)) {
  if (timer_ < 0) throw last_error("cannot wait for an event");
  const auto lifecycle = [](virConnectPtr, virDomainPtr, int, int, void* self) -> int {
    ++static_cast<Watch*>(self)->events_;
    return 0;
  };
  const auto reset = [](virConnectPtr, virDomainPtr, void* self) {
    ++static_cast<Watch*>(self)->events_;
    ++static_cast<Watch*>(self)->resets_;
  };
  const auto agent = [](virConnectPtr, virDomainPtr, int, int, void* self) {
    ++static_cast<Watch*>(self)->events_;
  };
  const auto listen = [&](int event, virConnectDomainEventGenericCallback callback) {
    return virConnectDomainEventRegisterAny(connection_, domain, event, callback, this, nullptr);
  };
  callbacks_ = {listen(VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                       generic<int(virConnectPtr, virDomainPtr, int, int, void*)>(+lifecycle)),
                listen(VIR_DOMAIN_EVENT_ID_REBOOT, generic<void(virConnectPtr, virDomainPtr, void*)>(+reset)),
                listen(VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE,
                       generic<void(virConnectPtr, virDomainPtr, int, int, void*)>(+agent))};
}

Watch::~Watch() {
  for (const int callback : callbacks_)
    if (callback >= 0) virConnectDomainEventDeregisterAny(connection_, callback);
  virEventRemoveTimeout(timer_);
}

void Watch::run_once(Clock::time_point until) {
  const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
  virEventUpdateTimeout(timer_, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000)));
  if (virEventRunDefaultImpl() < 0) throw last_error("cannot wait for an event");
  if (virConnectIsAlive(connection_) == 0)
    throw Error(Exit::unreachable, "lost the connection to libvirt while waiting",
                "its daemon has ended, or does not answer any more; what it was asked for may still happen",
                "see whether its daemon still runs, then list again (ctys list --all)");
}

bool Watch::wait(Clock::time_point until, const std::function<bool()>& done, milliseconds interval) {
  while (!done()) {
    if (Clock::now() >= until) return false;
    const auto next = std::min(until, Clock::now() + interval);
    for (const unsigned before = events_; events_ == before && Clock::now() < next;) run_once(next);
  }
  return true;
}

void Watch::pass(milliseconds span) {
  const auto until = Clock::now() + span;
  while (Clock::now() < until) run_once(until);
}

}  // namespace ctys::libvirt
