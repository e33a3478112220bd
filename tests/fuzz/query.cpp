// Fuzzes queries, searches and regular expressions: one term a line, the last line is a record.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/query.hpp"

#include "base/text.hpp"
#include "fuzz.hpp"

#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ctys;
  const auto text = fuzz::text_of(data, size);
  std::vector<std::string> words;
  for (const auto line : text::split(text, '\n')) words.emplace_back(line);
  const auto record = words.back();
  words.pop_back();
  for (const auto keys : {inventory::Keys::no, inventory::Keys::yes}) {
    const auto query = inventory::parse_query(words, keys);
    if (!query) {
      fuzz::must(query.error().code == Exit::usage, "a wrong query is the user's to mend");
      fuzz::must(!query.error().summary.empty(), "an error says what is wrong");
      continue;
    }
    fuzz::must(!inventory::explain(*query).empty(), "a query can be explained");
    // The text that every match holds is in every record that matches.
    for (const auto& clause : query->clauses)
      for (const auto& term : clause) {
        if (term.kind != inventory::Term::Kind::line || !term.pattern.matches(record)) continue;
        fuzz::must(record.find(term.pattern.required().text()) != std::string::npos,
                   "what is required is there");
      }
    (void)inventory::holds(*query, record, 1);
  }
  if (const auto search = inventory::parse_search(words)) (void)inventory::holds(*search, record, 1);
  return 0;
}
