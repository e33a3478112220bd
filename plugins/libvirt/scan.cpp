// Walks folders of unknown size and shape.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/scan.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <dirent.h>
#include <memory>
#include <set>
#include <utility>

namespace ctys::libvirt {
namespace {

namespace fs = std::filesystem;

struct CloseFolder {
  void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

class Walk {
 public:
  Walk(const ScanLimits& limits, const std::function<void(const fs::path&)>& visit)
      : limits_(limits), visit_(visit), end_(std::chrono::steady_clock::now() + limits.time) {}

  void folder(const fs::path& path, unsigned depth) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return;
    if (!seen_.emplace(status.st_dev, status.st_ino).second) return;
    auto entries = read(path);
    std::sort(entries.begin(), entries.end());
    for (const auto& [name, type] : entries) {
      if (!stopped_.empty()) return;
      entry(path / name, type, depth);
    }
  }
  [[nodiscard]] const std::string& stopped() const noexcept { return stopped_; }

 private:
  using Entries = std::vector<std::pair<std::string, unsigned char>>;

  // Plain readdir: it knows most types without a look at each file, and says nothing about folders it may not
  // read.
  Entries read(const fs::path& path) {
    Entries entries;
    const std::unique_ptr<DIR, CloseFolder> open(::opendir(path.c_str()));
    if (!open) return entries;
    while (const dirent* one = ::readdir(open.get())) {  // NOLINT(concurrency-mt-unsafe): an own stream
      if (++looked_at_ > limits_.entries) {
        stopped_ = "there are more than " + std::to_string(limits_.entries) + " files";
        break;
      }
      if (one->d_name[0] != '.') entries.emplace_back(one->d_name, one->d_type);
    }
    if (std::chrono::steady_clock::now() > end_)
      stopped_ = "it takes longer than " + std::to_string(limits_.time.count()) + " ms";
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
    if (type == DT_DIR && depth < limits_.depth) folder(path, depth + 1);
  }

  const ScanLimits& limits_;
  const std::function<void(const fs::path&)>& visit_;
  std::chrono::steady_clock::time_point end_;
  std::set<std::pair<dev_t, ino_t>> seen_;
  std::size_t looked_at_ = 0;
  std::string stopped_;
};

}  // namespace

std::string scan(const std::vector<std::string>& bases, const ScanLimits& limits,
                 const std::function<void(const fs::path&)>& visit) {
  Walk walk(limits, visit);
  for (const auto& base : bases) {
    std::error_code error;
    const auto path = fs::canonical(base, error);
    if (!error && walk.stopped().empty()) walk.folder(path, 0);
  }
  return walk.stopped();
}

}  // namespace ctys::libvirt
