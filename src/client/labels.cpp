// The file of labels.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/labels.hpp"

#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <filesystem>

namespace ctys::client {
namespace {

constexpr std::size_t kMostBytes = kMostLabels * (kLongestLabel + 1);

std::filesystem::path labels_file() {
  return paths::cache_home() / "labels";
}

// A label that one line can hold and a terminal can show.
bool is_usable(std::string_view label) {
  return !label.empty() && label.size() <= kLongestLabel && text::printable(label) == label;
}

void sort_unique(std::vector<std::string>& labels) {
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
}

Result<void> write_labels(const std::vector<std::string>& labels) {
  std::string content;
  for (const auto& label : labels) content += label + '\n';
  return replace_file(labels_file(), content);
}

}  // namespace

std::vector<std::string> known_labels() {
  const auto content = read_file(labels_file(), kMostBytes);
  if (!content) return {};
  std::vector<std::string> labels;
  for (const auto line : text::split(*content, '\n')) {
    if (!is_usable(line)) continue;
    labels.emplace_back(line);
    if (labels.size() == kMostLabels) break;
  }
  sort_unique(labels);
  return labels;
}

Result<void> remember_labels(std::span<const model::Record> records, Seen seen) {
  std::vector<std::string> labels;
  for (const auto& record : records)
    if (const auto& label = record.get(Field::label); is_usable(label)) labels.push_back(label);
  sort_unique(labels);
  // Those seen now go first: they are kept when there are too many.
  if (labels.size() > kMostLabels) labels.resize(kMostLabels);
  const auto before = known_labels();
  if (seen == Seen::some) {
    const std::size_t now = labels.size();
    for (const auto& label : before) {
      if (labels.size() == kMostLabels) break;
      if (!std::binary_search(labels.begin(), labels.begin() + static_cast<std::ptrdiff_t>(now), label))
        labels.push_back(label);
    }
    sort_unique(labels);
  }
  return labels == before ? Result<void>() : write_labels(labels);
}

Result<void> forget_label(std::string_view label) {
  auto labels = known_labels();
  return std::erase(labels, label) == 0 ? Result<void>() : write_labels(labels);
}

}  // namespace ctys::client
