// Reads what ISC dhcpd writes and is configured with: lease and host declarations, however deep they stand.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/text.hpp"
#include "inventory/leases_collect.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace ctys::inventory {
namespace {

constexpr std::size_t kMaxWords = 64;   // of one statement that are looked at
constexpr std::size_t kMaxWord = 1024;  // bytes of one word
constexpr std::size_t kMaxDepth = 64;   // of blocks whose kind is remembered

enum class Mark : std::uint8_t { word, open, close, end_of_statement, end_of_text };

// Cuts the text into words, strings and marks. A string's escapes are left as they are: what has one is no
// name.
class Statements {
 public:
  explicit Statements(std::string_view text) : text_(text) {}
  [[nodiscard]] std::size_t line() const noexcept { return line_; }

  Mark next(std::string_view& word) {
    skip_blanks();
    if (text_.empty()) return Mark::end_of_text;
    const char c = text_.front();
    if (c == '{' || c == '}' || c == ';') {
      text_.remove_prefix(1);
      return c == '{' ? Mark::open : c == '}' ? Mark::close : Mark::end_of_statement;
    }
    word = c == '"' ? string() : plain();
    return Mark::word;
  }

 private:
  void skip_blanks() noexcept {
    while (!text_.empty()) {
      const char c = text_.front();
      if (c == '#') {
        text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '\v' || c == '\f') {
        line_ += c == '\n' ? 1 : 0;
        text_.remove_prefix(1);
      } else {
        return;
      }
    }
  }
  std::string_view plain() noexcept {
    const auto end = std::min(text_.find_first_of(" \t\r\n\v\f,;{}\"#"), text_.size());
    return cut(end, end);
  }
  std::string_view string() noexcept {
    text_.remove_prefix(1);
    std::size_t end = 0;
    for (; end < text_.size() && text_[end] != '"' && text_[end] != '\n'; ++end)
      if (text_[end] == '\\' && end + 1 < text_.size() && text_[end + 1] != '\n') ++end;
    end = std::min(end, text_.size());
    return cut(end, end < text_.size() && text_[end] == '"' ? end + 1 : end);
  }
  std::string_view cut(std::size_t word, std::size_t all) noexcept {
    const auto found = text_.substr(0, std::min(word, kMaxWord));
    text_.remove_prefix(all);
    return found;
  }
  std::string_view text_;
  std::size_t line_ = 1;
};

using Words = std::vector<std::string_view>;

// "4 2026/11/19 22:00:00" (UTC), "never", "epoch 1763589600"; nullopt: none of them.
std::optional<std::int64_t> time_of(const Words& words, std::size_t at) {
  if (words.size() > at && words[at] == "never") return kForever;
  if (words.size() <= at + 1) return std::nullopt;
  if (words[at] == "epoch") {
    const auto seconds = text::number(words[at + 1]);
    if (!seconds || *seconds > static_cast<std::uint64_t>(kForever)) return std::nullopt;
    return static_cast<std::int64_t>(*seconds);
  }
  if (words.size() <= at + 2) return std::nullopt;
  const auto date = text::split(words[at + 1], '/');
  const auto clock = text::split(words[at + 2], ':');
  if (date.size() != 3 || clock.size() != 3) return std::nullopt;
  std::uint64_t numbers[6] = {};
  for (std::size_t i = 0; i < 6; ++i) {
    const auto number = text::number(i < 3 ? date[i] : clock[i - 3]);
    constexpr std::uint64_t kMost = 9999;
    if (!number || *number > kMost) return std::nullopt;
    numbers[i] = *number;
  }
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(numbers[0])),
                                        std::chrono::month(static_cast<unsigned>(numbers[1])),
                                        std::chrono::day(static_cast<unsigned>(numbers[2]))};
  if (!day.ok() || numbers[3] > 23 || numbers[4] > 59 || numbers[5] > 60) return std::nullopt;
  const auto midnight = std::chrono::sys_days(day).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(midnight).count() +
         static_cast<std::int64_t>(numbers[3] * 3600 + numbers[4] * 60 + numbers[5]);
}

enum class BlockKind : std::uint8_t { other, lease, host };

// What stands in one lease or host declaration.
struct Declaration {
  BlockKind kind = BlockKind::other;
  std::size_t line = 0;
  std::string title;  // behind "host" or "lease"
  std::string name;
  std::string second_name;  // what the server made up, or an option says
  std::string told;         // as it was, where it is no name
  std::string mac;
  std::vector<std::string> addresses;
  std::int64_t until = kForever;
  bool ended = false;
  bool broken = false;
};

