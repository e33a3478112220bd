// macmap: which MAC address belongs to whom; looked up, or collected from leases, neighbours and host files.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/macmap.hpp"

#include "action/actions.hpp"
#include "action/database.hpp"
#include "action/finish.hpp"
#include "action/macmap_sources.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "inventory/pattern.hpp"
#include "inventory/view.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace ctys::action {
using inventory::MacChange;
using inventory::MacColumn;
using inventory::Macmap;
using inventory::MacRow;
using model::Record;
namespace {

constexpr std::array kFields{Field::name, Field::mac,
                             Field::tcp};  // as model::MacKey and inventory::MacColumn

Record record_of(const MacRow& row, bool upper) {
  Record record;
  record.set(Field::name, upper ? text::upper(row.name) : row.name).set(Field::mac, row.mac);
  return record.set(Field::tcp, row.ip);
}

// A MAC address and an IP address mean themselves, however they are spelled; any other word is a regular
// expression, for which a MAC address is written in either case.
struct Word {
  std::optional<std::string> mac;
  std::optional<std::string> ip;
  inventory::Pattern pattern;

  [[nodiscard]] bool matches(const MacRow& row) const {
    if (mac) return row.mac == *mac;
    if (ip) return inventory::machine_ip(row.ip) == ip;
    return pattern.matches(to_text(row)) ||
           pattern.matches(row.name + ';' + text::lower(row.mac) + ';' + row.ip);
  }
};

Result<std::vector<Word>> words_of(const model::MacmapOptions& options) {
  std::vector<Word> words;
  for (const auto& text : options.patterns) {
    auto& word = words.emplace_back(Word{inventory::machine_mac(text), inventory::machine_ip(text), {}});
    if (!word.mac && !word.ip) word.pattern = TRY(inventory::Pattern::compile(text));
  }
  return words;
}

std::string host_declarations(const std::vector<MacRow>& rows) {
  std::string out;
  for (const auto& row : rows) {
    auto name = inventory::machine_name(row.name);
    if (name.empty()) {
      name = "mac-" + text::lower(row.mac);
      std::replace(name.begin(), name.end(), ':', '-');
    }
    out += "host " + name + " { hardware ethernet " + text::lower(row.mac) + ";";
    if (inventory::machine_ip(row.ip))
      out += (row.ip.find(':') == std::string::npos ? " fixed-address " : " fixed-address6 ") + row.ip + ";";
    out += " }\n";
  }
  return out;
}

// `outcome`: with what failed so far.
Exit show(std::vector<MacRow> rows, std::span<const Word> words, const model::Request& request,
          plugin::Outcome outcome = {}) {
  const auto& options = request.macmap;
  std::erase_if(rows, [&](const MacRow& row) {
    return std::any_of(words.begin(), words.end(), [&](const Word& word) { return !word.matches(row); });
  });
  if (options.sort) inventory::sort_by(rows, static_cast<MacColumn>(*options.sort));
  // The original ended with 0 whatever it found, as ctys-vhost did.
  if (rows.empty() && !words.empty() && !options.is_classic && outcome.failures.empty())
    return finish({Exit::nothing,
                   "no row matches '" + text::printable(options.patterns.back()) + "'",
                   {},
                   "ctys macmap shows all rows"},
                  request);
  if (options.host_syntax) {
    auto status = print(host_declarations(rows)) ? Exit::ok : Exit::failed;
    for (const auto& failure : outcome.failures) status = worse(status, finish(failure.error, request));
    return status;
  }
  auto chosen = request;
  if (chosen.output.columns.empty())
    for (const auto key : options.columns)
      chosen.output.columns.push_back({kFields[static_cast<std::size_t>(key)], {}, 0, model::Cut::right});
  for (const auto& row : rows) outcome.records.push_back(record_of(row, options.upper));
  return finish(model::Layout::macmap, outcome, chosen);
}

void warn(const std::string& text) {
  if (!text.empty()) log::write(log::Severity::warning, "inventory", text);
}

Exit look_up_addresses(const model::Request& request) {
  const auto words = words_of(request.macmap);
  if (!words) return finish(words.error(), request);
  const auto directories = inventory::view_directories(request.macmap.directories);
  auto view = inventory::read_macmaps(directories);
  if (!view) return finish(view.error(), request);
  for (const auto& warning : view->warnings) warn(warning);
  return show(std::move(view->macmap.rows), *words, request);
}

std::string addresses_of(const MacRow& row) {
  return row.mac + (row.ip.empty() ? "" : " " + row.ip);
}

Record row_of(const MacChange& change) {
  const bool gone = change.kind == MacChange::Kind::gone;
  auto row = record_of(gone ? change.before : change.after, false);
  if (row.get(Field::name).empty()) row.set(Field::name, row.get(Field::mac));
  switch (change.kind) {
    case MacChange::Kind::added:
      return row.set(Field::result, "new").set(Field::detail, addresses_of(change.after));
    case MacChange::Kind::gone:
      return row.set(Field::result, "gone").set(Field::detail, addresses_of(change.before));
    case MacChange::Kind::changed:
      break;
  }
  return row.set(Field::result, "changed")
      .set(Field::detail, inventory::to_text(change.before) + " -> " + inventory::to_text(change.after));
}

std::string counts_of(const inventory::MacMerge& merge, std::size_t rows) {
  const auto count = [&](MacChange::Kind kind) {
    return std::to_string(std::count_if(merge.changes.begin(), merge.changes.end(),
                                        [&](const auto& change) { return change.kind == kind; }));
  };
  return std::to_string(rows) + (rows == 1 ? " row: " : " rows: ") + count(MacChange::Kind::added) +
         " new, " + count(MacChange::Kind::changed) + " changed, " + std::to_string(merge.same) +
         " unchanged, " + std::to_string(merge.kept) + " kept, " + count(MacChange::Kind::gone) + " gone";
}

struct Filled {
  std::string text;
  Change change{};
  std::vector<Record> rows;
};

Result<Filled> fill_from(const inventory::Source* old, const Told& told, const Database& place,
                         const model::Request& request) {
  std::string before;
  if (old != nullptr) before = TRY(read_file(old->path(), inventory::kMaxMacmap));
  auto macmap = inventory::parse_macmap(before);
  warn(inventory::warning(macmap, place.file));
  const auto mode = request.macmap.replace && told.complete && told.doubtful.empty()
                        ? inventory::MacMode::replace
                        : inventory::MacMode::append;
  const auto merge = inventory::merge_leases(macmap, told.leases, mode);
  if (request.macmap.sort) inventory::sort_by(macmap.rows, static_cast<MacColumn>(*request.macmap.sort));
  Filled filled;
  filled.text = inventory::to_text(macmap, before);
  filled.change = old == nullptr || filled.text != before ? Change::some : Change::none;
  if (request.plan || request.verbosity.value_or(1) > 1)
    for (const auto& change : merge.changes) filled.rows.push_back(row_of(change));
  if (merge.without_mac > 0)
    log::write(log::Severity::info, "inventory",
               std::to_string(merge.without_mac) +
                   " names have an address and no MAC address: they were passed over");
  Record file;
  file.set(Field::host, paths::host_name()).set(Field::label, place.file.filename().string());
  file.set(Field::id, place.file.string());
  file.set(Field::result, request.plan ? "planned" : filled.change == Change::some ? "written" : "unchanged");
  filled.rows.push_back(file.set(Field::detail, counts_of(merge, macmap.rows.size())));
  return filled;
}

Result<std::vector<Record>> fill(const Told& told, const Database& place, const model::Request& request,
                                 const Until& until) {
  if (request.plan) {
    TRY_VOID(check_place(place));
    const auto old = TRY(open_database(place));
    auto filled = TRY(fill_from(old ? &*old : nullptr, told, place, request));
    if (filled.change == Change::some) TRY_VOID(check_writable(place.file));
    return std::move(filled.rows);
  }
  std::vector<Record> rows;
  const auto content = [&](const inventory::Source* old, const Sink& sink) -> Result<Change> {
    auto filled = TRY(fill_from(old, told, place, request));
    rows = std::move(filled.rows);
    if (filled.change == Change::some) TRY_VOID(sink(filled.text));
    return filled.change;
  };
  TRY_VOID(rewrite(place, until, content));
  return rows;
}

// A mistyped folder would become a database that nobody looks into; the usual one is made.
Result<void> check_folder(const Database& place) {
  const auto folder = place.file.parent_path();
  std::error_code error;
  if (place.usual || std::filesystem::exists(folder, error)) return {};
  return fail(Exit::no_database, "there is no database directory " + folder.string(), {},
              "make it (mkdir " + text::shell_quoted(folder.string()) + "), or name another one with " +
                  place.option);
}

bool is_missing(const std::filesystem::path& folder) {
  std::error_code error;
  return !folder.empty() && !std::filesystem::exists(folder, error) && !error;
}

Exit collect(const model::Request& request) {
  const auto until = until_deadline(request);
  const auto& options = request.macmap;
  const auto begin = std::min(options.directories.find_first_not_of(':'), options.directories.size());
  const auto first = options.directories.substr(begin, options.directories.find(':', begin) - begin);
  const auto words = words_of(options);
  if (!words) return finish(words.error(), request);
  auto place = database(first, inventory::home_directory({}), inventory::kMacmapName, "-p");
  if (place && !options.print)
    if (auto checked = check_folder(*place); !checked)
      place = tl::unexpected<Error>(std::move(checked).error());
  if (!place && is_missing(first)) place.error().code = Exit::no_database;
  if (!place && !options.print) return finish(place.error(), request);
  plugin::Outcome outcome;
  const auto read = read_sources(options, outcome.failures);
  if (!read) return finish(read.error(), request);
  if (options.print) {
    Macmap told;
    (void)inventory::merge_leases(told, read->leases, inventory::MacMode::append);
    return show(std::move(told.rows), *words, request, std::move(outcome));
  }
  if (options.replace)
    for (const auto& path : read->doubtful)
      outcome.failures.push_back({{Exit::failed, "no row was dropped",
                                   path.string() + " tells of nobody, or has entries that cannot be read",
                                   "see whether all of it is there, or leave out --replace"},
                                  paths::host_name(),
                                  {}});
  auto rows = fill(*read, *place, request, until);
  if (!rows)
    outcome.failures.push_back({std::move(rows).error(), paths::host_name(), {}});
  else if (!options.quiet)
    outcome.records = *std::move(rows);
  return finish(model::Layout::result, outcome, request);
}

}  // namespace

Exit macmap(const model::Request& request) {
  return request.macmap.sources.empty() && request.macmap.hosts.empty() ? look_up_addresses(request)
                                                                        : collect(request);
}

}  // namespace ctys::action
