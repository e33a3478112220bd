// What the answers of `ssh -G` rest on.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "basis.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <glob.h>
#include <iterator>
#include <sstream>

namespace ctys::ssh {
namespace {

constexpr std::size_t kMaxConfigFile = 1U << 20;
constexpr std::size_t kMaxFiles = 256;
constexpr unsigned kMaxDepth = 16;  // of includes; ssh's own limit
constexpr std::string_view kBlanks = " \t\r\f";

char small_letter(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::vector<std::string> words_of(std::string_view line) {
  std::istringstream in{std::string(line)};
  return {std::istream_iterator<std::string>(in), {}};
}

void sort_unique(std::vector<std::string>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

// Criteria that are about the words of the call only, and about nothing that can change in between.
bool is_plain_match(const std::vector<std::string>& words) {
  constexpr std::array<std::string_view, 4> kPlain{"host", "originalhost", "user", "localuser"};
  for (std::size_t at = 1; at < words.size(); ++at) {
    std::string_view word = words[at];
    if (word.starts_with('!')) word.remove_prefix(1);
    if (word == "all") continue;
    if (std::find(kPlain.begin(), kPlain.end(), word) == kPlain.end() || ++at == words.size()) return false;
  }
  return words.size() > 1;
}

// The ssh that will run; empty where it is none, or a script, which may look at anything.
std::string program() {
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody changes it
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto file = folder + "/ssh";
    if (!folder.starts_with('/')) return {};
    if (::access(file.c_str(), X_OK) != 0) continue;
    std::array<char, 4> magic{};
    std::ifstream in(file, std::ios::binary);
    in.read(magic.data(), magic.size());
    return std::string_view(magic.data(), magic.size()) == "\177ELF" ? file : std::string();
  }
  return {};
}

// Follows the includes of the configuration. Whatever it does not know for sure ends it.
class Finder {
 public:
  explicit Finder(const Sources& sources) : sources_(sources) {}

  std::optional<Basis> find() {
    const auto ssh = program();
    if (ssh.empty() || !watch(ssh)) return std::nullopt;
    bool known = false;
    if (!sources_.config.empty())
      known = sources_.config.starts_with('/') && read(sources_.config, true, 0);
    else
      known = read(sources_.home + "/.ssh/config", true, 0) && read(sources_.system, false, 0);
    if (!known) return std::nullopt;
    sort_unique(basis_.files);
    sort_unique(basis_.stamps);
    return std::move(basis_);
  }

 private:
  bool watch(const std::string& path) {
    struct stat status {};
    if (path.find('\n') != std::string::npos) return false;
    if (::stat(path.c_str(), &status) == 0)
      basis_.changed = std::max<std::int64_t>({basis_.changed, status.st_mtim.tv_sec, status.st_ctim.tv_sec});
    basis_.stamps.push_back(stamp_of(path));
    return basis_.stamps.size() <= kMaxFiles;
  }

  // A file that is not there is watched as well.
  bool read(const std::string& path, bool of_user, unsigned depth) {
    if (depth > kMaxDepth || !watch(path)) return false;
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return errno == ENOENT || errno == ENOTDIR;
    if (!S_ISREG(status.st_mode) || static_cast<std::size_t>(status.st_size) > kMaxConfigFile) return false;
    std::ifstream file(path, std::ios::binary);
    if (!file) return false;
    basis_.files.push_back(path);
    for (std::string line; std::getline(file, line);)
      if (!take(line, of_user, depth)) return false;
    return !file.bad();
  }

  bool take(std::string line, bool of_user, unsigned depth) {
    const auto begin = line.find_first_not_of(kBlanks);
    if (begin == std::string::npos || line[begin] == '#') return true;
    // Quotes, variables and escapes are more than is read here.
    if (line[begin] == '"' || line.find_first_of(std::string_view("$\\\0", 3)) != std::string::npos)
      return false;
    const auto end = std::min(line.find_first_of(" \t\r\f=", begin), line.size());
    auto key = line.substr(begin, end - begin);
    std::transform(key.begin(), key.end(), key.begin(), small_letter);
    auto rest = line.substr(end);
    if (const auto equals = rest.find_first_not_of(kBlanks);
        equals != std::string::npos && rest[equals] == '=')
      rest.erase(0, equals + 1);
    if (key == "include") return include(rest, of_user, depth);
    if (key == "host") return take_hosts(rest);
    if (rest.find('%') != std::string::npos) basis_.hosts.reset();
    std::transform(rest.begin(), rest.end(), rest.begin(), small_letter);
    auto words = words_of(rest);
    if (key == "hostname" && basis_.hosts)
      basis_.hosts->names.insert(basis_.hosts->names.end(), words.begin(), words.end());
    if (key == "canonicalizehostname") return words == std::vector<std::string>{"no"};
    if (key != "match") return true;
    if (rest.find_first_of("\"'=#") != std::string::npos) return false;
    if (words != std::vector<std::string>{"all"}) basis_.hosts.reset();
    words.insert(words.begin(), key);
    return is_plain_match(words);
  }

  bool take_hosts(std::string_view patterns) {
    if (patterns.find_first_of("\"'%#,") != std::string_view::npos) basis_.hosts.reset();
    if (basis_.hosts) basis_.hosts->patterns.push_back(words_of(patterns));
    return true;
  }

  bool include(std::string_view arguments, bool of_user, unsigned depth) {
    if (arguments.find_first_of("\"'%#") != std::string_view::npos) return false;
    for (auto& word : words_of(arguments)) {
      if (word.starts_with("~/"))
        word.replace(0, 1, sources_.home);
      else if (word.starts_with('~'))
        return false;
      else if (!word.starts_with('/'))
        word.insert(0, of_user ? sources_.home + "/.ssh/"
                               : sources_.system.substr(0, sources_.system.rfind('/') + 1));
      const auto slash = word.rfind('/');
      const auto pattern = word.find_first_of("*?[{");
      if (pattern < slash) return false;
      if (pattern == std::string::npos) {
        if (!read(word, of_user, depth + 1)) return false;
        continue;
      }
      // What else will match one day appears in this folder.
      if (!watch(word.substr(0, slash)) || !read_all(word, of_user, depth)) return false;
    }
    return true;
  }

  bool read_all(const std::string& pattern, bool of_user, unsigned depth) {
    glob_t found{};
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the one thread that reads configurations
    const int status = ::glob(pattern.c_str(), 0, nullptr, &found);
    bool known = status == 0 || status == GLOB_NOMATCH;
    for (std::size_t i = 0; known && status == 0 && i < found.gl_pathc; ++i)
      known = read(found.gl_pathv[i], of_user, depth + 1);
    ::globfree(&found);
    return known;
  }

  const Sources& sources_;
  Basis basis_;
};

// '*' is any text, '?' any character.
bool matches(std::string_view text, std::string_view pattern) {
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (at < text.size()) {
    if (in < pattern.size() && (pattern[in] == '?' || (pattern[in] == text[at] && pattern[in] != '*'))) {
      ++at;
      ++in;
    } else if (in < pattern.size() && pattern[in] == '*') {
      star = in++;
      resume = at;
    } else if (star != std::string_view::npos) {
      in = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in) == std::string_view::npos;
}

std::string text_of(const timespec& time) {
  return std::to_string(time.tv_sec) + "." + std::to_string(time.tv_nsec);
}

}  // namespace

std::string stamp_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return "- " + path;
  std::string text;
  for (const auto number :
       {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
        static_cast<std::uint64_t>(status.st_mode), static_cast<std::uint64_t>(status.st_uid),
        static_cast<std::uint64_t>(status.st_size)})
    text += std::to_string(number) + ":";
  return text + text_of(status.st_mtim) + ":" + text_of(status.st_ctim) + " " + path;
}

std::optional<Basis> find_basis(const Sources& sources) {
  return Finder(sources).find();
}

std::string lines_for(std::string_view host, const HostLines& hosts) {
  std::string lines;
  for (const auto& patterns : hosts.patterns) {
    bool holds = false;
    for (std::string_view pattern : patterns) {
      const bool negated = pattern.starts_with('!');
      if (negated) pattern.remove_prefix(1);
      if (!matches(host, pattern)) continue;
      holds = !negated;
      if (negated) break;
    }
    lines += holds ? '1' : '0';
  }
  return lines;
}

bool holds(const std::vector<std::string>& stamps) {
  return std::all_of(stamps.begin(), stamps.end(), [](const std::string& stamp) {
    const auto blank = stamp.find(' ');
    return blank != std::string::npos && stamp_of(stamp.substr(blank + 1)) == stamp;
  });
}

std::vector<std::string> files_read(std::string_view answer) {
  constexpr std::string_view kReading = "debug1: Reading configuration data ";
  std::vector<std::string> files;
  while (!answer.empty()) {
    const auto end = std::min(answer.find('\n'), answer.size());
    auto line = answer.substr(0, end);
    answer.remove_prefix(std::min(end + 1, answer.size()));
    if (!line.starts_with(kReading)) continue;
    line.remove_prefix(kReading.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    files.emplace_back(line);
  }
  sort_unique(files);
  return files;
}

}  // namespace ctys::ssh
