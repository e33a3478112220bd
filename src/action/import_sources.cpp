// Where hosts are known.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/import_sources.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "groups/expand.hpp"
#include "groups/imports.hpp"
#include "inventory/line.hpp"
#include "inventory/view.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <glob.h>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace ctys::action {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = 1U << 20;
constexpr std::size_t kMostFiles = 256;
constexpr unsigned kDeepest = 16;  // of Include, as ssh has it
constexpr std::size_t kMostLeftOut = 100;

void warn(const Error& error) {
  log::write(log::Severity::warning, "import", error.summary + (error.why.empty() ? "" : ": " + error.why));
}

bool is_there(const fs::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

// However a host is written, it is one.
std::string_view undotted(std::string_view host) {
  return host.substr(0, host.find_last_not_of('.') + 1);
}

bool is_this_host(const model::Target& target) {
  const std::string_view own = paths::host_name();
  const auto is = [&](std::string_view name) { return paths::same_host_name(target.host, name); };
  return target.here || is("localhost") ||
         (target.user.empty() && target.port == 0 && (is(own) || is(own.substr(0, own.find('.')))));
}

class Gathering {
 public:
  void add(std::string_view word, std::string source) {
    auto target = groups::member_of(word);
    if (target) return add(*std::move(target), std::move(source));
    if (found_.left_out.size() < kMostLeftOut)
      found_.left_out.push_back({std::string(word), std::move(source), target.error().why});
  }
  void add(model::Target target, std::string source) {
    if (is_this_host(target)) return;
    auto key = text::lower(undotted(target.host)) + " " + target.user + " " + std::to_string(target.port);
    const auto [at, is_new] = index_.try_emplace(std::move(key), found_.hosts.size());
    if (is_new) found_.hosts.push_back({std::move(target), {}});
    auto& sources = found_.hosts[at->second].sources;
    if (std::find(sources.begin(), sources.end(), source) == sources.end())
      sources.push_back(std::move(source));
  }
  KnownHosts take() { return std::move(found_); }

 private:
  KnownHosts found_;
  std::map<std::string, std::size_t> index_;
};

void add_groups(Gathering& all) {
  const auto source = groups::usual_source();
  for (const auto& name : source.names()) {
    if (name == "all") continue;
    const std::array<std::string, 1> words{"@" + name};
    const auto hosts = groups::expand(words, source, {[](const std::string&) { return true; }});
    if (!hosts) {
      warn(hosts.error());
      continue;
    }
    for (const auto& host : groups::names_of(*hosts)) all.add(host, "group " + name);
  }
}

// A database has many records of each host.
void add_inventory(Gathering& all) {
  const auto view = inventory::open_view(inventory::view_directories({}));
  if (!view) return;
  std::map<std::string, std::string, std::less<>> seen;  // as the first record has it
  for (const auto& source : *view) {
    inventory::Reader reader(source);
    inventory::Line line;
    std::string before;  // many records of one host follow each other
    while (reader.next(line)) {
      const auto host = inventory::field(line.text, 1);
      if (host.empty() || host == before) continue;
      before = host;
      const auto bare = undotted(host);
      seen.try_emplace(text::lower(bare.empty() ? host : bare), host);
    }
    if (const auto status = reader.status(); !status) warn(status.error());
    if (const auto skipped = inventory::warning(source, reader.faults()); !skipped.empty())
      log::write(log::Severity::warning, "import", skipped);
  }
  for (const auto& [name, host] : seen) all.add(host, "inventory");
}

// The files of a pattern in Include, as ssh looks for them.
std::vector<fs::path> matching_files(const std::string& pattern, const fs::path& folder) {
  const auto path = pattern.starts_with("~/")  ? paths::home() / pattern.substr(2)
                    : pattern.starts_with('/') ? fs::path(pattern)
                                               : folder / pattern;
  glob_t found{};
  std::vector<fs::path> files;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): this process has one thread
  if (::glob(path.c_str(), 0, nullptr, &found) == 0)
    for (std::size_t at = 0; at < found.gl_pathc; ++at) files.emplace_back(found.gl_pathv[at]);
  ::globfree(&found);
  return files;
}

class SshReader {
 public:
  SshReader(Gathering& all, fs::path folder) : all_(all), folder_(std::move(folder)) {}

  void read(const fs::path& path, unsigned depth) {
    if (depth > kDeepest || !is_there(path) || !read_.insert(path.string()).second ||
        read_.size() > kMostFiles)
      return;
    const auto content = read_file(path, kMaxFile);
    if (!content) return warn(content.error());
    const auto found = groups::ssh_hosts(*content);
    for (const auto& host : found.hosts) all_.add(host.text, path.string() + ":" + std::to_string(host.line));
    for (const auto& include : found.includes)
      for (const auto& file : matching_files(include.text, folder_)) read(file, depth + 1);
  }

 private:
  Gathering& all_;
  fs::path folder_;
  std::set<std::string> read_;
};

void add_ssh(Gathering& all, const std::optional<std::string>& configuration) {
  const auto folder = paths::home() / ".ssh";
  SshReader(all, folder).read(configuration.value_or((folder / "config").string()), 0);
}

void add_libvirt(Gathering& all) {
  const auto own = paths::absolute_path("XDG_CONFIG_HOME").value_or(paths::home() / ".config");
  for (const auto& path : {own / "libvirt" / "libvirt.conf", fs::path("/etc/libvirt/libvirt.conf")}) {
    if (!is_there(path)) continue;
    const auto content = read_file(path, kMaxFile);
    if (!content) {
      warn(content.error());
      continue;
    }
    for (const auto& alias : groups::uri_aliases(*content))
      if (const auto host = groups::host_of_uri(alias.uri))
        all.add(*host, path.string() + ":" + std::to_string(alias.line) + " (" + alias.name + ")");
  }
}

}  // namespace

KnownHosts find_known_hosts(const std::vector<model::Target>& named,
                            const std::optional<std::string>& configuration) {
  Gathering all;
  for (const auto& target : named) all.add(target, "command line");
  add_groups(all);
  add_inventory(all);
  add_ssh(all, configuration);
  add_libvirt(all);
  return all.take();
}

}  // namespace ctys::action
