// Answers many keys: groups of them at a time, so that memory is waited for once and not for each.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/batch.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "inventory/lookup.hpp"
#include "inventory/threads.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace ctys::inventory {
namespace {

// Keys whose memory is waited for together; more of them would push each other out of the nearest cache.
constexpr std::size_t kGroup = 32;
constexpr std::size_t kKeyBytes = 4U << 20U;  // bytes of keys that are read at once
constexpr std::size_t kSharesPerThread = 32;  // so that no thread waits long for the others
constexpr std::size_t kWorthAThread = 16384;  // bytes of keys
constexpr std::size_t kLongestKey = 8192;

// What one thread works with, and what came out.
struct Worker {
  std::string out;
  std::uint64_t keys = 0;
  std::uint64_t found = 0;
  std::uint64_t cut = 0;
  std::uint64_t bad = 0;
  std::uint64_t first_bad_line = 0;  // among `keys`
  std::string first_bad;
  std::vector<std::uint64_t> offsets;
  std::vector<std::string_view> records;

  struct Asked {
    Key key;
    bool is_good = false;
    std::uint64_t hash = 0;
    std::size_t begin = 0;  // of its offsets
    std::size_t end = 0;
  };
  using Group = std::array<Asked, kGroup>;
  std::array<Group, 2> groups;  // of one the memory is waited for while the other is answered
};

// Most keys are plain words and need none of the care that parse_key takes; their strings are used again.
bool read_plain(std::string_view text, Key& key) {
  if (text.empty() || text.size() > 255 || !text::is_plain(text) || text.front() == '/' ||
      text.front() == '{')
    return false;
  if (text.find(kSeparator) != std::string_view::npos) return false;
  const auto colon = text.find(':');
  // Two digits before a colon begin a MAC; anything else may be a kind.
  if (colon != std::string_view::npos && (colon != 2 || text.size() != 17 || text.front() > '9'))
    return false;
  (void)fold(text, key.folded);
  if (colon != std::string_view::npos && key.folded.size() == text.size()) return false;
  key.text.assign(text);
  key.kinds = kAnyMachine;
  return true;
}

void read_key(std::string_view line, Worker& worker, Worker::Asked& asked) {
  ++worker.keys;
  // Blanks that nobody sees, and line ends of other systems, are no part of a key.
  while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  line = unpadded(line);
  asked.is_good = read_plain(line, asked.key);
  if (!asked.is_good && !line.empty()) {
    auto key = parse_key(line);
    asked.is_good = key.has_value();
    if (key) {
      asked.key = *std::move(key);
    } else {
      if (worker.bad++ > 0) return;
      worker.first_bad_line = worker.keys;
      worker.first_bad = key.error().summary + ": " + key.error().why;
      return;
    }
  }
  asked.hash = format::hash(asked.key.folded, asked.key.kinds == only(Kind::host));
}

class Batch {
 public:
  Batch(std::span<const Source> view, const Answer& answer, const BatchOptions& options)
      : view_(view),
        answer_(answer),
        options_(options),
        threads_(options.threads != 0 ? options.threads : processors()),
        looked_for_{options.wanted.extent, options.wanted.most + 1} {}
  [[nodiscard]] Result<void> open();
  // Answers the keys in `lines`, a share of them with each worker, with as many threads as that many are
  // worth.
  void run(std::string_view lines, std::span<Worker> workers) const;
  [[nodiscard]] std::size_t most_shares() const noexcept { return threads_ * kSharesPerThread; }
  [[nodiscard]] Result<std::vector<std::string>> close() const;

 private:
  void work(std::string_view lines, Worker& worker) const;
  [[nodiscard]] std::span<Worker::Asked> read_group(std::string_view& lines, Worker& worker,
                                                    Worker::Group& group) const;
  void answer_group(Worker& worker, std::span<Worker::Asked> group) const;
  void find_candidates(const Lookup& lookup, Worker& worker, std::span<Worker::Asked> group) const;
  void answer_one(Worker& worker, const Worker::Asked& asked, std::vector<std::string_view>& records) const;
  void find_by_address(const Key& key, std::vector<std::string_view>& records) const;

