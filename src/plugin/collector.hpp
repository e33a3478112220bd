// One worker for each call: starts them, takes what they send, ends them. Passive: the owner polls.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/file.hpp"
#include "plugin/collect.hpp"
#include "wire/message.hpp"

#include <poll.h>
#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ctys::plugin {

// Runs in the child: answers on two descriptors (they may be the same), returns the process's exit status.
using ChildMain = std::function<int(int in, int out, int stream)>;

// Something that goes on elsewhere and is waited for with poll().
class Gathering {
 public:
  Gathering() = default;
  Gathering(const Gathering&) = delete;
  Gathering& operator=(const Gathering&) = delete;
  virtual ~Gathering() = default;
  [[nodiscard]] virtual bool done() const = 0;
  // What to wait for, appended to `waiting`; all of it goes back to handle().
  virtual void watch(std::vector<pollfd>& waiting) const = 0;
  // Milliseconds until the next deadline; -1: none.
  [[nodiscard]] virtual int time_left() const = 0;
  virtual void handle(std::span<const pollfd> ready) = 0;
  // Ends all that still runs with this failure.
  virtual void abandon(const Error& error) = 0;
  // How many records have come so far.
  [[nodiscard]] virtual std::size_t records() const = 0;
  // What each call brought, in their order. Call once, when done().
  [[nodiscard]] virtual std::vector<Outcome> take_each() = 0;
};

class Collector final : public Gathering {
 public:
  // `stream` is handed to every child as its byte stream (console), -1: none; the caller closes its own copy.
  // `own_groups`: each worker leads a process group that is killed as a whole; a worker's own children stay
  // in the worker's group instead, so that they end with it.
  Collector(std::span<const wire::Call> calls, Options options, const ChildMain& child, int stream,
            bool own_groups);
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  ~Collector() override;  // kills whoever is left

  [[nodiscard]] bool done() const override;
  void watch(std::vector<pollfd>& waiting) const override;
  [[nodiscard]] int time_left() const override;
  void handle(std::span<const pollfd> ready) override;
  void abandon(const Error& error) override;
  [[nodiscard]] std::size_t records() const override;
  [[nodiscard]] std::vector<Outcome> take_each() override;

 private:
  struct Worker;
  void start(Worker& worker, const ChildMain& child, int stream);
  void receive(Worker& worker);
  void reap(Worker& worker);
  void stop(Worker& worker, Error error, bool unfinished = false);

  Options options_;
  bool own_groups_;
  std::vector<Worker> workers_;
};

// Takes SIGINT, SIGTERM and SIGHUP while it lives, but not what is ignored: they do not end this process,
// whose caller prints what has arrived, and ends then, see asked_to_end().
class TakenSignals {
 public:
  TakenSignals();
  TakenSignals(const TakenSignals&) = delete;
  TakenSignals& operator=(const TakenSignals&) = delete;
  ~TakenSignals();
  [[nodiscard]] int fd() const noexcept {
    return signals_.get();
  }  // there is something to read once one came

 private:
  sigset_t before_{};
  Fd signals_;
};

// Waits with poll() until all are done, or a signal asks to stop, or whoever is at the other end of `caller`
// (-1: nobody) has gone.
void wait_for(std::span<Gathering* const> all, int caller = -1);
void wait_for(Gathering& one, int caller = -1);

}  // namespace ctys::plugin
