// The far side of a console.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/far_console.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "plugin/byte_stream.hpp"
#include "plugin/collector.hpp"
#include "plugin/handle.hpp"
#include "plugin/worker.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace ctys::action {
namespace {

constexpr const char* kNoDisplay = "cannot reach the display of the machine";

// Neither side of the channel may block while it lives: somebody else is to be served meanwhile.
class Unblocked {
 public:
  explicit Unblocked(int fd) : fd_(fd), before_(::fcntl(fd, F_GETFL)) {
    ::fcntl(fd_, F_SETFL, before_ | O_NONBLOCK);
  }
  Unblocked(const Unblocked&) = delete;
  Unblocked& operator=(const Unblocked&) = delete;
  ~Unblocked() { ::fcntl(fd_, F_SETFL, before_); }

 private:
  int fd_;
  int before_;
};

Result<Fd> connect_to(int family, const sockaddr* address, socklen_t size) {
  constexpr int kPatience = 10'000;  // milliseconds
  Fd socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  int reason = ::connect(socket.get(), address, size) == 0 ? 0 : errno;
  if (reason == EINPROGRESS) {
    pollfd waiting{socket.get(), POLLOUT, 0};
    socklen_t length = sizeof reason;
    reason = ETIMEDOUT;
    if (::poll(&waiting, 1, kPatience) > 0)
      ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &reason, &length);
  }
  if (reason != 0) return fail(Exit::failed, kNoDisplay, system_message(reason));
  return socket;
}

Result<Fd> connect_to(const std::string& place) {
  if (place.starts_with('/')) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (place.size() >= sizeof address.sun_path)
      return fail(Exit::failed, kNoDisplay, "its path is too long");
    std::memcpy(address.sun_path, place.c_str(), place.size());
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): as the interface is
    return connect_to(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  const auto cut = place.rfind("::");
  if (cut == std::string::npos) return fail(Exit::failed, kNoDisplay, "no place is known where it listens");
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* raw = nullptr;
  const int error = ::getaddrinfo(place.substr(0, cut).c_str(), place.substr(cut + 2).c_str(), &hints, &raw);
  if (error != 0) return fail(Exit::failed, kNoDisplay, ::gai_strerror(error));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> found(raw, ::freeaddrinfo);
  return connect_to(found->ai_family, found->ai_addr, found->ai_addrlen);
}

class Carrier {
 public:
  Carrier(int in, int out, Fd stream, std::unique_ptr<plugin::Collector> worker)
      : in_(in), out_(out), bytes_(std::move(stream)), worker_(std::move(worker)) {}

  plugin::Outcome run() {
    {
      const Unblocked in(in_);
      const Unblocked out(out_);
      if (!worker_) tell_open();
      while (!is_over()) round();
    }
    plugin::Outcome outcome;
    if (!worker_) return outcome;
    if (!worker_->done()) worker_->abandon(plugin::interrupted());
    outcome = plugin::merged(worker_->take_each());
    // The first one said that it is open, and has been told.
    if (is_open_ && !outcome.records.empty()) outcome.records.erase(outcome.records.begin());
    return outcome;
  }

 private:
  [[nodiscard]] bool is_over() const {
    if (gone_) return true;
    // A display that does not see its viewer go is left; a plugin says how it went.
    const bool ended =
        worker_ ? worker_->done() && (bytes_.ended() || !is_open_) : bytes_.ended() || bytes_.drained();
    return ended && unsent_.empty();
  }
  [[nodiscard]] bool may_send() const { return is_open_ && unsent_.size() < plugin::ByteStream::kRoom; }

  void tell_open() {
    model::Record record;
    unsent_ += wire::encode(record.set(Field::state, "open"));
    is_open_ = true;
  }

  void round() {
    std::vector<pollfd> waiting{{in_, static_cast<short>((bytes_.has_room() ? POLLIN : 0) | POLLRDHUP), 0},
                                {unsent_.empty() ? -1 : out_, POLLOUT, 0}};
    const std::size_t mine = waiting.size();
    bytes_.watch(waiting, may_send());
    int left = bytes_.time_left();
    if (worker_) {
      worker_->watch(waiting);
      const int its = worker_->time_left();
      if (its >= 0) left = std::min(left, its);
    }
    if (::poll(waiting.data(), waiting.size(), left) < 0 && errno != EINTR) gone_ = true;
    const auto ready = std::span<const pollfd>(waiting).subspan(mine);
    if (worker_) worker_->handle(ready);
    if (!is_open_ && worker_ && worker_->records() > 0) tell_open();
    bytes_.handle(ready, may_send(), unsent_);
    if ((waiting[0].revents & POLLIN) != 0)
      hear();
    else if (waiting[0].revents != 0)
      gone_ = true;
    if (!unsent_.empty()) say();
    if (bytes_.is_silent()) gone_ = true;
  }

  void hear() {
    std::array<char, 65536> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the kernel
    const ssize_t n = ::read(in_, chunk.data(), chunk.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (n <= 0) {
      gone_ = true;
      return;
    }
    bytes_.hear();
    lines_.feed({chunk.data(), static_cast<std::size_t>(n)});
    for (;;) {
      while (bytes_.expected() > 0) {
        const auto part = lines_.take(bytes_.expected());
        if (part.empty()) return;
        bytes_.take(part);
      }
      const auto line = lines_.next();
      if (!line) break;
      const auto message = wire::decode(*line);
      if (message && std::holds_alternative<wire::Bytes>(*message))
        bytes_.announce(std::get<wire::Bytes>(*message));
      else if (!message || !std::holds_alternative<wire::Alive>(*message))
        gone_ = true;  // whoever that is does not speak our language
    }
    if (lines_.overlong()) gone_ = true;
  }

  void say() {
    const ssize_t n = ::write(out_, unsent_.data(), unsent_.size());
    if (n > 0) unsent_.erase(0, static_cast<std::size_t>(n));
    if (n < 0 && errno != EINTR && errno != EAGAIN) gone_ = true;
  }

  int in_;
  int out_;
  plugin::ByteStream bytes_;
  std::unique_ptr<plugin::Collector> worker_;  // null: a display, reached from here
  wire::LineReader lines_;
  std::string unsent_;
  bool is_open_ = false;
  bool gone_ = false;  // the caller
};

plugin::Outcome failed(Error error) {
  plugin::Outcome outcome;
  outcome.failures.push_back({std::move(error), {}, {}});
  return outcome;
}

}  // namespace

plugin::Outcome carry_console(wire::Call call, int in, int out) {
  const auto display = std::find_if(call.options.begin(), call.options.end(),
                                    [](const model::Pair& option) { return option.key == kDisplay; });
  if (display != call.options.end()) {
    auto socket = connect_to(display->value);
    if (!socket) return failed(std::move(socket).error());
    return Carrier(in, out, *std::move(socket), nullptr).run();
  }
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return failed({Exit::failed, "cannot open a console", system_message(errno)});
  Fd near(ends[0]);
  Fd far(ends[1]);
  plugin::Options how;
  // Before it is open nothing else is on the channel.
  how.progress = [out](std::string_view line) { plugin::send(out, wire::Progress{std::string(line)}); };
  auto worker = std::make_unique<plugin::Collector>(std::span(&call, 1), how, plugin::serve, far.get(), true);
  far.reset();  // the worker's copy is the only one: its end is the end of the line
  return Carrier(in, out, std::move(near), std::move(worker)).run();
}

}  // namespace ctys::action
