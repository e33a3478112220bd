// The end of every action: results to stdout, failures to where they belong, and the exit status.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/request.hpp"
#include "model/schema.hpp"
#include "plugin/collect.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace ctys::action {

// Takes what would be printed on stdout: in a process that does one request of several, for the one that
// prints them all.
class Results {
 public:
  Results() = default;
  Results(const Results&) = delete;
  Results& operator=(const Results&) = delete;
  virtual ~Results() = default;
  virtual void take(model::Layout layout, const plugin::Outcome& outcome) = 0;
  virtual void take(std::string_view text) = 0;
};
// From now on `results` gets everything; it outlives all use of this header.
void hand_over(Results& results);

// Does a row tell that a machine was changed, or in a plan that it would be?
[[nodiscard]] bool tells_change(std::span<const model::Record> records);
// Statuses 2 and 5 say that nothing was started. Beside a change whoever was refused is a target that failed.
[[nodiscard]] Exit beside_changes(Exit status);

// Status 2 says that nothing was started, too. Where others of several hosts answered, one that its
// configuration keeps from it is a host that cannot be reached. `shown`: something was, whoever brought it.
void set_beside_answers(std::vector<plugin::Failure>& failures, const model::Request& request, bool shown);

// Prints an outcome in the request's format. Failures stand in the output where the format has room for them
// (table, JSON); they are told on stderr otherwise, and on a terminal always. Returns the gravest status
// among them.
[[nodiscard]] Exit finish(model::Layout layout, const plugin::Outcome& outcome,
                          const model::Request& request);

// The same for what several requests have brought, each by a process of its own that has seen to its
// remedies. `elsewhere`: one of them asked other hosts.
[[nodiscard]] Exit finish_brought(model::Layout layout, const plugin::Outcome& outcome,
                                  const model::Request& request, bool elsewhere);

// For what ended before anything was asked or done: the message on stderr (JSON: on stdout), and its status.
[[nodiscard]] Exit finish(const Error& error, const model::Request& request);

// Everything of `text` to stdout. False when the reader is gone or the disk is full: then the rest is of no
// use.
[[nodiscard]] bool print(std::string_view text);
// Says why (an errno) what was to be printed was not; nothing where nobody reads it any more.
void tell_unwritten(int reason);

}  // namespace ctys::action
