// What the readers of -a ACTION=SUBOPTION,... share: one file for CREATE, one for CANCEL, one for the others.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/classic.hpp"
#include "model/request.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ctys::cli {

// What one action's list of suboptions says, before it is put together.
struct ActionLine {
  Draft* draft = nullptr;
  std::vector<std::pair<const model::AddressKey*, const model::Term*>>
      keys;  // of machine addresses, in order
  std::optional<model::CreateMode> mode;
  std::optional<model::CancelMethod> method;
  bool all_fields = false;  // ALL and NONE of the reading actions
  bool no_fields = false;
};

[[nodiscard]] inline std::string name_of(const Suboption& word) {
  return std::string(long_form(word.words));
}

[[nodiscard]] inline std::string argument_of(const model::Term& term) {
  return term.argument.value_or(std::string());
}

// Several addresses: when a key is repeated, each pair names a machine of its own (l:a,l:b,i:3). BASEPATH
// says where to look for all of them.
[[nodiscard]] Result<std::vector<model::Address>> addresses_of(const ActionLine& line);

// One suboption of the action, its argument seen to be there.
[[nodiscard]] Result<void> apply_create(ActionLine& line, const Suboption& word, const model::Term& term);
[[nodiscard]] Result<void> apply_cancel(ActionLine& line, const Suboption& word, const model::Term& term);
// What can be said of all of them together only.
[[nodiscard]] Result<void> finish_create(ActionLine& line);
[[nodiscard]] Result<void> finish_cancel(ActionLine& line);

}  // namespace ctys::cli
