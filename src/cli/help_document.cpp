// Lays a Document out for a terminal.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/help_document.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace ctys::cli {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kWidestTerm = 26;  // longer terms get a line of their own

// Words of `words`, from column `column` on, wrapped so that the following lines begin at `indent`.
void append_wrapped(std::string& out, std::string_view words, std::size_t column, std::size_t indent,
                    std::size_t width) {
  bool first = true;
  for (const auto word : text::split(words, ' ')) {
    if (word.empty()) continue;
    const auto length = text::columns(word);
    if (!first && column + 1 + length > width) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
    } else if (!first) {
      out += ' ';
      ++column;
    }
    out += word;
    column += length;
    first = false;
  }
  out += '\n';
}

class Plain {
 public:
  explicit Plain(std::size_t width) : width_(width) {}

  void operator()(const Heading& heading) {
    separate();
    out_ += heading.text + ":\n";
    after_heading_ = true;
  }
  void operator()(const Paragraph& paragraph) {
    separate();
    append_wrapped(out_, paragraph.text, 0, 0, width_);
  }
  void operator()(const Example& example) {
    separate();
    for (const auto& line : example.lines) out_ += (line.empty() ? "" : "  ") + line + "\n";
  }
  void operator()(const Entries& entries) {
    separate();
    std::size_t widest = 0;
    for (const auto& [term, text] : entries.list)
      if (const auto length = text::columns(term); length <= kWidestTerm) widest = std::max(widest, length);
    const std::size_t column = kIndent + widest + 2;
    for (const auto& [term, text] : entries.list) {
      const auto length = text::columns(term);
      out_.append(kIndent, ' ');
      out_ += term;
      if (text.empty()) {
        out_ += '\n';
        continue;
      }
      if (length > widest) {
        out_ += '\n';
        out_.append(column, ' ');
      } else {
        out_.append(column - kIndent - length, ' ');
      }
      append_wrapped(out_, text, column, column, width_);
    }
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  // A blank line between blocks, none below a heading.
  void separate() {
    if (!out_.empty() && !after_heading_) out_ += '\n';
    after_heading_ = false;
  }
  std::size_t width_;
  std::string out_;
  bool after_heading_ = false;
};

}  // namespace

std::string to_plain(std::span<const Block> document, unsigned width) {
  constexpr unsigned kDefault = 80;
  constexpr unsigned kLeast = 40;
  constexpr unsigned kMost = 100;
  Plain plain(width == 0 ? kDefault : std::clamp(width, kLeast, kMost));
  for (const auto& block : document) std::visit(plain, block);
  return plain.take();
}

}  // namespace ctys::cli
