// Reads macro files and expands macros.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/macro.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <memory>

namespace ctys::model {
namespace {

constexpr auto kNowhere = std::string_view::npos;
constexpr std::string_view kKeyword = "MACRO:";
constexpr char kWordBreak = '\0';  // no argument of a command line can hold it
constexpr int kMaxExpansions = 10'000;

bool is_name(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}
bool is_file(char c) noexcept {
  return is_name(c) || c == '.' || c == '/' || c == '~' || c == '+';
}

// The last place before `end` where a reference begins: of the brace, if there is one.
std::size_t last_reference(std::string_view text, std::size_t end) noexcept {
  for (std::size_t at = std::min(end, text.size()); at-- > 0;) {
    if (!text::equal_ci(text.substr(at, kKeyword.size()), kKeyword)) continue;
    if (at > 0 && is_name(text[at - 1])) continue;  // the end of another word
    return at;
  }
  return kNowhere;
}

struct Reference {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string name;
  std::string file;
  bool eval = false;
  bool optional = false;
};

tl::unexpected<Error> bad_reference(std::string_view text, std::string why) {
  constexpr std::size_t kShown = 60;
  return fail(Exit::usage, "bad macro '" + text::printable(text.substr(0, kShown)) + "'", std::move(why),
              "write MACRO:name or {MACRO:name%file%EVAL%OPTIONAL}");
}

// Where a reference without braces ends: `%` belongs to it when a file or a word follows, and no other macro.
std::size_t bare_end(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_name(text[at])) ++at;
  while (at + 1 < text.size() && text[at] == '%' && is_file(text[at + 1]) &&
         !text::equal_ci(text.substr(at + 1, kKeyword.size()), kKeyword)) {
    ++at;
    while (at < text.size() && is_file(text[at])) ++at;
  }
  return at;
}

// `limit`: where text that was put in begins; no name without braces reaches into it.
Result<Reference> read_reference(std::string_view text, std::size_t keyword, std::size_t limit) {
  Reference reference;
  const bool braced = keyword > 0 && text[keyword - 1] == '{';
  const std::size_t body = keyword + kKeyword.size();
  const std::size_t end = braced ? text.find('}', body) : bare_end(text.substr(0, limit), body);
  if (end == kNowhere) return bad_reference(text.substr(keyword - 1), "the closing brace is missing");
  reference.begin = braced ? keyword - 1 : keyword;
  reference.end = braced ? end + 1 : end;
  const auto parts = text::split(text.substr(body, end - body), '%');
  reference.name = std::string(parts[0]);
  if (reference.name.empty() || !std::all_of(parts[0].begin(), parts[0].end(), is_name))
    return bad_reference(text.substr(reference.begin, reference.end - reference.begin),
                         "this is no name of a macro");
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (text::equal_ci(parts[i], "EVAL"))
      reference.eval = true;
    else if (text::equal_ci(parts[i], "ECHO"))
      reference.eval = false;
    else if (text::equal_ci(parts[i], "OPTIONAL"))
      reference.optional = true;
    else if (i == 1 && !parts[i].empty())
      reference.file = std::string(parts[i]);
    else
      return bad_reference(text.substr(reference.begin, reference.end - reference.begin),
                           "unexpected '" + text::printable(parts[i]) + "'");
  }
  return reference;
}

// Cuts at blanks outside of quotes, drops the quotes, and joins by word breaks.
std::string with_word_breaks(std::string_view text) {
  std::string out;
  char quote = '\0';
  bool in_word = false;
  bool is_due = false;  // a break before the next character
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == kWordBreak;
    if (quote == '\0' && is_blank) {
      is_due = in_word;
      continue;
    }
    if (is_due) out += kWordBreak;
    is_due = false;
    in_word = true;
    if (quote == '\0' && (c == '\'' || c == '"'))
      quote = c;
    else if (c == quote)
      quote = '\0';
    else
      out += c;
  }
  return out;
}

class Expander {
 public:
  explicit Expander(const MacroSource& source) : source_(source) {}

  // Replaces from the right to the left, so that what stands inside a brace is ready before the brace is
  // read.
  Result<std::string> expand(std::string text, int depth) {
    std::size_t at = last_reference(text, text.size());
    std::size_t limit = text.size();
    while (at != kNowhere) {
      if (++expansions_ > kMaxExpansions)
        return fail(Exit::usage, "there are too many macros in the command line");
      const auto reference = TRY(read_reference(text, at, limit));
      auto replacement = TRY(value_of(reference, depth));
      if (depth == 0) replacement = with_word_breaks(replacement);
      text.replace(reference.begin, reference.end - reference.begin, replacement);
      if (text.size() > kMaxMacroText)
        return fail(Exit::usage, "the macro '" + reference.name + "' becomes too long",
                    "more than " + std::to_string(kMaxMacroText) + " bytes");
      limit = reference.begin;
      at = last_reference(text, limit);
    }
    return text;
  }

