// Candidates for one value, whatever grammar it stands in.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cli/completion.hpp"
#include "cli/vocabulary.hpp"
#include "model/request.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ctys::cli {

// Gathers candidates for one unfinished word and keeps those that continue it.
class Found {
 public:
  Found(std::string_view word, const Surroundings& here) : word_(word), here_(here) {}

  [[nodiscard]] std::string_view word() const noexcept { return word_; }
  void add(std::string candidate, std::string_view help, Candidate::Kind kind = Candidate::Kind::word);
  // Labels that go on from what has been typed behind `prefix`, which may end in the middle of an escape.
  [[nodiscard]] std::vector<Surroundings::Label> labels(std::string_view prefix) const {
    const auto typed = word_.substr(std::min(prefix.size(), word_.size()));
    if (!here_.labels) return {};
    return here_.labels(typed.substr(0, typed.find_first_of("\\%")));
  }
  [[nodiscard]] std::vector<std::string> groups() const { return here_.groups ? here_.groups() : no_words(); }
  [[nodiscard]] std::vector<std::string> types() const { return here_.types ? here_.types() : no_words(); }
  [[nodiscard]] std::vector<Surroundings::Job> jobs() const {
    return here_.jobs ? here_.jobs() : std::vector<Surroundings::Job>();
  }
  [[nodiscard]] std::size_t count() const noexcept { return found_.size(); }
  [[nodiscard]] std::vector<Candidate> take() { return std::move(found_); }

 private:
  static std::vector<std::string> no_words() { return {}; }
  std::string_view word_;
  const Surroundings& here_;
  std::vector<Candidate> found_;
};

// What stands in front of the value in the unfinished word: "--format=", "-a create=console:".
// Each of these offers `prefix` + value.
void add_choices(Found& found, std::string_view prefix, std::string_view choices);
void add_types(Found& found, std::string_view prefix);
void add_columns(Found& found, std::string_view prefix, model::Action action, std::string_view behind);
void add_filters(Found& found, std::string_view prefix, model::Action action);
void add_labels(Found& found, std::string_view prefix, std::string_view special);
// A machine address: bare labels, keys, and the values of keys.
void add_addresses(Found& found, std::string_view prefix);
// The value of one key; false when it is no address key.
bool add_address_value(Found& found, std::string_view prefix, std::string_view key, std::string_view special);
// Targets in sets: the name of a group behind '@' or an operator; `bare`: a group may be named without '@'.
void add_groups(Found& found, std::string_view prefix, bool bare);
void add_topics(Found& found, std::string_view prefix);
void add_kind(Found& found, std::string_view prefix, Kind kind, std::string_view choices,
              model::Action action);

// Where the last term of a list begins: behind the last comma that is not written as part of a value.
[[nodiscard]] std::size_t last_term(std::string_view list) noexcept;
// `word` in lower case, or in upper case when `typed` begins with a capital letter.
[[nodiscard]] std::string in_case_of(std::string_view word, std::string_view typed);

[[nodiscard]] std::vector<Candidate> classic_candidates(std::span<const std::string> words,
                                                        const Surroundings& here);

}  // namespace ctys::cli
