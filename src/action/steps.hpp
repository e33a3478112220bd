// The steps of a check: from what was seen of a host to what is told of it. Pure.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"
#include "model/record.hpp"
#include "plugin/collect.hpp"

#include <string>
#include <vector>

namespace ctys::action {

enum class Verdict { pass, warn, fail, skipped, interrupted };
[[nodiscard]] std::string_view word_of(Verdict verdict);

struct Step {
  std::string name;
  Verdict verdict = Verdict::pass;
  std::string detail;
  std::string fix = {};
  Exit status = Exit::ok;  // of a failure
};

// What was seen of one host.
struct Seen {
  std::string host;
  bool here = false;                 // this host: no way leads to it
  std::vector<std::string> reached;  // remote::Links::reached()
  bool greeted = false;              // its ctys has said hello
  plugin::Outcome outcome;           // of the plugins there, and action::this_build()
};

// name, port, host-key, login (of another host), ctys, libvirt, acceleration: each at least once, libvirt
// once for each of its connections; and gateway, where one in front of the host has failed. `own`: this ctys,
// as this_build() has it.
[[nodiscard]] std::vector<Step> steps_of(const Seen& seen, const model::Record& own);

// The fields a step has in a record.
[[nodiscard]] model::Record record_of(const std::string& host, const Step& step);

// The steps of a host for people: a line for each, and what to do below it. `width`: 0 without limit.
[[nodiscard]] std::string block_of(const std::string& host, const std::vector<Step>& steps, unsigned width,
                                   bool color);

}  // namespace ctys::action
