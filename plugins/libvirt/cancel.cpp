// CANCEL: takes one machine down, or part of the way, and returns when that is true.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"
#include "libvirt/cancel_dump.hpp"
#include "libvirt/cancel_level.hpp"
#include "libvirt/cancel_save.hpp"
#include "libvirt/cancel_wish.hpp"
#include "libvirt/domain.hpp"
#include "libvirt/guest_call.hpp"
#include "libvirt/record.hpp"
#include "libvirt/result.hpp"
#include "libvirt/wait.hpp"

#include <libvirt/virterror.h>

#include <algorithm>
#include <functional>

namespace ctys::libvirt {
namespace {

using std::chrono::seconds;

// A guest that is still booting does not see the power button: it is pressed again.
constexpr seconds kAskAgain{5};

void expect_stored(virDomainPtr domain, const std::string& label) {
  if (virDomainIsPersistent(domain) == 0)
    throw Error(Exit::refused, "cannot suspend " + label,
                "its configuration is not stored: the state would be lost",
                "store it first (virsh define), or pause it");
}

class Cancel {
 public:
  Cancel(const Driver& driver, const Connection& connection, const Request& request, const Call& call)
      : driver_(&driver),
        call_(&call),
        wish_(parse_cancel(request)),
        end_(end_of(request, kOtherwise)),
        handle_(find_domain(connection, request)),
        domain_(handle_.get()),
        was_up_(virDomainGetID(domain_) != static_cast<unsigned>(-1)),
        label_(label_of(domain_)),
        watch_(connection, domain_) {}

  Result run() {
    try {
      return carry_out();
    } catch (Error& error) {
      if (woken_) error.why += (error.why.empty() ? "" : "; ") + std::string("it was resumed for that");
      throw;
    }
  }
  [[nodiscard]] virDomainPtr domain() const noexcept { return domain_; }

 private:
  Result carry_out() {
    if (!is_cut_short()) wait_started();
    switch (wish_.method) {
      case Method::power_off:
        return power_off();
      case Method::reset:
        return reset();
      case Method::reboot:
        return reboot();
      case Method::pause:
        return pause();
      case Method::suspend:
        return suspend();
      case Method::init:
        return init();
    }
    throw Error(Exit::defect, "unknown method");
  }

  [[nodiscard]] Clock::time_point patience_end() const {
    return std::min(end_, Clock::now() + wish_.patience);
  }

  // The power is taken, whatever the machine does.
  [[nodiscard]] bool is_cut_short() const {
    return wish_.method == Method::power_off &&
           (wish_.patience == seconds(0) || (wish_.force && !wish_.patience_given));
  }

  // Somebody is just starting it: libvirt takes no other wish until that is done.
  void wait_started() {
    if (!state_of(domain_).is_starting()) return;
    call_->progress("waiting for " + label_ + ", which somebody is starting");
    if (!watch_.wait(end_, [&] { return !state_of(domain_).is_starting(); }))
      throw Error(Exit::deadline, "nothing was done with " + label_,
                  "somebody is starting it and it does not run yet", "try again");
  }

  // NOLINTNEXTLINE(modernize-use-nodiscard): most callers only want the check
  State expect_active(const std::string& verb) const {
    const State now = state_of(domain_);
    if (!now.is_active())
      throw Error(Exit::failed, "cannot " + verb + " " + label_,
                  now.saved ? "it is saved, not running" : "it is not running",
                  "start it: ctys start " + label_);
    return now;
  }

  // What would destroy the dump that somebody wants to look at.
  void expect_no_dump(const std::string& verb, const State& now) const {
    if (now.is_dumping() && !wish_.force)
      throw Error(Exit::refused, "cannot " + verb + " " + label_,
                  "it has crashed and its memory is being dumped",
                  "wait for the end of that (ctys stop does), or lose the dump: ctys kill " + label_);
  }

