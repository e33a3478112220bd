// A text for people before it is laid out: paragraphs, lists, examples. Rendered here for terminals, by
// cli/manual.hpp as manual page.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ctys::cli {

struct Heading {
  std::string text;
};
struct Paragraph {
  std::string text;  // one line; words are wrapped
};
struct Example {
  std::vector<std::string> lines;  // shown as they are
};
// A list of words and what they mean.
struct Entry {
  std::string term;
  std::string text;
};
struct Entries {
  std::vector<Entry> list;
};
using Block = std::variant<Heading, Paragraph, Example, Entries>;
using Document = std::vector<Block>;

// Plain text of at most `width` columns where words allow it; 0 stands for 80, less than 40 for 40, more than
// 100 for 100: longer lines are hard to read.
[[nodiscard]] std::string to_plain(std::span<const Block> document, unsigned width);

}  // namespace ctys::cli