  std::span<const Source> view_;
  const Answer& answer_;
  const BatchOptions& options_;
  const std::size_t threads_;
  const Wanted looked_for_;  // one more than is answered, so that it is known when there are more
  std::vector<Lookup> lookups_;
};

Result<void> Batch::open() {
  for (const auto& source : view_) lookups_.push_back(TRY(Lookup::open(source)));
  return {};
}

std::span<Worker::Asked> Batch::read_group(std::string_view& lines, Worker& worker,
                                           Worker::Group& group) const {
  std::size_t count = 0;
  while (count < kGroup && !lines.empty()) read_key(cut_line(lines), worker, group[count++]);
  const std::span asked(group.data(), count);
  for (const auto& lookup : lookups_)
    for (const auto& one : asked)
      if (one.is_good) lookup.prefetch_page(one.hash);
  return asked;
}

void Batch::find_candidates(const Lookup& lookup, Worker& worker, std::span<Worker::Asked> group) const {
  worker.offsets.clear();
  for (const auto& asked : group)
    if (asked.is_good) lookup.prefetch_overflow(asked.hash);
  for (auto& asked : group) {
    asked.begin = worker.offsets.size();
    if (asked.is_good) lookup.candidates(asked.hash, worker.offsets);
    asked.end = worker.offsets.size();
  }
  for (const auto offset : worker.offsets) lookup.prefetch_record(offset, options_.wanted.extent);
}

// One file is the usual view: then a key's records need not be gathered file by file.
void Batch::answer_group(Worker& worker, std::span<Worker::Asked> group) const {
  std::vector<std::vector<std::string_view>> gathered(lookups_.size() > 1 ? group.size() : 0);
  for (const auto& lookup : lookups_) {
    find_candidates(lookup, worker, group);
    for (std::size_t i = 0; i < group.size(); ++i) {
      auto& asked = group[i];
      auto& records = gathered.empty() ? worker.records : gathered[i];
      if (gathered.empty()) records.clear();
      std::uint64_t followed = 0;
      for (std::size_t at = asked.begin; at < asked.end; ++at)
        lookup.append_records(worker.offsets[at], asked.key, looked_for_, followed, records);
      if (!gathered.empty()) continue;
      answer_one(worker, asked, records);
    }
  }
  for (std::size_t i = 0; i < gathered.size(); ++i) answer_one(worker, group[i], gathered[i]);
}

void Batch::answer_one(Worker& worker, const Worker::Asked& asked,
                       std::vector<std::string_view>& records) const {
  if (records.empty() && asked.is_good && options_.addresses != nullptr) find_by_address(asked.key, records);
  if (!records.empty()) ++worker.found;
  if (records.size() > options_.wanted.most) {
    records.resize(options_.wanted.most);
    ++worker.cut;
  }
  if (asked.is_good) answer_(asked.key, records, worker.out);
  worker.out += '\n';
}

void Batch::find_by_address(const Key& key, std::vector<std::string_view>& records) const {
  if ((key.kinds & only(Kind::tcp)) == 0) return;
  std::vector<std::uint64_t> offsets;
  for (const auto& mac : options_.addresses->macs_of(key.folded)) {
    const auto other = make_key(Kind::mac, mac);
    if (!other) continue;
    for (const auto& lookup : lookups_) {
      offsets.clear();
      lookup.candidates(format::hash(other->folded, false), offsets);
      std::uint64_t followed = 0;
      for (const auto offset : offsets) lookup.append_records(offset, *other, looked_for_, followed, records);
    }
  }
  std::erase_if(records, [](std::string_view record) { return !lacks_address(record); });
}

void Batch::work(std::string_view lines, Worker& worker) const {
  auto [now, next] = std::pair(&worker.groups[0], &worker.groups[1]);
  for (auto group = read_group(lines, worker, *now); !group.empty(); std::swap(now, next)) {
    const auto following = read_group(lines, worker, *next);
    answer_group(worker, group);
    group = following;
  }
}

void Batch::run(std::string_view lines, std::span<Worker> workers) const {
  const auto parts = std::min(workers.size(), lines.size() / kWorthAThread + 1);
  const auto threads = std::min<std::size_t>(threads_, parts);
  std::vector<std::string_view> shares;
  for (std::size_t part = 0; part < parts && !lines.empty(); ++part) {
    auto size = part + 1 == parts ? lines.size() : lines.size() / (parts - part);
    const auto end = lines.find('\n', size == 0 ? 0 : size - 1);
    size = end == std::string_view::npos ? lines.size() : end + 1;
    shares.push_back(lines.substr(0, size));
    lines.remove_prefix(size);
  }
  share_work(static_cast<unsigned>(threads), shares.size(),
             [&](unsigned, std::uint64_t item) { work(shares[item], workers[item]); });
}

Result<std::vector<std::string>> Batch::close() const {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < lookups_.size(); ++i) {
    TRY_VOID(lookups_[i].verify(view_[i]));
    if (auto text = warning(view_[i], lookups_[i].faults()); !text.empty())
      warnings.push_back(std::move(text));
  }
  return warnings;
}

