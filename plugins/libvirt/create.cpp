// CREATE: brings one machine up and waits until it is ready.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"
#include "libvirt/create_boot.hpp"
#include "libvirt/create_needs.hpp"
#include "libvirt/create_source.hpp"
#include "libvirt/create_wish.hpp"
#include "libvirt/readiness.hpp"
#include "libvirt/record.hpp"
#include "libvirt/result.hpp"
#include "libvirt/wait.hpp"

#include <libvirt/virterror.h>

#include <string>
#include <utility>
#include <vector>

namespace ctys::libvirt {
namespace {

class Start {
 public:
  Start(const Driver& driver, const Connection& connection, const Request& request, const CreateWish& wish,
        const Call& call)
      : connection_(&connection),
        wish_(&wish),
        call_(&call),
        tells_reasons_(driver.has_guests),
        end_(end_of(request, kOtherwise)),
        machine_(machine_of(driver, connection, request, call)),
        domain_(machine_.handle.get()),
        label_(label_of(domain_)),
        watch_(connection, domain_) {}

  Result run() {
    State now = state_of(domain_);
    if (is_ending(now)) now = wait_off();
    if (now.is_starting()) now = wait_started();
    Result result = now.is_active() ? take(now) : boot_or_take(now);
    if (lost_its_state_ && wish_->mode == Mode::resume)
      throw Error(Exit::failed, "cannot resume " + label_ + " from its saved state",
                  "libvirt could not use that state and dropped it: it was started anew, and is running now",
                  "take it as it is: what stood only in its memory is lost");
    // Whoever only connects to a machine that stands still has it as it is.
    const bool stands = wish_->mode == Mode::connect && (now.is_paused() || now.has_crashed());
    wait_for_guest(result.already, stands ? std::vector<Wait>() : wish_->waits);
    if (wish_->waits.empty() && !result.already) result.detail += ", not waited for";
    return result;
  }
  [[nodiscard]] virDomainPtr domain() const noexcept { return domain_; }

 private:
  [[nodiscard]] Error refusal(std::string why, std::string fix) const {
    return {Exit::refused, "cannot start " + label_, std::move(why), std::move(fix)};
  }

  // A daemon that ends meanwhile leaves the machine as it is.
  void wait_for_guest(bool was_up, const std::vector<Wait>& waits) {
    try {
      if (!was_up) watch_.pass(wish_->pause);
      for (const Wait& wait : waits) wait_ready(*connection_, domain_, watch_, wait, *call_);
    } catch (Error& error) {
      if (error.code != Exit::unreachable) throw;
      error.why = error.summary + (error.why.empty() ? "" : ": " + error.why);
      error.summary =
          label_ + (was_up ? " was running" : " was started") + "; whether it is ready is not known";
      throw;
    }
  }

  static bool is_ending(const State& now) { return now.state == VIR_DOMAIN_SHUTDOWN || now.is_saving(); }

  // It is on its way down, or to the disk: what was asked for begins when it is there.
  State wait_off() {
    call_->progress("waiting for " + label_ + " to end");
    State now;
    if (!watch_.wait(end_, [&] { return now = state_of(domain_), !is_ending(now); }))
      throw Error(Exit::deadline, "cannot start " + label_,
                  now.is_saving() ? "its state is being saved, which has not ended yet"
                                  : "it is being shut down and has not ended yet",
                  "try again, or switch it off (ctys stop " + label_ + " --force)");
    return now;
  }

  // Whoever wants it running, by whatever hand, has it when somebody else was faster.
  Result boot_or_take(const State& stopped) {
    try {
      return boot(stopped);
    } catch (const Error&) {
      State now = state_of(domain_);
      if (wish_->mode != Mode::reuse || !now.is_active()) throw;
      if (now.is_starting()) now = wait_started();
      if (!now.is_active()) throw;
      return take(now);
    }
  }

