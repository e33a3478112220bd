// Waits for the dump of a crashed machine's memory, or ends it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/cancel_dump.hpp"

namespace ctys::libvirt {
namespace {

constexpr std::chrono::milliseconds kDumpLook{200};  // libvirt has no event for the end of a dump alone

}  // namespace

void wait_for_dump(virDomainPtr domain, Watch& watch, Clock::time_point until, const std::string& title,
                   const Call& call) {
  const auto start = Clock::now();
  const bool ended = watch.wait(
      until,
      [&] {
        if (!state_of(domain).is_dumping()) return true;
        call.progress("waiting for " + title + ", which has crashed: its memory is being dumped, " +
                      to_text(Clock::now() - start));
        return false;
      },
      kDumpLook);
  if (!ended)
    throw Error(Exit::deadline, "cannot switch off " + title,
                "it has crashed and its memory is being dumped, which has not ended yet",
                "allow more time (--deadline), or lose the dump: ctys kill " + title);
}

void give_up_dump(virDomainPtr domain, Watch& watch, Clock::time_point until, const std::string& title) {
  if (virDomainAbortJob(domain) < 0) {
    Error error = last_error("cannot reset " + title + ", whose memory is being dumped");
    error.fix = "end it with the dump, and start it again: ctys kill " + title + ", then ctys start " + title;
    if (state_of(domain).is_dumping()) throw Error(error);  // it has not come to its end meanwhile
  }
  if (!watch.wait(
          until, [&] { return !state_of(domain).is_dumping(); }, kDumpLook))
    throw Error(Exit::deadline, "cannot reset " + title, "the dump of its memory goes on",
                "lose it with the machine: ctys kill " + title);
}

}  // namespace ctys::libvirt
