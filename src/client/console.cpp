// The text console.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/console.hpp"

#include "base/file.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "client/registry.hpp"
#include "plugin/collector.hpp"
#include "plugin/worker.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <termios.h>

namespace ctys::client {
namespace {

// Raw mode for as long as the object lives.
class RawTerminal {
 public:
  RawTerminal() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios raw = before_;
    ::cfmakeraw(&raw);
    active_ = ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
  }
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  ~RawTerminal() {
    if (active_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
  }

 private:
  termios before_{};
  bool active_ = false;
};

// Signals that end a session arrive here as bytes, so that the terminal can be restored before they take
// effect.
class SignalInput {
 public:
  SignalInput() {
    sigemptyset(&set_);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) sigaddset(&set_, number);
    ::pthread_sigmask(SIG_BLOCK, &set_, &before_);
    fd_.reset(::signalfd(-1, &set_, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  SignalInput(const SignalInput&) = delete;
  SignalInput& operator=(const SignalInput&) = delete;
  ~SignalInput() {
    for (signalfd_siginfo taken{}; ::read(fd_.get(), &taken, sizeof taken) > 0;) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  sigset_t set_{};
  sigset_t before_{};
  Fd fd_;
};

enum class Way { open, closed };

// Bytes on their way in one direction, with room for what the other side cannot take yet.
struct Flow {
  int from;
  int to;
  std::string held = {};

  // Reads once; a character equal to *stop ends the flow there.
  Way take(const char* stop) {
    std::array<char, 16384> chunk;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the kernel
    const ssize_t n = ::read(from, chunk.data(), chunk.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return Way::open;
    if (n <= 0) return Way::closed;
    const std::string_view bytes(chunk.data(), static_cast<std::size_t>(n));
    const auto end = stop != nullptr ? bytes.find(*stop) : std::string_view::npos;
    held.append(bytes.substr(0, end));
    return end == std::string_view::npos ? Way::open : Way::closed;
  }
  Way give() {
    const ssize_t n = ::write(to, held.data(), held.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return Way::open;
    if (n < 0) return Way::closed;
    held.erase(0, static_cast<std::size_t>(n));
    return Way::open;
  }
};

// Who asked this session to end.
std::string reason_of_signal(int signals) {
  constexpr std::size_t kLongestName = 64;
  signalfd_siginfo taken{};
  if (::read(signals, &taken, sizeof taken) != sizeof taken) return {};
  const auto sender = read_file("/proc/" + std::to_string(taken.ssi_pid) + "/comm", kLongestName);
  if (taken.ssi_signo == SIGTERM && sender && text::trim(*sender) == "ctys")
    return "another ctys took the console over";
  const char* name = ::sigabbrev_np(static_cast<int>(taken.ssi_signo));
  return "ended by SIG" + std::string(name == nullptr ? "NAL" : name);
}

// Copies between terminal and stream until one of the ends is reached. `greeting` is shown once the console
// is known to be open. True: it was. `reason`: why it ended, where a signal did it.
bool copy(plugin::Collector& collector, int stream, int signals, char escape, const std::string& greeting,
          std::string& reason) {
  bool is_open = false;
  const auto see_open = [&](bool bytes) {
    if (is_open || (!bytes && collector.records() == 0)) return;
    is_open = true;
    (void)write_all(STDERR_FILENO, greeting);
  };
  Flow input{STDIN_FILENO, stream};
  Flow output{stream, STDOUT_FILENO};
  constexpr std::size_t kFull = 1U << 16;
  for (bool leaving = false; !leaving || !input.held.empty();) {
    const bool over = collector.done();
    const auto stream_events = (output.held.size() < kFull ? POLLIN : 0) | (input.held.empty() ? 0 : POLLOUT);
    std::vector<pollfd> waiting{{signals, POLLIN, 0},
                                {!leaving && input.held.size() < kFull ? STDIN_FILENO : -1, POLLIN, 0},
                                {stream, static_cast<short>(stream_events), 0},
                                {output.held.empty() ? -1 : STDOUT_FILENO, POLLOUT, 0}};
    const std::size_t mine = waiting.size();
    collector.watch(waiting);
    if (::poll(waiting.data(), waiting.size(), collector.time_left()) < 0 && errno != EINTR) return is_open;
    if ((waiting[0].revents & POLLIN) != 0) {
      reason = reason_of_signal(signals);
      return is_open;
    }
    collector.handle(std::span(waiting).subspan(mine));
    see_open((waiting[2].revents & (POLLIN | POLLHUP)) == POLLIN && !over);
    if (waiting[1].revents != 0) leaving = input.take(&escape) == Way::closed;
    if ((waiting[2].revents & POLLOUT) != 0 && input.give() == Way::closed) return is_open;
    if ((waiting[2].revents & (POLLIN | POLLHUP)) != 0 && output.take(nullptr) == Way::closed) {
      (void)write_all(STDOUT_FILENO, output.held);
      return is_open;
    }
    if (waiting[3].revents != 0 && output.give() == Way::closed) return is_open;
    if (over)
      return is_open;  // the worker had ended before this round, so what it left in the stream was read by
                       // now
  }
  return is_open;
}

// The worker sees the end of the line and says how it went. One that hangs is not waited for.
void hear_the_end(plugin::Collector& collector, int stream) {
  constexpr int kSteps = 20;
  constexpr int kStep = 100;  // milliseconds
  ::shutdown(stream, SHUT_RDWR);
  for (int step = 0; step < kSteps && !collector.done(); ++step) {
    std::vector<pollfd> waiting;
    collector.watch(waiting);
    if (::poll(waiting.data(), waiting.size(), kStep) < 0 && errno != EINTR) return;
    collector.handle(waiting);
  }
}

}  // namespace

Result<void> can_attach() {
  const bool background = ::tcgetpgrp(STDIN_FILENO) >= 0 && ::tcgetpgrp(STDIN_FILENO) != ::getpgrp();
  if (background)  // the kernel would stop it at the first touch of the terminal, with nobody to let it go on
    return fail(Exit::refused, "cannot open a text console", "this is a background job",
                "run it in the foreground, or choose --console none");
  if (::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0) return {};
  return fail(Exit::refused, "cannot open a text console", "input and output are not a terminal",
              "run it in a terminal, or choose --console none");
}

Result<void> attach(const wire::Call& call, const model::Record& machine, char escape) {
  TRY_VOID(can_attach());
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail(Exit::failed, "cannot open a console", system_message(errno));
  const Fd stream(ends[0]);
  Fd far(ends[1]);
  const SignalInput signals;
  plugin::Collector collector(std::span(&call, 1), {}, plugin::serve, far.get(), true);
  far.reset();  // the worker's copy is the only one: its end is the end of the line
  ::fcntl(stream.get(), F_SETFL, O_NONBLOCK);
  const std::string key = escape > 0 && escape < ' ' ? std::string("Ctrl-") + static_cast<char>(escape + '@')
                                                     : std::string(1, escape);
  const std::string greeting =
      "Connected to " + text::printable(machine.get(Field::label)) + ", leave with " + key + "\r\n";
  const auto self = identify(::getpid());
  if (self) TRY_VOID(enter(*self, machine, "ctys (console)"));
  bool was_open = false;
  std::string reason;
  {
    const RawTerminal raw;
    was_open = copy(collector, stream.get(), signals.fd(), escape, greeting, reason);
  }
  hear_the_end(collector, stream.get());
  if (self) leave(*self);
  auto outcomes = collector.take_each();
  const auto& told = outcomes.front().records;
  if (reason.empty() && !told.empty()) reason = text::printable(told.back().get(Field::detail));
  if (was_open)
    (void)write_all(STDERR_FILENO, "\r\nDisconnected" + (reason.empty() ? "" : ": " + reason) + "\n");
  if (!outcomes.front().failures.empty())
    return tl::unexpected<Error>(std::move(outcomes.front().failures.front().error));
  return {};
}

}  // namespace ctys::client