 private:
  Result<std::string> value_of(const Reference& reference, int depth) {
    const auto& name = reference.name;
    if (depth >= kMaxMacroDepth)
      return fail(Exit::usage, "the macro '" + name + "' is nested too deeply",
                  "more than " + std::to_string(kMaxMacroDepth) + " levels; it may contain itself",
                  "take its name out of what it stands for");
    // What is inserted into a command is run, too.
    if (reference.eval) ++running_;
    const auto text = TRY(definition_of(reference));
    if (!text) {
      if (reference.eval) --running_;
      return std::string();
    }
    auto expanded = TRY(expand(*text, depth + 1));
    if (!reference.eval) return expanded;
    --running_;
    return source_.run(name, expanded);
  }

  // The text of a macro; nullopt when it may be missing and is.
  Result<std::optional<std::string>> definition_of(const Reference& reference) {
    const auto* file = TRY(file_of(reference.file));
    const Macro* found = nullptr;
    for (const auto& macro : file->macros) {
      if (macro.name != reference.name) continue;
      if (found != nullptr && !reference.optional)
        return fail(
            Exit::usage, "the macro '" + reference.name + "' is defined twice",
            file->path + ", lines " + std::to_string(found->line) + " and " + std::to_string(macro.line),
            "remove one of them");
      if (found == nullptr) found = &macro;
    }
    if (found != nullptr && running_ > 0 && !file->untrusted.empty())
      return fail(Exit::refused, "will not run the macro '" + reference.name + "' of " + file->path,
                  file->untrusted,
                  "check what is in it, then give it to yourself and take write access from others "
                  "(chmod go-w)");
    if (found != nullptr) return found->text;
    if (reference.file.empty())
      for (const auto& [name, text] : shipped_macros())
        if (name == reference.name) return std::string(text);
    if (reference.optional) return std::nullopt;
    return unknown(reference, *file);
  }

  struct Loaded {
    std::string name;
    std::string path;
    std::string untrusted;  // why its text may not be run
    bool exists = false;
    std::vector<Macro> macros;
  };

  static tl::unexpected<Error> unknown(const Reference& reference, const Loaded& file) {
    if (!reference.file.empty() && !file.exists)
      return fail(Exit::usage, "there is no macro file '" + text::printable(reference.file) + "'", {},
                  "name a file of $CTYS_MACRO_PATH, or an absolute path");
    std::vector<std::string_view> known;
    for (const auto& macro : file.macros) known.emplace_back(macro.name);
    if (reference.file.empty())
      for (const auto& shipped : shipped_macros()) known.push_back(shipped.first);
    return fail(Exit::usage, "unknown macro '" + reference.name + "'",
                file.exists ? "in " + file.path : "there is no file with macros of yours",
                text::did_you_mean(reference.name, known).empty()
                    ? "define it in ~/.ctys/macros/default, or name its file: macro:NAME%FILE"
                    : text::did_you_mean(reference.name, known));
  }

  // Files are read once for each word.
  Result<const Loaded*> file_of(const std::string& name) {
    for (const auto& file : files_)
      if (file->name == name) return file.get();
    auto loaded = std::make_unique<Loaded>();
    loaded->name = name;
    if (auto file = TRY(source_.load(name))) {
      loaded->exists = true;
      loaded->path = std::move(file->path);
      loaded->untrusted = std::move(file->untrusted);
      loaded->macros = TRY(parse_macro_file(file->content, loaded->path));
    }
    return files_.emplace_back(std::move(loaded)).get();
  }

  const MacroSource& source_;
  std::vector<std::unique_ptr<Loaded>> files_;
  int expansions_ = 0;
  int running_ = 0;  // commands that are being put together
};

}  // namespace

Result<std::vector<Macro>> parse_macro_file(std::string_view content, const std::string& file) {
  std::vector<Macro> macros;
  unsigned number = 0;
  const auto lines = text::split(content, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ++number;
    const unsigned first = number;
    if (text::trim(lines[i]).empty() || text::trim(lines[i]).front() == '#') continue;
    std::string logical(lines[i]);
    const auto continues = [&] {
      if (!logical.empty() && logical.back() == '\r') logical.pop_back();
      return !logical.empty() && logical.back() == '\\' && i + 1 < lines.size();
    };
    while (continues()) {
      logical.pop_back();
      const auto next = lines[++i];
      ++number;
      logical += next.substr(std::min(next.find_first_not_of(" \t"), next.size()));
    }
    const auto equals = logical.find('=');
    const auto name = text::trim(std::string_view(logical).substr(0, equals));
    if (equals == std::string::npos || name.empty() || !std::all_of(name.begin(), name.end(), is_name))
      return fail(Exit::usage, "bad macro file " + file + ", line " + std::to_string(first),
                  "'" + text::printable(std::string_view(logical).substr(0, 60)) + "' is no definition",
                  "write: name = text");
    macros.push_back(
        {std::string(name), std::string(text::trim(std::string_view(logical).substr(equals + 1))), first});
  }
  return macros;
}

bool has_macro(std::string_view word) noexcept {
  return last_reference(word, word.size()) != kNowhere;
}

Result<std::vector<std::string>> expand_word(const std::string& word, const MacroSource& source) {
  if (!has_macro(word)) return std::vector{word};
  const auto expanded = TRY(Expander(source).expand(word, 0));
  std::vector<std::string> words;
  for (const auto part : text::split(expanded, kWordBreak))
    if (!part.empty()) words.emplace_back(part);
  return words;
}

}  // namespace ctys::model
