// A VNC viewer here on the display of a machine on another host.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/far_viewer.hpp"

#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/process.hpp"
#include "client/flow.hpp"
#include "client/gate.hpp"
#include "client/registry.hpp"
#include "wire/message.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace ctys::client {
namespace {

// Ends when the console is open.
class UntilOpen final : public plugin::Gathering {
 public:
  explicit UntilOpen(plugin::Gathering& inner) : inner_(inner) {}
  [[nodiscard]] bool done() const override { return inner_.done() || inner_.records() > 0; }
  void watch(std::vector<pollfd>& waiting) const override { inner_.watch(waiting); }
  [[nodiscard]] int time_left() const override { return inner_.time_left(); }
  void handle(std::span<const pollfd> ready) override { inner_.handle(ready); }
  void abandon(const Error& error) override { inner_.abandon(error); }
  [[nodiscard]] std::size_t records() const override { return inner_.records(); }
  [[nodiscard]] std::vector<plugin::Outcome> take_each() override { return inner_.take_each(); }

 private:
  plugin::Gathering& inner_;
};

// What the holding process says: an error, or the end: the viewer is connected. Who is asked to stop waiting
// asks that process to end.
class Report final : public plugin::Gathering {
 public:
  Report(Fd line, pid_t holder) : line_(std::move(line)), holder_(holder) {}
  [[nodiscard]] bool done() const override { return result_.has_value(); }
  void watch(std::vector<pollfd>& waiting) const override { waiting.push_back({line_.get(), POLLIN, 0}); }
  [[nodiscard]] int time_left() const override { return -1; }
  void handle(std::span<const pollfd> ready) override {
    if (done() || ready.empty() || ready.front().revents == 0) return;
    std::array<char, 4096> chunk{};
    const ssize_t n = ::read(line_.get(), chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) return;
    if (n > 0) words_.feed({chunk.data(), static_cast<std::size_t>(n)});
    while (const auto word = words_.next()) {
      auto message = wire::decode(*word);
      if (message && std::holds_alternative<wire::End>(*message)) result_.emplace();
      if (message && std::holds_alternative<Error>(*message))
        result_.emplace(tl::unexpected<Error>(std::get<Error>(*std::move(message))));
    }
    if (n <= 0 && !done())
      result_.emplace(
          fail(Exit::failed, "cannot open a window", "the process that holds the connection ended"));
  }
  void abandon(const Error& /*error*/) override { ::kill(holder_, SIGTERM); }
  [[nodiscard]] std::size_t records() const override { return 0; }
  [[nodiscard]] std::vector<plugin::Outcome> take_each() override { return {}; }
  [[nodiscard]] Result<void> result() const { return *result_; }

 private:
  Fd line_;
  pid_t holder_;
  wire::LineReader words_;
  std::optional<Result<void>> result_;
};

// The process that holds the connection.
class Holder {
 public:
  Holder(const Session& how, const model::Record& machine, const Window& window, pid_t caller)
      : how_(how), machine_(machine), window_(window), caller_(caller) {}

  // Until the viewer is connected.
  Result<void> begin() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
      return fail(Exit::failed, what(), system_message(errno));
    near_.reset(ends[0]);
    ::fcntl(near_.get(), F_SETFL, O_NONBLOCK);
    session_ = how_.start(Fd(ends[1]));
    UntilOpen open(*session_);
    plugin::wait_for(open);
    if (session_->done()) return ended();
    TRY_VOID(detach());
    auto gate = TRY(Gate::make());
    const auto command = TRY(viewer_command(window_, gate.path()));
    const auto viewer = TRY(start_detached(command, [&](const ProcessId& started) {
      return enter(started, machine_, find_program(command.front()).value_or(command.front()));
    }));
    TRY_VOID(let_in(gate, viewer, command.front()));
    return {};
  }

  // Until viewer or display ends.
  void carry() {
    Flow to_viewer{near_.get(), viewer_.get()};
    Flow to_display{viewer_.get(), near_.get()};
    while (round(to_viewer, to_display)) {
    }
    while (!to_viewer.held.empty() && to_viewer.give() == Way::open) {
      pollfd waiting{viewer_.get(), POLLOUT, 0};
      if (::poll(&waiting, 1, -1) < 0 && errno != EINTR) break;
    }
    viewer_.reset();
    hear_the_end(*session_, near_.get());
    session_.reset();
  }

 private:
  [[nodiscard]] std::string what() const { return "cannot open a window on " + machine_.get(Field::label); }

