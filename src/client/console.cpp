// The text console.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/console.hpp"

#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "client/flow.hpp"
#include "client/registry.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <termios.h>

namespace ctys::client {
namespace {

// Signals of a process that is broken: nothing more can be done than to give the terminal back.
constexpr std::array kBroken{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
termios modes_before{};  // for their handler

void give_back_and_end(int number) {
  ::tcsetattr(STDIN_FILENO, TCSANOW, &modes_before);
  (void)::raise(number);  // by now its default action
}

// Raw mode from enter() on for as long as the object lives, or until leave().
class RawTerminal {
 public:
  // Ctrl-C and its like: bytes for whoever is at the other end, or what they are everywhere else.
  enum class Keys { bytes, signals };
  RawTerminal() = default;
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  ~RawTerminal() { leave(); }
  void enter(Keys keys) {
    if (!active_ && !take()) return;
    termios raw = modes_before;
    ::cfmakeraw(&raw);
    if (keys == Keys::signals) raw.c_lflag |= ISIG;
    if (::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) != 0) leave();
  }
  void leave() {
    if (!active_) return;
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &modes_before);
    for (std::size_t i = 0; i < kBroken.size(); ++i) ::sigaction(kBroken.at(i), &others_.at(i), nullptr);
    active_ = false;
  }

 private:
  bool take() {
    if (::tcgetattr(STDIN_FILENO, &modes_before) != 0) return false;
    struct sigaction action {};
    action.sa_handler = give_back_and_end;
    action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_NODEFER;
    for (std::size_t i = 0; i < kBroken.size(); ++i) ::sigaction(kBroken.at(i), &action, &others_.at(i));
    active_ = true;
    return true;
  }

  std::array<struct sigaction, kBroken.size()> others_{};  // what their handlers were
  bool active_ = false;
};

// Signals that end a session arrive here as bytes, so that the terminal can be restored before they take
// effect. What is ignored has none.
class SignalInput {
 public:
  SignalInput() {
    sigemptyset(&set_);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM,
                             SIGPROF, SIGIO, SIGPWR, SIGXCPU, SIGSTKFLT})
      take(number);
    for (int number = SIGRTMIN; number <= SIGRTMAX; ++number) take(number);
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
  void take(int number) {
    if (!is_ignored(number)) sigaddset(&set_, number);
  }

  sigset_t set_{};
  sigset_t before_{};
  Fd fd_;
};

// Who asked this session to end. The process ends by the same signal when the terminal is as it was; another
// ctys that closes a console is no such end, it is what the user asked of that one.
std::string reason_of(const signalfd_siginfo& taken) {
  constexpr std::size_t kLongestName = 64;
  const auto sender = read_file("/proc/" + std::to_string(taken.ssi_pid) + "/comm", kLongestName);
  if (taken.ssi_signo == SIGTERM && sender && text::trim(*sender) == "ctys") return "another ctys closed it";
  const auto number = static_cast<int>(taken.ssi_signo);
  plugin::ask_to_end(number);
  const char* name = ::sigabbrev_np(number);
  if (name != nullptr) return "ended by SIG" + std::string(name);
  return "ended by SIGRTMIN" + (number == SIGRTMIN ? std::string() : "+" + std::to_string(number - SIGRTMIN));
}

using Clock = std::chrono::steady_clock;

// Copies between terminal and stream.
class Copy {
 public:
  Copy(plugin::Gathering& session, int stream, int screen, int signals, char escape, std::string greeting,
       std::function<Result<void>()> on_open, std::optional<Clock::time_point> opens_by)
      : session_(session),
        stream_(stream),
        signals_(signals),
        escape_(escape),
        greeting_(std::move(greeting)),
        on_open_(std::move(on_open)),
        opens_by_(opens_by),
        input_{STDIN_FILENO, stream},
        output_{stream, screen} {}

