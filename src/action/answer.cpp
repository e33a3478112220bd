// The far side of a call from another host.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/answer.hpp"

#include "action/aftermath.hpp"
#include "action/bases.hpp"
#include "action/far_console.hpp"
#include "action/host_facts.hpp"
#include "action/plugin_rows.hpp"
#include "action/search.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "client/registry.hpp"
#include "plugin/collector.hpp"
#include "plugin/find.hpp"
#include "plugin/handle.hpp"
#include "plugin/worker.hpp"
#include "remote/bundle.hpp"
#include "remote/relay.hpp"
#include "remote/way.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

namespace ctys::action {
using model::Pair;
using wire::Verb;
namespace {

bool reads(Verb verb) {
  return verb == Verb::probe || verb == Verb::list || verb == Verb::enumerate || verb == Verb::show;
}

// Takes an option that is for us out of those for plugins.
bool take(std::vector<Pair>& options, std::string_view key) {
  return std::erase_if(options, [&](const Pair& pair) { return pair.key == key; }) > 0;
}

void add(plugin::Outcome& outcome, std::vector<model::Record> records) {
  std::move(records.begin(), records.end(), std::back_inserter(outcome.records));
}

void add_own_clients(plugin::Outcome& outcome, const model::Request& request) {
  auto clients = client::clients();
  if (!clients) return outcome.failures.push_back({std::move(clients).error(), {}, {}});
  for (auto& client : *clients) {
    const auto& types = request.types;
    // What is looked at from here and stands on a third host is no row of this one.
    if (client.record.get(Field::host) != paths::host_name()) continue;
    if (types.empty() || std::find(types.begin(), types.end(), client.record.get(Field::type)) != types.end())
      outcome.records.push_back(std::move(client.record));
  }
}

// Which of the options is there, and with what value?
std::optional<std::string> take_value(std::vector<Pair>& options, std::string_view key) {
  const auto at =
      std::find_if(options.begin(), options.end(), [&](const Pair& pair) { return pair.key == key; });
  if (at == options.end()) return std::nullopt;
  auto value = std::move(at->value);
  take(options, key);
  return value;
}

plugin::Outcome read(wire::Call call, const plugin::Options& how, int caller) {
  model::Request request;
  for (const auto type : text::split(call.type, ','))
    if (!type.empty()) request.types.emplace_back(type);
  if (call.deadline_ms) request.deadline = std::chrono::milliseconds(*call.deadline_ms);
  if (call.whole_ms) request.whole_deadline = std::chrono::milliseconds(*call.whole_ms);
  auto& options = call.options;
  if (take(options, kBases))
    for (auto& base : base_options({})) options.push_back(std::move(base));
  const bool clients = take(options, kClients);
  const bool facts = take(options, kFacts);
  const bool figures = take(options, kFigures);
  if (take(options, kPlugins)) return plugin_rows(request, how, caller);
  const auto build = take_value(options, kBuild);
  if (build == "ONLY") return {{this_build()}, {}, false};
  auto outcome = ask_here(request, call.verb, options, how, caller);
  if (build) outcome.records.push_back(this_build());
  if (clients) add_own_clients(outcome, request);
  if (facts) add(outcome, host_facts());
  if (figures) add(outcome, host_figures());
  return outcome;
}

// Whoever asks has a plugin for the type, or would not have come as far as this host.
void tell_lacking(plugin::Outcome& outcome) {
  for (auto& failure : outcome.failures) {
    auto& error = failure.error;
    if (error.code != Exit::usage || failure.type.empty() || plugin::is_there(failure.type)) continue;
    error.summary = "the plugin " + text::printable(failure.type) + " is not installed there";
    error.fix = "see what is: ctys doctor HOST; copy the ctys of this host there: ctys distribute HOST";
  }
}

plugin::Outcome act_for_caller(const wire::Call& call, const plugin::Options& how, int caller) {
  plugin::Collector collector(std::span(&call, 1), how, plugin::serve, -1, true);
  plugin::wait_for(collector, caller);
  auto outcomes = collector.take_each();
  if (!remote::only_reads(call)) tell_aftermath(call, outcomes);
  return plugin::merged(std::move(outcomes));
}

}  // namespace

model::Record this_build() {
  model::Record record;
  record.set(Field::topic, "ctys").set(Field::version, CTYS_VERSION);
  record.set(Field::id, remote::bundle_id().value_or("")).set(Field::exe_path, paths::executable().string());
  return record;
}

namespace {

// A machine that is acted on stands on one host.
bool may_pass_on(const wire::Call& call) {
  return reads(call.verb) || (call.verb != Verb::console && call.relay->targets.size() == 1);
}

Exit answer_one(const wire::Call& call, int in, int out) {
  constexpr std::chrono::milliseconds kShort{
      100};  // the caller ends at its deadline, a little after this one's
  plugin::Options how;
  if (reads(call.verb)) how.grace = kShort;
  how.progress = [&](std::string_view line) { plugin::send(out, wire::Progress{std::string(line)}); };
  if (call.relay) {
    const auto status = may_pass_on(call) ? remote::relay(call, how, in, out) : Exit::usage;
    plugin::send(out, wire::End{static_cast<int>(status)});
    return status;
  }
  plugin::Outcome outcome;
  if (call.verb == Verb::console)
    outcome = carry_console(call, in, out);
  else
    outcome = reads(call.verb) ? read(call, how, in) : act_for_caller(call, how, in);
  tell_lacking(outcome);
  Exit status = Exit::ok;
  for (const auto& record : outcome.records) plugin::send(out, record);
  for (const auto& failure : outcome.failures) {
    status = worse(status, failure.error.code);
    plugin::send(out, failure.error);
  }
  plugin::send(out, wire::End{static_cast<int>(status)});
  return status;
}

}  // namespace

int answer(int in, int out) {
  constexpr int kPatience = 60'000;      // milliseconds
  constexpr int kMost = 7 * 86'400'000;  // a week
  plugin::send(out, wire::Hello{wire::kProtocol, paths::host_name(), CTYS_VERSION, true});
  wire::LineReader lines;
  auto call = plugin::next_call(lines, in, out, -1);
  if (!call) return static_cast<int>(Exit::defect);
  for (;;) {
    const auto status = answer_one(*call, in, out);
    if (call->verb == Verb::console || plugin::asked_to_end() != 0) return static_cast<int>(status);
    const int patience = std::clamp(call->patience_ms.value_or(kPatience), 0, kMost);
    call = plugin::next_call(lines, in, out, patience);
    if (!call) return static_cast<int>(status);
  }
}

}  // namespace ctys::action
