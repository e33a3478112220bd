// A record: the text of some fields of one session, machine or report line.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctys/field.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ctys::model {

class Record {
 public:
  // Empty when the field was never set.
  [[nodiscard]] const std::string& get(Field field) const noexcept {
    static const std::string no_text;
    const auto at = static_cast<std::size_t>(field);
    return at < cells_.size() ? cells_[at] : no_text;
  }
  Record& set(Field field, std::string value) {
    const auto at = static_cast<std::size_t>(field);
    if (at >= kFieldSlots) return *this;  // a number of a later version
    if (at >= cells_.size()) cells_.resize(kFieldSlots);
    cells_[at] = std::move(value);
    return *this;
  }
  // Calls visit(Field, const std::string&) for every field with a value, in order of number.
  template <class Visitor>
  void each(Visitor&& visit) const {
    for (std::size_t at = 1; at < cells_.size(); ++at)
      if (!cells_[at].empty()) visit(static_cast<Field>(at), cells_[at]);
  }
  bool operator==(const Record&) const = default;

 private:
  std::vector<std::string> cells_;  // by field number; empty or kFieldSlots long
};

}  // namespace ctys::model
