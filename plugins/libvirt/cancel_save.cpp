// Managed save with progress and a way out.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/cancel_save.hpp"

#include <libvirt/virterror.h>

#include <atomic>
#include <optional>
#include <thread>

namespace ctys::libvirt {
namespace {

// libvirt's call returns only when the state is written, and libvirt's errors belong to a thread: this one
// makes the call and keeps its end. It never outlives the object.
class Saving {
 public:
  explicit Saving(virDomainPtr domain, const std::string& title)
      : thread_([this, domain, title] {
          if (virDomainManagedSave(domain, 0) < 0) error_ = last_error("cannot suspend " + title);
          done_ = true;
        }) {}
  Saving(const Saving&) = delete;
  Saving& operator=(const Saving&) = delete;
  ~Saving() {
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] bool done() const noexcept { return done_; }
  [[nodiscard]] std::optional<Error> end() {
    if (thread_.joinable()) thread_.join();
    return error_;
  }

 private:
  std::optional<Error> error_;
  std::atomic<bool> done_ = false;
  std::thread thread_;  // last: it uses the others
};

void report(virDomainPtr domain, const std::string& title, const Call& call) {
  virDomainJobInfo job{};
  constexpr std::uint64_t kMegabyte = 1U << 20;
  if (virDomainGetJobInfo(domain, &job) == 0 && job.dataTotal > 0)
    call.progress("saving " + title + ": " + std::to_string(job.dataProcessed / kMegabyte) + " of " +
                  std::to_string(job.dataTotal / kMegabyte) + " MB");
}

}  // namespace

void save(virDomainPtr domain, Watch& watch, Clock::time_point until, const std::string& title,
          const Call& call) {
  call.progress("saving " + title);
  Saving saving(domain, title);
  constexpr std::chrono::milliseconds kLook{100};
  const bool in_time = watch.wait(
      until,
      [&] {
        if (!saving.done()) report(domain, title, call);
        return saving.done();
      },
      kLook);
  if (!in_time) virDomainAbortJob(domain);
  const auto error = saving.end();
  if (!in_time && error)
    throw Error(Exit::deadline, "cannot suspend " + title,
                "saving its memory took too long and was abandoned: it runs on",
                "allow more time (--deadline)");
  if (error) throw Error(*error);
}

}  // namespace ctys::libvirt
