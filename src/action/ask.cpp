// Asking the plugins.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/answer.hpp"
#include "action/bases.hpp"
#include "action/in_turn.hpp"
#include "action/search.hpp"
#include "base/log.hpp"
#include "base/paths.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "client/labels.hpp"
#include "plugin/collector.hpp"
#include "plugin/find.hpp"
#include "plugin/worker.hpp"
#include "remote/links.hpp"
#include "ui/progress.hpp"

#include <ctys/uri.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

namespace ctys::action {
using model::Pair;
using model::Record;
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kReadingDeadline = 10'000;  // milliseconds

int deadline_of(const model::Request& request, int otherwise) {
  return request.deadline ? static_cast<int>(std::min<long>(request.deadline->count(), INT32_MAX / 2))
                          : otherwise;
}

// What LIBVIRT_DEFAULT_URI names is used alone: a file that nobody asked for by its type is no way around it.
bool serves_all_types() {
  return !paths::environment("LIBVIRT_DEFAULT_URI");
}

void append_all(plugin::Outcome& all, plugin::Outcome more) {
  std::move(more.records.begin(), more.records.end(), std::back_inserter(all.records));
  std::move(more.failures.begin(), more.failures.end(), std::back_inserter(all.failures));
}

}  // namespace

int reading_deadline(const model::Request& request) {
  return deadline_of(request, kReadingDeadline);
}

std::optional<int> whole_deadline(const model::Request& request) {
  if (!request.whole_deadline) return std::nullopt;
  return static_cast<int>(std::min<long>(request.whole_deadline->count(), INT32_MAX / 2));
}

model::Request rest_of(const model::Request& request, Clock::time_point begin) {
  using std::chrono::milliseconds;
  auto rest = request;
  if (!request.deadline) return rest;
  if (!rest.whole_deadline) rest.whole_deadline = request.deadline;
  const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
  rest.deadline = std::max(*request.deadline - took, milliseconds(0));
  return rest;
}

std::vector<wire::Call> reading_calls(const model::Request& request, wire::Verb verb,
                                      const std::vector<Pair>& options) {
  std::vector<std::string> types = request.types;
  if (types.empty())
    for (const auto& file : plugin::find_all()) types.push_back(file.type);
  std::vector<wire::Call> calls;
  for (auto& type : types) {
    wire::Call call;
    call.verb = verb;
    call.type = std::move(type);
    call.options = options;
    call.asked_by_type = !request.types.empty();
    call.deadline_ms = reading_deadline(request);
    call.whole_ms = whole_deadline(request);
    calls.push_back(std::move(call));
  }
  return calls;
}

namespace {

bool has_daemon_of_libvirt() {
  constexpr std::array<const char*, 4> kDaemons{
      "libvirtd", "virtqemud", "/usr/sbin/libvirtd",
      "/usr/sbin/virtqemud"};  // seldom in the PATH of a login by SSH
  return std::any_of(kDaemons.begin(), kDaemons.end(),
                     [](const char* daemon) { return find_program(daemon).has_value(); });
}

// Where libvirt is asked although nobody named it and nothing of it is installed, there are no machines.
void mark_absent(plugin::Outcome& outcome) {
  for (auto& failure : outcome.failures)
    failure.error.absent = failure.error.code == Exit::unreachable && !failure.no_answer &&
                           failure.error.why.find("No such file or directory") != std::string::npos &&
                           !paths::environment("LIBVIRT_DEFAULT_URI") && !has_daemon_of_libvirt();
}

}  // namespace

void tell_unserved(const model::Request& request, plugin::Outcome& outcome) {
  const auto uri = paths::environment("LIBVIRT_DEFAULT_URI");
  if (!outcome.silent || !request.types.empty()) return;
  const bool nobody = plugin::find_all().empty();
  // A host without plugins has nothing that would have to end before it.
  if (nobody && !request.cancel.self)
    outcome.failures.push_back({{Exit::failed, "no plugin is installed", "there is nobody to ask",
                                 "install them, or set CTYS_PLUGIN_PATH to their folder"},
                                paths::host_name(),
                                {}});
  else if (!nobody && uri)
    outcome.failures.push_back(
        {{Exit::usage,
          "no plugin serves LIBVIRT_DEFAULT_URI=" + text::printable(without_password(*uri)),
          {},
          "unset it, or choose a type with -t; 'ctys plugins' shows which there are"},
         paths::host_name(),
         {}});
}

