// Walks folders of unknown size and shape.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/scan.hpp"

#include "libvirt/wait.hpp"

#include <sys/stat.h>
#include <system_error>

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

namespace ctys::libvirt {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIgnored = ".ctysignore";

std::string message_of(int number) {
  return std::error_code(number, std::generic_category()).message();
}

struct CloseFolder {
  void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

class Walk {
 public:
  using Skipped = std::function<void(const fs::path&, const std::string&)>;

  Walk(const ScanLimits& limits, const std::function<void(const fs::path&)>& visit, const Skipped& skipped)
      : limits_(limits),
        visit_(visit),
        skipped_(skipped),
        end_(std::chrono::steady_clock::now() + limits.time) {}

  void folder(const fs::path& path, unsigned depth) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return;
    if (!seen_.emplace(status.st_dev, status.st_ino).second) return;
    auto entries = read(path);
    // A file comes before the links to it.
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
      return std::pair(a.second == DT_LNK, std::string_view(a.first)) <
             std::pair(b.second == DT_LNK, std::string_view(b.first));
    });
    for (const auto& [name, type] : entries) {
      if (!stopped_.why.empty()) return;
      entry(path / name, type, depth);
    }
  }
  [[nodiscard]] const ScanEnd& end() const noexcept { return stopped_; }

 private:
  using Entries = std::vector<std::pair<std::string, unsigned char>>;

  // Plain readdir: it knows most types without a look at each file.
  Entries read(const fs::path& path) {
    Entries entries;
    const std::unique_ptr<DIR, CloseFolder> open(::opendir(path.c_str()));
    if (!open) {
      if (errno != ENOENT) skipped_(path, message_of(errno));
      return entries;
    }
    while (const dirent* one = ::readdir(open.get())) {  // NOLINT(concurrency-mt-unsafe): an own stream
      if (one->d_name == kIgnored) return {};
      if (++looked_at_ > limits_.entries) {
        stopped_.why = "there are more than " + std::to_string(limits_.entries) + " files";
        break;
      }
      if (one->d_name[0] != '.') entries.emplace_back(one->d_name, one->d_type);
    }
    if (std::chrono::steady_clock::now() > end_)
      stopped_ = {"it was not done within " + to_text(limits_.given), true};
    return entries;
  }

  void entry(const fs::path& path, unsigned char type, unsigned depth) {
    const auto extension = path.extension();
    const bool wanted = extension == ".ctys" || extension == ".xml";
    if (type == DT_REG && !wanted) return;
    if (type != DT_REG && type != DT_DIR && type != DT_LNK && type != DT_UNKNOWN) return;
    if (type == DT_LNK || type == DT_UNKNOWN) {
      struct stat status {};
      if (::stat(path.c_str(), &status) != 0) return;  // a link to nowhere, or to itself
      type = S_ISDIR(status.st_mode) ? DT_DIR : S_ISREG(status.st_mode) ? DT_REG : DT_UNKNOWN;
    }
    if (type == DT_REG && wanted) visit_(path);
    if (type != DT_DIR) return;
    if (depth < limits_.depth)
      folder(path, depth + 1);
    else
      skipped_(path, "it lies more than " + std::to_string(limits_.depth) + " folders deep");
  }

  const ScanLimits& limits_;
  const std::function<void(const fs::path&)>& visit_;
  const Skipped& skipped_;
  std::chrono::steady_clock::time_point end_;
  std::set<std::pair<dev_t, ino_t>> seen_;
  std::size_t looked_at_ = 0;
  ScanEnd stopped_;
};

}  // namespace

ScanEnd scan(const std::vector<std::string>& bases, const ScanLimits& limits,
             const std::function<void(const fs::path&)>& visit,
             const std::function<void(const fs::path&, const std::string&)>& skipped) {
  Walk walk(limits, visit, skipped);
  for (const auto& base : bases) {
    std::error_code error;
    const auto path = fs::canonical(base, error);
    if (error && error != std::errc::no_such_file_or_directory) skipped(base, error.message());
    if (!error && walk.end().why.empty()) walk.folder(path, 0);
  }
  return walk.end();
}

}  // namespace ctys::libvirt
