// Remedies for the host's daemon, which systemd runs, and for a session's, which libvirt starts.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/remedy.hpp"

#include "libvirt/driver.hpp"
#include "libvirt/text.hpp"

#include <unistd.h>

#include <filesystem>

namespace ctys::libvirt {
namespace {

// The path of the daemon's program; empty: it is not installed.
std::string daemon_in(std::string_view folders) {
  for (const std::string_view folder : split(folders, ':')) {
    for (const char* name : {"libvirtd", "virtqemud"}) {
      std::string path = (std::filesystem::path(folder) / name).string();
      if (!folder.empty() && ::access(path.c_str(), X_OK) == 0) return path;
    }
  }
  return {};
}

}  // namespace

std::string_view rights_fix() noexcept {
  return "join the group that may use it (sudo usermod -aG libvirt $USER, then log in again), or allow "
         "org.libvirt.unix.manage in a polkit rule";
}

bool is_session(std::string_view uri) noexcept {
  return uri.substr(0, uri.find('?')).ends_with("/session");
}

std::string gone_fix(std::string_view uri) {
  if (is_session(uri))
    return "your own libvirt daemon does not answer any more, and starts by itself with the next call: run "
           "the command again";
  return "libvirt's daemon does not answer any more: restart it (sudo systemctl restart libvirtd), then list "
         "again";
}

std::string_view helper_in(std::string_view why) noexcept {
  if (why.find("/virtlogd-sock") != std::string_view::npos) return "virtlogd";
  if (why.find("/virtlockd-sock") != std::string_view::npos) return "virtlockd";
  return {};
}

std::string helper_fix(std::string_view helper, std::string_view uri) {
  const std::string name(helper);
  if (is_session(uri))
    return "libvirt's daemon answers, its helper " + name + " does not: run " + name + " by hand and see why";
  return "libvirt's daemon answers, its helper " + name + " does not: start it (sudo systemctl start " +
         name + ".socket)";
}

std::string own_socket_fix(std::string_view why) {
  const auto begin = why.find("'/");
  if (begin == std::string_view::npos) return {};
  const auto end = why.find('\'', begin + 1);
  if (end == std::string_view::npos) return {};
  return "it is a socket of your own: look at its owner and mode (ls -l " +
         std::string(why.substr(begin, end + 1 - begin)) + ")";
}

std::string session_fix(std::string_view folders) {
  const std::string program = daemon_in(folders);
  if (program.empty()) return "install libvirt's daemon (sudo apt install libvirt-daemon)";
  return "see why your own daemon does not come up: run " + program + " by hand, read its log in " +
         session_log_folder() + ", and look whether " + session_run_folder() + " is full (df)";
}

}  // namespace ctys::libvirt