// Keys as they come: whole lines of what could be read without waiting for more.
class KeyReader {
 public:
  explicit KeyReader(int fd) : fd_(fd), buffer_(kKeyBytes) {}
  // Empty at the end.
  [[nodiscard]] Result<std::string_view> next() {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(used_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
    filled_ -= used_;
    used_ = 0;
    for (;;) {
      const auto fresh = TRY(read_some());
      const auto last = fresh.rfind('\n');
      if (last == std::string_view::npos && !fresh.empty() && filled_ < kLongestKey) continue;
      used_ = last == std::string_view::npos ? filled_ : filled_ - fresh.size() + last + 1;
      // What is longer than any key is a bad one, and the rest of its line is no other.
      is_within_ = last == std::string_view::npos && filled_ >= kLongestKey;
      return std::string_view(buffer_.data(), used_);
    }
  }

 private:
  // What came behind that which is there; empty at the end.
  [[nodiscard]] Result<std::string_view> read_some() {
    for (;;) {
      auto* const at = buffer_.data() + filled_;
      const ssize_t n = ::read(fd_, at, buffer_.size() - filled_);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return fail(Exit::failed, "cannot read the keys", system_message(errno));
      auto size = static_cast<std::size_t>(n);
      if (is_within_ && size > 0) {
        const auto end = std::string_view(at, size).find('\n');
        if (end == std::string_view::npos) continue;
        is_within_ = false;
        size -= end + 1;
        std::memmove(at, at + end + 1, size);
        if (size == 0) continue;
      }
      filled_ += size;
      return std::string_view(at, size);
    }
  }

  int fd_;
  std::vector<char> buffer_;
  std::size_t used_ = 0;
  std::size_t filled_ = 0;
  bool is_within_ = false;  // a line of which the beginning was given out
};

// Adds what the workers have to the result and writes their answers in order.
bool hand_out(std::span<Worker> workers, int out, BatchResult& result) {
  for (auto& worker : workers) {
    if (result.bad == 0 && worker.bad != 0) {
      result.first_bad = worker.first_bad;
      result.first_bad_line = result.keys + worker.first_bad_line;
    }
    result.keys += std::exchange(worker.keys, 0);
    result.found += std::exchange(worker.found, 0);
    result.cut += std::exchange(worker.cut, 0);
    result.bad += std::exchange(worker.bad, 0);
    if (!write_all(out, worker.out)) return false;
    worker.out.clear();
  }
  return true;
}

}  // namespace

Result<BatchResult> answer_batch(std::span<const Source> view, int in, int out, const Answer& answer,
                                 const BatchOptions& options) {
  Batch batch(view, answer, options);
  TRY_VOID(batch.open());
  std::vector<Worker> workers(batch.most_shares());
  KeyReader reader(in);
  BatchResult result;
  for (auto lines = TRY(reader.next()); !lines.empty(); lines = TRY(reader.next())) {
    batch.run(lines, workers);
    result.written = hand_out(workers, out, result);
    if (!result.written) {
      result.reason = errno;
      return result;
    }
  }
  result.warnings = TRY(batch.close());
  return result;
}

}  // namespace ctys::inventory
