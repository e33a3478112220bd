// Goes through a file in pieces.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/pieces.hpp"

#include "inventory/threads.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <vector>

namespace ctys::inventory {
namespace {

constexpr std::size_t kReadPiece = 524288;  // what was read is still in the cache when it is looked at
constexpr std::size_t kReadOverlap = 4096;  // of the next one: most lines end there
constexpr std::size_t kPage = 4096;
constexpr std::size_t kMost =
    kReadPiece + kMaxLine / kPage * kPage + kPage;                 // a line that is not too long ends there
constexpr std::uint64_t kWorthThreads = std::uint64_t{24} << 20U;  // bytes: some milliseconds of work
constexpr std::size_t kSlotsPerThread = 4;  // so that nobody waits for the one who is a little slower

// One piece and what it is read into. A line belongs to the piece in which the byte before it stands, so that
// pieces begin where pages do: copying those is fastest.
class Buffer {
 public:
  [[nodiscard]] Result<void> load(const Source& source, std::uint64_t number);
  [[nodiscard]] const Block& block() const noexcept { return block_; }
  void end_look() {
    if (overlong_) faults.add(*overlong_);
  }

  Faults faults;
  bool ready = false;  // looked at, and not given out yet

 private:
  struct Free {
    void operator()(char* memory) const noexcept {
      std::free(memory);
    }  // NOLINT(*-no-malloc,*-owning-memory)
  };
  [[nodiscard]] Result<void> read(const Source& source, std::uint64_t offset);

  std::unique_ptr<char, Free> buffer_;
  std::size_t filled_ = 0;
  Block block_;
  std::optional<Faults::One> overlong_;  // its last line
};

// The piece, and on to the end of its last line.
Result<void> Buffer::read(const Source& source, std::uint64_t offset) {
  if (!buffer_) buffer_.reset(static_cast<char*>(std::aligned_alloc(kPage, kMost)));
  if (!buffer_) throw std::bad_alloc();
  std::size_t wanted = kReadPiece + kReadOverlap;
  filled_ = TRY(source.read_at(offset, buffer_.get(), wanted));
  while (filled_ == wanted && wanted < kMost &&
         std::memchr(buffer_.get() + kReadPiece, '\n', filled_ - kReadPiece) == nullptr) {
    wanted = std::min(2 * wanted, kMost);
    filled_ += TRY(source.read_at(offset + filled_, buffer_.get() + filled_, wanted - filled_));
  }
  return {};
}

Result<void> Buffer::load(const Source& source, std::uint64_t number) {
  const auto offset = number * kReadPiece;
  overlong_.reset();
  faults = {};
  TRY_VOID(read(source, offset));
  const std::string_view text(buffer_.get(), filled_);
  std::size_t begin = text.starts_with(kMark) && offset == 0 ? kMark.size() : 0;
  if (offset > 0) {
    begin = text.find('\n');
    begin = begin == std::string_view::npos ? text.size() : begin + 1;
  }
  auto end = text.size();
  if (begin > kReadPiece) {
    begin = end;  // no line begins here
  } else if (const auto newline = text.find('\n', kReadPiece); newline != std::string_view::npos) {
    end = newline + 1;
  } else if (filled_ == kMost) {
    const auto last = text.rfind('\n', kReadPiece - 1);
    end = last == std::string_view::npos || last < begin ? begin : last + 1;
    overlong_ = Faults::One{offset + end, 0, Defect::too_long};
  }
  block_ = {text.substr(begin, end - begin), offset + begin};
  return {};
}

// What the threads share. A thread that is done with a piece gives it out when it is the next one, and others
// behind it that wait for that; otherwise it leaves that to the one that has the next one.
class Queue {
 public:
  Queue(const Source& source, std::size_t slots, const LookAtPiece& look, const GivePiece& give)
      : source_(source),
        look_(look),
        give_(give),
        slots_(slots),
        pieces_(source.stamp().size / kReadPiece + (source.stamp().size % kReadPiece != 0 ? 1 : 0)) {}

  void run() {
    std::unique_lock lock(guard_);
    for (;;) {
      moved_.wait(lock, [&] { return is_over() || taken_ < given_ + slots_.size(); });
      if (is_over()) return;
      const auto number = taken_++;
      auto& slot = slots_[number % slots_.size()];
      lock.unlock();
      auto loaded = slot.load(source_, number);
      if (loaded) {
        look_(number % slots_.size(), slot.block(), slot.faults);
        slot.end_look();
      }
      lock.lock();
      if (!loaded) {
        if (!error_) error_ = std::move(loaded).error();
        stop();
        return;
      }
      slot.ready = true;
      hand_out(lock);
    }
  }
  [[nodiscard]] Result<void> status() const {
    if (error_) return tl::unexpected<Error>(*error_);
    return {};
  }

 private:
  [[nodiscard]] bool is_over() const noexcept { return stopped_ || taken_ == pieces_; }
  void stop() {
    stopped_ = true;
    moved_.notify_all();
  }
  void hand_out(std::unique_lock<std::mutex>& lock) {
    if (giving_) return;
    giving_ = true;
    while (!stopped_ && slots_[given_ % slots_.size()].ready) {
      auto& slot = slots_[given_ % slots_.size()];
      lock.unlock();
      const bool go_on = give_(given_ % slots_.size(), slot.faults);
      lock.lock();
      slot.ready = false;
      ++given_;
      if (!go_on) stop();
      moved_.notify_all();
    }
    giving_ = false;
  }

  const Source& source_;
  const LookAtPiece& look_;
  const GivePiece& give_;
  std::mutex guard_;  // of what follows
  std::condition_variable moved_;
  std::vector<Buffer> slots_;
  const std::uint64_t pieces_;
  std::uint64_t taken_ = 0;  // pieces that some thread has
  std::uint64_t given_ = 0;  // pieces that were given out
  bool giving_ = false;      // some thread is at it
  bool stopped_ = false;
  std::optional<Error> error_;
};

}  // namespace

Pieces::Pieces(const Source& source, unsigned threads) : source_(&source), threads_(threads) {
  if (threads_ == 0) threads_ = source.stamp().size < kWorthThreads ? 1 : idle_processors();
  slots_ = threads_ == 1 ? 1 : threads_ * kSlotsPerThread;
}

Result<void> Pieces::work(const LookAtPiece& look, const GivePiece& give) const {
  Queue queue(*source_, slots_, look, give);
  share_work(threads_, threads_, [&](unsigned, std::uint64_t) { queue.run(); });
  return queue.status();
}

}  // namespace ctys::inventory
