// The options and words of macmap; extractMAClst and extractARPlst are names for some of them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "cli/inventory_options.hpp"

#include <algorithm>
#include <array>

namespace ctys::cli {
namespace {

using model::MacKey;
using model::MacmapOptions;
using model::MacSource;
using model::MacSourceKind;

constexpr std::string_view kKinds =
    "dhcpd|dnsmasq|kea|libvirt|neighbours|ethers|hosts";  // as model::MacSourceKind

Result<MacSource> source_of(const std::string& value) {
  const auto colon = value.find(':');
  const auto word = std::string_view(value).substr(0, colon);
  const auto kinds = text::split(kKinds, '|');
  const auto at =
      std::find_if(kinds.begin(), kinds.end(), [&](auto kind) { return text::equal_ci(kind, word); });
  if (at == kinds.end()) return bad_word("--from", word, kKinds);
  MacSource source{static_cast<MacSourceKind>(at - kinds.begin()), {}};
  if (colon != std::string::npos) source.path = value.substr(colon + 1);
  const bool alone = source.kind == MacSourceKind::neighbours || source.kind == MacSourceKind::libvirt;
  if (colon == std::string::npos ? !alone : source.path.empty())
    return bad_value("--from", value, "the file is missing", "write " + text::lower(word) + ":FILE");
  if (text::printable(source.path) != source.path)
    return bad_value("--from", value, "the path holds control characters");
  return source;
}

bool is_extract(const ModernLine& line) {
  return line.alias != nullptr && line.alias->name.starts_with("extract");
}

// -n, -m, -i: columns to show, or the one to sort by.
Result<void> read_columns(MacmapOptions& macmap, const ModernLine& line) {
  constexpr std::array kOptions{Opt::name_column, Opt::mac_column, Opt::ip_column};  // as model::MacKey
  for (std::size_t at = 0; at < kOptions.size(); ++at)
    if (find(line.options, kOptions[at]) != nullptr) macmap.columns.push_back(static_cast<MacKey>(at));
  if (!is_extract(line)) return {};
  if (macmap.columns.size() > 1)
    return fail(Exit::usage, "the rows can be sorted by one column only", {}, "choose one of -n, -m and -i");
  if (!macmap.columns.empty()) macmap.sort = macmap.columns.front();
  macmap.columns.clear();
  return {};
}

Result<void> read_sources(MacmapOptions& macmap, const ModernLine& line) {
  if (const auto* from = find(line.options, Opt::from))
    for (const auto& value : from->values) macmap.sources.push_back(TRY(source_of(value)));
  const bool arp = line.alias != nullptr && line.alias->name == "extractARPlst";
  const bool dhcpd = is_extract(line) && !arp;
  if (arp) {
    macmap.hosts = line.words;
    if (line.words.empty() && macmap.sources.empty())
      return fail(Exit::usage, "extractARPlst has no host", {},
                  "name the hosts to ask: ctys extractARPlst web01");
  } else if (dhcpd) {
    for (const auto& word : line.words) macmap.sources.push_back({MacSourceKind::dhcpd, word});
    if (macmap.sources.empty()) macmap.sources.push_back({MacSourceKind::dhcpd, "/etc/dhcp/dhcpd.conf"});
  } else {
    macmap.patterns = line.words;
  }
  return {};
}

Result<void> read_database(MacmapOptions& macmap, const ModernLine& line) {
  const auto* given = find(line.options, Opt::database);
  const bool usual = find(line.options, Opt::default_database) != nullptr;
  if (given != nullptr && usual)
    return fail(Exit::usage, "'--database' and '--default-database' exclude each other", {},
                "choose one of them");
  if (is_extract(line) && given == nullptr && !usual) macmap.print = true;
  if (given == nullptr) return {};
  macmap.directories = given->values.back();
  std::replace(macmap.directories.begin(), macmap.directories.end(), '%', ':');
  if (macmap.directories.find_first_not_of(':') == std::string::npos)
    return bad_value("-p", macmap.directories, "there is no directory", "name one, or leave out -p");
  if (text::printable(macmap.directories) != macmap.directories)
    return bad_value("-p", macmap.directories, "the path holds control characters");
  return {};
}

// A row has three columns; the others that the program knows would be empty in each.
Result<void> check_columns(const model::Output& output) {
  const auto check = [](std::string_view option, Field field, std::string_view word) -> Result<void> {
    if (model::position(model::Layout::macmap, field) != 0) return {};
    return bad_value(option, word, "a row of macmap.fdb has no such column",
                     "its columns are name, mac and ip");
  };
  for (const auto& column : output.columns) TRY_VOID(check("--columns", column.field, column.title));
  for (const auto& filter : output.filters)
    if (filter.field) TRY_VOID(check("--filter", *filter.field, filter.pattern));
  if (output.sort.field) TRY_VOID(check("--sort", *output.sort.field, "this column"));
  return {};
}

Result<void> check_together(const model::Request& request, const ModernLine& line) {
  const auto& macmap = request.macmap;
  if (macmap.host_syntax && request.output.format != model::Format::automatic)
    return fail(Exit::usage, "'--host-syntax' is a form of its own", "another one was asked for as well",
                "leave out -E, or --json and --format");
  const bool fills = !macmap.sources.empty() || !macmap.hosts.empty();
  for (const auto id : {Opt::replace, Opt::print, Opt::plan, Opt::deadline})
    if (const auto* given = find(line.options, id); given != nullptr && !fills)
      return fail(Exit::usage, "'--" + std::string(given->option->name) + "' is about what --from collects",
                  "a look-up reads macmap.fdb alone, and changes nothing",
                  "leave it out, or say where from: --from libvirt, for example");
  if (fills && !macmap.print && !macmap.columns.empty())
    return fail(Exit::usage, "-n, -m and -i choose columns to show", "with --from rows are written",
                "--dry-run shows what would change; with --print nothing is written");
  if (macmap.print && macmap.replace)
    return fail(Exit::usage, "nothing is written, so nothing can be replaced", {},
                "leave out --replace or --print");
  if (fills && !macmap.print && !macmap.patterns.empty())
    return fail(Exit::usage, "--from takes all of a source", "there are words beside it",
                "add --print to see the rows that match them");
  return {};
}

}  // namespace

Result<void> read_macmap(Draft& draft, const ModernLine& line) {
  auto& macmap = draft.request.macmap;
  const auto has = [&](Opt id) { return find(line.options, id) != nullptr; };
  macmap.upper = has(Opt::upper);
  macmap.replace = has(Opt::replace);
  macmap.print = has(Opt::print);
  macmap.host_syntax = has(Opt::host_syntax);
  macmap.quiet = has(Opt::quiet);
  TRY_VOID(read_columns(macmap, line));
  TRY_VOID(read_database(macmap, line));
  TRY_VOID(read_sources(macmap, line));
  if (const auto* debug = find(line.options, Opt::diagnostics)) TRY_VOID(set_debug_level(draft, *debug));
  TRY_VOID(check_columns(draft.request.output));
  return check_together(draft.request, line);
}

}  // namespace ctys::cli
