// The end of every action.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/finish.hpp"

#include "action/remedies.hpp"
#include "action/search.hpp"
#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "ui/render.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>
#include <vector>

namespace ctys::action {

namespace {
Results* taker = nullptr;
}  // namespace

void hand_over(Results& results) {
  taker = &results;
}

bool print(std::string_view text) {
  if (taker != nullptr) {
    taker->take(text);
    return true;
  }
  if (write_all(STDOUT_FILENO, text)) return true;
  tell_unwritten(errno);
  return false;
}

void tell_unwritten(int reason) {
  if (reason != EPIPE)
    (void)write_all(STDERR_FILENO, "ctys: cannot write the output: " + system_message(reason) + "\n");
}

namespace {

bool is_change(const model::Record& record) {
  const auto& result = record.get(Field::result);
  // A plan ends as the action itself would.
  if (result == "planned") return !record.get(Field::detail).starts_with("nothing");
  return result == "done" || result == "unknown";
}

}  // namespace

bool tells_change(std::span<const model::Record> records) {
  return std::any_of(records.begin(), records.end(), is_change);
}

Exit beside_changes(Exit status) {
  return status == Exit::usage || status == Exit::refused ? Exit::failed : status;
}

namespace {

// Of a row that says so of a deed, though nothing else does.
bool is_failed(const model::Record& record) {
  const auto& result = record.get(Field::result);
  return result == "failed" || result == "unknown";
}

Exit gravest(model::Layout layout, std::span<const model::Record> records,
             std::span<const plugin::Failure> failures) {
  Exit status = Exit::ok;
  for (const auto& failure : failures) status = worse(status, failure.error.code);
  if (status == Exit::ok && layout == model::Layout::result &&
      std::any_of(records.begin(), records.end(), is_failed))
    status = Exit::failed;
  return tells_change(records) ? beside_changes(status) : status;
}

// What was done is known even to whom the output did not reach.
void tell_results(const std::vector<model::Record>& records) {
  for (const auto& record : records) {
    const auto& state = record.get(Field::state);
    const auto& detail = record.get(Field::detail);
    // A step that is planned may be about no machine yet, but about a host or a type.
    const auto* subject = &record.get(Field::label);
    for (const auto field : {Field::host, Field::type})
      if (subject->empty()) subject = &record.get(field);
    std::string more = state.empty() ? std::string() : ", it is " + state;
    if (state.empty() && !detail.empty()) more = ": " + detail;
    (void)write_all(STDERR_FILENO, "ctys: " + text::printable(*subject) + ": " +
                                       text::printable(record.get(Field::result)) + text::printable(more) +
                                       "\n");
  }
}

// Who parses the output finds there what a shell sees, which is a signal's work and not that of a machine.
std::vector<plugin::Failure> as_a_shell_sees(std::vector<plugin::Failure> failures) {
  constexpr int kBySignal = 128;
  const int number = plugin::asked_to_end();
  for (auto& failure : failures)
    if (number != 0 && failure.error.summary.starts_with(plugin::interrupted().summary))
      failure.error.code = static_cast<Exit>(kBySignal + number);
  return failures;
}

// For programs a line of ENUMERATE has label, type and id; where other hosts are asked, their names stand
// behind these. A result that people read names its host there.
model::Output with_hosts(model::Layout layout, model::Output output) {
  output.hosts = layout == model::Layout::result;
  if (layout != model::Layout::enumerate || output.format != model::Format::automatic ||
      !output.columns.empty() || output.max_key || ui::terminal().out_is_terminal)
    return output;
  for (const auto field : {Field::label, Field::type, Field::id, Field::host}) {
    model::OutputColumn column;
    column.field = field;
    output.columns.push_back(column);
  }
  return output;
}

}  // namespace

void set_beside_answers(std::vector<plugin::Failure>& failures, const model::Request& request, bool shown) {
  const auto& targets = request.where.targets;
  const auto is_of = [](const plugin::Failure& failure, const model::Target& target) {
    return failure.host == (target.here ? paths::host_name() : target.name);
  };
  const bool answered =
      shown || std::any_of(targets.begin(), targets.end(), [&](const model::Target& target) {
        return std::none_of(failures.begin(), failures.end(),
                            [&](const plugin::Failure& failure) { return is_of(failure, target); });
      });
  if (targets.size() < 2 || !answered) return;
  for (auto& failure : failures)
    if (failure.error.code == Exit::usage && failure.label.empty() &&
        std::any_of(targets.begin(), targets.end(),
                    [&](const model::Target& target) { return is_of(failure, target); }))
      failure.error.code = Exit::unreachable;
}

namespace {

using Failures = std::vector<plugin::Failure>;

Failures judged(Failures failures, const model::Request& request, bool shown) {
  if (request.where.targets.size() > 1 && !failures.empty()) set_beside_answers(failures, request, shown);
  return failures;
}

Exit print_all(model::Layout layout, const std::vector<model::Record>& records, const Failures& failures,
               const model::Request& request, bool elsewhere) {
  const auto output = elsewhere ? with_hosts(layout, request.output) : request.output;
  const auto terminal = ui::terminal();
  // -M: before the output, but never in the way of who parses JSON or XML.
  const bool structured =
      request.output.format == model::Format::json || request.output.format == model::Format::xml;
  std::string text;
  if (!request.message.empty() && structured)
    (void)write_all(STDERR_FILENO, text::printable(request.message) + "\n");
  else if (!request.message.empty())
    text = text::printable(request.message) + "\n";
  const bool is_json = request.output.format == model::Format::json;
  text += ui::render(layout, records, is_json ? as_a_shell_sees(failures) : failures, output, terminal);
  Exit status = Exit::ok;
  if (!print(text)) {
    status = Exit::failed;
    if (layout == model::Layout::result) tell_results(records);
  }
  status = worse(status, gravest(layout, records, failures));
  if (!ui::shows_failures(layout, output, terminal))
    for (const auto& error : ui::fold(failures))
      (void)write_all(STDERR_FILENO, ui::describe(error, terminal));
  return status;
}

}  // namespace

// The records, of which there may be many, are not copied.
Exit finish(model::Layout layout, const plugin::Outcome& outcome, const model::Request& request) {
  const auto& records = outcome.records;
  const bool is_json = request.output.format == model::Format::json;
  const auto failures =
      judged(with_places(outcome.failures, request.where, is_json), request, !records.empty());
  if (taker == nullptr) return print_all(layout, records, failures, request, asks_elsewhere(request));
  taker->take(layout, {records, failures, outcome.silent});
  return gravest(layout, records, failures);
}

Exit finish_brought(model::Layout layout, const plugin::Outcome& outcome, const model::Request& request,
                    bool elsewhere) {
  const bool is_json = request.output.format == model::Format::json;
  const auto failures = judged(is_json ? outcome.failures : with_each_host(outcome.failures, request.where),
                               request, !outcome.records.empty());
  return print_all(layout, outcome.records, failures, request, elsewhere);
}

Exit finish(const Error& error, const model::Request& request) {
  plugin::Outcome outcome;
  outcome.failures.push_back({error, {}, {}});
  if (request.output.format == model::Format::json) return finish(model::Layout::result, outcome, request);
  const auto told = with_places(std::move(outcome.failures), request.where, true);
  (void)write_all(STDERR_FILENO, ui::describe(told.front().error, ui::terminal()));
  return error.code;
}

}  // namespace ctys::action