  // What a guest that has crashed can have no part in.
  // NOLINTNEXTLINE(modernize-use-nodiscard): most callers only want the check
  State expect_guest(const std::string& verb) const {
    const State now = expect_active(verb);
    expect_no_dump(verb, now);
    if (now.has_crashed())
      throw Error(Exit::refused, "cannot " + verb + " " + label_, "it has crashed and its process is kept",
                  crash_fix());
    return now;
  }
  [[nodiscard]] std::string crash_fix() const {
    return "restart it: ctys reset " + label_ + ", or switch it off: ctys stop " + label_;
  }

  // A guest that does not run can do nothing that it is asked for.
  void wake() {
    const State now = state_of(domain_);
    const bool sleeps = now.state == VIR_DOMAIN_PMSUSPENDED;
    if (!sleeps && !now.is_paused() && !now.has_crashed()) return;
    woken_ = (sleeps ? virDomainPMWakeup(domain_, 0) : virDomainResume(domain_)) == 0;
    if (woken_) return;
    const Error error = last_error("cannot resume " + label_);
    if (!state_of(domain_).is_running()) throw Error(error);  // somebody else was faster
  }

  // Asks the guest, again and again, until done() or `until`.
  bool ask_until(const GuestCall::Ask& ask, const std::string& what, const std::function<bool()>& done,
                 Clock::time_point until) {
    constexpr std::chrono::milliseconds kLook{20};
    constexpr seconds kKnown{2};
    const auto start = Clock::now();
    while (true) {
      const auto tell = [&] {
        call_->progress("waiting for " + label_ + " to " + what + ", " + to_text(Clock::now() - start));
      };
      tell();
      const GuestCall asked(domain_, ask, "cannot ask " + label_ + " to " + what);
      // Where there are no guests the call's return is all there is to see.
      const auto answered = [&] { return asked.ended() || (driver_->has_guests && done()); };
      // A guest that lives answers at once.
      if (!watch_.wait(std::min(until, Clock::now() + kAskAgain), answered, kLook)) tell();
      if (!watch_.wait(until, answered, kLook)) return false;
      // A machine whose process ends fails to answer a moment before libvirt knows that it is off.
      if (const auto failure = asked.failure();
          failure && !watch_.wait(std::min(until, Clock::now() + kKnown), done, kLook))
        throw with_fix(*failure);
      if (watch_.wait(std::min(until, Clock::now() + kAskAgain), done)) return true;
      if (Clock::now() >= until) return false;
    }
  }

  [[nodiscard]] Error with_fix(Error error) const {
    if (error.fix.empty()) error.fix = "leave the guest out: ctys stop " + label_ + " --force";
    return error;
  }

  [[nodiscard]] bool is_off() const { return !state_of(domain_).is_active(); }
  // Off, or crashed: there is nobody left to ask.
  [[nodiscard]] bool stands_still() const {
    const State now = state_of(domain_);
    return !now.is_active() || now.has_crashed();
  }

  Result power_off() {
    const State now = state_of(domain_);
    if (was_up_ && !now.is_active() && !now.saved)
      return {true, "it was on its way down and is off now: " + words_of_end(now)};
    if (!now.is_active()) return drop_saved(now);
    if (now.is_dumping() && !wish_.force) return end_after_dump();
    if (is_cut_short()) return destroy(wish_.force ? "switched off by force" : "switched off at once");
    if (now.has_crashed()) return destroy("switched off at once, it had crashed");
    wake();
    const GuestCall::Ask shutdown = virDomainShutdown;
    if (!wish_.wait) {
      if (shutdown(domain_) < 0) throw with_fix(last_error("cannot ask " + label_ + " to shut down"));
      return {false, "asked to shut down, not waited for"};
    }
    const auto patience = Clock::now() + wish_.patience;
    if (ask_until(
            shutdown, "shut down", [&] { return stands_still(); }, std::min(patience, end_))) {
      const State then = state_of(domain_);
      if (then.is_dumping()) return end_after_dump();
      return then.is_active() ? destroy("it crashed while shutting down, switched off")
                              : Result{false, words_of_end(then)};
    }
    if (Clock::now() < patience)
      throw Error(Exit::deadline, "cannot switch off " + label_, "it was asked to shut down and still runs",
                  "allow more time (--deadline), or leave the guest out: ctys stop " + label_ + " --force");
    return destroy("switched off after " + std::to_string(wish_.patience.count()) +
                   " s, it did not shut down");
  }

