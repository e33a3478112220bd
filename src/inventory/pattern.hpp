// What a query looks for: awk's regular expressions in linear time, plain text by a search for that text.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace ctys::inventory {

// Searches for a text, fast: the places of its two rarest characters are compared for many positions at once.
class Finder {
 public:
  Finder() = default;
  explicit Finder(std::string text);
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  // Where it begins in [begin, end), nullptr when it is not there. The empty text is at `begin`.
  [[nodiscard]] const char* find(const char* begin, const char* end) const noexcept;
  [[nodiscard]] bool is_in(std::string_view text) const noexcept {
    return find(text.data(), text.data() + text.size()) != nullptr;
  }
  // Positions in the text of two characters that other texts seldom have.
  [[nodiscard]] std::size_t rare() const noexcept { return rare_; }
  [[nodiscard]] std::size_t rare2() const noexcept { return rare2_; }

 private:
  std::string text_;
  std::size_t rare_ = 0;
  std::size_t rare2_ = 0;
};

// Searches for the first of a few texts in the same way. Each has at least two bytes.
class AnyFinder {
 public:
  static constexpr std::size_t kMost = 4;
  AnyFinder() = default;
  explicit AnyFinder(std::vector<std::string> texts);  // at most kMost
  [[nodiscard]] bool is_empty() const noexcept { return finders_.empty(); }
  [[nodiscard]] const std::vector<Finder>& texts() const noexcept { return finders_; }
  [[nodiscard]] const char* find(const char* begin, const char* end) const noexcept;

 private:
  static constexpr std::size_t kStep = 16;
  [[nodiscard]] bool is_at(const char* place, const char* end) const noexcept;
  template <std::size_t Count>
  [[nodiscard]] unsigned skip(const char*& begin, const char* end) const noexcept;
  [[nodiscard]] const char* find_slowly(const char* begin, const char* end) const noexcept;

  std::vector<Finder> finders_;
  std::size_t longest_ = 0;
};

// A regular expression. Copies share what is compiled; several threads may use one.
class Pattern {
 public:
  Pattern() = default;  // matches everything
  // The grammar is that of inventory/ere.hpp. "" matches everything. What would need too much memory is
  // an error (usage), as is what cannot be read.
  [[nodiscard]] static Result<Pattern> compile(std::string_view expression);
  // '*' stands for any text, case is ignored. `whole`: from the beginning to the end of the text.
  [[nodiscard]] static Result<Pattern> glob(std::string_view pattern, bool whole);

  // Does it match anywhere in `text`?
  [[nodiscard]] bool matches(std::string_view text) const;
  [[nodiscard]] bool matches_everything() const noexcept { return kind_ == Kind::everything; }
  // What every match holds; its text is empty when nothing is known.
  [[nodiscard]] const Finder& required() const noexcept { return required_; }
  // What matches begin with: no match begins anywhere else. Empty when nothing is known.
  [[nodiscard]] const AnyFinder& beginnings() const noexcept { return beginnings_; }
  // The required text is all there is to it.
  [[nodiscard]] bool is_text() const noexcept { return kind_ == Kind::text; }

 private:
  enum class Kind : std::uint8_t { everything, text, glob, expression };
  [[nodiscard]] static Result<Pattern> of_re2(const std::string& re2, bool ignore_case,
                                              std::string_view shown);

  [[nodiscard]] bool matches_at_beginnings(std::string_view text) const;
  [[nodiscard]] bool matches_glob(std::string_view text) const;

  Kind kind_ = Kind::everything;
  Finder required_;
  AnyFinder beginnings_;
  std::vector<std::string> parts_;  // of a glob, between its '*', in lower case
  bool is_whole_ = false;           // a glob is for the whole text
  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace ctys::inventory
