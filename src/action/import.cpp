// `ctys import`: shows the hosts that are known somewhere, and adds them to the group `all`.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/actions.hpp"
#include "action/database.hpp"
#include "action/finish.hpp"
#include "action/import_sources.hpp"
#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "groups/expand.hpp"
#include "groups/source.hpp"
#include "remote/configuration.hpp"
#include "ui/question.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <utility>

namespace ctys::action {
namespace {

namespace fs = std::filesystem;
using model::Record;

constexpr const char* kGroup = "all";

// The file of the group, whether it is there or not.
Result<fs::path> file_of_group() {
  const auto file = TRY(groups::usual_source().load(kGroup, 0));
  if (file) return fs::path(file->path);
  const auto folders = groups::search_path();
  if (folders.empty())
    return fail(Exit::usage, "there is no folder for groups", "CTYS_GROUPS_PATH is empty", "unset it");
  return folders.front() / kGroup;
}

bool is_same(const model::Target& a, const model::Target& b) {
  return paths::same_host_name(a.host, b.host) && a.user == b.user && a.port == b.port;
}

// What the group stands for now.
Result<std::vector<model::Target>> hosts_of_group() {
  const auto source = groups::usual_source();
  std::vector<model::Target> targets;
  if (!TRY(source.load(kGroup, 0))) return targets;
  const std::array<std::string, 1> words{std::string("@") + kGroup};
  for (const auto& host : TRY(groups::expand(words, source, {[](const std::string&) { return true; }})))
    if (auto target = model::parse_target(host.name)) targets.push_back(*std::move(target));
  return targets;
}

std::vector<const KnownHost*> missing_of(const KnownHosts& known, const std::vector<model::Target>& there) {
  std::vector<const KnownHost*> missing;
  for (const auto& host : known.hosts)
    if (std::none_of(there.begin(), there.end(),
                     [&](const auto& other) { return is_same(host.target, other); }))
      missing.push_back(&host);
  return missing;
}

std::string today() {
  std::array<char, 16> text{};
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

// Appends what the group does not have yet. Whoever else writes to it meanwhile waits, and nothing of it is
// lost.
Database place_of(const fs::path& group) {
  return {group, false, "CTYS_GROUPS_PATH"};
}

Result<std::size_t> add_to_group(const KnownHosts& known, const fs::path& path, const Until& until) {
  TRY_VOID(check_place(place_of(path)));
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error)
    return fail(Exit::failed, "cannot make the folder " + path.parent_path().string(), error.message(),
                "make it, or name another in CTYS_GROUPS_PATH");
  std::size_t added = 0;
  const auto add = [&](const inventory::Source* old, const Sink& write) -> Result<Change> {
    const auto missing = missing_of(known, TRY(hosts_of_group()));
    added = missing.size();
    if (missing.empty()) return Change::none;
    std::string content;
    if (old != nullptr) content = TRY(read_file(old->path(), groups::kMaxFile));
    if (!content.empty() && content.back() != '\n') content += '\n';
    content += "# ctys import, " + today() + "\n";
    for (const auto* host : missing) content += model::text_of(host->target) + "\n";
    (void)TRY(groups::read_group_text(content, path.string()));
    TRY_VOID(write(content));
    return Change::some;
  };
  TRY_VOID(rewrite(place_of(path), until, add));
  return added;
}

plugin::Outcome rows_of(const KnownHosts& known, const std::vector<const KnownHost*>& missing,
                        const char* word) {
  plugin::Outcome outcome;
  for (const auto& host : known.hosts) {
    const bool is_new = std::find(missing.begin(), missing.end(), &host) != missing.end();
    Record row;
    row.set(Field::host, model::text_of(host.target)).set(Field::result, is_new ? word : "there");
    outcome.records.push_back(row.set(Field::address_source, text::join(host.sources, ", ")));
  }
  for (const auto& word_left : known.left_out) {
    Record row;
    row.set(Field::host, word_left.text).set(Field::result, "left-out");
    outcome.records.push_back(
        row.set(Field::address_source, word_left.source).set(Field::detail, word_left.why));
  }
  return outcome;
}

std::string counted(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " host" : " hosts");
}

void tell(const std::string& line) {
  (void)write_all(STDERR_FILENO, line + "\n");
}

Result<Exit> import_hosts(const model::Request& request) {
  const auto path = TRY(file_of_group());
  const auto there = TRY(hosts_of_group());
  const auto configuration = TRY(remote::named_configuration());
  auto known = find_known_hosts(request.where.targets, configuration);
  // The group itself is no source of anything new, but who asks what is known is told of it.
  if (known.hosts.empty())
    for (const auto& target : there) known.hosts.push_back({target, {"group " + std::string(kGroup)}});
  const auto missing = missing_of(known, there);
  if (known.hosts.empty() && known.left_out.empty())
    return fail(Exit::nothing, "no host is known",
                "neither groups nor the inventory, ~/.ssh/config or libvirt.conf name one",
                "name them: ctys import lab01 lab02");
  const auto place = "the group " + std::string(kGroup) + " (" + text::printable(path.string()) + ")";
  const bool writes = request.import.yes && !request.plan && !missing.empty();
  if (request.plan && !missing.empty()) TRY_VOID(check_place(place_of(path)));
  std::size_t count = 0;
  if (writes) count = TRY(add_to_group(known, path, until_deadline(request)));
  auto status = finish(model::Layout::import,
                       rows_of(known, missing,
                               writes         ? "added"
                               : request.plan ? "planned"
                                              : "new"),
                       request);
  if (writes) {
    tell(counted(count) + " added to " + place);
  } else if (missing.empty()) {
    tell("nothing to add to " + place);
  } else if (!request.plan && request.output.format != model::Format::json && ui::can_ask()) {
    if (!ui::ask_yes("Add " + counted(missing.size()) + " to " + place + " (yes, no)? ")) {
      tell("nothing was written");
      return status;
    }
    tell(counted(TRY(add_to_group(known, path, until_deadline(request)))) + " added to " + place);
  } else if (!request.plan) {
    std::string again = "ctys import";
    for (const auto& target : request.where.targets) again.append(" ").append(model::text_of(target));
    tell("nothing was written; to add " + counted(missing.size()) + " to " + place + ": " + again + " --yes");
  }
  return status;
}

}  // namespace

Exit import(const model::Request& request) {
  const auto status = import_hosts(request);
  return status ? *status : finish(status.error(), request);
}

}  // namespace ctys::action
