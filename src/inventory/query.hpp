// The query language: words to a condition, and the condition on a record.
// SPDX-License-Identifier: GPL-3.0-or-later
//
//   REGEX         awk's regular expression, found anywhere in the line; "." and "" hold for every record
//   F:N:REGEX     found in field N, which is a number from 1 to 47 or a field's name
//   E:N:M         field N contains the text of field M; an empty M is contained in everything
//   R:I[:J]       the record's number in the view, counted from 1, is I, or lies between I and J
//   NOT           turns the next term round
//   AND           stands between terms, and where nothing stands between them
//   OR            binds tighter than AND: `x AND a OR b AND y` is `x AND (a OR b) AND y`
//   KIND:VALUE    the record has this key, exactly: label:web01, mac:52:54:00:12:34:56; see
//   inventory/key.hpp. Lines of
//                 the companion's name do not have this form: there the word is a regular expression.
// AND, OR, NOT, F:, E: and R: are read in any case.
#pragma once

#include "base/result.hpp"
#include "inventory/cells.hpp"
#include "inventory/key.hpp"
#include "inventory/pattern.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ctys::inventory {

struct Term {
  enum class Kind : std::uint8_t {
    line,      // `pattern` matches the line
    field,     // `pattern` matches one of `fields`
    contains,  // fields[0] contains fields[1]
    number,    // the record's number is in [first, last]
    key,       // `key` is one of the record's
    spelled,   // `pattern` matches the line, or `key` is one of the record's in another spelling
    part,      // `pattern` matches the line, or fields[0]; or `mac` or `uuid` the usual form of that field
    members    // one of `keys` is
  };
  Kind kind = Kind::line;
  bool negated = false;
  Pattern pattern;
  std::optional<Pattern> mac;
  std::optional<Pattern> uuid;
  std::vector<std::uint8_t> fields;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  Key key;
  std::vector<Key> keys;
  std::string text;   // as the user wrote it
  std::string value;  // the part of it that is looked for
};

// All clauses must hold; of a clause one term. Without clauses: every record.
struct Query {
  std::vector<std::vector<Term>> clauses;
  [[nodiscard]] bool is_everything() const noexcept { return clauses.empty(); }
  // Does a term ask for the number of the record?
  [[nodiscard]] bool needs_numbers() const noexcept;
};

inline constexpr std::size_t kMaxTerms = 1000;

// Errors have status 2 and name the word.
enum class Keys : bool { no, yes };  // is KIND:VALUE a key?
// The keys of what a word stands for: of the members of a group. nullopt: it is a word like any other.
using ReadGroup = std::function<Result<std::optional<std::vector<Key>>>(const std::string& word)>;
[[nodiscard]] Result<Query> parse_query(std::span<const std::string> words, Keys keys = Keys::no,
                                        const ReadGroup& groups = {});
// A clause of one term.
void add_clause(Query& query, Term term);

// The words of `ctys find`: COLUMN:PATTERN, whole value, or a text that stands in the record; '*' is any text
// and ASCII case is ignored. A UUID, a MAC or an IPv6 address is such a text in any spelling, and so
// is a part of the first two (base/spelling.hpp). AND, OR and NOT are those of parse_query.
[[nodiscard]] Result<Query> parse_search(std::span<const std::string> words);

// `line` is a record; `number` is looked at where the query needs it.
[[nodiscard]] bool holds(const Query& query, std::string_view line, std::uint64_t number);
[[nodiscard]] bool holds(const Term& term, Cells& cells, std::uint64_t number);

// What a query means, one line for each clause, in words.
[[nodiscard]] std::string explain(const Query& query);

}  // namespace ctys::inventory
