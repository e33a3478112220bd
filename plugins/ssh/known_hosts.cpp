// Is this the host it claims to be?
// SPDX-License-Identifier: GPL-3.0-or-later
#include "known_hosts.hpp"

#include "config.hpp"
#include "handles.hpp"

#include <ctys/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <sstream>
#include <utility>

namespace ctys::ssh {
namespace {

constexpr std::size_t kMaxFile = 16U << 20;

[[noreturn]] void refuse(const std::string& path, int number) {
  throw Error(Exit::unreachable, "cannot verify the host",
              path + " cannot be read: " + std::strerror(number),  // NOLINT(concurrency-mt-unsafe)
              "see why, and mend it (ls -l " + quoted(path) + "): no host key is taken before");
}

// Empty: there is none.
std::string content_of(const std::string& path) {
  const Descriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (in.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) return {};
  if (in.get() < 0) refuse(path, errno);
  std::string text;
  std::array<char, 65536> chunk{};
  for (;;) {
    const ssize_t n = ::read(in.get(), chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) refuse(path, errno);
    if (n == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(n));
    if (text.size() > kMaxFile) refuse(path, EFBIG);
  }
}

// Each file is read once, however many hosts are asked.
const std::vector<std::string>& lines_of(const std::string& path) {
  static std::map<std::string, std::vector<std::string>> read;
  if (const auto at = read.find(path); at != read.end()) return at->second;
  std::vector<std::string> lines;
  std::istringstream file(content_of(path));
  std::string line;
  while (std::getline(file, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(line);
  }
  return read.emplace(path, std::move(lines)).first->second;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view cut_word(std::string_view& text) {
  const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(begin);
  const auto end = std::min(text.find_first_of(" \t"), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

struct EntryDeleter {
  void operator()(ssh_knownhosts_entry* entry) const { ssh_knownhosts_entry_free(entry); }
};

// '*' stands for any text, '?' for a character. `text` is lower case.
bool fits(std::string_view pattern, std::string_view text) {
  std::size_t star = std::string_view::npos;
  std::size_t mark = 0;
  std::size_t p = 0;
  std::size_t t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || lower(pattern[p]) == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

// A pattern with '!' in front excludes the name wherever it stands; libssh heeds it in front only.
bool is_listed(std::string_view patterns, std::string_view name) {
  bool listed = false;
  while (!patterns.empty()) {
    const auto end = std::min(patterns.find(','), patterns.size());
    auto pattern = patterns.substr(0, end);
    patterns.remove_prefix(std::min(end + 1, patterns.size()));
    const bool excludes = pattern.starts_with('!');
    if (excludes) pattern.remove_prefix(1);
    if (!fits(pattern, name)) continue;
    if (excludes) return false;
    listed = true;
  }
  return listed;
}

// Hashed names are libssh's to compare.
bool is_hashed_about(const std::string& line, const std::string& name) {
  ssh_knownhosts_entry* raw = nullptr;
  const int answer = ssh_known_hosts_parse_line(name.c_str(), line.c_str(), &raw);
  const std::unique_ptr<ssh_knownhosts_entry, EntryDeleter> entry(raw);
  return answer == SSH_OK;
}

}  // namespace

std::vector<std::string> names_of(const std::string& host, unsigned port, const std::string& alias) {
  std::string name = alias.empty() ? host : alias;
  for (auto& c : name) c = lower(c);
  constexpr unsigned kStandardPort = 22;
  if (!alias.empty() || port == kStandardPort) return {name};
  return {"[" + name + "]:" + std::to_string(port), name};
}

Lines::Lines(const std::vector<std::string>& files, const std::vector<std::string>& names) {
  for (const auto& file : files) read(file, names);
}

void Lines::read(const std::string& file, const std::vector<std::string>& names) {
  std::size_t number = 0;
  for (const auto& line : lines_of(file)) take(line, file + ":" + std::to_string(++number), names);
}

void Lines::take(std::string_view text, const std::string& place, const std::vector<std::string>& names) {
  Line line;
  auto rest = text;
  auto first = cut_word(rest);
  if (first.empty() || first.front() == '#') return;
  if (first.front() == '@') {
    line.mark = first == "@revoked" ? Mark::revoked : Mark::authority;
    if (first != "@revoked" && first != "@cert-authority") return;
    text = rest;
    first = cut_word(rest);
  }
  line.type = cut_word(rest);
  line.base64 = cut_word(rest);
  if (line.base64.empty()) return;
  const std::string plain = std::string(first) + " " + line.type + " " + line.base64;
  const auto name = std::find_if(names.begin(), names.end(), [&](const auto& n) {
    return first.starts_with('|') ? is_hashed_about(plain, n) : is_listed(first, n);
  });
  if (name == names.end()) return;
  line.name = static_cast<std::size_t>(name - names.begin());
  line.place = place;
  lines_.push_back(std::move(line));
}

Verdict Lines::judge(std::string_view type, std::string_view base64) const {
  const auto is_it = [&](const Line& line) { return line.type == type && line.base64 == base64; };
  for (const auto& line : lines_)
    if (line.mark == Mark::revoked && is_it(line)) return Verdict::revoked;
  bool named = false;
  bool authority = false;
  for (const auto& line : lines_) {
    if (line.mark == Mark::none && is_it(line)) return Verdict::known;
    // The bare name counts for a key that is right, not against one: another port is another server.
    named = named || (line.mark == Mark::none && line.name == 0);
    authority = authority || line.mark == Mark::authority;
  }
  if (named) return Verdict::changed;
  return authority ? Verdict::authority : Verdict::unknown;
}

std::string Lines::place(std::string_view type, std::string_view base64) const {
  const auto verdict = judge(type, base64);
  for (const auto& line : lines_) {
    const bool is_it = line.type == type && line.base64 == base64;
    if (verdict == Verdict::revoked && line.mark == Mark::revoked && is_it) return line.place;
    if (verdict == Verdict::changed && line.mark == Mark::none && line.name == 0) return line.place;
    if (verdict == Verdict::authority && line.mark == Mark::authority) return line.place;
  }
  return {};
}

std::vector<std::string> Lines::types() const {
  std::vector<std::string> types;
  for (const auto& line : lines_)
    if (line.mark == Mark::none && std::find(types.begin(), types.end(), line.type) == types.end())
      types.push_back(line.type);
  return types;
}

std::string algorithms_of(const std::string& type) {
  return type == "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : type;
}

std::string without_certificates(std::string_view algorithms) {
  std::string plain;
  while (!algorithms.empty()) {
    const auto end = std::min(algorithms.find(','), algorithms.size());
    const auto one = algorithms.substr(0, end);
    algorithms.remove_prefix(std::min(end + 1, algorithms.size()));
    if (one.find("-cert-v01@") == std::string_view::npos) plain.append(plain.empty() ? "" : ",").append(one);
  }
  return plain;
}

std::string in_order(std::string_view wanted, std::string_view allowed) {
  if (allowed.empty()) return std::string(wanted);
  std::string first;
  while (!wanted.empty()) {
    const auto end = std::min(wanted.find(','), wanted.size());
    const auto one = wanted.substr(0, end);
    wanted.remove_prefix(std::min(end + 1, wanted.size()));
    if (is_listed(allowed, one)) first.append(one).append(",");
  }
  return first.append(allowed);
}

std::string line_of(const std::string& name, std::string_view type, std::string_view base64) {
  return name + " " + std::string(type) + " " + std::string(base64) + "\n";
}

void remember(const std::string& file, const std::string& line) {
  const auto fail = [&] {
    const int number = errno;
    throw Error(Exit::failed, "cannot add the host key to " + file, std::strerror(number),  // NOLINT
                "add this line to it yourself: " + line.substr(0, line.find('\n')));
  };
  std::error_code error;
  const auto folder = std::filesystem::path(file).parent_path();
  if (!folder.empty() && !std::filesystem::exists(folder, error)) ::mkdir(folder.c_str(), 0700);
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) fail();
  // A file whose last line has no end would swallow the new one.
  char last = '\n';
  const auto size = ::lseek(fd, 0, SEEK_END);
  if (size > 0 && ::pread(fd, &last, 1, size - 1) != 1) last = '\n';
  const std::string bytes = (last == '\n' ? "" : "\n") + line;
  const bool written = ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  if (!written) {
    ::close(fd);
    fail();
  }
  ::close(fd);
}

}  // namespace ctys::ssh