plugin::Outcome ask_here(const model::Request& request, wire::Verb verb, const std::vector<Pair>& options,
                         const plugin::Options& how, int caller) {
  const plugin::TakenSignals signals;  // from before there is a worker: an interrupt is answered
  plugin::Collector collector(reading_calls(request, verb, options), how, plugin::serve, -1, true);
  plugin::wait_for(collector, caller);
  auto outcome = plugin::merged(collector.take_each());
  tell_unserved(request, outcome);
  mark_absent(outcome);
  return outcome;
}

plugin::Outcome ask(const model::Request& request, wire::Verb verb, const std::vector<Pair>& options,
                    const std::vector<Pair>& there) {
  ui::Progress progress(ui::terminal());
  plugin::Options how;
  how.progress = [&](std::string_view line) { progress.show(line); };
  if (!asks_elsewhere(request)) return ask_here(request, verb, options, how, -1);
  if (request.in_turn) {
    plugin::Outcome ours;
    if (asks_here(request)) ours = ask_here(request, verb, options, how, -1);
    append_all(ours,
               plugin::merged(ask_in_turn(questions(request, verb, options, there), way_of(request), how)));
    return ours;
  }
  // The transport process first: workers here hold nothing of it.
  remote::Links links(questions(request, verb, options, there), way_of(request), how);
  std::vector<wire::Call> here;
  if (asks_here(request)) here = reading_calls(request, verb, options);
  plugin::Collector collector(here, how, plugin::serve, -1, true);
  std::array<plugin::Gathering*, 2> both{&links, &collector};
  plugin::wait_for(both);
  auto outcome = plugin::merged(collector.take_each());
  if (asks_here(request)) tell_unserved(request, outcome);
  mark_absent(outcome);
  auto theirs = plugin::merged(links.take_each());
  append_all(outcome, std::move(theirs));
  return outcome;
}

plugin::Outcome ask_for_stored(const model::Request& request, const std::vector<std::string>& bases) {
  std::vector<Pair> there;
  if (bases.empty()) there.push_back({std::string(kBases), ""});
  return ask(request, wire::Verb::enumerate, base_options(bases), there);
}

void remember(const model::Request& request, const plugin::Outcome& outcome, bool every_machine) {
  // Completion is for this host's machines: a word alone means one of them.
  if (!asks_here(request)) return;
  std::vector<Record> ours;
  if (asks_elsewhere(request))
    std::copy_if(outcome.records.begin(), outcome.records.end(), std::back_inserter(ours),
                 [](const Record& record) { return record.get(Field::host) == paths::host_name(); });
  const std::vector<Record>& records = asks_elsewhere(request) ? ours : outcome.records;
  const bool all = every_machine && request.types.empty() && outcome.failures.empty();
  const auto kept = client::remember_labels(records, all ? client::Seen::all : client::Seen::some);
  if (!kept) log::write(log::Severity::debug, "action", kept.error().summary + ": " + kept.error().why);
}

wire::Call acting_call(const model::Request& request, wire::Verb verb, const Record& machine) {
  wire::Call call;
  call.verb = verb;
  call.type = machine.get(Field::type);
  call.endpoint = machine.get(Field::context);
  call.asked_by_type = !request.types.empty() || !call.endpoint.empty() || serves_all_types();
  const auto add = [&](const char* key, Field field) {
    if (!machine.get(field).empty()) call.address.push_back({key, machine.get(field)});
  };
  add("UUID", Field::uuid);
  add("NAME", Field::name);
  add("LABEL", Field::label);
  add("ID", Field::id);
  if (request.deadline) call.deadline_ms = deadline_of(request, 0);
  call.whole_ms = whole_deadline(request);
  return call;
}

}  // namespace ctys::action
