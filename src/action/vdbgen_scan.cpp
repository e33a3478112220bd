// Asks the hypervisors of this host for all their machines.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/vdbgen_scan.hpp"

#include "action/bases.hpp"
#include "action/search.hpp"
#include "action/states.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "inventory/compose.hpp"
#include "ui/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace ctys::action {
namespace {

void say(const std::string& line) {
  (void)write_all(STDERR_FILENO, "ctys: " + text::printable(line) + "\n");
}

std::size_t threads_of(const model::Request& request, std::size_t calls) {
  constexpr unsigned kUsual = 10;
  const auto wanted = request.vdbgen.at_once.value_or(kUsual);
  return wanted == 0 ? calls : wanted;
}

// As many workers at a time as are allowed.
std::vector<plugin::Outcome> ask_in_rounds(const model::Request& request, std::span<const wire::Call> calls) {
  ui::Progress progress(ui::terminal());
  plugin::Options how;
  how.progress = [&](std::string_view line) {
    if (request.vdbgen.progress == 2)
      say(std::string(line));
    else if (request.vdbgen.progress == 0)
      progress.show(line);
  };
  const std::size_t most = std::max<std::size_t>(threads_of(request, calls.size()), 1);
  std::vector<plugin::Outcome> all;
  for (std::size_t at = 0; at < calls.size(); at += most) {
    auto round = plugin::collect_each(calls.subspan(at, std::min(most, calls.size() - at)), how);
    std::move(round.begin(), round.end(), std::back_inserter(all));
  }
  return all;
}

// What a type's failures leave of its answer: everything, some connections, or nothing to rely on.
void judge(const std::string& type, const plugin::Outcome& machines, const plugin::Outcome& probes,
           inventory::Reach& reach) {
  std::vector<std::string> uris;
  for (const auto& probe : probes.records)
    if (probe.get(Field::state) == "usable") uris.push_back(probe.get(Field::context));
  for (const auto& failure : machines.failures) {
    if (auto file = file_of(failure.error); !file.empty()) {
      reach.unread.push_back(std::move(file));
      continue;
    }
    const auto before = uris.size();
    std::erase_if(uris, [&](const auto& uri) { return mentions(failure.error, uri); });
    const bool unusable = std::any_of(probes.records.begin(), probes.records.end(), [&](const auto& probe) {
      return probe.get(Field::state) != "usable" && mentions(failure.error, probe.get(Field::context));
    });
    if (before == uris.size() && !unusable) return;
  }
  if (uris.empty() && machines.silent) return;
  reach.types.push_back(type);
  for (auto& uri : uris) reach.connections.push_back({type, std::move(uri)});
}

}  // namespace

bool mentions(const Error& error, const std::string& word) {
  return error.summary.find(word) != std::string::npos || error.why.find(word) != std::string::npos ||
         error.where.find(word) != std::string::npos;
}

void say_progress(const std::string& who, const plugin::Outcome& outcome) {
  say(who + ": " + std::to_string(outcome.records.size()) + " records, " +
      std::to_string(outcome.failures.size()) + " failures");
}

void keep_file(const std::string& host, const std::string& type, const plugin::Outcome& outcome) {
  std::string content;
  for (const auto& record : outcome.records) content += inventory::line_of(record, {}) + "\n";
  const auto path = paths::cache_home() / "vdbgen" / (host + "-" + type + ".fdb");
  if (const auto written = replace_file(path, content); !written)
    log::write(log::Severity::warning, "vdbgen", written.error().summary + ": " + written.error().why);
  else
    log::write(log::Severity::info, "vdbgen", "kept " + path.string());
}

void add_records(HostScan& scan, std::vector<model::Record>& records, const model::Request& request) {
  for (auto& record : records) {
    if (record.get(Field::host).empty()) record.set(Field::host, scan.host);
    scan.records.push_back({inventory::line_of(record, {}),
                            accepts_state(request.enumerate.states, record.get(Field::vm_state), true)});
  }
}

std::string file_of(const Error& error) {
  if (error.code != Exit::failed) return {};
  const auto begin = error.summary.find('/');
  const bool is_path = begin == 0 || (begin != std::string::npos && error.summary[begin - 1] == ' ');
  if (!is_path) return {};
  const auto end = error.summary.find(": ", begin);
  return error.summary.substr(begin, end == std::string::npos ? end : end - begin);
}

HostScan scan_this_host(const model::Request& request) {
  HostScan scan;
  scan.host = paths::host_name();
  std::vector<model::Pair> options;
  for (auto& base : base_folders(request.enumerate.bases)) {
    std::error_code error;
    options.push_back({"BASEPATH", std::filesystem::absolute(base, error).lexically_normal().string()});
    // What lay below a folder that is not there, may be where it is mounted again.
    if (std::filesystem::is_directory(base, error)) scan.reach.bases.push_back(options.back().value);
  }
  auto calls = reading_calls(request, wire::Verb::enumerate, options);
  const std::size_t types = calls.size();
  for (auto& probe : reading_calls(request, wire::Verb::probe, {})) calls.push_back(std::move(probe));
  auto outcomes = ask_in_rounds(request, calls);
  plugin::Outcome all;
  for (std::size_t at = 0; at < types; ++at) {
    auto& machines = outcomes[at];
    if (request.vdbgen.progress > 0) say_progress(calls[at].type, machines);
    if (request.vdbgen.keep_files) keep_file(scan.host, calls[at].type, machines);
    judge(calls[at].type, machines, outcomes[types + at], scan.reach);
    add_records(scan, machines.records, request);
    all.silent = all.silent && machines.silent;
    std::move(machines.records.begin(), machines.records.end(), std::back_inserter(all.records));
    std::move(machines.failures.begin(), machines.failures.end(), std::back_inserter(all.failures));
  }
  tell_unserved(request, all);
  remember(request, all, request.enumerate.bases.empty());
  scan.failures = std::move(all.failures);
  scan.reach.user = paths::user_name(::getuid());
  return scan;
}

}  // namespace ctys::action
