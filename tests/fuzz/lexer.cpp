// Fuzzes the lexer of suboptions: terms are written so that they read back.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/lexer.hpp"

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const auto text = fuzz::text_of(data, size);
  if (const auto terms = model::lex_suboptions(text)) {
    for (const auto& term : *terms) {
      fuzz::must(!term.text.empty(), "a term has a text");
      if (!term.argument) continue;
      fuzz::must(!model::values(*term.argument).empty(), "an argument has a value");
      (void)model::free_text(*term.argument);
      (void)model::column_specs(*term.argument);
    }
  } else {
    fuzz::must(!terms.error().summary.empty(), "an error says what is wrong");
  }
  // Every text can be written as a value.
  if (!text.empty()) {
    const auto written = model::lex_suboptions("KEY:" + model::escaped(text, ",:%", false) + ",END");
    fuzz::must(written && written->size() == 2 && written->front().argument,
               "an escaped text stays one term");
    fuzz::must(model::values(*written->front().argument) == std::vector{std::string(text)},
               "an escaped text reads back");
  }
  return 0;
}