void read_statement(Declaration& block, const Words& words) {
  const auto is = [&](std::size_t at, std::string_view word) {
    return words.size() > at && words[at] == word;
  };
  if (is(0, "hardware") && is(1, "ethernet") && words.size() > 2) {
    block.mac = machine_mac(words[2]).value_or("");
    block.broken = block.broken || block.mac.empty();
  } else if (is(0, "ends")) {
    const auto until = time_of(words, 1);
    block.broken = block.broken || !until;
    block.until = until.value_or(0);
  } else if (is(0, "binding") && is(1, "state")) {
    block.ended = !is(2, "active") && !is(2, "bootp");
  } else if (is(0, "abandoned") || is(0, "deleted") || is(0, "free")) {
    block.ended = true;
  } else if (is(0, "client-hostname") && words.size() > 1) {
    block.name = machine_name(words[1]);
    block.told = words[1];
  } else if (is(0, "fixed-address") || is(0, "fixed-address6")) {
    constexpr std::size_t kMost = 16;
    for (std::size_t at = 1; at < words.size() && block.addresses.size() < kMost; ++at)
      if (auto ip = machine_ip(words[at])) block.addresses.push_back(*std::move(ip));
  } else if (is(0, "option") && is(1, "host-name") && words.size() > 2) {
    block.second_name = machine_name(words[2]);
  } else if (is(0, "set") && is(1, "ddns-fwd-name") && words.size() > 3) {
    block.second_name = machine_name(words[3]);
  }
}

void finish(Declaration block, LeaseCollector& out) {
  if (block.name.empty()) block.name = block.second_name;
  if (block.kind == BlockKind::lease) {
    auto ip = machine_ip(block.title);
    if (!ip || block.broken) return out.broken(block.line);
    return out.journal({std::move(block.name), std::move(block.mac), *std::move(ip), block.until},
                       block.ended, block.told);
  }
  if (block.ended) return;
  if (block.broken) return out.broken(block.line);
  if (auto title = machine_name(block.title); !title.empty()) block.name = std::move(title);
  if (block.addresses.empty()) block.addresses.emplace_back();
  for (auto& address : block.addresses)
    out.fixed({block.name, block.mac, std::move(address), kForever}, block.title);
}

class DhcpdReader {
 public:
  explicit DhcpdReader(LeaseCollector& out) : out_(out) {}

  void read(std::string_view text) {
    Statements scanner(text);
    std::string_view word;
    for (;;) {
      switch (scanner.next(word)) {
        case Mark::word:
          if (words_.size() < kMaxWords) words_.push_back(word);
          break;
        case Mark::open:
          open(scanner.line());
          break;
        case Mark::close:
          close(scanner.line());
          break;
        case Mark::end_of_statement:
          if (current_.kind != BlockKind::other && depth_ == began_) read_statement(current_, words_);
          words_.clear();
          break;
        case Mark::end_of_text:
          // It was cut in the middle, and the last declaration is not believed; or this is another format.
          if (depth_ > 0 || !words_.empty()) out_.broken(scanner.line());
          return;
      }
    }
  }

 private:
  // A block inside a declaration (an "if", say) belongs to it.
  void open(std::size_t line) {
    ++depth_;
    if (current_.kind == BlockKind::other && words_.size() > 1 && depth_ <= kMaxDepth) {
      const bool lease = words_[0] == "lease";
      if (lease || words_[0] == "host") {
        current_ = {};
        current_.kind = lease ? BlockKind::lease : BlockKind::host;
        current_.line = line;
        current_.title = std::string(words_[1]);
        began_ = depth_;
      }
    }
    words_.clear();
  }
  void close(std::size_t line) {
    words_.clear();
    if (depth_ == 0) return out_.broken(line);
    if (current_.kind != BlockKind::other && depth_ == began_) {
      finish(std::move(current_), out_);
      current_ = {};
    }
    --depth_;
  }
  LeaseCollector& out_;
  Words words_;
  Declaration current_;
  std::size_t depth_ = 0;
  std::size_t began_ = 0;
};

}  // namespace

void read_dhcpd(std::string_view text, LeaseCollector& out) {
  DhcpdReader(out).read(text);
}

}  // namespace ctys::inventory
