// What a Request says about hosts themselves: import, distribute and vping.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace ctys::model {

struct ImportOptions {
  bool yes = false;  // nobody is asked
};

enum class CopyVerb { put, list, remove };
struct DistributeOptions {
  CopyVerb verb = CopyVerb::put;
};

// What `ctys vping` prints: a table, or words to paste into a call.
enum class VpingForm {
  table,
  expanded,  // -i: what the targets stand for, with their options; nobody is asked
  targets,   // -X: who answers, with options
  names,     // -X -m: [USER@]HOST[:PORT]
  addresses  // -X -t
};
struct VpingOptions {
  std::vector<std::string> words;  // targets as they were written; empty: the group all
  VpingForm form = VpingForm::table;
  bool one_line = false;  // -X
  bool checks = true;     // nobody is asked otherwise
  bool ssh = false;       // log in, too
  std::string login;      // the user where a target names none
  unsigned ping_trials = 3;
  unsigned ssh_trials = 1;
  std::chrono::milliseconds ping_timeout{1000};  // of one trial
  std::chrono::milliseconds ssh_timeout{10'000};
};

// What is done with connections that calls have left.
enum class PersistVerb { list, end };
struct PersistOptions {
  PersistVerb verb = PersistVerb::list;
};

}  // namespace ctys::model
