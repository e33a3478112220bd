// The labels of a view, for completion.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/labels.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "inventory/index.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>

namespace ctys::inventory {
namespace {

constexpr std::size_t kLongestLabel = 255;         // bytes of a label that is worth proposing
constexpr std::size_t kLargestList = 256U << 20U;  // bytes
constexpr std::size_t kLabelField = 3;

// The first line of a list: of which state of which file it is, and how many bytes follow.
std::string head_of(const Stamp& stamp, std::size_t bytes) {
  std::string head = "ctys-labels 1";
  for (const auto number :
       {stamp.size, stamp.modified, stamp.changed, stamp.inode, stamp.device, std::uint64_t{bytes}})
    head += " " + std::to_string(number);
  return head + "\n";
}

void sort_unique(std::vector<std::string>& labels) {
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
}

bool is_usable(std::string_view label) {
  return !label.empty() && label.size() <= kLongestLabel && text::printable(label) == label;
}

std::vector<std::string> read_labels(const Source& source) {
  std::vector<std::string> labels;
  Reader reader(source);
  Line line;
  while (reader.next(line)) {
    const auto label = field(line.text, kLabelField);
    // Records of one machine follow each other.
    if (is_usable(label) && (labels.empty() || labels.back() != label)) labels.emplace_back(label);
  }
  sort_unique(labels);
  return labels;
}

// The body of a list, if it is of the file's present content.
bool read_list(const Source& source, std::string& body) {
  auto content = read_file(label_list_of(source), kLargestList);
  if (!content) return false;
  const auto end = content->find('\n');
  if (end == std::string::npos ||
      content->substr(0, end + 1) != head_of(source.stamp(), content->size() - end - 1))
    return false;
  body = content->substr(end + 1);
  return true;
}

// Where nothing can be written, the file is read each time.
void keep(const Source& source, std::uint64_t begun, const std::string& body) {
  if (is_racy(source.stamp(), begun)) return;
  remove_unfinished(label_list_of(source).parent_path());
  if (const auto kept = replace_file(label_list_of(source), head_of(source.stamp(), body.size()) + body);
      !kept)
    log::write(log::Severity::debug, "inventory", kept.error().summary + ": " + kept.error().why);
}

std::uint64_t clock_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(since).count());
}

std::string make_list(const Source& source) {
  const auto begun = clock_now();
  std::string body;
  for (const auto& label : read_labels(source)) body.append(label).push_back('\n');
  if (source.stamp().size >= kWorthIndexing) keep(source, begun, body);
  return body;
}

std::string_view line_at(std::string_view body, std::size_t begin) {
  return body.substr(begin, body.find('\n', begin) - begin);
}

// Where the first label that is not less than `key` begins.
std::size_t lower_bound(std::string_view body, std::string_view key) {
  std::size_t low = 0;
  std::size_t high = body.size();
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    const auto before = body.rfind('\n', middle);
    const auto begin = before == std::string_view::npos || before < low ? low : before + 1;
    if (begin >= high) {  // the middle is the end of the last line
      high = middle;
      continue;
    }
    const auto line = line_at(body, begin);
    if (line < key)
      low = std::min(begin + line.size() + 1, body.size());
    else
      high = begin;
  }
  return low;
}

void add_matching(std::vector<std::string>& found, std::string_view body, std::string_view beginning) {
  for (auto at = lower_bound(body, beginning); at < body.size();) {
    const auto line = line_at(body, at);
    if (!line.starts_with(beginning)) return;
    if (is_usable(line)) found.emplace_back(line);
    at += line.size() + 1;
  }
}

// The length up to which all of a sorted range are equal.
std::size_t common_length(std::span<const std::string> sorted) {
  const auto& first = sorted.front();
  const auto& last = sorted.back();
  const auto differs = std::mismatch(first.begin(), first.end(), last.begin(), last.end());
  return static_cast<std::size_t>(differs.first - first.begin());
}

// Whole characters only: a proposal is text.
std::size_t next_character(std::string_view text, std::size_t at) {
  if (at < text.size()) ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
  return at;
}

std::vector<LabelStart> beginnings(const std::vector<std::string>& sorted) {
  auto length = common_length(sorted);
  while (length > 0 && (static_cast<unsigned char>(sorted.front()[length]) & 0xC0U) == 0x80U) --length;
  std::vector<LabelStart> starts;
  for (const auto& label : sorted) {
    const auto end = next_character(label, length);
    LabelStart start{label.substr(0, end), end == label.size()};
    if (!starts.empty() && starts.back().text == start.text)
      starts.back().whole = false;
    else
      starts.push_back(std::move(start));
  }
  return starts;
}

}  // namespace

std::filesystem::path label_list_of(const Source& source) {
  std::error_code error;
  const auto path = std::filesystem::absolute(source.path(), error).lexically_normal();
  return paths::cache_home() / "lists" / std::to_string(std::hash<std::string>{}(path.string()));
}

std::vector<LabelStart> labels_starting(std::span<const Source> view, std::string_view beginning,
                                        std::size_t limit) {
  std::vector<std::string> found;
  for (const auto& source : view) {
    std::string body;
    if (!read_list(source, body)) body = make_list(source);
    add_matching(found, body, beginning);
  }
  if (view.size() > 1) sort_unique(found);
  if (found.size() > limit) return beginnings(found);
  std::vector<LabelStart> all;
  all.reserve(found.size());
  for (auto& label : found) all.push_back({std::move(label), true});
  return all;
}

void refresh_labels(const Source& source) {
  if (source.stamp().size < kWorthIndexing) return;
  // A file that has just been written is believed once the clock of the file system has gone on: soon, or not
  // worth waiting for.
  constexpr int kPatience = 10;
  constexpr int kTick = 10;  // milliseconds
  for (int i = 0; i < kPatience && is_racy(source.stamp(), clock_now()); ++i) ::poll(nullptr, 0, kTick);
  std::string body;
  if (!read_list(source, body)) (void)make_list(source);
}

}  // namespace ctys::inventory