  Result<void> ended() {
    auto outcomes = session_->take_each();
    auto& failures = outcomes.front().failures;
    if (!failures.empty()) return tl::unexpected<Error>(std::move(failures.front().error));
    return fail(Exit::failed, what(), "its host ended the connection");
  }

  // From here on it goes on without its caller: nobody is asked any more, and the window has its own life.
  [[nodiscard]] Result<void> detach() const {
    ::setsid();
    const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null.get(), fd);
    ::prctl(PR_SET_PDEATHSIG, 0);
    if (::getppid() != caller_) return fail(Exit::failed, what(), "its caller has gone");
    return {};
  }

  Result<void> let_in(Gate& gate, const ProcessId& viewer, const std::string& program) {
    using Clock = std::chrono::steady_clock;
    constexpr int kStep = 50;  // milliseconds between two looks at the viewer's process
    const auto time = window_.deadline.value_or(std::chrono::seconds(10));
    const auto end = Clock::now() + time;
    while (!viewer_ && Clock::now() < end && is_alive(viewer) && !session_->done()) {
      std::vector<pollfd> waiting{{gate.fd(), POLLIN, 0}};
      session_->watch(waiting);
      ::poll(waiting.data(), waiting.size(), kStep);
      session_->handle(std::span(waiting).subspan(1));
      if (waiting.front().revents != 0) viewer_ = gate.accept();
    }
    if (viewer_) return {};
    const bool gone = !is_alive(viewer);
    (void)client::end({viewer, machine_});
    if (session_->done()) return ended();
    const auto fix = by_hand(program, window_);
    if (gone) return fail(Exit::failed, what(), program + " ended at once", fix);
    return tl::unexpected(opened_late(machine_, window_, time, program + " did not connect", fix));
  }

  // False: it is over.
  bool round(Flow& to_viewer, Flow& to_display) {
    const auto events = [](const Flow& in, const Flow& out) {
      return static_cast<short>((in.has_room() ? POLLIN : 0) | (out.held.empty() ? 0 : POLLOUT));
    };
    const bool over = session_->done();
    std::vector<pollfd> waiting{{viewer_.get(), events(to_display, to_viewer), 0},
                                {near_.get(), events(to_viewer, to_display), 0}};
    session_->watch(waiting);
    if (::poll(waiting.data(), waiting.size(), over ? 0 : session_->time_left()) < 0 && errno != EINTR)
      return false;
    session_->handle(std::span(waiting).subspan(2));
    constexpr int kNews = POLLIN | POLLHUP | POLLERR;
    if ((waiting[0].revents & POLLOUT) != 0 && to_viewer.give() == Way::closed) return false;
    if ((waiting[1].revents & POLLOUT) != 0 && to_display.give() == Way::closed) return false;
    if ((waiting[0].revents & kNews) != 0 && to_display.take() == Way::closed) return false;
    if ((waiting[1].revents & kNews) != 0 && to_viewer.take() == Way::closed) return false;
    return !over || (waiting[1].revents & POLLIN) != 0;
  }

  const Session& how_;
  const model::Record& machine_;
  const Window& window_;
  pid_t caller_;
  Fd near_;
  Fd viewer_;
  std::unique_ptr<plugin::Gathering> session_;
};

// In the child. It stays in the terminal's foreground until the display is reached: somebody may be asked.
[[noreturn]] void hold(Holder holder, int report, pid_t caller) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != caller) ::_exit(0);  // it died before the line above
  (void)std::signal(SIGTERM, SIG_DFL);    // its caller ends it so, whoever had it ignored
  constexpr int kReport = 3;
  ::dup2(report, kReport);
  ::fcntl(kReport, F_SETFD, FD_CLOEXEC);
  ::syscall(SYS_close_range, kReport + 1U, ~0U, 0U);
  try {
    const auto begun = holder.begin();
    const auto word = begun ? wire::encode(wire::End{}) : wire::encode(begun.error());
    (void)write_all(kReport, word);
    ::close(kReport);
    if (begun) holder.carry();
  } catch (const std::exception& e) {
    (void)write_all(kReport, wire::encode(Error{Exit::defect, "internal error", e.what()}));
  }
  ::_exit(0);
}

}  // namespace

Result<void> open_far_viewer(const Session& how, const model::Record& machine, const Window& window) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail(Exit::failed, "cannot open a window", system_message(errno));
  Fd line(ends[0]);
  Fd theirs(ends[1]);
  const pid_t caller = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) hold(Holder(how, machine, window, caller), theirs.get(), caller);
  if (child < 0) return fail(Exit::failed, "cannot open a window", system_message(errno));
  theirs.reset();
  Report report(std::move(line), child);
  plugin::wait_for(report);
  return report.result();
}

}  // namespace ctys::client
