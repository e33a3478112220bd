// The drivers that ctys knows, and where each of them is asked.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/driver.hpp"

#include <ctys/uri.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace ctys::libvirt {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
  const char* value =
      std::getenv(name);  // NOLINT(concurrency-mt-unsafe): a worker has one thread, nothing sets it
  return value == nullptr ? std::string() : value;
}

bool is_there(const fs::path& path) {
  std::error_code ignored;  // unreadable is as good as absent: the endpoint is not used
  return fs::exists(path, ignored);
}

bool has_stored_domain(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    if (at->path().extension() == ".xml") return true;
  return false;
}

// libvirtd's socket, or that of the modular daemon.
bool has_socket(const fs::path& folder) {
  return is_there(folder / "libvirt-sock") || is_there(folder / "virtqemud-sock");
}

fs::path session_config() {
  const std::string config = variable("XDG_CONFIG_HOME");
  return (config.empty() ? fs::path(variable("HOME")) / ".config" : fs::path(config)) / "libvirt" / "qemu";
}

bool has_session() {
  return has_socket(fs::path(session_run_folder()) / "libvirt") || has_stored_domain(session_config());
}

// qemu:///system, qemu+ssh://host/system
bool has_scheme(std::string_view uri, std::string_view scheme) {
  return uri.starts_with(scheme) && uri.size() > scheme.size() &&
         (uri[scheme.size()] == ':' || uri[scheme.size()] == '+');
}

std::vector<std::string> qemu_endpoints(const Request& request) {
  const std::string wanted = default_uri();
  if (has_scheme(wanted, "qemu")) return {without_password(wanted)};
  if (!wanted.empty() && !request.asked_by_type()) return {};
  const bool session = has_session();
  std::vector<std::string> uris;
  if (has_socket("/run/libvirt") || has_socket("/var/run/libvirt") || !session)
    uris.emplace_back("qemu:///system");
  if (session) uris.emplace_back("qemu:///session");
  return uris;
}

// Without a home nobody can tell whether this user has machines of their own.
std::string qemu_unasked(const Request& request) {
  const std::string wanted = default_uri();
  if (has_scheme(wanted, "qemu") || (!wanted.empty() && !request.asked_by_type())) return {};
  const std::string home = variable("HOME");
  if (!variable("XDG_CONFIG_HOME").empty() || is_there(home) || has_session()) return {};
  return "qemu:///session is not asked: HOME names " + home + ", and there is no such folder";
}

std::string nothing_unasked(const Request& /*request*/) {
  return {};
}

std::vector<std::string> test_endpoints(const Request& request) {
  const std::string wanted = default_uri();
  if (has_scheme(wanted, "test")) return {without_password(wanted)};
  if (request.asked_by_type()) return {"test:///default"};
  return {};
}

// The daemon of a session may have been started under another HOME than this one: what is not there is not
// it.
std::string qemu_file(const std::string& uri, const std::string& name) {
  const bool own = is_users_own(uri);
  const fs::path file = (own ? session_config() : fs::path("/etc/libvirt/qemu")) / (name + ".xml");
  return own && is_local(uri) && !is_there(file) ? std::string() : file.string();
}

// test:///home/me/lab.xml keeps all machines in one file, test:///default keeps none.
std::string test_file(const std::string& uri, const std::string& /*name*/) {
  constexpr std::string_view kPrefix = "test://";
  const std::string path =
      uri.starts_with(kPrefix) ? uri.substr(kPrefix.size(), uri.find('?') - kPrefix.size()) : "";
  return path == "/default" ? std::string() : path;
}

}  // namespace

bool is_local(std::string_view uri) noexcept {
  const auto host = uri.find("://");
  if (host == std::string_view::npos) return true;
  const bool unix_socket = uri.find('+') == std::string_view::npos || uri.substr(0, host).ends_with("+unix");
  return unix_socket && uri.substr(host + 3).starts_with('/');
}

bool is_users_own(std::string_view uri) noexcept {
  return !uri.substr(0, uri.find('?')).ends_with("/system");
}

std::string session_run_folder() {
  const std::string run = variable("XDG_RUNTIME_DIR");
  return run.empty() ? "/run/user/" + std::to_string(getuid()) : run;
}

std::string session_log_folder() {
  const std::string cache = variable("XDG_CACHE_HOME");
  const fs::path own = cache.empty() ? fs::path(variable("HOME")) / ".cache" : fs::path(cache);
  return (own / "libvirt").string();
}

std::string hypervisor_log(std::string_view uri, const std::string& name) {
  const fs::path folder =
      is_users_own(uri) ? fs::path(session_log_folder()) / "qemu" / "log" : "/var/log/libvirt/qemu";
  return (folder / (name + ".log")).string();
}

std::string daemon_folders() {
  return variable("PATH") + ":/usr/sbin";
}

std::string default_uri() {
  return variable("LIBVIRT_DEFAULT_URI");
}

const Driver kQemu{"QEMU", "qemu", true, true, true, qemu_endpoints, qemu_unasked, qemu_file};
const Driver kTest{"TEST", "test", false, false, false, test_endpoints, nothing_unasked, test_file};

}  // namespace ctys::libvirt
