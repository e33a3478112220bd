// Puts one plugin through the rules that every plugin keeps: conformance TYPE. It prints each rule.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.hpp"
#include "base/text.hpp"
#include "plugin/collect.hpp"
#include "plugin/find.hpp"
#include "plugin/load.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;
using ctys::Exit;
using ctys::Field;
using ctys::plugin::Outcome;
using ctys::wire::Call;
using ctys::wire::Verb;

constexpr int kDeadline = 20'000;  // generous: the machine may be busy
constexpr std::array kVerbs{Verb::probe,  Verb::list,   Verb::enumerate, Verb::show,
                            Verb::create, Verb::cancel, Verb::attribute};
constexpr std::array kWritingVerbs{Verb::create, Verb::cancel, Verb::attribute};
// A machine that nobody has.
constexpr std::string_view kNoUuid = "00000000-0000-4000-8000-00000000dead";

int kept = 0;
int broken = 0;

void rule(bool holds, const std::string& text, const std::string& seen = {}) {
  (void)std::printf("%s %s%s\n", holds ? "  ok  " : "BROKEN", text.c_str(),
                    holds || seen.empty() ? "" : (" (" + ctys::text::printable(seen) + ")").c_str());
  ++(holds ? kept : broken);
}

std::string text(ctys_str s) {
  return s.ptr == nullptr ? std::string() : std::string(s.ptr, s.len);
}

Call call_of(const std::string& type, Verb verb) {
  Call call;
  call.verb = verb;
  call.type = type;
  call.asked_by_type = true;
  call.deadline_ms = kDeadline;
  return call;
}

Outcome ask(const Call& call) {
  return ctys::plugin::collect({&call, 1}, {});
}

std::string failures_of(const Outcome& outcome) {
  std::string all;
  for (const auto& failure : outcome.failures) {
    const auto& error = failure.error;
    all += (all.empty() ? "" : "; ") + std::to_string(static_cast<int>(error.code)) + " " + error.summary +
           (error.why.empty() ? "" : ": " + error.why);
  }
  return all;
}

// Every failure must tell the user something, and none may be a defect or a dead worker.
bool is_proper(const Outcome& outcome) {
  static const std::set<Exit> kStatuses{Exit::failed, Exit::usage, Exit::unreachable, Exit::refused,
                                        Exit::nothing};
  return std::all_of(outcome.failures.begin(), outcome.failures.end(), [](const auto& failure) {
    const auto& error = failure.error;
    return kStatuses.contains(error.code) && !error.summary.empty() &&
           error.fix != "please report this as a bug of the plugin";
  });
}

bool did_something(const Outcome& outcome) {
  return std::any_of(outcome.records.begin(), outcome.records.end(),
                     [](const auto& record) { return record.get(Field::result) == "done"; });
}

// Probing comes first and in a worker: a plugin that cannot even be loaded must not end this program.
bool check_probe(const std::string& type) {
  const auto outcome = ask(call_of(type, Verb::probe));
  rule(outcome.failures.empty(), "it loads and can be probed", failures_of(outcome));
  if (!outcome.failures.empty()) return false;
  rule(outcome.records.size() == 1, "probe gives one record", std::to_string(outcome.records.size()));
  if (outcome.records.empty()) return true;
  const auto& record = outcome.records.front();
  const auto& state = record.get(Field::state);
  rule(state == "usable" || state == "unusable", "probe says usable or unusable", state);
  rule(state == "usable" || !record.get(Field::detail).empty(), "what is unusable says why");
  return true;
}

void check_table(const std::string& type, const ctys_plugin& table) {
  rule(text(table.type) == type, "the type is the file's name in capitals", text(table.type));
  rule(std::set<std::string>{"HOSTs", "VMs", "PMs"}.contains(text(table.category)),
       "the category is HOSTs, VMs or PMs", text(table.category));
  rule(!text(table.version).empty(), "it has a version");
  const auto summary = text(table.summary);
  rule(!summary.empty() && summary.find('\n') == std::string::npos, "it has a summary of one line", summary);
  rule(table.probe != nullptr, "it can be probed");
  rule(table.list != nullptr || table.enumerate != nullptr || table.transport != nullptr,
       "it can list or enumerate, or it is a transport");
}

void check_quiet_without_address(const std::string& type) {
  for (const auto verb : kVerbs) {
    for (const bool by_type : {false, true}) {
      auto call = call_of(type, verb);
      call.asked_by_type = by_type;
      const auto outcome = ask(call);
      rule(is_proper(outcome),
           std::string(name_of(verb)) + " without an address ends in rows or an error" +
               (by_type ? "" : ", asked as one of all"),
           failures_of(outcome));
    }
  }
  for (const auto verb : kWritingVerbs) {
    const auto outcome = ask(call_of(type, verb));
    rule(!outcome.failures.empty() && !did_something(outcome),
         std::string(name_of(verb)) + " without an address does nothing and says so");
  }
}

void check_hostile_address(const std::string& type) {
  const std::string noise = std::string(10'000, 'x') + "\x1b[2J;\n\xff<&'\"";
  for (const auto verb : kWritingVerbs) {
    auto call = call_of(type, verb);
    call.address = {{"UUID", std::string(kNoUuid)}, {"NAME", "nobody"}};
    auto outcome = ask(call);
    rule(!outcome.failures.empty() && is_proper(outcome) && !did_something(outcome),
         std::string(name_of(verb)) + " of a machine that is not there fails properly", failures_of(outcome));
    for (const auto* key : {"UUID", "NAME", "LABEL", "ID"}) {
      call.address = {{key, noise}};
      outcome = ask(call);
      rule(!outcome.failures.empty() && is_proper(outcome) && !did_something(outcome),
           std::string(name_of(verb)) + " of noise as " + key + " fails properly", failures_of(outcome));
    }
  }
}

void check_hostile_options(const std::string& type) {
  auto call = call_of(type, Verb::list);
  call.endpoint = "nonsense:///\xff";
  auto outcome = ask(call);
  rule(is_proper(outcome), "an endpoint that is none fails properly", failures_of(outcome));
  call = call_of(type, Verb::list);
  call.options = {{"NOT-AN-OPTION", "1"}};
  outcome = ask(call);
  rule(is_proper(outcome), "an option of a later ctys does no harm", failures_of(outcome));
}

void check_nothing_left() {
  rule(::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD, "no worker is left behind");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    (void)std::fputs("usage: conformance TYPE\n", stderr);
    return 2;
  }
  // A libvirt session daemon that libvirt starts by itself would outlive this test.
  ::setenv("LIBVIRT_AUTOSTART", "0", 1);  // NOLINT(concurrency-mt-unsafe): one thread
  const std::string type = ctys::text::upper(argv[1]);
  const auto files = ctys::plugin::find_each(type);
  const bool is_found = files && files->front().refused.empty();
  rule(is_found, "it is found and may be loaded: " + type);
  if (is_found && check_probe(type)) {
    const auto table = ctys::plugin::load(files->front().path);
    rule(table.has_value(), "its table fits this ctys", table ? "" : table.error().why);
    if (table) check_table(type, *table);
    check_quiet_without_address(type);
    check_hostile_address(type);
    check_hostile_options(type);
  }
  check_nothing_left();
  (void)std::printf("%d passed, %d failed\n", kept, broken);
  return broken == 0 ? 0 : 1;
}
