// Waits until a guest is ready: samples of its state, network, SSH server or agent.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/readiness.hpp"

#include "libvirt/readiness_place.hpp"
#include "libvirt/readiness_probe.hpp"
#include "libvirt/record.hpp"

#include <libvirt/libvirt-qemu.h>
#include <libvirt/virterror.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace ctys::libvirt {
namespace {

using std::chrono::milliseconds;

// One answer may be the last of a dying service, or an agent's that is about to restart.
struct Stability {
  unsigned samples;
  milliseconds apart;
};
Stability stability_of(Readiness wanted) {
  switch (wanted) {
    case Readiness::agent:
      return {3, milliseconds(500)};
    case Readiness::net:
    case Readiness::ssh:
      return {2, milliseconds(300)};
    default:
      return {3, milliseconds(100)};
  }
}

constexpr milliseconds kQuestionPatience{700};  // for one question

struct Sample {
  bool good = false;
  std::string seen;  // what was seen instead, for the user
};

std::string described(const Place& place) {
  return place.address + " port " + place.port;
}

Sample ask_net(const Place& place) {
  if (!place.forwarded) {
    const Echo echo = ask_echo(place.address, kQuestionPatience);
    if (echo == Echo::answered) return {true, {}};
  }
  switch (ask_tcp(place.address, place.port, kQuestionPatience).answer) {
    case Answer::greeted:
    case Answer::closed:
      return {true, {}};
    case Answer::refused:  // of a forwarded port: the forwarder is not there
    case Answer::accepted:
      return {!place.forwarded, described(place) + " is not answered by the guest yet"};
    case Answer::none:
      break;
  }
  return {false, place.address + " does not answer"};
}

Sample ask_ssh(const Place& place) {
  const TcpAnswer answer = ask_tcp(place.address, place.port, kQuestionPatience);
  if (answer.answer == Answer::greeted && is_ssh_banner(answer.greeting)) return {true, {}};
  switch (answer.answer) {
    case Answer::greeted:
      return {false, described(place) + " is no SSH server"};
    case Answer::refused:
    case Answer::closed:
      return {false, described(place) + " refuses connections: the guest is up, its SSH server is not"};
    case Answer::accepted:
      return {false, described(place) + " is silent"};
    case Answer::none:
      break;
  }
  return {false, described(place) + " does not answer"};
}

Sample ask_agent(virDomainPtr domain, const std::string& title) {
  constexpr int kSeconds = 2;
  const Text answer(virDomainQemuAgentCommand(domain, R"({"execute":"guest-ping"})", kSeconds, 0));
  if (answer) return {true, {}};
  const Reason reason = last_reason();
  if (reason.code == VIR_ERR_NO_SUPPORT || reason.code == VIR_ERR_ARGUMENT_UNSUPPORTED)
    throw Error(Exit::failed, "cannot wait for the agent of " + title, reason.text);
  // Not connected: it does not run in the guest. Timed out: it hangs there.
  const auto cut = reason.text.rfind(": ");
  return {false, "the agent does not answer: " +
                     (cut == std::string::npos ? reason.text : reason.text.substr(cut + 2))};
}

class Sampler {
 public:
  Sampler(const Connection& connection, virDomainPtr domain, Readiness wanted, std::string title)
      : connection_(&connection), domain_(domain), wanted_(wanted), title_(std::move(title)) {
    if (wanted == Readiness::agent) expect_agent(parse_domain(xml_of(domain)), title_);
  }

  Sample take() {
    if (wanted_ == Readiness::running) return {state_of(domain_).is_running(), "it is not running yet"};
    if (wanted_ == Readiness::agent) return ask_agent(domain_, title_);
    const auto places = places_of(*connection_, domain_, wanted_ == Readiness::ssh);
    if (places.possible == Places::never)
      throw Error(Exit::failed, title_ + " runs, but when it answers cannot be told",
                  "no address of the guest is known",
                  "tell it: ctys attribute set " + title_ + " TCP ADDRESS");
    Sample sample{false, "no address of the guest is known yet"};
    for (const Place& place : places.list) {
      sample = wanted_ == Readiness::ssh ? ask_ssh(place) : ask_net(place);
      if (sample.good) return sample;
    }
    return sample;
  }

 private:
  const Connection* connection_;
  virDomainPtr domain_;
  Readiness wanted_;
  std::string title_;
};

std::string_view word_of(Readiness wanted) {
  constexpr std::array<std::string_view, 5> kWords{"nothing", "the machine", "the guest's network",
                                                   "the guest's SSH server", "the guest agent"};
  return kWords.at(static_cast<std::size_t>(wanted));
}

// libvirt starts some machines anew that have crashed. It has a moment for that, or what a dump takes.
class Restart {
 public:
  explicit Restart(virDomainPtr domain) : domain_(domain) {}
  [[nodiscard]] bool may_follow(const State& now) {
    constexpr std::chrono::seconds kMoment{10};
    if (!now.has_crashed() || now.is_dumping()) last_sign_ = Clock::now();
    return now.has_crashed() && Clock::now() - last_sign_ < kMoment &&
           parse_domain(xml_of(domain_)).restarts_after_crash;
  }