  State wait_started() {
    call_->progress("waiting for " + label_ + ", which somebody else is starting");
    State now;
    if (!watch_.wait(end_, [&] { return now = state_of(domain_), !now.is_starting(); }))
      throw Error(Exit::deadline, "cannot start " + label_,
                  "somebody else is starting it and it does not run yet", "try again");
    return now;
  }

  Result take(const State& now) {
    if (now.has_crashed()) {
      if (wish_->mode == Mode::connect) return {true, "it has crashed"};
      if (now.is_dumping())
        throw refusal("it has crashed and its memory is being dumped",
                      "look at it with --connect (CONNECT), or run the command again when it is done");
      throw refusal("it has crashed and its process is kept",
                    "look at it with --connect (CONNECT), or restart it: ctys reset " + label_);
    }
    const bool sleeps = now.is_paused() || now.state == VIR_DOMAIN_PMSUSPENDED;
    if (wish_->mode == Mode::start)
      throw refusal(sleeps ? "it is paused" : "it is running",
                    sleeps
                        ? "continue it with --resume (RESUME)"
                        : "take it as it is with --reuse (REUSE), or attach to it with --connect (CONNECT)");
    if (!wish_->boot.mode.empty())
      throw refusal("it is running, from what it was started with", "stop it first: ctys stop " + label_);
    if (!sleeps || wish_->mode == Mode::connect) return {true, sleeps ? "it is paused" : "it was running"};
    return resume(now);
  }

  Result resume(const State& now) {
    const bool by_guest = now.state == VIR_DOMAIN_PMSUSPENDED;
    if ((by_guest ? virDomainPMWakeup(domain_, 0) : virDomainResume(domain_)) < 0) {
      const Error error = last_error("cannot resume " + label_);
      const State then = state_of(domain_);
      if (then.is_running()) return {true, "it was running"};  // somebody else was faster
      if (!then.is_active()) throw ended_meanwhile("resume", then);
      throw Error(error);
    }
    expect_running("resume");
    return {false, by_guest ? "woken up" : "resumed from its pause"};
  }

  // What a file defined stays only if it was started.
  Result boot(const State& now) {
    try {
      Result result = begin(now);
      if (!machine_.replaced.empty())
        result.detail += ", its stored definition was replaced by that of " + machine_.path;
      return result;
    } catch (Error& error) {
      add_reason(error, take_back(*connection_, machine_));
      throw;
    }
  }

  Result begin(const State& now) {
    if (wish_->mode == Mode::connect)
      throw Error(Exit::failed, "cannot connect to " + label_, "it is not running",
                  "start it: ctys start " + label_);
    if (wish_->mode == Mode::resume && !now.saved)
      throw Error(Exit::failed, "cannot resume " + label_, "it is neither paused nor saved",
                  "start it: ctys start " + label_);
    if (now.saved && !wish_->boot.mode.empty())
      throw refusal("it has a saved state, which another boot would make worthless",
                    "resume it, or drop the state first: ctys stop " + label_ + " --force");
    call_->progress((now.saved ? "restoring " : "starting ") + label_);
    expect_startable(*wish_, parse_domain(xml_of(domain_)), connection_->uri());
    if (wish_->boot.mode.empty())
      start_as_configured(now.saved);
    else
      start_once();
    // Libvirt drops a state that was never written to its end, without a word, and boots.
    if (now.saved && tells_reasons_ && state_of(domain_).is_booted()) {
      lost_its_state_ = true;
      return {false, "started anew: its saved state could not be used, and is gone"};
    }
    if (now.saved) {
      expect_running("restore");  // one that was paused when it was saved comes back paused
      return {false, "restored from its saved state"};
    }
    return {false, wish_->boot.mode.empty() ? "started" : "started once from " + wish_->boot.mode};
  }

  void start_as_configured(bool saved) {
    if (virDomainCreate(domain_) == 0) return;
    fail_start(saved);
  }

