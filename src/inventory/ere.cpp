// Reads awk's extended regular expressions by recursive descent.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/ere.hpp"

#include "base/text.hpp"
#include "inventory/ere_piece.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace ctys::inventory {
namespace {

constexpr unsigned kMaxNesting = 50;   // of parentheses
constexpr unsigned kMaxRepeat = 1000;  // {n}: what RE2 takes; POSIX asks for 255

std::string code_point(char32_t code) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  do {
    digits.insert(digits.begin(), kDigits[code % 16]);
    code /= 16;
  } while (code != 0);
  return "\\x{" + digits + '}';
}

constexpr bool is_alphanumeric(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// One character for RE2, outside and inside of brackets.
std::string for_re2(std::string_view character, char32_t code) {
  const char c = character[0];
  if (code >= 0x80 || is_alphanumeric(c) || c == '_' || c == ' ') return std::string(character);
  return code < 0x20 || code == 0x7f ? code_point(code) : '\\' + std::string(character);
}

class ExpressionReader {
 public:
  explicit ExpressionReader(std::string_view pattern) : pattern_(pattern) {}

  Result<Piece> whole() {
    auto piece = TRY(alternatives(0));
    while (at_ < pattern_.size()) {  // a ) without its (
      Piece parenthesis = text_of(")");
      ++at_;
      auto rest = TRY(alternatives(0));
      // `a|b)c|d` is `a|b\)c|d`: the parenthesis belongs to its neighbours alone.
      piece = {piece.re2 + parenthesis.re2 + rest.re2, {}, false, false};
    }
    return piece;
  }

 private:
  [[nodiscard]] bool ends() const noexcept { return at_ >= pattern_.size(); }
  [[nodiscard]] char peek() const noexcept { return ends() ? '\0' : pattern_[at_]; }

  [[nodiscard]] tl::unexpected<Error> bad(std::size_t at, std::string why, std::string fix = {}) const {
    constexpr std::size_t kShown = 60;
    const auto before = pattern_.substr(0, at);
    const auto characters = std::count_if(before.begin(), before.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    });
    const auto shown = text::cut_right(pattern_, kShown);
    return fail(Exit::usage,
                "cannot read the regular expression '" + std::string(shown) +
                    (shown.size() < pattern_.size() ? "…'" : "'"),
                "character " + std::to_string(characters + 1) + ": " + std::move(why), std::move(fix));
  }

  static Piece text_of(std::string_view character) {
    const auto code = text::first_character(character).code;
    return {for_re2(character, code), std::string(character), true, false, {std::string(character)}, true};
  }
  static Piece other(std::string re2) { return {std::move(re2), {}, false, false}; }

  Result<Piece> alternatives(unsigned depth) {
    auto piece = TRY(sequence(depth));
    while (peek() == '|' && !ends()) {
      ++at_;
      const auto next = TRY(sequence(depth));
      add_alternative(piece, next);
      piece.re2.append("|").append(next.re2);
      piece.required.clear();
      piece.is_text = false;
    }
    return piece;
  }

  // What stands between two bars.
  Result<Piece> sequence(unsigned depth) {
    Piece all{{}, {}, true, false, {std::string()}, true};
    std::string run;  // text that stands there for certain, in one piece
    std::string best;
    const auto cut = [&] {
      if (run.size() > best.size()) best = run;
      run.clear();
    };
    while (!ends() && peek() != '|' && peek() != ')') {
      auto piece = TRY(atom(depth));
      const auto repeat = TRY(read_repeats(piece));
      all.re2 += piece.re2;
      extend(all, piece, repeat);
      if (piece.is_text && !repeat) {
        run += piece.required;
        continue;
      }
      all.is_text = false;
      const bool is_there = !repeat || repeat->least > 0;
      if (is_there && piece.is_text) run += piece.required;
      cut();
      if (is_there && piece.is_text) run = piece.required;
      if (is_there && piece.required.size() > best.size()) best = piece.required;
    }
    cut();
    all.required = std::move(best);
    return all;
  }

  // The operators behind an atom, all of them: a** is (a*)*.
  Result<std::optional<Repeat>> read_repeats(Piece& piece) {
    std::optional<Repeat> all;
    while (const auto repeat = TRY(read_repeat())) {
      if (piece.is_repeated ||
          (piece.is_text && text::first_character(piece.required).length != piece.required.size()))
        piece.re2 = "(?:" + piece.re2 + ')';
      piece.is_repeated = true;
      piece.re2 += repeat_text(*repeat);
      const bool optional = repeat->least == 0 || (all && all->least == 0);
      all = Repeat{optional ? 0U : 1U, kNoLimit};
    }
    return all;
  }

  static std::string repeat_text(const Repeat& repeat) {
    if (repeat.most == kNoLimit && repeat.least < 2) return repeat.least == 0 ? "*" : "+";
    if (repeat.least == 0 && repeat.most == 1) return "?";
    std::string text = '{' + std::to_string(repeat.least);
    if (repeat.most != repeat.least)
      text += ',' + (repeat.most == kNoLimit ? "" : std::to_string(repeat.most));
    return text + '}';
  }

  Result<std::optional<Repeat>> read_repeat() {
    switch (peek()) {
      case '*':
        ++at_;
        return Repeat{0, kNoLimit};
      case '+':
        ++at_;
        return Repeat{1, kNoLimit};
      case '?':
        ++at_;
        return Repeat{0, 1};
      case '{':
        return read_interval();
      default:
        return std::nullopt;
    }
  }

  // {n}, {n,}, {,m}, {n,m}; anything else in braces is text.
  Result<std::optional<Repeat>> read_interval() {
    const auto end = pattern_.find('}', at_);
    if (end == std::string_view::npos) return std::nullopt;
    const auto inner = pattern_.substr(at_ + 1, end - at_ - 1);
    const auto comma = inner.find(',');
    const auto low = inner.substr(0, comma);
    const auto high = comma == std::string_view::npos ? low : inner.substr(comma + 1);
    const auto is_count = [](std::string_view text) {
      return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    if ((low.empty() && high.empty()) || !is_count(low) || !is_count(high)) return std::nullopt;
    Repeat repeat;
    if (!low.empty()) repeat.least = TRY(read_count(low));
    if (!high.empty()) repeat.most = TRY(read_count(high));
    if (repeat.most < repeat.least)
      return bad(at_, "the range of the repetition runs backwards",
                 "write {" + std::string(high) + ',' + std::string(low) + "}, or \\{ for the character");
    at_ = end + 1;
    return repeat;
  }

  Result<unsigned> read_count(std::string_view digits) {
    const auto count = text::number(digits);
    if (!count || *count > kMaxRepeat)
      return bad(at_, "it repeats more than " + std::to_string(kMaxRepeat) + " times",
                 "write a smaller number, or \\{ for the character");
    return static_cast<unsigned>(*count);
  }

  Result<Piece> atom(unsigned depth) {
    switch (peek()) {
      case '(':
        return group(depth);
      case '[':
        return brackets();
      case '\\':
        return escape();
      case '.':
        ++at_;
        return other(".");
      case '^':
      case '$': {
        auto anchor = other(std::string(1, pattern_[at_++]));
        // An operator behind an anchor has nothing to repeat: it stands for itself.
        if (anchor.re2 == "^" && (peek() == '*' || peek() == '+' || peek() == '?')) {
          anchor.re2 += '\\';
          anchor.re2 += pattern_[at_++];
        }
        return anchor;
      }
      default:
        return character();
    }
  }

  Result<Piece> group(unsigned depth) {
    const auto begin = at_;
    if (depth == kMaxNesting)
      return bad(begin, "parentheses stand in more than " + std::to_string(kMaxNesting) + " others");
    ++at_;
    auto inner = TRY(alternatives(depth + 1));
    if (ends())
      return bad(begin, "the parenthesis is not closed", "close it, or write \\( for the character");
    ++at_;
    inner.re2 = "(?:" + inner.re2 + ')';
    return inner;
  }

  Result<Piece> character() {
    const auto rest = pattern_.substr(at_);
    const auto [code, length] = text::first_character(rest);
    if (length == 0) return bad(at_, "this is no UTF-8 text");
    at_ += length;
    return text_of(rest.substr(0, length));
  }

  static std::optional<char> control(char letter) noexcept {
    constexpr std::string_view kLetters = "abfnrtv";
    constexpr std::string_view kControls = "\a\b\f\n\r\t\v";
    const auto at = kLetters.find(letter);
    if (at == std::string_view::npos) return std::nullopt;
    return kControls[at];
  }

  // \NNN and \xHH; `at_` stands behind the backslash.
  std::optional<char32_t> read_code() {
    const bool is_hex = peek() == 'x';
    const std::string_view digits = is_hex ? "0123456789abcdef" : "01234567";
    std::size_t at = at_ + (is_hex ? 1 : 0);
    char32_t code = 0;
    std::size_t count = 0;
    for (; at < pattern_.size() && count < (is_hex ? 2U : 3U); ++at, ++count) {
      const char c = pattern_[at];
      const auto value = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
      if (value == std::string_view::npos) break;
      code = code * static_cast<char32_t>(digits.size()) + static_cast<char32_t>(value);
    }
    if (count == 0) return std::nullopt;
    at_ = at;
    return code;
  }

  // A character that an escape stands for, in and outside of brackets.
  Result<std::string> escaped_character(std::size_t begin) {
    if (ends()) return bad(begin, "nothing follows the backslash", "write \\\\ for a backslash");
    if (const auto code = read_code()) {
      if (*code == 0 || *code > 0x7f) return bad(begin, "only codes of ASCII characters can be written so");
      return std::string(1, static_cast<char>(*code));
    }
    const auto rest = pattern_.substr(at_);
    const auto length = text::first_character(rest).length;
    if (length == 0) return bad(at_, "this is no UTF-8 text");
    at_ += length;
    if (const auto c = control(rest[0])) return std::string(1, *c);
    if (is_alphanumeric(rest[0]))
      return bad(begin, std::string("awk has no \\") + rest[0],
                 rest[0] == 'd' ? "write [0-9] for a digit"
                                : std::string("write ") + rest[0] + " for the character");
    return std::string(rest.substr(0, length));
  }

  Result<Piece> escape() {
    const auto begin = at_++;
    switch (peek()) {
      case 'w':
      case 'W':
      case 's':
      case 'S':
      case 'B':
        return other(std::string("\\") + pattern_[at_++]);
      case 'y':
        ++at_;
        return other("\\b");
      case '<':
      case '>':
        return bad(begin, "word beginnings and ends are not told apart", "write \\y for either");
      default:
        return text_of(TRY(escaped_character(begin)));
    }
  }

  // [:alpha:] inside brackets; empty when there is none.
  Result<std::string> named_class() {
    if (pattern_.substr(at_, 2) != "[:" && pattern_.substr(at_, 2) != "[=" && pattern_.substr(at_, 2) != "[.")
      return std::string();
    const char kind = pattern_[at_ + 1];
    const auto end = pattern_.find(std::string{kind, ']'}, at_ + 2);
    if (end == std::string_view::npos) {
      if (kind == ':') return std::string();
      return bad(at_, "this part of the brackets is not closed");
    }
    const auto name = pattern_.substr(at_ + 2, end - at_ - 2);
    if (kind != ':') {  // [=a=] and [.a.] of one character are that character
      const auto [code, length] = text::first_character(name);
      if (length == 0 || length != name.size()) return bad(at_, "only single characters can be written so");
      at_ = end + 2;
      return for_re2(name, code);
    }
    constexpr std::array<std::string_view, 12> kNames{"alnum", "alpha", "blank", "cntrl", "digit", "graph",
                                                      "lower", "print", "punct", "space", "upper", "xdigit"};
    if (std::find(kNames.begin(), kNames.end(), name) == kNames.end())
      return bad(at_, "there is no class of that name", text::did_you_mean(name, kNames));
    at_ = end + 2;
    return std::string("[:").append(name).append(":]");
  }

  // One character of a bracket expression.
  Result<std::string> bracket_character() {
    if (peek() == '\\') {
      const auto begin = at_++;
      return escaped_character(begin);
    }
    const auto rest = pattern_.substr(at_);
    const auto length = text::first_character(rest).length;
    if (length == 0) return bad(at_, "this is no UTF-8 text");
    at_ += length;
    return std::string(rest.substr(0, length));
  }

  Result<Piece> brackets() {
    const auto begin = at_++;
    const auto not_closed = [&] {
      return bad(begin, "the bracket is not closed", "close it, or write \\[ for the character");
    };
    std::string re2 = "[";
    if (peek() == '^') {
      re2 += '^';
      ++at_;
    }
    for (bool first = true; first || peek() != ']'; first = false) {
      if (ends()) return not_closed();
      if (const auto name = TRY(named_class()); !name.empty()) {
        re2 += name;
        continue;
      }
      if (peek() == '\\' && at_ + 1 < pattern_.size() &&
          std::string_view("wWsS").find(pattern_[at_ + 1]) != std::string_view::npos) {
        re2.append(pattern_.substr(at_, 2));
        at_ += 2;
        continue;
      }
      const auto low_at = at_;
      const auto low = TRY(bracket_character());
      re2 += for_re2(low, text::first_character(low).code);
      const bool is_range = peek() == '-' && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']';
      if (!is_range) continue;
      ++at_;
      const auto high = TRY(bracket_character());
      const auto code = text::first_character(high).code;
      if (code < text::first_character(low).code) return bad(low_at, "the range runs backwards");
      re2.append("-").append(for_re2(high, code));
    }
    ++at_;
    return other(re2 + ']');
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Ere> read_ere(std::string_view pattern) {
  if (pattern.size() > kMaxPattern)
    return fail(Exit::usage, "the regular expression is too long",
                std::to_string(pattern.size()) + " bytes, at most " + std::to_string(kMaxPattern));
  auto piece = TRY(ExpressionReader(pattern).whole());
  // One character is nearly everywhere.
  if (std::any_of(piece.beginnings.begin(), piece.beginnings.end(), [](auto& one) { return one.size() < 2; }))
    piece.beginnings.clear();
  return Ere{std::move(piece.re2), std::move(piece.required), piece.is_text, std::move(piece.beginnings)};
}

}  // namespace ctys::inventory
