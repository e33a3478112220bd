// Reads a shell word without a shell.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/shell_value.hpp"

#include "libvirt/text.hpp"

namespace ctys::libvirt {
namespace {

constexpr std::size_t kLongestExpansion =
    std::size_t{64} * 1024;           // references could double it with every line
constexpr int kDeepestReference = 8;  // ${A:-${B:-${C...}}}

class Reader {
 public:
  Reader(const Source& source, std::size_t at, const Attributes& known, std::size_t& budget)
      : source_(source), at_(at), known_(known), budget_(budget) {}

  // The word up to a blank, a line end or ';'.
  std::string word() {
    std::string value;
    if (peek() == '~') stop("the shell's ~ is not resolved", "write the path in full");
    while (!done() && !ends_word(peek())) {
      if (!part(value, 0)) value += take();
      if (value.size() > kLongestExpansion) stop("the value grows beyond 64 KiB", "write it shorter");
    }
    return value;
  }
  [[nodiscard]] std::size_t at() const noexcept { return at_; }

 private:
  [[nodiscard]] bool done() const noexcept { return at_ >= source_.text.size(); }
  [[nodiscard]] char peek() const noexcept { return done() ? '\n' : source_.text[at_]; }
  char take() noexcept { return source_.text[at_++]; }
  static bool ends_word(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';';
  }
  [[noreturn]] void stop(std::string why, std::string fix) const {
    throw source_.error(at_, std::move(why), std::move(fix));
  }

  // Quotes, escapes and references, which mean the same outside of and within ${X:-...}. False: a plain
  // character.
  bool part(std::string& value, int depth) {
    switch (peek()) {
      case '\'':
        single_quoted(value);
        return true;
      case '"':
        double_quoted(value, depth);
        return true;
      case '\\':
        escaped(value, false);
        return true;
      case '$':
        reference(value, depth);
        return true;
      case '`':
      case '|':
      case '&':
      case '<':
      case '>':
      case '(':
      case ')':
        stop("the shell's '" + std::string(1, peek()) + "' is not understood: nothing of this file is run",
             "put the text in quotes, or write the result of the command");
      default:
        return false;
    }
  }

  void single_quoted(std::string& value) {
    const auto close = source_.text.find('\'', at_ + 1);
    if (close == std::string_view::npos) stop("the quote is not closed", "add the closing '");
    value.append(source_.text.substr(at_ + 1, close - at_ - 1));
    at_ = close + 1;
  }

  void double_quoted(std::string& value, int depth) {
    const std::size_t start = at_++;
    while (peek() != '"' || done()) {
      if (done()) throw source_.error(start, "the quote is not closed", "add the closing \"");
      if (peek() == '$') {
        reference(value, depth);
      } else if (peek() == '\\') {
        escaped(value, true);
      } else if (peek() == '`') {
        stop("a command would be run here", "write its result");
      } else {
        value += take();
      }
      if (value.size() > kLongestExpansion) stop("the value grows beyond 64 KiB", "write it shorter");
    }
    ++at_;
  }

  void escaped(std::string& value, bool quoted) {
    ++at_;
    if (done()) stop("the text ends after a backslash", "remove it");
    const char c = take();
    if (c == '\n') return;  // a continued line
    if (quoted && c != '"' && c != '\\' && c != '$' && c != '`') value += '\\';
    value += c;
  }

  std::string name() {
    const std::size_t start = at_;
    while (!done() && is_name_character(peek(), at_ == start)) ++at_;
    return std::string(source_.text.substr(start, at_ - start));
  }

  void reference(std::string& value, int depth) {
    const std::size_t start = at_++;
    if (peek() == '{' && !done()) {
      ++at_;
      braced(value, start, depth);
      return;
    }
    if (peek() == '(') stop("a command would be run here", "write its result");
    const std::string variable = name();
    if (variable.empty())
      throw source_.error(start, "only $NAME, ${NAME} and ${NAME:-default} are understood",
                          "quote a literal $ with a backslash");
    value += resolved(variable, start);
  }

  // Behind "${".
  void braced(std::string& value, std::size_t start, int depth) {
    if (depth >= kDeepestReference) stop("references are nested too deep", "write the value in full");
    const std::string variable = name();
    const bool has_default = source_.text.substr(at_).starts_with(":-");
    if (has_default) at_ += 2;
    std::string fallback;
    if (has_default) fallback = default_value(depth + 1);
    if (done() || peek() != '}' || variable.empty())
      throw source_.error(start, "only $NAME, ${NAME} and ${NAME:-default} are understood",
                          "write the value in full");
    ++at_;
    if (has_default && known_.get(variable).empty()) {
      value += fallback;
    } else {
      value += resolved(variable, start);
    }
  }

  std::string default_value(int depth) {
    std::string value;
    while (!done() && peek() != '}' && peek() != '\n') {
      if (!part(value, depth)) value += take();
      if (value.size() > kLongestExpansion) stop("the value grows beyond 64 KiB", "write it shorter");
    }
    return value;
  }

  // Short lines may refer to long values: the sum is bounded, whether a value is used in the end or not.
  std::string resolved(const std::string& variable, std::size_t start) {
    if (!known_.has(variable))
      throw source_.error(start, "$" + variable + " is not set earlier in this file",
                          "set it above, or write ${" + variable + ":-value}");
    std::string value = known_.get(variable);
    if (value.size() > budget_)
      throw source_.error(start, "the references of this file grow beyond 4 MiB", "write the values shorter");
    budget_ -= value.size();
    return value;
  }

  const Source& source_;
  std::size_t at_;
  const Attributes& known_;
  std::size_t& budget_;
};

}  // namespace

Error Source::error(std::size_t offset, std::string why, std::string fix) const {
  return {Exit::usage, "broken machine file at " + to_text(position_of(text, offset)), std::move(why),
          std::move(fix)};
}

bool is_name_character(char c, bool first) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (!first && c >= '0' && c <= '9');
}

std::string read_shell_value(const Source& source, std::size_t& at, const Attributes& known,
                             std::size_t& budget) {
  Reader reader(source, at, known, budget);
  std::string value = reader.word();
  at = reader.at();
  return value;
}

}  // namespace ctys::libvirt