  // The stored configuration stays: libvirt takes this XML for one run of the same domain.
  void start_once() {
    const std::string xml =
        with_boot(xml_of(domain_, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE), wish_->boot, label_);
    const DomainHandle running(virDomainCreateXML(connection_->get(), xml.c_str(), 0));
    if (!running) fail_start(false);
  }

  [[noreturn]] void fail_start(bool saved) {
    Error error = last_error("cannot start " + label_);
    // Somebody else was faster: his machine is left alone.
    if (state_of(domain_).is_active())
      throw refusal("it was started by somebody else meanwhile", "run the command again");
    // One that cannot start says why. libvirt itself cannot tell by whose hand the process ended.
    constexpr std::string_view kWithoutAWord = "process exited while connecting to monitor";
    if (error.fix.empty() && std::string_view(error.why).ends_with(kWithoutAWord)) {
      error.why += ", without a word: somebody else may have switched it off meanwhile";
      error.fix = "run the command again, or see the log of its hypervisor: " +
                  hypervisor_log(connection_->uri(), name_of(domain_));
    }
    if (error.fix.empty() && saved && state_of(domain_).saved)
      error.fix =
          "mend what libvirt names; or drop its saved state, which loses what stood only in its memory, "
          "and start it anew: ctys kill " +
          label_ + ", then ctys start " + label_;
    if (error.fix.empty())
      error.fix = wish_->boot.mode.empty()
                      ? "correct its configuration (virsh edit), or look at its hypervisor's log"
                      : "check the files and devices that it is to boot from";
    throw Error(error);
  }

  void expect_running(const std::string& verb) {
    State now;
    const bool runs = watch_.wait(end_, [&] {
      now = state_of(domain_);
      if (now.state == VIR_DOMAIN_PAUSED && now.reason != VIR_DOMAIN_PAUSED_IOERROR) virDomainResume(domain_);
      return now.is_running() || !now.is_active();
    });
    if (runs && now.is_running()) return;
    if (runs) throw ended_meanwhile(verb, now);
    throw Error(Exit::deadline, "cannot " + verb + " " + label_, "it does not run yet",
                "look at its hypervisor's log");
  }

  [[nodiscard]] Error ended_meanwhile(const std::string& verb, const State& off) const {
    return {Exit::failed, "cannot " + verb + " " + label_, "it is off: " + words_of_end(off),
            fix_of_end(off, label_, hypervisor_log(connection_->uri(), name_of(domain_)))};
  }

  const Connection* connection_;
  const CreateWish* wish_;
  const Call* call_;
  bool tells_reasons_;           // why a machine runs
  bool lost_its_state_ = false;  // its saved state was not what it was started from
  Clock::time_point end_;
  Machine machine_;
  virDomainPtr domain_;
  std::string label_;
  Watch watch_;
};

// What of it would be refused, with nothing defined and nothing started.
void plan_create(const Driver& driver, const Request& request, const CreateWish& wish, const Call& call) {
  const auto connection = Connection::open(std::string(request.endpoint()), Access::read);
  const Found found = look_at(driver, connection, request);
  const Domain domain = parse_domain(found.xml);
  if (found.state.is_active()) {
    expect_takeable(wish, domain, found.state);
  } else {
    expect_startable(wish, domain, connection.uri());
    if (!wish.boot.mode.empty()) static_cast<void>(with_boot(found.xml, wish.boot, domain.label()));
  }
  Row row;
  row.set(Field::type, std::string(driver.type)).set(Field::name, domain.name);
  call.emit(row.set(Field::result, "planned"));
}

}  // namespace

void create(const Driver& driver, const Request& request, Call& call) {
  const CreateWish wish = parse_create(request);  // first: bad input starts nothing
  if (wish.planned) {
    plan_create(driver, request, wish, call);
    return;
  }
  const auto connection = Connection::open(std::string(request.endpoint()), Access::write);
  Start start(driver, connection, request, wish, call);
  const Result result = start.run();
  emit_result(driver, connection, start.domain(), Domain{}, result, call);
}

}  // namespace ctys::libvirt
