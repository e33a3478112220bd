// Finds the processes of machines by their arguments.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/process.hpp"

#include "libvirt/file.hpp"
#include "libvirt/text.hpp"

#include <pwd.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <grp.h>
#include <set>

namespace ctys::libvirt {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostArguments =
    std::size_t{256} * 1024;  // bytes; the kernel allows more, libvirt needs far less

// The program of a process by its first argument: qemu-system-x86_64, kvm, ...
bool is_emulator(std::string_view program) {
  const std::string_view name = program.substr(program.rfind('/') + 1);
  return name.starts_with("qemu") || name == "kvm";
}

}  // namespace

std::optional<std::string> uuid_argument(std::string_view cmdline) {
  const auto arguments = split(cmdline, '\0');
  if (!is_emulator(arguments.front())) return std::nullopt;
  for (std::size_t at = 1; at + 1 < arguments.size(); ++at)
    if (arguments[at] == "-uuid") return normal_uuid(arguments[at + 1]);
  return std::nullopt;
}

std::map<std::string, Process> machine_processes(const std::string& proc) {
  std::map<std::string, Process> found;
  std::set<std::string> claimed_twice;
  std::error_code error;
  for (fs::directory_iterator at(proc, error), end; !error && at != end; at.increment(error)) {
    const auto pid = number(at->path().filename().string());
    if (!pid) continue;
    // A process that ends meanwhile is simply not there.
    const auto cmdline = try_read_file(at->path() / "cmdline", kMostArguments);
    const auto uuid = cmdline ? uuid_argument(*cmdline) : std::nullopt;
    struct stat status {};
    if (!uuid || ::stat(at->path().c_str(), &status) != 0) continue;
    const auto [place, is_new] = found.try_emplace(
        *uuid, Process{static_cast<pid_t>(*pid), user_name(status.st_uid), group_name(status.st_gid)});
    if (!is_new) claimed_twice.insert(*uuid);
  }
  for (const std::string& uuid : claimed_twice) found.erase(uuid);
  return found;
}

std::string user_name(uid_t uid) {
  std::array<char, 4096> buffer{};
  struct passwd entry {};
  struct passwd* result = nullptr;
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &result) == 0 && result != nullptr)
    return entry.pw_name;
  return std::to_string(uid);
}

std::string group_name(gid_t gid) {
  std::array<char, 16384> buffer{};
  struct group entry {};
  struct group* result = nullptr;
  if (getgrgid_r(gid, &entry, buffer.data(), buffer.size(), &result) == 0 && result != nullptr)
    return entry.gr_name;
  return std::to_string(gid);
}

}  // namespace ctys::libvirt
