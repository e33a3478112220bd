// What CREATE, CANCEL and attribute share.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/acting.hpp"

#include "action/aftermath.hpp"
#include "action/machine_file.hpp"
#include "action/match.hpp"
#include "action/search.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "client/labels.hpp"
#include "plugin/collector.hpp"
#include "plugin/worker.hpp"
#include "ui/progress.hpp"
#include "ui/terminal.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <utility>

namespace ctys::action {
namespace {

// An address that names a file and found no machine: what is the matter with the file?
void explain_path(const model::Address& address, Error& error) {
  namespace fs = std::filesystem;
  for (const auto& [key, value] : address.keys) {
    const bool is_path = value.find('/') != std::string::npos;
    const fs::path path(value);
    std::error_code unknown;
    if (!is_path && (path.extension() == ".ctys" || path.extension() == ".xml") &&
        fs::exists(path, unknown)) {
      error.fix = "for the file of that name write its path: ./" + text::printable(value);
      continue;
    }
    const bool path_key = key == "ID" || key == "PATHNAME" || (key == "WORD" && is_path);
    if (!path_key) continue;
    if (!fs::exists(path, unknown))
      error.why = "there is no such file";
    else if (!fs::is_regular_file(path, unknown))
      error.why = "it is not a regular file";
    else if (path.extension() != ".ctys" && path.extension() != ".xml")
      error.why = "it is not a machine file: their names end in .ctys or .xml";
    else
      error.why = "the file is not a machine's";
  }
}

// The hypervisors have a machine, and the inventory does not, or has it otherwise: who sits at a terminal is
// told how to mend that.
void tell_difference(const Target& target, bool has_inventory) {
  if (!has_inventory || target.known.machine || target.matches.size() != 1) return;
  if (mistaken(target, target.matches.front())) return;  // which is an error
  const auto& hint = target.known.hint;
  if (!hint.empty())
    log::write(log::Severity::warning, "inventory",
               hint.substr(0, hint.find(":\n")) + "; update it: " + target.known.recording);
  else if (ui::terminal().err_is_terminal)
    (void)write_all(STDERR_FILENO, "ctys: '" + text::printable(target.address.text) +
                                       "' is not in the inventory; record it: " + target.known.recording +
                                       "\n");
}

// Completion offers nothing that was found missing where everybody here was asked.
void forget(const model::Address& address) {
  for (const auto& [key, value] : address.keys) {
    if (key != "WORD" && key != "LABEL") continue;
    if (const auto kept = client::forget_label(value); !kept)
      log::write(log::Severity::debug, "action", kept.error().summary + ": " + kept.error().why);
  }
}

// What was not found may be in a file that nobody can read.
void tell_broken(std::span<const plugin::Failure> files, Error& error) {
  if (files.empty()) return;
  auto why = files.size() == 1 ? files.front().error.summary
                               : std::to_string(files.size()) + " machine files cannot be read";
  if (files.size() == 1 && !files.front().error.why.empty()) why += ": " + files.front().error.why;
  why += files.size() == 1 ? ", which may be about it" : ", one of them may be about it";
  error.why += (error.why.empty() ? "" : "; ") + why;
  error.fix +=
      (error.fix.empty() ? "" : "; ") + std::string("'ctys enumerate' says what is wrong with files");
}

}  // namespace

void set_unloaded_aside(const model::Request& request, Found& found) {
  if (!request.types.empty() || std::any_of(found.targets.begin(), found.targets.end(),
                                            [](const Target& target) { return target.matches.empty(); }))
    return;
  // Of another host it is as unknown as the whole host would be.
  const auto is_elsewhere = [&](const plugin::Failure& failure) {
    return std::any_of(found.targets.begin(), found.targets.end(), [&](const Target& target) {
      return std::any_of(target.matches.begin(), target.matches.end(), [&](const model::Record& match) {
        return keeps_another_host_unseen(failure, match);
      });
    });
  };
  std::erase_if(found.failures, [&](const plugin::Failure& failure) {
    const auto& error = failure.error;
    if (!error.no_plugin || is_elsewhere(failure)) return false;
    log::write(log::Severity::warning, "plugin",
               error.summary + (error.why.empty() ? "" : ": " + error.why) + "; its machines are not seen");
    return true;
  });
}

const model::Target* target_of(const model::Request& request, const model::Record& machine) {
  for (const auto& target : request.where.targets)
    if (!target.here && target.name == machine.get(Field::host)) return &target;
  return nullptr;
}

void tell_nothing_was_done(std::vector<plugin::Failure>& failures) {
  constexpr std::string_view kNothing = "nothing was done";
  for (auto& failure : failures)
    if (auto& summary = failure.error.summary; summary.find(kNothing) == std::string::npos)
      summary.append(", ").append(kNothing);
}

namespace {

std::optional<Error> mistaken_any(const Target& target) {
  for (const auto& match : target.matches)
    if (auto error = mistaken(target, match)) return error;
  return std::nullopt;
}

}  // namespace

Resolved resolve(const model::Request& request, bool may_create, Purpose purpose) {
  auto looked = find_machines(for_look_up(request), may_create, purpose);
  if (!looked) return {{}, {{std::move(looked).error(), {}, {}}}};
  auto& found = *looked;
  set_unloaded_aside(request, found);
  Resolved resolved;
  for (auto& target : found.targets) {
    tell_difference(target, found.has_inventory);
    // -A on: the user wants all of them.
    if (request.allow_ambiguous && !may_create && target.matches.size() > 1) {
      if (auto error = mistaken_any(target))
        resolved.failures.push_back({*std::move(error), {}, {}});
      else
        for (const auto& match : target.matches) add_once(resolved.machines, match);
      continue;
    }
    auto machine = the_one(target.address, std::move(target.matches), found.failures);
    if (machine)
      if (auto error = mistaken(target, *machine)) machine = tl::unexpected<Error>(*std::move(error));
    if (machine) {
      add_once(resolved.machines, *machine);
      continue;
    }
    auto error = std::move(machine).error();
    if (may_create && error.code == Exit::nothing) explain_path(target.address, error);
    if (error.code == Exit::nothing && request.types.empty() && !asks_elsewhere(request))
      forget(target.address);
    explain_missing(target.known, error);
    // Who wrote a path means that file, not another one.
    if (error.code == Exit::nothing &&
        std::none_of(target.address.keys.begin(), target.address.keys.end(), names_path))
      tell_broken(found.broken_files, error);
    resolved.failures.push_back({std::move(error), {}, {}});
  }
  if (request.machines.size() > 1) tell_nothing_was_done(resolved.failures);
  for (auto& failure : found.failures)
    if ((failure.no_answer && failure.type.empty()) || failure.error.no_plugin ||
        std::any_of(resolved.machines.begin(), resolved.machines.end(), [&](const model::Record& machine) {
          return keeps_another_host_unseen(failure, machine);
        }))
      resolved.silent.push_back(std::move(failure));
  if (request.allow_ambiguous && !may_create)
    if (auto twice = told_twice(resolved.machines)) resolved.failures.push_back(*std::move(twice));
  if (request.allow_ambiguous && !may_create) set_doubtful_aside(resolved.machines, resolved.silent);
  return resolved;
}

model::Request for_look_up(const model::Request& request) {
  auto own = request;
  const bool may_lack_some = request.cancel.all || request.where.targets.size() > 1;
  if (own.deadline && may_lack_some && !request.in_turn) *own.deadline /= 2;
  return own;
}

model::Request rest_for_deed(const model::Request& request, std::chrono::steady_clock::time_point begin) {
  return request.in_turn ? request : rest_of(request, begin);
}

std::optional<Error> too_late(const model::Request& request) {
  if (plugin::asked_to_end() != 0) return plugin::interrupted();
  if (request.deadline && request.deadline->count() <= 0)
    return Error{
        Exit::deadline, "the time was over before it was begun", {}, "give it more time with --deadline"};
  return std::nullopt;
}

std::vector<plugin::Outcome> not_begun(const Error& why, std::span<const model::Record> machines,
                                       std::string_view doing) {
  std::vector<plugin::Outcome> outcomes;
  outcomes.reserve(machines.size());
  for (const auto& machine : machines) {
    auto own = why;
    own.summary += ", nothing was done to " + std::string(doing) + " " + machine.get(Field::label);
    plugin::Failure failure = failure_of(machine, std::move(own));
    failure.no_answer = true;
    outcomes.push_back({{}, {std::move(failure)}, false});
  }
  return outcomes;
}

namespace {

// Did the list that the machine stands in break off? A plugin that asks several connections says which.
bool broke_off(const plugin::Failure& failure, const model::Record& machine) {
  if (!failure.no_answer && failure.error.code != Exit::deadline) return false;
  if (failure.host != machine.get(Field::host)) return false;
  const auto& where = failure.error.where;
  const auto& type = machine.get(Field::type);
  return where.empty() || where == type || where == type + ", " + machine.get(Field::context);
}

}  // namespace

void set_doubtful_aside(std::vector<model::Record>& machines, std::vector<plugin::Failure>& silent) {
  const auto told = silent.size();
  std::erase_if(machines, [&](const model::Record& machine) {
    const std::span known(silent.data(), told);
    const auto cause = std::find_if(known.begin(), known.end(), [&](const plugin::Failure& failure) {
      return broke_off(failure, machine);
    });
    if (cause == known.end()) return false;
    const auto& label = machine.get(Field::label);
    auto failure = failure_of(machine, {cause->error.code, "nothing was done with " + label,
                                        "the list of the machines on its host broke off", cause->error.fix});
    failure.no_answer = true;
    silent.push_back(std::move(failure));
    return true;
  });
}

namespace {

// A plugin that lost its hypervisor says so of the hypervisor, and a call that had no time to begin of the
// call. Who asked for several machines must see of which one this is said.
void name_machine(Error& error, const std::string& label, std::string_view doing) {
  const bool names_none = error.code == Exit::unreachable || error.code == Exit::deadline;
  if (!names_none || error.summary.find(label) != std::string::npos) return;
  error.why = std::exchange(error.summary, "cannot " + std::string(doing) + " " + label) +
              (error.why.empty() ? "" : ": " + error.why);
}

// One machine after the other: -b seq.
std::vector<plugin::Outcome> act_in_turn(const model::Request& request, std::span<const wire::Call> calls,
                                         std::span<const model::Record> machines, std::string_view doing) {
  auto own = request;
  own.in_turn = false;
  std::vector<plugin::Outcome> outcomes;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (plugin::asked_to_end() == 0) {
      outcomes.push_back(std::move(act(own, calls.subspan(i, 1), machines.subspan(i, 1), doing).front()));
      continue;
    }
    auto failure = failure_of(machines[i], plugin::interrupted());
    failure.no_answer = true;
    outcomes.push_back({{}, {std::move(failure)}, false});
  }
  return outcomes;
}

}  // namespace