  // Until one of the ends is reached. `at_once`: the terminal is in raw mode, and typed text goes its way,
  // before the console is known to be open; an interrupt is one until then.
  void run(bool at_once) {
    if (at_once) raw_.enter(keys());
    for (typing_ = at_once; !leaving_ || !input_.held.empty();)
      if (!round()) return;
  }
  [[nodiscard]] bool was_open() const { return is_open_; }
  // Why it ended, where a signal did it.
  [[nodiscard]] const std::string& reason() const { return reason_; }
  // What on_open() said.
  [[nodiscard]] const Result<void>& entered() const { return entered_; }
  // It was not open in time.
  [[nodiscard]] bool late() const { return !is_open_ && opens_by_ && Clock::now() >= *opens_by_; }

 private:
  [[nodiscard]] RawTerminal::Keys keys() const {
    return is_open_ ? RawTerminal::Keys::bytes : RawTerminal::Keys::signals;
  }

  // Milliseconds until something has to happen by itself; -1: nothing.
  [[nodiscard]] int time_left(bool over) const {
    if (over) return output_.held.empty() ? 0 : -1;
    const int its = session_.time_left();
    if (is_open_ || !opens_by_) return its;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*opens_by_ - Clock::now()).count();
    const auto mine = static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
    return its < 0 ? mine : std::min(its, mine);
  }

  bool round() {
    const bool over = session_.done();
    const auto stream_events = (output_.has_room() ? POLLIN : 0) | (input_.held.empty() ? 0 : POLLOUT);
    const bool listens = typing_ && !leaving_ && input_.has_room();
    std::vector<pollfd> waiting{{signals_, POLLIN, 0},
                                {listens ? STDIN_FILENO : -1, POLLIN, 0},
                                {stream_, static_cast<short>(stream_events), 0},
                                {output_.held.empty() ? -1 : output_.to, POLLOUT, 0}};
    const std::size_t mine = waiting.size();
    session_.watch(waiting);
    if (::poll(waiting.data(), waiting.size(), time_left(over)) < 0 && errno != EINTR) return false;
    if ((waiting[0].revents & POLLIN) != 0) return go_on();
    session_.handle(std::span(waiting).subspan(mine));
    if (!see_open((waiting[2].revents & (POLLIN | POLLHUP)) == POLLIN && !over) || late()) return false;
    if (waiting[1].revents != 0) leaving_ = input_.take(&escape_) == Way::closed;
    if ((waiting[2].revents & POLLOUT) != 0 && input_.give() == Way::closed) return false;
    if ((waiting[2].revents & (POLLIN | POLLHUP)) != 0 && output_.take() == Way::closed) {
      (void)write_all(STDOUT_FILENO, output_.held);
      return false;
    }
    if (waiting[3].revents != 0 && output_.give() == Way::closed) return false;
    // What it left in the stream when it ended is read to the last.
    return !over || (waiting[2].revents & POLLIN) != 0 || !output_.held.empty();
  }

  // After a signal: false when it ended the session.
  bool go_on() {
    signalfd_siginfo taken{};
    if (::read(signals_, &taken, sizeof taken) != sizeof taken) return false;
    if (taken.ssi_signo != SIGTSTP) {
      reason_ = reason_of(taken);
      return false;
    }
    // The terminal is somebody else's until this process is told to go on.
    raw_.leave();
    (void)::raise(SIGSTOP);
    if (typing_) raw_.enter(keys());
    return true;
  }

  bool see_open(bool bytes) {
    if (is_open_ || (!bytes && session_.records() == 0)) return true;
    entered_ = on_open_();
    if (!entered_) return false;
    is_open_ = typing_ = true;
    raw_.enter(keys());
    (void)write_all(STDERR_FILENO, greeting_);
    return true;
  }

  plugin::Gathering& session_;
  int stream_;
  int signals_;
  char escape_;
  std::string greeting_;
  std::function<Result<void>()> on_open_;
  std::optional<Clock::time_point> opens_by_;
  Result<void> entered_;
  Flow input_;
  Flow output_;
  RawTerminal raw_;
  std::string reason_;
  bool typing_ = false;
  bool leaving_ = false;
  bool is_open_ = false;
};

