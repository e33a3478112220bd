// The file of labels.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/labels.hpp"

#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"

#include <ctys/uri.hpp>

#include <algorithm>
#include <filesystem>
#include <tuple>

namespace ctys::client {
namespace {

constexpr std::size_t kLongestPlace = 255;  // bytes
constexpr std::size_t kMostBytes = kMostLabels * (kLongestLabel + 1 + kLongestPlace + 1);

struct KeptLabel {
  std::string label;
  std::string place;  // see place_now()
  bool operator==(const KeptLabel&) const = default;
  bool operator<(const KeptLabel& other) const {
    return std::tie(label, place) < std::tie(other.label, other.place);
  }
};

std::filesystem::path labels_file() {
  return paths::cache_home() / "labels";
}

// A label that one line can hold and a terminal can show.
bool is_usable(std::string_view label) {
  return !label.empty() && label.size() <= kLongestLabel && text::printable(label) == label;
}

// Whose machines are seen: those of the connection that LIBVIRT_DEFAULT_URI names, without it the usual ones.
std::string place_now() {
  const auto uri = paths::environment("LIBVIRT_DEFAULT_URI");
  return uri ? text::printable(without_password(*uri)).substr(0, kLongestPlace) : std::string();
}

template <class Item>
void sort_unique(std::vector<Item>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

std::vector<KeptLabel> read_labels() {
  const auto content = read_file(labels_file(), kMostBytes);
  if (!content) return {};
  std::vector<KeptLabel> labels;
  for (const auto line : text::split(*content, '\n')) {
    const auto tab = line.find('\t');
    const auto label = line.substr(0, tab);
    const auto place = tab == std::string_view::npos ? std::string_view() : line.substr(tab + 1);
    if (!is_usable(label) || place.size() > kLongestPlace) continue;
    labels.push_back({std::string(label), std::string(place)});
    if (labels.size() == kMostLabels) break;
  }
  sort_unique(labels);
  return labels;
}

Result<void> write_labels(const std::vector<KeptLabel>& labels) {
  std::string content;
  for (const auto& [label, place] : labels) {
    content += label;
    if (!place.empty()) content.append(1, '\t').append(place);
    content += '\n';
  }
  return replace_file(labels_file(), content);
}

}  // namespace

std::vector<std::string> known_labels() {
  std::vector<std::string> labels;
  for (auto& kept : read_labels()) labels.push_back(std::move(kept.label));
  sort_unique(labels);
  return labels;
}

Result<void> remember_labels(std::span<const model::Record> records, Seen seen) {
  const auto place = place_now();
  std::vector<KeptLabel> labels;
  for (const auto& record : records)
    if (const auto& label = record.get(Field::label); is_usable(label)) labels.push_back({label, place});
  sort_unique(labels);
  // Those seen now go first: they are kept when there are too many.
  if (labels.size() > kMostLabels) labels.resize(kMostLabels);
  const auto before = read_labels();
  const auto now = static_cast<std::ptrdiff_t>(labels.size());
  for (const auto& kept : before) {
    if (labels.size() == kMostLabels) break;
    if (seen == Seen::all && kept.place == place) continue;
    if (!std::binary_search(labels.begin(), labels.begin() + now, kept)) labels.push_back(kept);
  }
  sort_unique(labels);
  return labels == before ? Result<void>() : write_labels(labels);
}

Result<void> forget_label(std::string_view label) {
  auto labels = read_labels();
  const auto place = place_now();
  const auto gone = std::erase_if(
      labels, [&](const KeptLabel& kept) { return kept.label == label && kept.place == place; });
  return gone == 0 ? Result<void>() : write_labels(labels);
}

}  // namespace ctys::client