  // What libvirt does with it then is its configuration's affair: it is ended, started anew, or kept.
  Result end_after_dump() {
    if (!wish_.wait) expect_no_dump("switch off", state_of(domain_));
    wait_for_dump(domain_, watch_, end_, label_, *call_);
    const State now = state_of(domain_);
    if (now.is_active()) return power_off();
    const bool ended = now.gone || now.reason == VIR_DOMAIN_SHUTOFF_CRASHED;
    return {false, ended ? "it had crashed, and ended when its memory was dumped" : words_of_end(now)};
  }

  Result drop_saved(const State& now) {
    if (!now.saved) return {true, "it was off"};
    if (!wish_.force) return {true, "it was off, its saved state is kept"};
    if (virDomainManagedSaveRemove(domain_, 0) == 0) return {false, "its saved state was dropped"};
    const Error error = last_error("cannot drop the saved state of " + label_);
    // libvirt believes in a file that somebody else removed.
    if (error.why.find("No such file or directory") == std::string::npos) throw Error(error);
    return {true, "it was off, its saved state had been removed already"};
  }

  Result destroy(std::string detail) {
    call_->progress("taking the power of " + label_);
    if (virDomainDestroy(domain_) < 0 && !is_off()) throw last_error("cannot switch off " + label_);
    if (!watch_.wait(end_, [&] { return is_off(); }))
      throw Error(Exit::deadline, "cannot switch off " + label_, "its process has not ended yet");
    // Somebody may have saved it just before: force leaves nothing that another start would go on from.
    if (const State now = state_of(domain_); now.saved && wish_.force) {
      try {
        if (!drop_saved(now).already) detail += ", and its saved state was dropped";
      } catch (Error& error) {
        error.why += (error.why.empty() ? "" : "; ") + std::string("the machine itself is switched off");
        throw;
      }
    }
    return {false, std::move(detail)};
  }

  // Drivers without guests tell of no reset: there the call's return is all there is.
  [[nodiscard]] bool was_reset() const { return !driver_->has_guests || watch_.resets() > 0; }

  // One reset is told in several events: the last of them must not be taken for the next one.
  void settle() {
    watch_.wait(end_, [&] { return state_of(domain_).is_running() || is_off(); });
    if (driver_->has_guests) watch_.pass(std::chrono::milliseconds(200));
    if (!state_of(domain_).is_running())
      throw Error(Exit::failed, label_ + " was restarted, but does not run now", {},
                  "list it: ctys list --all " + label_);
  }

  Result reset() {
    const State before = expect_active("reset");
    expect_no_dump("reset", before);
    if (before.is_dumping()) give_up_dump(domain_, watch_, end_, label_);
    const bool paused = before.is_paused() || before.has_crashed();  // a reset alone lets neither of them run
    if (virDomainReset(domain_, 0) < 0) throw last_error("cannot reset " + label_);
    if (paused) wake();
    if (!wish_.wait) return {false, "reset, not waited for"};
    if (!watch_.wait(end_, [&] { return was_reset(); }))
      throw Error(Exit::deadline, "cannot tell whether " + label_ + " was reset",
                  "it gave no sign of it in time, and may still do so",
                  "look at it (ctys open " + label_ + "), or allow more time (--deadline)");
    settle();
    return {false, paused ? "reset and resumed" : "reset"};
  }

  Result reboot() {
    expect_guest("reboot");
    wake();
    const GuestCall::Ask ask = [](virDomainPtr domain) { return virDomainReboot(domain, 0); };
    if (!wish_.wait) {
      if (ask(domain_) < 0) throw with_fix(last_error("cannot ask " + label_ + " to reboot"));
      return {false, "asked to reboot, not waited for"};
    }
    // The guest takes the time it needs, unless the user set a limit: a reboot is never enforced.
    const auto until = wish_.patience_given ? patience_end() : end_;
    if (!ask_until(
            ask, "reboot", [&] { return was_reset() || stands_still(); }, until))
      throw Error(Exit::deadline, "cannot reboot " + label_, "it was asked to and has not begun to",
                  "see what it does (ctys open " + label_ +
                      "), or have the hypervisor restart it: ctys reset " + label_);
    const State now = state_of(domain_);
    if (!now.is_active()) return start_again(now);
    if (now.has_crashed())
      throw Error(
          Exit::failed, "cannot reboot " + label_,
          now.is_dumping() ? "it crashed meanwhile, and its memory is being dumped" : "it crashed meanwhile",
          now.is_dumping() ? "see what it does when that is done: ctys list --all " + label_ : crash_fix());
    settle();
    return {false, "rebooted"};  // libvirt does not tell by whose hand
  }

