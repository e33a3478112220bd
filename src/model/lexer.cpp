// Cuts lists of suboptions into terms and undoes their escapes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lexer.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace ctys::model {
namespace {

constexpr auto kEnd = std::string_view::npos;

// Copies `text` from `at` on to `out`, undoing the escapes of `separator`, up to a separator that is none of
// them. Returns the place behind that separator, or kEnd.
std::size_t copy_until(std::string_view text, std::size_t at, char separator, std::string& out) {
  while (at < text.size()) {
    if (text[at] == '\\') {
      std::size_t behind = text.find_first_not_of('\\', at);
      if (behind == kEnd) behind = text.size();
      const std::size_t count = behind - at;
      const bool before_separator = behind < text.size() && text[behind] == separator;
      out.append(before_separator ? count / 2 : count, '\\');
      at = behind;
      if (before_separator && count % 2 == 1) {
        out += separator;
        ++at;
      }
    } else if (text[at] != separator) {
      out += text[at++];
    } else if (at + 1 < text.size() && text[at + 1] == separator) {
      out += separator;
      at += 2;
    } else {
      return at + 1;
    }
  }
  return kEnd;
}

// Undoes the escapes of ':'; a single one stays.
std::string without_colon_escapes(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  while ((at = copy_until(text, at, ':', out)) != kEnd) out += ':';
  return out;
}

// Splits at lone '%'; `%%` gives the character.
std::vector<std::string> split_percent(std::string_view text) {
  std::vector<std::string> parts(1);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      parts.back() += text[at];
    } else if (at + 1 < text.size() && text[at + 1] == '%') {
      parts.back() += '%';
      ++at;
    } else {
      parts.emplace_back();
    }
  }
  return parts;
}

Result<Term> make_term(std::string text) {
  Term term;
  const std::size_t argument = copy_until(text, 0, ':', term.key);
  if (argument != kEnd) term.argument = text.substr(argument);
  term.text = std::move(text);
  if (term.key.empty())
    return fail(Exit::usage, "a suboption has no key: " + in_quotes(term.text), {}, "write KEY or KEY:VALUE");
  return term;
}

}  // namespace

Result<std::vector<Term>> lex_suboptions(std::string_view text) {
  if (text.size() > kMaxSuboptions)
    return fail(Exit::usage, "the list of suboptions is too long",
                std::to_string(text.size()) + " bytes, at most " + std::to_string(kMaxSuboptions));
  std::vector<Term> terms;
  for (std::size_t at = 0; at != kEnd;) {
    std::string part;
    at = copy_until(text, at, ',', part);
    if (!part.empty()) terms.push_back(TRY(make_term(std::move(part))));
  }
  return terms;
}

std::vector<std::string> values(std::string_view argument) {
  return split_percent(without_colon_escapes(argument));
}

std::string free_text(std::string_view argument) {
  return text::join(values(argument), " ");
}

std::vector<std::string> column_specs(std::string_view argument) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= argument.size();) {
    const std::size_t end = std::min(argument.find('%', at), argument.size());
    if (end > at) parts.emplace_back(argument.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::string escaped(std::string_view value, std::string_view special, bool last) {
  std::string out;
  std::size_t backslashes = 0;
  for (const char c : value) {
    const bool is_special = special.find(c) != std::string_view::npos;
    if (is_special && c != '%') out.append(backslashes, '\\');
    // Doubled, a colon or the first comma would join what stands before it.
    if (is_special) out += c == ':' || (c == ',' && out.empty()) ? '\\' : c;
    out += c;
    backslashes = c == '\\' ? backslashes + 1 : 0;
  }
  if (!last) out.append(backslashes, '\\');
  return out;
}

std::string in_quotes(std::string_view word) {
  constexpr std::size_t kShown = 80;
  const std::string safe = text::printable(word.substr(0, kShown));
  return "'" + safe + (word.size() > kShown ? "...'" : "'");
}

}  // namespace ctys::model
