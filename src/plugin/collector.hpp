// One worker for each call: starts them, takes what they send, ends them. Passive: the owner polls.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/file.hpp"
#include "plugin/collect.hpp"
#include "wire/message.hpp"

#include <poll.h>
#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ctys::plugin {

// Runs in the child: answers on two descriptors (they may be the same), returns the process's exit status.
using ChildMain = std::function<int(int in, int out, int stream)>;

class Collector {
 public:
  // `stream` is handed to every child as its byte stream (console), -1: none; the caller closes its own copy.
  // `own_groups`: each worker leads a process group that is killed as a whole; a worker's own children stay
  // in the worker's group instead, so that they end with it.
  Collector(std::span<const wire::Call> calls, Options options, const ChildMain& child, int stream,
            bool own_groups);
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  ~Collector();  // kills whoever is left

  [[nodiscard]] bool done() const;
  // What to wait for, appended to `waiting`; the same vector goes back to handle().
  void watch(std::vector<pollfd>& waiting) const;
  // Milliseconds until the next deadline; -1: none.
  [[nodiscard]] int time_left() const;
  void handle(std::span<const pollfd> ready);
  // How many records have come so far.
  [[nodiscard]] std::size_t records() const;
  // Ends all that still run: their calls fail with `error`.
  void abandon(const Error& error);
  // What each call brought, in their order. Call once, when done().
  [[nodiscard]] std::vector<Outcome> take_each();

 private:
  struct Worker;
  void start(Worker& worker, const ChildMain& child, int stream);
  void receive(Worker& worker);
  bool take_line(Worker& worker, std::string_view line);
  void reap(Worker& worker);
  void stop(Worker& worker, Error error, bool unfinished = false);
  void add_failure(Worker& worker, Error error);

  Options options_;
  bool own_groups_;
  std::vector<Worker> workers_;
};

// Waits with poll() until the collector is done or a signal asks to stop.
void wait_for(Collector& collector);

}  // namespace ctys::plugin