  // Some configurations end a machine that wants to restart. A reboot leaves it running all the same.
  Result start_again(const State& off) {
    if (!off.ended_by_itself() || parse_domain(xml_of(domain_)).restarts)
      throw Error(Exit::failed, "cannot reboot " + label_, "it is off: " + words_of_end(off),
                  "start it: ctys start " + label_);
    if (virDomainCreate(domain_) < 0)
      throw last_error(label_ + " ended at its reboot and cannot be started again");
    settle();
    return {false, "ended at its reboot, as configured, and was started again"};
  }

  // The hypervisor's call returns when the machine stands still: there is nothing left that NOWAIT could
  // skip.
  Result pause() {
    if (expect_guest("pause").is_paused()) return {true, "it was already paused"};
    if (virDomainSuspend(domain_) < 0) throw last_error("cannot pause " + label_);
    if (!watch_.wait(end_, [&] { return state_of(domain_).is_paused(); }))
      throw Error(Exit::deadline, "cannot pause " + label_, "it runs on");
    return {false, "paused"};
  }

  Result suspend() {
    const State now = state_of(domain_);
    if (!now.is_active() && now.saved) return {true, "it was already saved"};
    expect_guest("suspend");
    expect_stored(domain_, label_);
    save(domain_, watch_, end_, label_, *call_);
    if (!watch_.wait(end_, [&] { return state_of(domain_).saved; }))
      throw Error(Exit::failed, "cannot suspend " + label_, "its state is not on disk");
    return {false, "its state was saved"};
  }

  Result init() {
    const std::string level = "run level " + std::to_string(wish_.level);
    expect_guest("change the run level of");
    LevelChange::expect_agent(domain_, label_);
    wake();
    const LevelChange change(domain_, wish_.level, label_);
    if (!wish_.wait) return {false, level + " was asked for, not waited for"};
    change.wait(watch_, patience_end());
    return {false, level + " was set by the guest"};
  }

  const Driver* driver_;
  const Call* call_;
  CancelWish wish_;
  Clock::time_point end_;
  DomainHandle handle_;
  virDomainPtr domain_;
  bool was_up_;  // when it was looked up: libvirt keeps the ID of that moment
  std::string label_;
  Watch watch_;
  bool woken_ = false;
};

// What of it would be refused of a machine that is up.
void plan_cancel(const Driver& driver, const Request& request, const CancelWish& wish, const Call& call) {
  const auto connection = Connection::open(std::string(request.endpoint()), Access::read);
  const DomainHandle domain = find_domain(connection, request);
  const std::string label = label_of(domain.get());
  if (state_of(domain.get()).is_active()) {
    if (wish.method == Method::suspend) expect_stored(domain.get(), label);
    if (wish.method == Method::init) LevelChange::expect_agent(domain.get(), label);
  }
  Row row;
  row.set(Field::type, std::string(driver.type)).set(Field::name, name_of(domain.get()));
  call.emit(row.set(Field::result, "planned"));
}

}  // namespace

void cancel(const Driver& driver, const Request& request, Call& call) {
  const CancelWish wish = parse_cancel(request);  // first: bad input reaches nobody
  if (wish.planned) {
    plan_cancel(driver, request, wish, call);
    return;
  }
  const auto connection = Connection::open(std::string(request.endpoint()), Access::write);
  Cancel action(driver, connection, request, call);
  const Domain before = parse_domain(xml_of(action.domain()));
  const Result result = action.run();
  emit_result(driver, connection, action.domain(), before, result, call);
}

}  // namespace ctys::libvirt
