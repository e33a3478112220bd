// Processes of this machine: identity by pid and start time, detached programs.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/file.hpp"
#include "base/result.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ctys {

// A process that cannot be confused with a later one of the same pid.
struct ProcessId {
  pid_t pid = 0;
  std::uint64_t start = 0;  // clock ticks after boot, field 22 of /proc/PID/stat
  bool operator==(const ProcessId&) const = default;
};

[[nodiscard]] std::optional<ProcessId> identify(pid_t pid);  // nullopt: no such process, or a zombie
[[nodiscard]] bool is_alive(const ProcessId& process);
// Sends `signal` unless the process is gone or another one has its pid (checked through a pidfd).
bool send_signal(const ProcessId& process, int signal);
// Waits until the process is gone; false when it still lives after `milliseconds`.
[[nodiscard]] bool wait_gone(const ProcessId& process, int milliseconds);

// Starts a program that outlives this one: own session, stdin from /dev/null, output to /dev/null, no
// inherited descriptors. argv[0] is looked up in PATH. Returns once exec succeeded, or the reason why it did
// not. `before` is called when the process is there and the program not yet: an error of it, or the end of
// this process, and the program never runs.
[[nodiscard]] Result<ProcessId> start_detached(
    std::span<const std::string> argv, const std::function<Result<void>(const ProcessId&)>& before = {});

// Runs `run` in a process that this one never has to reap, and that ends with it. Each has an end of a line
// of packets, on which the new one says whether it is at work: tell_start(). Returns this one's end, or with
// `what` as its summary why it is not.
[[nodiscard]] Result<Fd> start_apart(const std::string& what, const std::function<void(Fd line)>& run);
void tell_start(const Fd& line, const Result<void>& begun);

// Runs a program to its end with stdin from /dev/null and this process's stdout and stderr. Its exit status;
// 128 plus the signal that ended it.
[[nodiscard]] Result<int> run_program(std::span<const std::string> argv);

// What a program prints on stdout and stderr together, with stdin from /dev/null: until it closes both, at
// most `limit` bytes. It does not outlive the call. Its exit status does not matter. `end`: once there is
// something to read, nobody waits for it any more.
[[nodiscard]] Result<std::string> output_of(std::span<const std::string> argv, std::size_t limit,
                                            std::chrono::milliseconds time, int end = -1);

// Whoever started this process had it ignored, as nohup has SIGHUP and a script's `&` SIGINT and SIGQUIT: it
// stays so. Asked before a signal is blocked: one that is blocked arrives even where it is ignored.
[[nodiscard]] bool is_ignored(int signal) noexcept;
// In a child that execs nothing: signals as a program expects them. What a terminal sends to its whole
// foreground group stays ignored where it is, and a peer that has gone is an error of writing.
void reset_signals() noexcept;

// Closes every descriptor but stdin, stdout, stderr and these: in a child that execs nothing.
void close_others(std::vector<int> kept) noexcept;

// Full path of a program found in PATH; nullopt when there is none.
[[nodiscard]] std::optional<std::string> find_program(const std::string& name);

}  // namespace ctys
