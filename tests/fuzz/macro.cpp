// Fuzzes macro files and the words that use them: before the first empty line the word, behind it the file.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/macro.hpp"

#include "fuzz.hpp"

#include <algorithm>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const auto text = fuzz::text_of(data, size);
  const auto border = text.find("\n\n");
  const std::string word(text.substr(0, border));
  const std::string content(border == std::string_view::npos ? text : text.substr(border + 2));
  if (const auto macros = model::parse_macro_file(content, "fuzz")) {
    for (const auto& macro : *macros)
      fuzz::must(!macro.name.empty() && macro.line > 0, "a macro has a place");
  }
  model::MacroSource source;
  source.load = [&](const std::string&) -> Result<std::optional<model::MacroFile>> {
    return model::MacroFile{"fuzz", content};
  };
  source.run = [](const std::string&, const std::string& command) -> Result<std::string> { return command; };
  if (const auto words = model::expand_word(word, source)) {
    for (const auto& one : *words) fuzz::must(one.size() <= model::kMaxMacroText, "a word is bounded");
  } else {
    fuzz::must(!words.error().summary.empty(), "an error says what is wrong");
  }
  return 0;
}
