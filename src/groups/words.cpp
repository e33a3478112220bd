// Reads targets and group files: one pass, bounded, every error with its line.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "groups/words.hpp"

#include "base/text.hpp"
#include "model/lexer.hpp"

#include <algorithm>
#include <optional>

namespace ctys::groups {
namespace {

constexpr std::size_t kMaxName = 255;
constexpr std::string_view kInclude = "#include";

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\r';
}
bool is_operator(char c) noexcept {
  return c == ',' || c == '!' || c == '&' || c == '^';
}
bool is_name_char(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("._-/@:%+~*").find(c) != std::string_view::npos;
}

std::optional<Kind> keyword(std::string_view word) noexcept {
  if (text::equal_ci(word, "SUBTASK")) return Kind::subtask;
  if (text::equal_ci(word, "SUBGROUP")) return Kind::subgroup;
  if (text::equal_ci(word, "VMSTACK")) return Kind::stack;
  return std::nullopt;
}

class Reader {
 public:
  Reader(std::string_view content, const std::string* file) : text_(content), file_(file) {}

  Result<Text> read() {
    if (text_.size() > kMaxFile) return wrong("the text is too long");
    if (file_ == nullptr) {
      drop_blanks();
      if (peek() == '(') result_.contexts = TRY(contexts());
    }
    result_.words = TRY(words('\0'));
    return std::move(result_);
  }

