// Managed save with progress and a way out.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/cancel_save.hpp"

#include "libvirt/guest_call.hpp"

#include <algorithm>
#include <memory>
#include <optional>

namespace ctys::libvirt {
namespace {

constexpr std::chrono::milliseconds kLook{100};

// How far the state is written. A machine whose process hangs does not tell.
class Progress {
 public:
  Progress(virDomainPtr domain, std::string title, const Call& call)
      : domain_(domain), title_(std::move(title)), call_(&call) {}
  void report() {
    if (asked_ && !asked_->ended()) return;
    constexpr std::uint64_t kMegabyte = 1U << 20;
    if (asked_ && !asked_->failure() && job_->dataTotal > 0)
      call_->progress("saving " + title_ + ": " + std::to_string(job_->dataProcessed / kMegabyte) + " of " +
                      std::to_string(job_->dataTotal / kMegabyte) + " MB");
    asked_.emplace(
        domain_, [job = job_](virDomainPtr domain) { return virDomainGetJobInfo(domain, job.get()); },
        "cannot ask how far " + title_ + " is saved");
  }

 private:
  virDomainPtr domain_;
  std::string title_;
  const Call* call_;
  std::shared_ptr<virDomainJobInfo> job_ =
      std::make_shared<virDomainJobInfo>();  // the thread's, until it has ended
  std::optional<GuestCall> asked_;
};

// Has it ended, by itself or since it was to? libvirt refuses to end what has not quite begun.
bool abandon(virDomainPtr domain, const GuestCall& saving, Watch& watch) {
  constexpr std::chrono::milliseconds kLast{400};  // less than what is left for the answer
  const auto last = Clock::now() + kLast;
  while (Clock::now() < last) {
    const GuestCall end(domain, virDomainAbortJob, "cannot end it");
    const auto next = std::min(last, Clock::now() + kLook);
    if (watch.wait(
            next, [&] { return saving.ended(); }, kLook / 5))
      return true;
    watch.wait(
        last, [&] { return saving.ended() || end.ended(); }, kLook / 5);
  }
  return saving.ended();
}

}  // namespace

void save(virDomainPtr domain, Watch& watch, Clock::time_point until, const std::string& title,
          const Call& call) {
  call.progress("saving " + title);
  // libvirt's call returns only when the state is written.
  const GuestCall saving(
      domain, [](virDomainPtr machine) { return virDomainManagedSave(machine, 0); },
      "cannot suspend " + title);
  Progress progress(domain, title, call);
  const bool in_time = watch.wait(
      until,
      [&] {
        if (saving.ended()) return true;
        progress.report();
        return false;
      },
      kLook);
  if (!in_time && !abandon(domain, saving, watch))
    throw Error(
        Exit::deadline, "cannot suspend " + title + " in time",
        "libvirt was asked to end the saving and has not done so yet: it may still be saved, or run on",
        "look before you run it again (ctys list --all " + title +
            "), and allow more time next time (--deadline)");
  const auto error = saving.failure();
  if (!in_time && error)
    throw Error(Exit::deadline, "cannot suspend " + title,
                "saving its memory took too long and was abandoned: it runs on",
                "allow more time (--deadline)");
  if (error && !state_of(domain).saved) throw Error(*error);  // somebody else was faster
}

}  // namespace ctys::libvirt
