// The process that keeps connections when the call that made them has ended.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "remote/keeper.hpp"

#include "base/process.hpp"
#include "remote/counter.hpp"
#include "remote/demand.hpp"
#include "remote/stamp.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <utility>

namespace ctys::remote {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kLook{5};  // after the socket's file
constexpr std::size_t kMostGuests = 16;   // who have connected and say nothing
constexpr std::string_view kWhat = "cannot keep connections";

// One host.
struct One {
  Waiting host;
  Clock::time_point until;
  bool lent = false;
};

class Keeper {
 public:
  Keeper(Kept kept, Fd transport, Counter counter, Fd signals, std::string via,
         std::chrono::milliseconds time)
      : way_(std::move(kept.way)),
        via_(std::move(via)),
        carrier_(std::move(kept.carrier)),
        transport_(std::move(transport)),
        counter_(std::move(counter)),
        signals_(std::move(signals)) {
    for (auto& host : kept.hosts) all_.push_back({std::move(host), Clock::now() + time});
    struct stat status {};
    if (::lstat(counter_.path.c_str(), &status) == 0) file_ = status.st_ino;
  }

  void keep() {
    while (!all_.empty() || borrower_) round();
    end();
  }

 private:
  void round() {
    std::vector<pollfd> waiting{{signals_.get(), POLLIN, 0},
                                {borrower_.get(), POLLIN | POLLRDHUP, 0},
                                {borrower_ ? -1 : carrier_.control.get(), POLLIN, 0},
                                {counter_.listens.get(), POLLIN, 0}};
    const auto fixed = waiting.size();
    for (const auto& guest : guests_) waiting.push_back({guest.get(), POLLIN | POLLRDHUP, 0});
    auto first = Clock::now() + kLook;
    for (const auto& one : all_) {
      if (one.lent) continue;
      waiting.push_back({one.host.stream.get(), POLLIN | POLLRDHUP, 0});
      first = std::min(first, one.until);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(first - Clock::now()).count();
    if (::poll(waiting.data(), waiting.size(), static_cast<int>(std::max<long>(0, left))) < 0) return;
    if (waiting[0].revents != 0) ending_ = true;
    // What was given back is there for those who come after.
    if (waiting[1].revents != 0) take_back();
    if (waiting[2].revents != 0) hear();
    drop_what_is_over();
    std::vector<Fd> guests = std::exchange(guests_, {});
    for (std::size_t i = 0; i < guests.size(); ++i)
      if (waiting[fixed + i].revents == 0)
        guests_.push_back(std::move(guests[i]));
      else
        serve(std::move(guests[i]));
    if (waiting[3].revents != 0) receive_guest();
  }

  void receive_guest() {
    auto guest = accept_from(counter_.listens);
    if (!guest) return;
    if (guests_.size() == kMostGuests) guests_.erase(guests_.begin());
    guests_.push_back(std::move(guest));
  }

  // A worker that waits says nothing, and neither does a connection that is well.
  static bool is_quiet(const One& one) {
    pollfd stream{one.host.stream.get(), POLLIN | POLLRDHUP, 0};
    return one.host.stream && ::poll(&stream, 1, 0) == 0;
  }

  void drop_what_is_over() {
    struct stat status {};
    const bool is_there =
        ::lstat(counter_.path.c_str(), &status) == 0 && status.st_ino == file_ && S_ISSOCK(status.st_mode);
    ending_ = ending_ || !is_there;
    const auto now = Clock::now();
    std::erase_if(
        all_, [&](const One& one) { return !one.lent && (ending_ || one.until <= now || !is_quiet(one)); });
  }

  // Of the transport: about streams whose end is seen, too.
  void hear() {
    std::array<char, 4096> chunk{};
    ssize_t n = 0;
    while ((n = ::read(carrier_.control.get(), chunk.data(), chunk.size())) > 0) {
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    all_.clear();
    ending_ = true;
  }

  void take_back() {
    const auto packet = receive_packet(borrower_);
    const auto demand = demand_of(packet.text);
    borrower_.reset();
    const bool is_given_back = demand && demand->wish == Wish::give_back;
    const auto now = Clock::now();
    std::erase_if(all_, [&](One& one) {
      if (!std::exchange(one.lent, false)) return false;
      one.until = now + (is_given_back ? demand->time : Clock::duration::zero());
      return !is_given_back || std::find(demand->numbers.begin(), demand->numbers.end(), one.host.number) ==
                                   demand->numbers.end();
    });
  }

  void serve(Fd guest) {
    const auto demand = demand_of(receive_packet(guest).text);
    if (!demand) return;
    switch (demand->wish) {
      case Wish::borrow:
        return lend(std::move(guest), *demand);
      case Wish::list:
        return tell(guest);
      case Wish::end:
        ending_ = true;
        ::unlink(counter_.path.c_str());
        (void)send_packet(guest, wire::encode(wire::End{}));
        leaving_.push_back(std::move(guest));
        return drop_what_is_over();
      case Wish::give_back:
        return;  // nothing was lent
    }
  }

  void lend(Fd guest, const Demand& demand) {
    bool any = false;
    const bool may = !borrower_ && !ending_ && demand.way == way_;
    if (may) hear();
    for (const auto& name : may && !ending_ ? demand.hosts : std::vector<std::string>()) {
      const auto at = std::find_if(all_.begin(), all_.end(), [&](const One& one) {
        return !one.lent && model::text_of(one.host.target) == name;
      });
      if (at == all_.end()) continue;
      if (!is_quiet(*at) || !all_hold(at->host.stamps)) {
        all_.erase(at);
        continue;
      }
      model::Record record;
      record.set(Field::host, name).set(Field::serial, std::to_string(at->host.number));
      if (!send_packet(guest, wire::encode(record), at->host.stream.get())) break;
      any = at->lent = true;
    }
    const auto end = wire::encode(wire::End{any ? 0 : 1});
    if (!any)
      (void)send_packet(guest, end);
    else if (send_packet(guest, end, carrier_.control.get()))
      borrower_ = std::move(guest);
    else
      std::erase_if(all_, [](const One& one) { return one.lent; });
  }

  void tell(const Fd& guest) const {
    const auto now = Clock::now();
    for (const auto& one : all_) {
      model::Record record;
      const auto left = std::chrono::ceil<std::chrono::seconds>(one.until - now).count();
      record.set(Field::host, one.host.target.name).set(Field::gateway, via_);
      record.set(Field::state, one.lent ? "used" : "waiting").set(Field::pid, std::to_string(::getpid()));
      if (!one.lent) record.set(Field::value, std::to_string(std::max<long>(0, left)));
      if (!send_packet(guest, wire::encode(record))) return;
    }
    (void)send_packet(guest, wire::encode(wire::End{}));
  }

  // Those who have asked for the end see it when nothing is left.
  void end() {
    constexpr int kMoment = 2'000;  // milliseconds
    struct stat status {};
    if (::lstat(counter_.path.c_str(), &status) == 0 && status.st_ino == file_)
      ::unlink(counter_.path.c_str());
    all_.clear();
    carrier_.control.reset();
    if (::syscall(SYS_pidfd_send_signal, transport_.get(), SIGKILL, nullptr, 0) != 0) return;
    pollfd gone{transport_.get(), POLLIN, 0};
    ::poll(&gone, 1, kMoment);
  }

  std::string way_;
  std::string via_;
  Carrier carrier_;
  Fd transport_;
  Counter counter_;
  Fd signals_;
  ino_t file_ = 0;
  std::vector<One> all_;
  Fd borrower_;
  std::vector<Fd> guests_;
  std::vector<Fd> leaving_;
  bool ending_ = false;
};

Fd heard_signals() {
  sigset_t waited;
  sigemptyset(&waited);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    sigaddset(&waited, number);
    (void)std::signal(number, SIG_DFL);  // what is ignored is never heard
  }
  ::pthread_sigmask(SIG_SETMASK, &waited, nullptr);
  (void)std::signal(SIGPIPE, SIG_IGN);
  return Fd(::signalfd(-1, &waited, SFD_CLOEXEC | SFD_NONBLOCK));
}

// In the new process.
void become_keeper(Kept kept, Fd transport, std::string via, std::chrono::milliseconds time, Fd line) {
  ::setsid();
  Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null.get(), fd);
  null.reset();
  std::vector<int> needed{transport.get(), line.get(), kept.carrier.control.get()};
  for (const auto& host : kept.hosts) needed.push_back(host.stream.get());
  close_others(needed);
  (void)!::chdir("/");
  auto signals = heard_signals();
  auto counter = signals ? open_counter(kept.way)
                         : fail(Exit::failed, std::string(kWhat), "no signals can be waited for");
  tell_start(line, counter ? Result<void>() : tl::unexpected<Error>(counter.error()));
  line.reset();
  if (!counter) return;
  // Whoever said so before there was this socket did not see it.
  if (has_been_ended()) {
    ::unlink(counter->path.c_str());
    ::syscall(SYS_pidfd_send_signal, transport.get(), SIGKILL, nullptr, 0);
    return;
  }
  Keeper(std::move(kept), std::move(transport), *std::move(counter), std::move(signals), std::move(via), time)
      .keep();
}

}  // namespace

Result<void> start_keeper(Kept kept, std::string via, std::chrono::milliseconds time) {
  const std::string what(kWhat);
  Fd transport(static_cast<int>(::syscall(SYS_pidfd_open, kept.carrier.pid(), 0)));
  if (!transport) return fail(Exit::failed, what, system_message(errno));
  if (!kept.carrier.detach()) return fail(Exit::failed, what, "the SSH transport does not let go");
  TRY(start_apart(what, [&](Fd line) {
    kept.carrier.release();
    become_keeper(std::move(kept), std::move(transport), std::move(via), time, std::move(line));
  }));
  kept.carrier.release();
  return {};
}

}  // namespace ctys::remote