 private:
  [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  [[nodiscard]] bool at_end() const noexcept { return at_ >= text_.size(); }
  [[nodiscard]] bool at_line_start() const noexcept {
    std::size_t before = at_;
    while (before > 0 && is_blank(text_[before - 1])) --before;
    return before == 0 || text_[before - 1] == '\n';
  }

  void drop_quotes() noexcept {
    while (peek() == '\'' || peek() == '"') ++at_;
  }
  // Blanks, newlines, quotes, and commas between words.
  void drop_blanks() noexcept {
    for (; !at_end(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '\n' && text_[at_] != ',' && text_[at_] != '\'' && text_[at_] != '"' &&
          !is_blank(text_[at_]))
        return;
    }
  }

  [[nodiscard]] tl::unexpected<Error> wrong(std::string what, std::string why = {}, std::string fix = {},
                                            unsigned line = 0) const {
    if (file_ == nullptr) return fail(Exit::usage, what + " in the targets", std::move(why), std::move(fix));
    const auto place = *file_ + ":" + std::to_string(line == 0 ? line_ : line);
    return fail(Exit::usage, place + ": " + std::move(what), std::move(why), std::move(fix));
  }

  // Words up to the end or to `close`, which is taken.
  Result<std::vector<Word>> words(char close) {
    const unsigned begin = line_;
    std::vector<Word> found;
    for (drop_blanks(); !at_end(); drop_blanks()) {
      if (close != '\0' && peek() == close) {
        ++at_;
        return found;
      }
      if (file_ != nullptr && peek() == '#') {
        TRY_VOID(comment(found));
      } else if (auto word = TRY(this->word()); !word.empty()) {
        found.push_back(std::move(word));
      }
    }
    if (close != '\0') return wrong("a '{' is not closed", "'}' is missing", {}, begin);
    return found;
  }

  // The rest of a line that begins with '#'.
  Result<void> comment(std::vector<Word>& found) {
    const auto line = text_.substr(at_, text_.find('\n', at_) - at_);
    const auto rest = line.substr(std::min(kInclude.size(), line.size()));
    const bool includes =
        line.starts_with(kInclude) && (rest.empty() || is_blank(rest.front()) || rest.front() == ',');
    if (includes && (!at_line_start() || depth_ > 0))
      return wrong("#include stands behind a member", {}, "write it on a line of its own");
    at_ += line.size();
    if (!includes) return {};
    const auto before = found.size();
    std::string name;
    for (const char c : std::string(rest) + ' ') {
      if (!is_blank(c) && c != ',') {
        name += c;
        continue;
      }
      if (name.empty()) continue;
      if (name.size() > kMaxName || !std::all_of(name.begin(), name.end(), is_name_char))
        return wrong("bad group name " + model::in_quotes(name) + " behind #include");
      found.push_back({Operand{',', Kind::include, std::move(name), {}, {}, file_line()}});
      name.clear();
    }
    if (found.size() == before) return wrong("#include names no group");
    return {};
  }

  [[nodiscard]] unsigned file_line() const noexcept { return file_ == nullptr ? 0 : line_; }

  // An empty word: CONTEXT(...), which is kept elsewhere.
  Result<Word> word() {
    Word word;
    char op = ',';
    while (true) {
      auto operand = TRY(this->operand(op));
      if (file_ != nullptr && depth_ == 0 && operand.name == "CONTEXT") {
        if (operand.contexts.empty() || !word.empty())
          return wrong("CONTEXT has no options of its own", {},
                       "write CONTEXT'(-l root)' on a line of its own");
        std::move(operand.contexts.begin(), operand.contexts.end(), std::back_inserter(result_.contexts));
        return word;
      }
      word.push_back(std::move(operand));
      if (!is_operator(peek())) return word;
      op = text_[at_++];
      drop_quotes();
      if (op == ',' && (at_end() || is_blank(peek()) || peek() == '\n' || peek() == '}' || peek() == ','))
        return word;
    }
  }

  Result<Operand> operand(char op) {
    Operand operand;
    operand.op = op;
    operand.line = file_line();
    operand.name = TRY(name(op));
    const auto kind = keyword(operand.name);
    operand.contexts = TRY(contexts());
    if (peek() == '{') {
      if (!kind)
        return wrong("unexpected '{' behind " + model::in_quotes(operand.name), {},
                     "members in braces follow SUBTASK, SUBGROUP or VMSTACK");
      if (++depth_ > kMaxDepth) return wrong("braces are nested too deeply");
      ++at_;
      operand.members = TRY(words('}'));
      --depth_;
      if (operand.members.empty()) return wrong("there are no members in " + operand.name + "{}");
      for (auto& context : TRY(contexts())) operand.contexts.push_back(std::move(context));
      operand.kind = *kind;
    } else if (kind) {
      return wrong(operand.name + " has no members", {},
                   "write them in braces: " + operand.name + "{web01 web02}");
    }
    const char next = peek();
    if (!at_end() && !is_blank(next) && next != '\n' && next != '}' && !is_operator(next))
      return wrong("unexpected text behind " +
                       model::in_quotes(operand.name + (operand.contexts.empty() ? "" : "(...)")),
                   "there is " + model::in_quotes(text_.substr(at_, 1)), "put a blank between two targets");
    return operand;
  }

  // From `begin` to the next blank.
  [[nodiscard]] std::string_view rest_of_word(std::size_t begin) const noexcept {
    constexpr std::size_t kShown = 60;
    const auto word = text_.substr(begin, text_.find_first_of(" \t\r\n'\"", begin) - begin);
    return word.substr(0, kShown);
  }

  Result<std::string> name(char op) {
    drop_quotes();
    const auto begin = at_;
    while (!at_end() && (is_name_char(peek()) || peek() == '[')) {
      if (peek() == '[') {
        const auto close = text_.find_first_of("]\n", at_);
        if (close == std::string_view::npos || text_[close] == '\n')
          return wrong("a '[' is not closed", "in " + model::in_quotes(rest_of_word(begin)),
                       "write ranges like web[1-9,12]");
        const auto inside = text_.substr(at_ + 1, close - at_ - 1);
        if (!std::all_of(inside.begin(), inside.end(), [](char c) { return is_name_char(c) || c == ','; }))
          return wrong("bad brackets in " + model::in_quotes(text_.substr(begin, close + 1 - begin)),
                       "they hold neither numbers nor an address", "write ranges like web[1-9,12]");
        at_ = close;
      }
      ++at_;
    }
    std::string name(text_.substr(begin, at_ - begin));
    drop_quotes();
    if (name.size() > kMaxName) return wrong("a name is too long", model::in_quotes(name));
    if (name.empty()) return nothing(op);
    if (name == "@") return wrong("'@' has no name behind it", {}, "write a group like @lab");
    if (name.front() == '-')
      return wrong("the option " + model::in_quotes(name) + " stands where a target is expected", {},
                   "put all options in front of the first target, or in parentheses behind one");
    return name;
  }

  [[nodiscard]] tl::unexpected<Error> nothing(char op) const {
    const auto here = at_end() ? std::string() : model::in_quotes(text_.substr(at_, 1));
    if (is_operator(peek()) ||
        (op != ',' && (at_end() || is_blank(peek()) || peek() == '\n' || peek() == '}')))
      return wrong("an operator has nothing to work on",
                   "',', '!', '&' and '^' stand between two names, without blanks",
                   "write it like '@prod!@db', in quotes for the shell");
    if (peek() == '(')
      return wrong("options belong to nothing", "there is '(' where a name is expected",
                   "write them behind a name: web01'(-d 3)'");
    if (peek() == ')' || peek() == '}' || peek() == ']')
      return wrong("unexpected " + here, "it closes nothing");
    return wrong("unexpected " + here, "this is part of no host or group");
  }

  // (opts)(opts)...: parentheses inside are kept, newlines are blanks.
  Result<std::vector<std::string>> contexts() {
    std::vector<std::string> found;
    for (drop_quotes(); peek() == '('; drop_quotes()) {
      const unsigned begin = line_;
      unsigned depth = 0;
      std::string options;
      do {
        if (at_end())
          return wrong("a '(' is not closed", "')' is missing",
                       "quote parentheses for the shell: host'(-d 3)'", begin);
        const char c = text_[at_++];
        if (c == '\n') ++line_;
        if (c == '(') ++depth;
        if (c == ')') --depth;
        options += c == '\n' || c == '\r' ? ' ' : c;
        if (options.size() > kMaxContext + 2)
          return wrong("the options of a target are too long", {}, {}, begin);
      } while (depth > 0);
      if (text::printable(options) != options)
        return wrong("the options of a target hold control characters", {}, {}, begin);
      found.emplace_back(text::trim(std::string_view(options).substr(1, options.size() - 2)));
    }
    return found;
  }

  std::string_view text_;
  const std::string* file_;  // nullptr: a command line
  std::size_t at_ = 0;
  unsigned line_ = 1;
  unsigned depth_ = 0;  // of braces
  Text result_;
};

}  // namespace

Result<Text> read_group_text(std::string_view content, const std::string& file) {
  if (content.find('\0') != std::string_view::npos)
    return fail(Exit::usage, file + " is no file of groups", "it holds NUL characters, so it is no text",
                "a file of groups is text: names of hosts, and @ with names of groups");
  constexpr std::string_view kMark = "\xEF\xBB\xBF";  // of UTF-8, which some editors put in front
  if (content.starts_with(kMark)) content.remove_prefix(kMark.size());
  return Reader(content, &file).read();
}

Result<Text> read_target_text(std::string_view targets) {
  return Reader(targets, nullptr).read();
}

}  // namespace ctys::groups
