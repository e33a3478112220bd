// Fuzzes group files: before the first empty line the targets, behind it the files, each begun by a line
// "=NAME".
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "fuzz.hpp"
#include "groups/expand.hpp"
#include "groups/range.hpp"

#include <algorithm>
#include <map>

namespace {

using namespace ctys;

std::map<std::string, std::string> files_of(std::string_view text) {
  std::map<std::string, std::string> files;
  std::string name = "g";
  for (const auto line : text::split(text, '\n'))
    if (line.starts_with('='))
      name = line.substr(1);
    else
      files[name] += std::string(line) + "\n";
  return files;
}

groups::Source source_of(const std::map<std::string, std::string>& files) {
  groups::Source source;
  source.load = [&files](const std::string& name, std::size_t) -> Result<std::optional<groups::File>> {
    const auto at = files.find(name);
    if (at == files.end()) return std::nullopt;
    return groups::File{name, "/g/" + name, 0, at->second};
  };
  source.names = [&files] {
    std::vector<std::string> names;
    for (const auto& [name, content] : files) names.push_back(name);
    return names;
  };
  return source;
}

void check_error(const Error& error) {
  fuzz::must(error.code == Exit::usage, "a wrong file is the user's to mend");
  fuzz::must(!error.summary.empty() && error.summary.size() < 2000,
             "an error says what is wrong, and no more");
}

void check_hosts(const groups::Hosts& hosts) {
  fuzz::must(hosts.size() <= groups::kMaxHosts, "hosts are bounded");
  for (const auto& host : hosts) {
    fuzz::must(!host.name.empty() && text::is_plain(host.name) && host.name.front() != '-',
               "a host has a name");
    fuzz::must(host.name.find_first_of(" ,!&^(){}'\"*") == std::string::npos, "a host is one");
    for (const auto& context : host.contexts)
      fuzz::must(text::printable(context) == context, "options are text");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto border = text.find("\n\n");
  const std::vector<std::string> targets{std::string(text.substr(0, border))};
  const auto files =
      files_of(border == std::string_view::npos ? std::string_view{} : text.substr(border + 2));
  const auto source = source_of(files);
  groups::Rules rules;
  rules.stacks = true;
  if (const auto hosts = groups::expand(targets, source, rules))
    check_hosts(*hosts);
  else
    check_error(hosts.error());
  for (const auto& [name, content] : files) {
    const auto measure = groups::measure(name, source, rules);
    const auto tree = groups::tree(name, source, rules);
    if (!measure) check_error(measure.error());
    if (measure) fuzz::must(measure->hosts <= groups::kMaxHosts, "a group is bounded");
    if (tree) fuzz::must(measure.has_value(), "a tree is drawn of what can be read");
  }
  return 0;
}
