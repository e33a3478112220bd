// `ctys distribute`: copies this ctys to other hosts, tells which copies are there, removes them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/actions.hpp"
#include "action/answer.hpp"
#include "action/finish.hpp"
#include "action/plan.hpp"
#include "action/search.hpp"
#include "remote/command.hpp"
#include "remote/links.hpp"
#include "ui/progress.hpp"

#include <chrono>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace ctys::action {
namespace {

using model::CopyVerb;
using model::Record;

constexpr std::chrono::minutes kCopyTime{5};  // megabytes, over any line
constexpr std::string_view kRunsHere = "this host has the ctys that is running";

std::vector<Record> planned_rows(const model::Request& request, const Record& own) {
  const auto& id = own.get(Field::id);
  const auto step = request.distribute.verb == CopyVerb::put ? "copy ctys " + own.get(Field::version) + " (" +
                                                                   id + ") there by SSH, unless it is there"
                    : request.distribute.verb == CopyVerb::list ? "ask by SSH for the copies of ctys"
                                                                : "remove all copies of ctys by SSH";
  std::vector<Record> rows;
  for (const auto& target : request.where.targets) {
    Record row;
    rows.push_back(planned(row.set(Field::host, target.name),
                           target.here ? "nothing: " + std::string(kRunsHere) : step));
  }
  return rows;
}

// What a host said, as its rows: at least one where it did not fail.
std::vector<Record> rows_of(const std::string& host, const plugin::Outcome& outcome, bool copied_now,
                            CopyVerb verb, const Record& own) {
  std::vector<Record> rows;
  for (const auto& said : outcome.records) {
    const auto& id = said.get(Field::id);
    Record row;
    row.set(Field::host, host).set(Field::id, id).set(Field::version, said.get(Field::version));
    row.set(Field::value, id == own.get(Field::id) ? "this" : "other");
    if (verb == CopyVerb::put)
      row.set(Field::result, copied_now ? "done" : "already").set(Field::detail, said.get(Field::exe_path));
    else
      row.set(Field::result, verb == CopyVerb::list ? "there" : "removed")
          .set(Field::detail, said.get(Field::exe_path));
    rows.push_back(std::move(row));
  }
  if (rows.empty() && outcome.failures.empty()) {
    Record row;
    rows.push_back(
        row.set(Field::host, host).set(Field::result, "none").set(Field::detail, "there is no copy"));
  }
  return rows;
}

}  // namespace

Exit distribute(const model::Request& given) {
  const auto own = this_build();
  if (given.plan) return finish(model::Layout::result, {planned_rows(given, own), {}}, given);
  const auto verb = given.distribute.verb;
  auto request = given;
  if (verb == CopyVerb::put && !request.deadline) request.deadline = kCopyTime;
  ui::Progress progress(ui::terminal());
  plugin::Options how;
  how.progress = [&](std::string_view line) { progress.show(line); };
  auto way = way_of(request);
  way.tells_steps = true;
  if (verb != CopyVerb::put) way.command = remote::copies_command(verb == CopyVerb::remove);
  remote::Links links(questions(request, wire::Verb::probe, {}, {{std::string(kBuild), "ONLY"}}), way, how);
  plugin::wait_for(links);
  auto each = links.take_each();
  plugin::Outcome all;
  std::size_t at = 0;
  for (const auto& target : request.where.targets) {
    if (target.here) {
      Record row;
      row.set(Field::host, target.name).set(Field::result, "skipped");
      all.records.push_back(row.set(Field::detail, std::string(kRunsHere)));
      continue;
    }
    const auto& steps = links.reached(at);
    auto& outcome = each[at++];
    const bool copied = !steps.empty() && steps.back() == "copied there now";
    auto rows = rows_of(target.name, outcome, copied, verb, own);
    std::move(rows.begin(), rows.end(), std::back_inserter(all.records));
    std::move(outcome.failures.begin(), outcome.failures.end(), std::back_inserter(all.failures));
  }
  return finish(model::Layout::copies, all, request);
}

}  // namespace ctys::action
