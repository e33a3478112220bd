// vdbgen: fills the inventory with the machines of this host, or of others.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/actions.hpp"
#include "action/bases.hpp"
#include "action/database.hpp"
#include "action/finish.hpp"
#include "action/search.hpp"
#include "action/vdbgen_scan.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "inventory/compose.hpp"
#include "inventory/labels.hpp"
#include "inventory/view.hpp"

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <span>
#include <utility>

namespace ctys::action {
namespace fs = std::filesystem;
using inventory::Merge;
using inventory::RecordChange;
using model::Record;
namespace {

Result<Database> place_of(const model::Request& request) {
  const auto usual = paths::environment("DEFAULT_VDBGEN_DB");
  return database(request.vdbgen.directory, usual ? fs::path(*usual) : inventory::home_directory({}),
                  inventory::kRecordsName, "--cacheDB");
}

// What is wrong with the command line, before anybody is asked.
Result<Database> prepare(const model::Request& request) {
  if (auto checked = check_bases(request); !checked) return tl::unexpected<Error>(std::move(checked).error());
  auto place = TRY(place_of(request));
  const auto& vdbgen = request.vdbgen;
  std::error_code error;
  if (!vdbgen.append && !vdbgen.replace && !vdbgen.to_stdout && fs::exists(place.file, error))
    return fail(Exit::usage, place.file.string() + " exists already", "nobody was asked, nothing was written",
                "write --append to add to it, or --replace to drop what is not there any more, and what was "
                "entered by hand");
  if (vdbgen.to_stdout) return place;
  TRY_VOID(check_place(place));
  TRY_VOID(check_writable(place.file));
  return place;
}

std::string last_seen(const std::string& line, std::int64_t now) {
  const auto seen = inventory::field(line, inventory::kSeenField);
  if (!inventory::seen_time(seen)) return "no scan has recorded when it was last seen";
  const auto age = inventory::age_text(seen, now);
  return "last seen " + (age == "just now" ? age : age + " ago");
}

Record row_of(const RecordChange& change, std::int64_t now) {
  using Kind = RecordChange::Kind;
  auto row = inventory::record_of(change.kind == Kind::gone ? change.before : change.after);
  switch (change.kind) {
    case Kind::added: {
      auto detail = row.get(Field::mac);
      for (const auto field : {Field::tcp, Field::id})
        if (!row.get(field).empty()) detail += (detail.empty() ? "" : " ") + row.get(field);
      return row.set(Field::result, "new").set(Field::detail, std::move(detail));
    }
    case Kind::changed:
      return row.set(Field::result, "changed")
          .set(Field::detail, inventory::difference(change.before, change.after));
    case Kind::gone:
      row.set(Field::result, "gone");
      break;
    case Kind::kept:
      row.set(Field::result, "kept").set(Field::age, inventory::age_text(row.get(Field::seen), now));
      break;
  }
  return row.set(Field::detail, last_seen(change.before, now));
}

std::string counts_of(const Merge& merge) {
  using Kind = RecordChange::Kind;
  const auto kept = merge.count(Kind::kept) + merge.others;
  const auto all = merge.count(Kind::added) + merge.count(Kind::changed) + merge.same + kept;
  return std::to_string(all) + (all == 1 ? " record: " : " records: ") +
         std::to_string(merge.count(Kind::added)) + " new, " + std::to_string(merge.count(Kind::changed)) +
         " changed, " + std::to_string(merge.same) + " unchanged, " + std::to_string(kept) + " kept, " +
         std::to_string(merge.count(Kind::gone)) + " gone";
}

// A file that is not there is made in any case: then it is known that there is nothing.
bool is_change(const Merge& merge, const inventory::Source* old) {
  return old == nullptr || !merge.edits.empty() || !merge.appended.empty();
}

struct Merging {
  const model::Request& request;
  const Database& place;
  std::span<const HostScan> hosts;
  std::span<const inventory::ScanOf> scans;
  std::int64_t now;
  Until until;
  bool silent;  // nobody answered
};

// Of hosts of which nothing was seen: what is known, and how old it is.
void add_silent(std::vector<Record>& rows, const Merge& merge, const Merging& job) {
  for (const auto& host : job.hosts) {
    if ((!job.silent && !host.reach.types.empty()) || host.failures.empty()) continue;
    std::size_t count = 0;
    std::string newest;
    for (const auto& change : merge.changes) {
      if (change.kind != RecordChange::Kind::kept ||
          !paths::same_host(inventory::field(change.before, 1), host.host))
        continue;
      ++count;
      newest = std::max(newest, std::string(inventory::field(change.before, inventory::kSeenField)));
    }
    if (count == 0) continue;
    Record row;
    row.set(Field::host, host.host).set(Field::label, host.host).set(Field::result, "kept");
    const auto age = inventory::age_text(newest, job.now);
    rows.push_back(row.set(Field::age, age)
                       .set(Field::detail, std::to_string(count) + (count == 1 ? " record, " : " records, ") +
                                               (inventory::seen_time(newest)
                                                    ? "last seen " + (age == "just now" ? age : age + " ago")
                                                    : "no scan has recorded when they were last seen")));
  }
}

std::vector<Record> rows_of(const Merge& merge, const inventory::Source* old, const Merging& job) {
  std::vector<Record> rows;
  if (job.request.plan || job.request.verbosity.value_or(1) > 1)
    for (const auto& change : merge.changes) rows.push_back(row_of(change, job.now));
  add_silent(rows, merge, job);
  Record file;
  file.set(Field::host, paths::host_name()).set(Field::label, job.place.file.filename().string());
  file.set(Field::id, job.place.file.string());
  file.set(Field::result, job.request.plan ? "planned" : is_change(merge, old) ? "written" : "unchanged");
  rows.push_back(file.set(Field::detail, counts_of(merge)));
  return rows;
}

void warn_of_faults(const inventory::Source& source, const inventory::Faults& faults) {
  if (faults.count > 0) log::write(log::Severity::warning, "inventory", inventory::warning(source, faults));
}

// --stdio: the records to stdout, the counts to stderr.
Result<void> to_stdout(const inventory::Source* old, std::span<const inventory::ScanOf> scans) {
  const auto merge = TRY(inventory::plan_merge(old, scans));
  if (old != nullptr) warn_of_faults(*old, merge.faults);
  TRY_VOID(inventory::write_merge(old, merge, [](std::string_view piece) -> Result<void> {
    if (print(piece)) return {};
    return fail(Exit::failed, "not all records reached stdout", "no file was written either");
  }));
  (void)write_all(STDERR_FILENO, "ctys: " + counts_of(merge) + "\n");
  return {};
}

// Where nobody answered, it tells what is kept of a file that is there: one of no machines would say that
// there are none.
Result<std::vector<Record>> plan(const Merging& job) {
  const auto old = TRY(open_database(job.place));
  if (!old && job.silent) return std::vector<Record>{};
  const auto merge = TRY(inventory::plan_merge(old ? &*old : nullptr, job.scans));
  if (old) warn_of_faults(*old, merge.faults);
  return rows_of(merge, old ? &*old : nullptr, job);
}

Result<std::vector<Record>> write(const Merging& job) {
  std::vector<Record> rows;
  std::string faults;  // told once, however often the file is read
  const auto content = [&](const inventory::Source* old, const Sink& sink) -> Result<Change> {
    const auto merge = TRY(inventory::plan_merge(old, job.scans));
    faults = old == nullptr ? std::string() : inventory::warning(*old, merge.faults);
    rows = rows_of(merge, old, job);
    if (!is_change(merge, old)) return Change::none;
    TRY_VOID(inventory::write_merge(old, merge, sink));
    return Change::some;
  };
  const auto rewritten = rewrite(job.place, job.until, content);
  if (!faults.empty()) log::write(log::Severity::warning, "inventory", faults);
  TRY_VOID(rewritten);
  // What the first completion would have to do. Without it, completion does it.
  if (const auto written = open_database(job.place); written && *written)
    inventory::refresh_labels(**written);
  return rows;
}

Result<std::vector<Record>> print_records(const Merging& job) {
  const auto& vdbgen = job.request.vdbgen;
  std::optional<inventory::Source> old;
  if (vdbgen.append || vdbgen.replace) old = TRY(open_database(job.place));
  TRY_VOID(to_stdout(old ? &*old : nullptr, job.scans));
  return std::vector<Record>{};
}

}  // namespace

namespace {

std::vector<HostScan> scan_all(const model::Request& request) {
  auto hosts = scan_other_hosts(request);
  if (asks_here(request)) hosts.insert(hosts.begin(), scan_this_host(request));
  return hosts;
}

// What is said of files that no machine was read from.
void add_unread(const HostScan& host, std::vector<plugin::Failure>& failures) {
  for (const auto& path : host.unread)
    failures.push_back({{Exit::failed, path + ": no machine was read from this file, its record was kept",
                         "it is there, but it is no machine file any more",
                         "put the machine file back, or remove it and run the command again"},
                        host.host,
                        {}});
}

inventory::Scan merged_as(HostScan& host, const model::Request& request, std::int64_t now, bool silent) {
  inventory::Scan scan;
  scan.records = std::move(host.records);
  scan.seen = inventory::seen_text(now);
  scan.mode =
      request.vdbgen.replace && !silent ? inventory::MergeMode::replace : inventory::MergeMode::append;
  return scan;
}

bool is_silent(const HostScan& host) {
  return host.records.empty() && !host.failures.empty() && host.reach.connections.empty();
}

}  // namespace

Exit vdbgen(const model::Request& request) {
  const auto place = prepare(request);
  if (!place) return finish(place.error(), request);
  const auto until = until_deadline(request);
  auto hosts = scan_all(request);
  const auto now = static_cast<std::int64_t>(std::time(nullptr));
  const bool silent = std::all_of(hosts.begin(), hosts.end(), is_silent);
  plugin::Outcome outcome;
  for (const auto& host : hosts)
    outcome.failures.insert(outcome.failures.end(), host.failures.begin(), host.failures.end());
  auto quiet = request;  // failures are told on stderr where stdout holds the records
  if (request.vdbgen.to_stdout) quiet.output.format = model::Format::terse;
  // Who stops a scan does not want half of it recorded.
  if (std::any_of(outcome.failures.begin(), outcome.failures.end(),
                  [](const plugin::Failure& failure) { return failure.error.summary == "interrupted"; })) {
    for (auto& failure : outcome.failures)
      if (failure.error.summary == "interrupted")
        failure.error.fix = "nothing was recorded: run the command again";
    return finish(model::Layout::result, outcome, quiet);
  }
  const bool wrong = std::any_of(outcome.failures.begin(), outcome.failures.end(),
                                 [](const auto& failure) { return failure.error.code == Exit::usage; });
  if (silent && (request.vdbgen.to_stdout || wrong)) return finish(model::Layout::result, outcome, quiet);
  std::vector<inventory::Scan> scans;
  std::vector<inventory::ScanOf> whose;
  whose.reserve(hosts.size());
  scans.reserve(hosts.size());
  for (auto& host : hosts)
    whose.push_back({&scans.emplace_back(merged_as(host, request, now, silent)), host.host});
  for (std::size_t i = 0; i < hosts.size(); ++i)
    scans[i].reached = [&host = hosts[i], &told = scans[i].records](std::string_view line) {
      return would_tell(host, told, line);
    };
  const Merging job{request, *place, hosts, whose, now, until, silent};
  auto rows = request.vdbgen.to_stdout ? print_records(job) : request.plan || silent ? plan(job) : write(job);
  if (rows)
    outcome.records = *std::move(rows);
  else
    outcome.failures.push_back({std::move(rows).error(), paths::host_name(), {}});
  for (const auto& host : hosts) add_unread(host, outcome.failures);
  return finish(model::Layout::result, outcome, quiet);
}

}  // namespace ctys::action
