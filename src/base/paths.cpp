// Where things live.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <grp.h>
#include <utility>

namespace ctys::paths {
namespace fs = std::filesystem;

std::optional<std::string> environment(const char* name) {
  const char* value = ::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here sets variables
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::optional<fs::path> absolute_path(const char* variable) {
  const auto value = environment(variable);
  return value && value->front() == '/' ? std::optional<fs::path>(*value) : std::nullopt;
}

fs::path home() {
  if (auto value = absolute_path("HOME")) return *std::move(value);
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return entry.pw_dir;
  return "/";
}

void settle_home() {
  // Every call begins here: no more than a look where it is right already.
  const char* given = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe): before anything else begins
  if (given != nullptr && *given == '/') return;
  (void)::setenv("HOME", home().c_str(), 1);  // NOLINT(concurrency-mt-unsafe): before anything else begins
}

namespace {
fs::path xdg(const char* variable, const char* fallback) {
  return absolute_path(variable).value_or(home() / fallback) / "ctys";
}
}  // namespace

fs::path config_home() {
  return xdg("XDG_CONFIG_HOME", ".config");
}
fs::path data_home() {
  return xdg("XDG_DATA_HOME", ".local/share");
}
fs::path cache_home() {
  return xdg("XDG_CACHE_HOME", ".cache");
}
fs::path state_home() {
  return xdg("XDG_STATE_HOME", ".local/state");
}

fs::path runtime_place() {
  const std::string uid = std::to_string(::getuid());
  struct stat status {};
  if (const auto value = absolute_path("XDG_RUNTIME_DIR")) return *value / "ctys";
  if (::stat(("/run/user/" + uid).c_str(), &status) == 0) return "/run/user/" + uid + "/ctys";
  return "/tmp/ctys." + uid;
}

Result<fs::path> runtime_dir() {
  const auto dir = runtime_place();
  struct stat status {};
  const std::string what = "cannot use the run-time folder " + dir.string();
  if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(Exit::failed, what, system_message(errno), "set XDG_RUNTIME_DIR to a folder of your own");
  if (::lstat(dir.c_str(), &status) != 0) return fail(Exit::failed, what, system_message(errno));
  if (!S_ISDIR(status.st_mode) || status.st_uid != ::getuid() || (status.st_mode & 0077U) != 0)
    return fail(Exit::failed, what, "it is not a folder that only you can enter",
                "remove it, or set XDG_RUNTIME_DIR to a folder of your own");
  return dir;
}

std::vector<fs::path> search_path(const char* variable, std::vector<fs::path> fallback) {
  const auto value = environment(variable);
  if (!value) return fallback;
  std::vector<fs::path> found;
  for (const auto part : text::split(*value, ':'))
    if (!part.empty()) found.emplace_back(part);
  return found;
}

const fs::path& executable() {
  static const fs::path resolved = [] {
    std::error_code error;
    auto path = fs::read_symlink("/proc/self/exe", error);
    return error ? fs::path("ctys") : path;
  }();
  return resolved;
}

const std::string& host_name() {
  static const std::string name = [] {
    utsname names{};
    return ::uname(&names) == 0 ? std::string(names.nodename) : std::string("localhost");
  }();
  return name;
}

namespace {

// The dot that ends a whole name is no part of it.
std::string_view undotted(std::string_view name) noexcept {
  while (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r";
  std::vector<std::string_view> words;
  for (;;) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty()) return words;
    words.push_back(line.substr(0, line.find_first_of(kBlanks)));
    line.remove_prefix(words.back().size());
  }
}

}  // namespace

std::string domain_in(std::string_view hosts, std::string_view name) {
  for (const auto line : text::split(hosts, '\n')) {
    const auto names = words_of(line.substr(0, line.find('#')));
    const auto is_it = [&](std::string_view one) { return text::equal_ci(one, name); };
    if (std::none_of(names.begin(), names.end(), is_it)) continue;
    for (const auto one : names) {
      const auto dot = one.find('.');
      if (dot != std::string_view::npos && is_it(one.substr(0, dot)))
        return std::string(undotted(one.substr(dot + 1)));
    }
  }
  return {};
}

const std::string& host_domain() {
  static const std::string domain = [] {
    constexpr std::size_t kMostHosts = 1U << 20U;
    const std::string_view own = undotted(host_name());
    if (const auto dot = own.find('.'); dot != std::string_view::npos)
      return std::string(own.substr(dot + 1));
    const auto hosts = read_file("/etc/hosts", kMostHosts);
    return hosts ? domain_in(*hosts, own) : std::string();
  }();
  return domain;
}

bool same_host(std::string_view a, std::string_view b) {
  a = undotted(a);
  b = undotted(b);
  if (text::equal_ci(a, b)) return !a.empty();
  if (a.find('.') != std::string_view::npos) std::swap(a, b);
  const auto dot = b.find('.');
  if (a.find('.') != std::string_view::npos || dot == std::string_view::npos) return false;
  return text::equal_ci(a, b.substr(0, dot)) && text::equal_ci(b.substr(dot + 1), host_domain());
}

bool same_host_name(std::string_view a, std::string_view b) noexcept {
  return text::equal_ci(undotted(a), undotted(b));
}

std::string user_name(unsigned uid) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return entry.pw_name;
  return std::to_string(uid);
}

std::string group_name(unsigned gid) {
  group entry{};
  group* found = nullptr;
  std::array<char, 16384> buffer{};
  if (::getgrgid_r(gid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return entry.gr_name;
  return std::to_string(gid);
}

bool is_user(const std::string& name) {
  if (text::number(name)) return true;  // one without a name is shown by its number
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  return ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
}

bool is_group(const std::string& name) {
  if (text::number(name)) return true;
  group entry{};
  group* found = nullptr;
  std::array<char, 16384> buffer{};
  return ::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
}

}  // namespace ctys::paths
