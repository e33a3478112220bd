// Reads the sources that fill macmap.fdb.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/macmap_sources.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/paths.hpp"
#include "inventory/neighbours.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <utility>

namespace ctys::action {
namespace fs = std::filesystem;
using inventory::Lease;
using inventory::LeaseFormat;
using model::MacSourceKind;
namespace {

constexpr std::chrono::seconds kPatience{5};  // the kernel gives a neighbour up after three

std::string entries(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " entry" : " entries");
}

void tell(const fs::path& path, const inventory::Leases& found) {
  const auto warn = [&](const std::string& text) {
    log::write(log::Severity::warning, "inventory", path.string() + ": " + text);
  };
  if (found.broken > 0)
    warn(entries(found.broken) + " could not be read" +
         (found.first_broken > 0 ? ", the first in line " + std::to_string(found.first_broken) : ""));
  if (found.unnamed > 0)
    warn(std::to_string(found.unnamed) +
         (found.unnamed == 1 ? " name is no host name and was" : " names are no host names and were") +
         " left out: a host name has letters, digits, '.', '-' and '_'");
  log::write(log::Severity::info, "inventory",
             path.string() + ": in force " + entries(found.rows.size()) + ", ended " +
                 std::to_string(found.expired));
}

class Sources {
 public:
  explicit Sources(std::vector<plugin::Failure>& failures) : failures_(failures) {}

  Result<void> read(const model::MacSource& source) {
    switch (source.kind) {
      case MacSourceKind::dhcpd:
        return read_as(LeaseFormat::dhcpd, source.path);
      case MacSourceKind::dnsmasq:
        return read_as(LeaseFormat::dnsmasq, source.path);
      case MacSourceKind::kea:
        return read_as(LeaseFormat::kea, source.path);
      case MacSourceKind::ethers:
        return read_as(LeaseFormat::ethers, source.path);
      case MacSourceKind::hosts:
        return read_as(LeaseFormat::hosts, source.path);
      case MacSourceKind::libvirt:
        return read_libvirt(source.path.empty() ? "/var/lib/libvirt/dnsmasq" : source.path);
      case MacSourceKind::neighbours:
        if (!source.path.empty()) return read_as(LeaseFormat::neighbours, source.path);
        take(TRY(inventory::live_neighbours()));
        return {};
    }
    return {};
  }
  void take(std::vector<Lease> leases) {
    std::move(leases.begin(), leases.end(), std::back_inserter(told_.leases));
  }
  [[nodiscard]] Told done() { return std::move(told_); }

 private:
  Result<void> read_as(LeaseFormat format, const fs::path& path) {
    const auto text = TRY(read_file(path, inventory::kMaxLeaseFile));
    auto found = inventory::read_leases(format, text, now_);
    // A file of noise must not look like one that says that there is nobody.
    if (found.broken > 0 && found.rows.empty() && found.expired == 0)
      return fail(Exit::usage, "there are no leases in " + path.string(),
                  entries(found.broken) + " could not be read", "check its format: ctys help macmap");
    // So looks the copy of a file that ended early, too.
    if (found.broken > 0 || (found.rows.empty() && found.expired == 0)) told_.doubtful.push_back(path);
    tell(path, found);
    take(std::move(found.rows));
    return {};
  }
  // What libvirt's dnsmasq was told and has given away, for every network of the folder.
  Result<void> read_libvirt(const fs::path& folder) {
    std::error_code error;
    if (fs::is_regular_file(folder, error)) return read_as(LeaseFormat::libvirt, folder);
    std::vector<fs::path> files;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
      files.push_back(at->path());
    if (error)
      return fail(Exit::usage, "cannot read " + folder.string(), error.message(),
                  "run ctys as a user who may, or name another folder: libvirt:FOLDER");
    constexpr std::array<std::pair<std::string_view, LeaseFormat>, 3> kKinds{
        {{".hostsfile", LeaseFormat::dnsmasq_hosts},
         {".leases", LeaseFormat::dnsmasq},
         {".status", LeaseFormat::libvirt}}};
    std::sort(files.begin(), files.end());
    bool any = false;
    for (const auto& file : files)
      for (const auto& [extension, format] : kKinds) {
        if (file.extension() != extension) continue;
        read_one(format, file);
        any = true;
      }
    if (!any) told_.doubtful.push_back(folder);  // no network runs, or this is another folder
    return {};
  }
  // One network's file says nothing about the others.
  void read_one(LeaseFormat format, const fs::path& file) {
    auto read = read_as(format, file);
    if (read) return;
    read.error().code = Exit::failed;
    read.error().fix = "the others were read, and no row was dropped; repair or remove this one";
    failures_.push_back({std::move(read).error(), paths::host_name(), {}});
    told_.complete = false;
  }

  std::int64_t now_ = std::time(nullptr);
  Told told_;
  std::vector<plugin::Failure>& failures_;
};

}  // namespace

Result<Told> read_sources(const model::MacmapOptions& options, std::vector<plugin::Failure>& failures) {
  Sources sources(failures);
  for (const auto& source : options.sources) TRY_VOID(sources.read(source));
  if (options.hosts.empty()) return sources.done();
  std::vector<std::string> silent;
  sources.take(TRY(inventory::ask_neighbours(options.hosts, kPatience, silent)));
  for (const auto& host : silent)
    failures.push_back(
        {{Exit::unreachable, "no MAC address of " + host,
          "it does not answer, or is not on a network of this host", "check that it runs, and its name"},
         host,
         {}});
  return sources.done();
}

}  // namespace ctys::action
