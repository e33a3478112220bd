// CREATE: brings one machine up and waits until it is ready.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"
#include "libvirt/create_boot.hpp"
#include "libvirt/create_source.hpp"
#include "libvirt/readiness.hpp"
#include "libvirt/record.hpp"
#include "libvirt/result.hpp"
#include "libvirt/text.hpp"
#include "libvirt/wait.hpp"

#include <ctys/uri.hpp>

#include <libvirt/virterror.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>

namespace ctys::libvirt {
namespace {

enum class Mode { start, connect, reuse, reconnect, resume };

struct CreateWish {
  Mode mode = Mode::start;
  Boot boot;
  std::string console;            // VNC, CLI, ANY of the two: is opened then; empty: none
  std::chrono::seconds pause{0};  // WAITS
  std::vector<Wait> waits;        // one after the other
};

Mode parse_mode(std::string_view word) {
  constexpr std::array<std::string_view, 5> kWords{"START", "CONNECT", "REUSE", "RECONNECT", "RESUME"};
  const auto* const found = std::find(kWords.begin(), kWords.end(), word);
  if (found == kWords.end())
    throw Error(Exit::usage, "unknown MODE '" + std::string(word) + "'", {},
                "choose one of START, CONNECT, REUSE, RECONNECT, RESUME");
  return static_cast<Mode>(found - kWords.begin());
}

std::uint64_t parse_number(std::string_view key, std::string_view text) {
  constexpr std::uint64_t kMost = 1'000'000;
  const auto value = number(text);
  if (!value || *value > kMost)
    throw Error(Exit::usage, std::string(key) + " needs a number, not '" + std::string(text) + "'");
  return *value;
}

// PING=tries%pause: at most so many questions, that far apart, and 7 days in all.
Wait parse_ping(std::string_view key, std::string_view text, Readiness wanted, Clock::time_point end) {
  const auto at = text.find('%');
  const auto tries = parse_number(key, text.substr(0, at));
  const auto pause = at == std::string_view::npos ? 1 : parse_number(key, text.substr(at + 1));
  constexpr std::uint64_t kMostSeconds =
      std::uint64_t{7} * 86400;  // more than any deadline, and no clock's overflow
  const std::chrono::seconds in_all{std::clamp<std::uint64_t>(tries * pause, 1, kMostSeconds)};
  return {wanted, end, std::chrono::seconds(pause), in_all};
}

CreateWish parse_wish(const Request& request) {
  const auto end = end_of(request, kOtherwise);
  CreateWish wish;
  wish.mode = parse_mode(request.option("MODE").value_or("START"));
  // Whoever allows a second session of the same machine gets the one there is: a domain runs once.
  if (wish.mode == Mode::start && request.has("AMBIGUOUS")) wish.mode = Mode::reuse;
  wish.boot = parse_boot(request);
  wish.console = request.option("CONSOLE").value_or("");
  if (!wish.boot.mode.empty() && (wish.mode == Mode::connect || wish.mode == Mode::resume))
    throw Error(Exit::usage, "cannot combine --boot (BOOTMODE) with --connect (CONNECT) or --resume (RESUME)",
                "they never boot a machine");
  if (const auto seconds = request.option("WAITS"))
    wish.pause = std::chrono::seconds(parse_number("WAITS", *seconds));
  const auto wanted = parse_readiness(request.option("WAIT").value_or("running"));
  if (wanted != Readiness::none) wish.waits.push_back({Readiness::running, end});
  if (const auto ping = request.option("PING"))
    wish.waits.push_back(parse_ping("PING", *ping, Readiness::net, end));
  if (const auto ping = request.option("SSHPING"))
    wish.waits.push_back(parse_ping("SSHPING", *ping, Readiness::ssh, end));
  if (wanted != Readiness::none && wanted != Readiness::running) wish.waits.push_back({wanted, end});
  for (Wait& wait : wish.waits) wait.deadline = request.deadline();
  return wish;
}

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
    if (!result.already) watch_.pass(wish_->pause);
    // Whoever only connects to a paused machine has it as it is.
    const bool sleeps = wish_->mode == Mode::connect && now.is_paused();
    for (const Wait& wait : sleeps ? std::vector<Wait>() : wish_->waits)
      wait_ready(*connection_, domain_, watch_, wait, *call_);
    if (wish_->waits.empty() && !result.already) result.detail += ", not waited for";
    return result;
  }
  [[nodiscard]] virDomainPtr domain() const noexcept { return domain_; }

 private:
  [[nodiscard]] Error refusal(std::string why, std::string fix) const {
    return {Exit::refused, "cannot start " + label_, std::move(why), std::move(fix)};
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
    if (now.state == VIR_DOMAIN_CRASHED)
      throw refusal("it has crashed and its process is kept",
                    "switch it off first: ctys stop " + label_ + " --force");
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
    expect_channel();
    expect_console();
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

  // Waiting for an agent that cannot be spoken to would end in vain: told before anything is started.
  void expect_channel() const {
    const bool wanted = std::any_of(wish_->waits.begin(), wish_->waits.end(),
                                    [](const Wait& wait) { return wait.wanted == Readiness::agent; });
    if (wanted && parse_domain(xml_of(domain_)).agent == Agent::none)
      throw refusal("it has no channel for a guest agent to wait for",
                    "add a channel org.qemu.guest_agent.0 to it, or wait for ssh");
  }

  // Nor is started what could not be shown then.
  void expect_console() const {
    if (wish_->console.empty()) return;
    const Domain domain = parse_domain(xml_of(domain_));
    if (wish_->console == "VNC" && domain.vnc() == nullptr)
      throw refusal("it has no VNC display to open",
                    "add <graphics type='vnc'/> to it, or choose the text console (--console cli)");
    if (wish_->console == "CLI" && domain.serials.empty())
      throw refusal("it has no serial console to open",
                    "add one (virsh edit), open its display (--console vnc), or none (--console none)");
    if (wish_->console == "ANY" && domain.serials.empty() && domain.vnc() == nullptr)
      throw refusal("it has neither a serial console nor a VNC display to open",
                    "add one (virsh edit), or start it without: ctys start " + label_);
  }

  // What the command line names on this host is there, before anything is started.
  void expect_files() const {
    if (!is_local(connection_->uri())) return;
    for (const auto& path : {wish_->boot.path, wish_->boot.initrd}) {
      std::error_code error;
      if (path.empty()) continue;
      const auto kind = std::filesystem::status(path, error).type();
      std::string why;
      if (kind == std::filesystem::file_type::directory) why = "it is a folder";
      if (kind == std::filesystem::file_type::not_found) why = "there is no such file";
      if (error == std::errc::filename_too_long) why = "no file has such a long name";
      if (!why.empty())
        throw Error(Exit::usage, "cannot boot " + label_ + " from " + path, why, "check the path");
    }
  }

  void start_as_configured(bool saved) {
    if (virDomainCreate(domain_) == 0) return;
    fail_start(saved);
  }

  // The stored configuration stays: libvirt takes this XML for one run of the same domain.
  void start_once() {
    expect_files();
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

}  // namespace

void create(const Driver& driver, const Request& request, Call& call) {
  const CreateWish wish = parse_wish(request);  // first: bad input starts nothing
  const auto connection = Connection::open(std::string(request.endpoint()), Access::write);
  Start start(driver, connection, request, wish, call);
  const Result result = start.run();
  emit_result(driver, connection, start.domain(), Domain{}, result, call);
}

}  // namespace ctys::libvirt