std::vector<plugin::Outcome> act(const model::Request& request, std::span<const wire::Call> calls,
                                 std::span<const model::Record> machines, std::string_view doing) {
  if (const auto late = too_late(request)) return not_begun(*late, machines, doing);
  if (request.in_turn && calls.size() > 1) return act_in_turn(request, calls, machines, doing);
  ui::Progress progress(ui::terminal());
  plugin::Options how;
  how.progress = [&](std::string_view line) { progress.show(line); };
  // Each call goes to the host whose machine it is about.
  std::vector<wire::Call> here;
  std::vector<remote::Job> there;
  std::vector<bool> is_there;
  std::array<std::vector<model::Record>, 2> whose;  // on this host, on others
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const auto* target = target_of(request, machines[i]);
    is_there.push_back(target != nullptr);
    whose[target != nullptr ? 1 : 0].push_back(machines[i]);
    if (target != nullptr && request.where.chain)
      there.push_back(through_gateways(request, calls[i], std::span(target, 1)));
    else if (target != nullptr)
      there.push_back({*target, calls[i]});
    else
      here.push_back(calls[i]);
  }
  remote::Links links(std::move(there), way_of(request), how);
  plugin::Collector collector(here, how, plugin::serve, -1, true);
  std::array<plugin::Gathering*, 2> both{&links, &collector};
  plugin::wait_for(both);
  auto theirs = links.take_each();
  auto ours = collector.take_each();
  // A plan leaves nothing behind to look for.
  if (!request.plan) tell_aftermath(whose[0], ours, doing, true);
  if (!calls.empty() && !remote::only_reads(calls.front())) {
    hold_to_results(whose[1], theirs);
    tell_aftermath(whose[1], theirs, doing, false);
  }
  std::vector<plugin::Outcome> outcomes;
  for (std::size_t i = 0, t = 0, o = 0; i < calls.size(); ++i)
    outcomes.push_back(std::move(is_there[i] ? theirs[t++] : ours[o++]));
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    for (auto& failure : outcomes[i].failures) {
      failure.label = machines[i].get(Field::label);
      name_machine(failure.error, failure.label, doing);
    }
    for (auto& record : outcomes[i].records)
      if (record.get(Field::context).empty()) record.set(Field::context, machines[i].get(Field::context));
  }
  return outcomes;
}

bool is_off(std::string_view state) {
  return state == "stopped" || state == "saved" || state == "defined";
}

plugin::Failure failure_of(const model::Record& machine, Error error) {
  return {std::move(error), machine.get(Field::host), machine.get(Field::type), machine.get(Field::label)};
}

}  // namespace ctys::action