 private:
  virDomainPtr domain_;
  Clock::time_point last_sign_ = Clock::now();  // of anything that happens to it
};

void expect_alive(const std::string& uri, virDomainPtr domain, const std::string& title, const State& now) {
  if (!now.is_active())
    throw Error(Exit::failed, title + " ended before it was ready",
                now.gone ? "it was switched off" : "it is off: " + words_of_end(now),
                fix_of_end(now, title, hypervisor_log(uri, name_of(domain))));
  if (now.is_dumping())
    throw Error(Exit::failed, title + " crashed before it was ready",
                "its memory is being dumped to libvirt's dump folder",
                "wait for the end of that (ctys list --all " + title +
                    "), then switch it off or start it again: ctys stop " + title + ", ctys start " + title);
  if (now.has_crashed())
    throw Error(Exit::failed, title + " crashed before it was ready",
                "its system told the hypervisor so, which keeps its process",
                "look at it (ctys create " + title + " --connect), then restart it: ctys reset " + title);
  if (now.is_paused() && now.reason == VIR_DOMAIN_PAUSED_USER)
    throw Error(Exit::failed, title + " is paused", "somebody else paused it before it was ready",
                "continue it: ctys resume " + title);
  if (now.is_paused() && now.reason == VIR_DOMAIN_PAUSED_IOERROR)
    throw Error(Exit::failed, title + " was stopped by an I/O error before it was ready", {},
                "see whether the storage of its disks is full");
}

Sample of_crashed(const State& now) {
  return {false, now.is_dumping() ? "it crashed, and its memory is being dumped before it is restarted"
                                  : "it crashed, and libvirt restarts it"};
}

// The deadline is said without a number: what is known here is what was left of it. Otherwise the time that
// it took.
std::string time_over(const Wait& wait, Clock::time_point start, Clock::time_point now) {
  return !wait.deadline || now < wait.until ? to_text(now - start) : "the deadline";
}

}  // namespace

void expect_agent(const Domain& domain, const std::string& title) {
  if (domain.agent == Agent::none)
    throw Error(
        Exit::failed, title + " runs, but its agent cannot be waited for",
        "the machine has no channel for one",
        "add a channel named org.qemu.guest_agent.0 and install qemu-guest-agent in the guest, or wait for "
        "net or ssh");
}

Readiness parse_readiness(std::string_view word) {
  constexpr std::array<std::string_view, 5> kWords{"none", "running", "net", "ssh", "agent"};
  const auto* const found = std::find(kWords.begin(), kWords.end(), word);
  if (found == kWords.end())
    throw Error(Exit::usage, "cannot wait for '" + std::string(word) + "'", {},
                "choose one of none, running, net, ssh, agent");
  return static_cast<Readiness>(found - kWords.begin());
}

void wait_ready(const Connection& connection, virDomainPtr domain, Watch& watch, const Wait& wait,
                const Call& call) {
  if (wait.wanted == Readiness::none) return;
  const std::string title = label_of(domain);
  const Stability stability = stability_of(wait.wanted);
  Sampler sampler(connection, domain, wait.wanted, title);
  Restart restart(domain);
  const auto start = Clock::now();
  const auto until = std::min(wait.until, start + wait.at_most);
  for (unsigned good = 0; true;) {
    const State now_seen = state_of(domain);
    const bool comes_again = restart.may_follow(now_seen);
    if (!comes_again) expect_alive(connection.uri(), domain, title, now_seen);
    const Sample sample = comes_again ? of_crashed(now_seen) : sampler.take();
    good = sample.good ? good + 1 : 0;
    if (good >= stability.samples) return;
    const auto now = Clock::now();
    if (now >= until)
      throw Error(
          Exit::deadline,
          title + (comes_again ? " crashed, and " : " runs, but ") + std::string(word_of(wait.wanted)) +
              " did not answer within " + time_over(wait, start, now),
          sample.good ? "it began to answer, which was not seen for long enough to be trusted" : sample.seen,
          "look at its console (ctys open " + title + "), or allow more time (--deadline)");
    if (now - start > milliseconds(500))
      call.progress("waiting for " + std::string(word_of(wait.wanted)) + " of " + title + ", " +
                    to_text(now - start) + (sample.good ? "" : ": " + sample.seen));
    const auto left = std::chrono::duration_cast<milliseconds>(until - now);
    watch.pass(std::min(sample.good ? stability.apart : wait.pause, std::max(left, milliseconds(1))));
  }
}

}  // namespace ctys::libvirt
