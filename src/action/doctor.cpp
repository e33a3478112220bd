// `ctys doctor`: goes the way of every action, and tells of each step whether it is behind it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/actions.hpp"
#include "action/answer.hpp"
#include "action/finish.hpp"
#include "action/plan.hpp"
#include "action/search.hpp"
#include "action/steps.hpp"
#include "base/paths.hpp"
#include "client/console.hpp"
#include "client/viewer.hpp"
#include "plugin/collector.hpp"
#include "plugin/worker.hpp"
#include "remote/links.hpp"
#include "ui/progress.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ctys::action {
namespace {

std::vector<Seen> look_at(const model::Request& request) {
  const std::vector<model::Pair> options{{"STEPS", ""}};
  ui::Progress progress(ui::terminal());
  plugin::Options how;
  how.progress = [&](std::string_view line) { progress.show(line); };
  auto way = way_of(request);
  way.tells_steps = true;
  remote::Links links(questions(request, wire::Verb::probe, options, {{std::string(kBuild), ""}}), way, how);
  std::vector<wire::Call> here;
  if (asks_here(request)) here = reading_calls(request, wire::Verb::probe, options);
  plugin::Collector collector(here, how, plugin::serve, -1, true);
  std::array<plugin::Gathering*, 2> both{&links, &collector};
  plugin::wait_for(both);
  std::vector<Seen> all;
  if (asks_here(request)) {
    Seen seen{paths::host_name(), true, {}, true, plugin::merged(collector.take_each())};
    seen.outcome.silent = seen.outcome.silent && seen.outcome.records.empty();
    tell_unserved(request, seen.outcome);
    seen.outcome.records.push_back(this_build());
    all.push_back(std::move(seen));
  }
  auto theirs = links.take_each();
  std::size_t at = 0;
  for (const auto& target : request.where.targets) {
    if (target.here) continue;
    all.push_back({target.name, false, links.reached(at), links.greeted(at), std::move(theirs[at])});
    ++at;
  }
  return all;
}

// Can what is seen of a machine be shown here?
std::vector<Step> steps_here() {
  using model::Console;
  std::vector<Step> steps;
  const auto viewer = client::can_open(Console::vnc, {});
  const auto warning = [](const char* name, const Error& error) {
    return Step{name, Verdict::warn, error.summary + (error.why.empty() ? "" : ": " + error.why), error.fix};
  };
  steps.push_back(
      viewer ? Step{"viewer", Verdict::pass, "windows on " + paths::environment("DISPLAY").value_or("")}
             : warning("viewer", viewer.error()));
  const auto terminal = client::can_attach();
  if (terminal)
    steps.push_back({"terminal", Verdict::pass, "text consoles open in this terminal"});
  else if (client::can_open(Console::xterm, {}) || client::can_open(Console::gterm, {}))
    steps.push_back({"terminal", Verdict::pass, "text consoles open in windows"});
  else
    steps.push_back(warning("terminal", terminal.error()));
  return steps;
}

// Status 2 says that nothing was started: beside hosts that were looked at, one whose configuration is wrong
// is one that cannot be reached.
Exit status_of(const std::vector<Exit>& each) {
  const bool all_wrong = std::all_of(each.begin(), each.end(), [](Exit one) { return one == Exit::usage; });
  Exit status = Exit::ok;
  for (const auto one : each)
    status = worse(status, one == Exit::usage && !all_wrong ? Exit::unreachable : one);
  return status;
}

}  // namespace

Exit doctor(const model::Request& request) {
  if (request.plan)
    return finish(model::Layout::result, planned_questions(request, "its state", wire::Verb::probe), request);
  const auto seen = look_at(request);
  const auto own = this_build();
  const auto here = steps_here();
  const auto terminal = ui::terminal();
  const auto& output = request.output;
  const bool as_text = output.format == model::Format::automatic && output.columns.empty() &&
                       output.filters.empty() && !output.sort.on;
  plugin::Outcome outcome;
  std::string text;
  std::vector<Exit> each;
  for (const auto& host : seen) {
    auto steps = steps_of(host, own);
    steps.insert(steps.end(), here.begin(), here.end());
    each.push_back(Exit::ok);
    for (const auto& step : steps) {
      each.back() = worse(each.back(), step.status);
      if (!as_text) outcome.records.push_back(record_of(host.host, step));
    }
    if (as_text)
      text += block_of(host.host, steps, terminal.width, terminal.color && terminal.out_is_terminal);
  }
  const auto status = status_of(each);
  if (!as_text) return worse(status, finish(model::Layout::doctor, outcome, request));
  return print(text) ? status : worse(status, Exit::failed);
}

}  // namespace ctys::action