// Why nothing will come from a machine that stands still; otherwise empty.
std::string silence_of(const model::Record& machine, const std::string& label) {
  const auto& state = machine.get(Field::state);
  const auto& host = machine.get(Field::host);
  const bool is_here = host.empty() || host == paths::host_name();
  const auto which = (is_here ? "" : "--on " + text::printable(host) + " ") + label + "\r\n";
  if (state == "paused") return "It is paused, and answers when it runs on: ctys resume " + which;
  if (state == "crashed") return "It has crashed, and answers when it was restarted: ctys reset " + which;
  return {};
}

std::string greeting_for(const model::Record& machine, char escape) {
  constexpr char kDelete = 0x7f;
  const std::string key = escape == kDelete ? std::string("Ctrl-?")
                          : escape > 0 && escape < ' '
                              ? std::string("Ctrl-") + static_cast<char>(escape + '@')
                              : text::printable(std::string(1, escape));
  const auto label = text::printable(machine.get(Field::label));
  return "Connected to " + label + ", leave with " + key + "\r\n" + silence_of(machine, label);
}

// After the deadline, for the other side to say by itself what it was waiting for.
constexpr std::chrono::milliseconds kGrace{500};

Error opened_late(const model::Record& machine, std::chrono::milliseconds deadline) {
  return {Exit::deadline,
          "the console of " + machine.get(Field::label) + " was not open within " +
              text::seconds(deadline.count()),
          {},
          "give it more time with --deadline"};
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

Result<void> attach(const Session& how, const model::Record& machine, char escape) {
  TRY_VOID(can_attach());
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail(Exit::failed, "cannot open a console", system_message(errno));
  const Fd stream(ends[0]);
  const SignalInput signals;
  const auto session = how.start(Fd(ends[1]));
  ::fcntl(stream.get(), F_SETFL, O_NONBLOCK);
  const auto self = identify(::getpid());
  const auto on_open = [&] {
    how.opened();
    return self ? enter(*self, machine, kConsoleProgram) : Result<void>();
  };
  std::optional<Clock::time_point> opens_by;
  if (how.deadline) opens_by = Clock::now() + *how.deadline + kGrace;
  bool was_open = false;
  bool late = false;
  std::string reason;
  Result<void> entered;
  {
    // Its own description of the terminal, so that the caller's does not change: a terminal that is stopped
    // must not keep us from hearing signals, and the other side from hearing us.
    const Fd screen(::open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    Copy copy(*session, stream.get(), screen ? screen.get() : STDOUT_FILENO, signals.fd(), escape,
              greeting_for(machine, escape), on_open, opens_by);
    copy.run(!how.far);
    was_open = copy.was_open();
    reason = copy.reason();
    late = reason.empty() && copy.late();
    entered = copy.entered();
  }
  // Text that was typed in advance, and the key to leave with it, may be on their way to it.
  if (was_open || (!how.far && !late && reason.empty())) hear_the_end(*session, stream.get());
  if (self) leave(*self);
  TRY_VOID(std::move(entered));
  // Given up on the way there: nothing was opened, and that is no success.
  if (!was_open && !session->done())
    session->abandon(late ? opened_late(machine, *how.deadline) : plugin::interrupted());
  auto outcomes = session->take_each();
  const auto& told = outcomes.front().records;
  if (reason.empty() && !told.empty()) reason = text::printable(told.back().get(Field::detail));
  if (was_open)
    (void)write_all(STDERR_FILENO, "\r\nDisconnected" + (reason.empty() ? "" : ": " + reason) + "\n");
  if (!outcomes.front().failures.empty())
    return tl::unexpected<Error>(std::move(outcomes.front().failures.front().error));
  return {};
}

}  // namespace ctys::client
