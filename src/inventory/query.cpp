// Reads queries.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/query.hpp"

#include "base/spelling.hpp"
#include "base/text.hpp"
#include "model/lexer.hpp"
#include "model/schema.hpp"

#include <algorithm>
#include <optional>

namespace ctys::inventory {
namespace {

using model::in_quotes;

using ReadTerm = std::function<Result<Term>(const std::string& word)>;

tl::unexpected<Error> bad_term(std::string_view word, std::string why, std::string fix) {
  return fail(Exit::usage, "cannot read the query at " + in_quotes(word), std::move(why), std::move(fix));
}

std::string_view name_of(const model::ColumnName& column) {
  return column.keywords.substr(0, column.keywords.find('|'));
}

constexpr std::uint8_t kUuidField = 5;
constexpr std::string_view kStateName = "state";  // of a search: VMstate

// "3", or the name of a field. `more`: another name that may stand there.
Result<std::uint8_t> read_field(std::string_view word, std::string_view name, std::string_view more = {}) {
  const auto* column = model::find_column(model::Layout::enumerate, name);
  const auto at = column == nullptr ? 0 : model::position(model::Layout::enumerate, column->field);
  const auto number = text::number(name);
  if (number.value_or(at) >= 1 && number.value_or(at) <= kFields)
    return static_cast<std::uint8_t>(number.value_or(at));
  std::vector<std::string> known;
  if (!more.empty()) known.emplace_back(more);
  for (const auto& one : model::columns(model::Layout::enumerate)) known.push_back(text::lower(name_of(one)));
  const std::vector<std::string_view> names(known.begin(), known.end());
  auto near = spelling::column_hint(word);
  if (near.empty()) near = text::did_you_mean(name, names);
  return bad_term(
      word,
      number ? "a record has the fields 1 to " + std::to_string(kFields) : in_quotes(name) + " is no field",
      near + (near.empty() ? "" : "; ") + "the fields are " + text::join(known, ", ") +
          ", or numbers from 1 to " + std::to_string(kFields));
}

Result<Term> read_field_term(const std::string& word, std::string_view rest) {
  const auto colon = rest.find(':');
  if (colon == std::string_view::npos)
    return bad_term(word, "the regular expression is missing", "write F:FIELD:REGEX, F:3:web for example");
  Term term;
  term.kind = Term::Kind::field;
  term.fields.push_back(TRY(read_field(word, rest.substr(0, colon))));
  term.value = rest.substr(colon + 1);
  term.pattern = TRY(Pattern::compile(term.value));
  return term;
}

Result<Term> read_contains_term(const std::string& word, std::string_view rest) {
  const auto colon = rest.find(':');
  if (colon == std::string_view::npos)
    return bad_term(word, "the second field is missing", "write E:FIELD:FIELD, E:28:1 for example");
  Term term;
  term.kind = Term::Kind::contains;
  term.fields.push_back(TRY(read_field(word, rest.substr(0, colon))));
  term.fields.push_back(TRY(read_field(word, rest.substr(colon + 1))));
  return term;
}

Result<Term> read_number_term(const std::string& word, std::string_view rest) {
  const auto colon = rest.find(':');
  const auto first = text::number(rest.substr(0, colon));
  const auto last = colon == std::string_view::npos ? first : text::number(rest.substr(colon + 1));
  if (!first || !last)
    return bad_term(word, "this is no range of record numbers",
                    "write R:FIRST or R:FIRST:LAST, R:1:10 for example");
  if (*first == 0 || *first > *last)
    return bad_term(word, *first == 0 ? "records are counted from 1" : "the range runs backwards", {});
  Term term;
  term.kind = Term::Kind::number;
  term.first = *first;
  term.last = *last;
  return term;
}

Result<Term> read_term(const std::string& word) {
  if (word.size() > 1 && word[1] == ':') {
    const auto rest = std::string_view(word).substr(2);
    switch (word[0]) {
      case 'F':
      case 'f':
        return read_field_term(word, rest);
      case 'E':
      case 'e':
        return read_contains_term(word, rest);
      case 'R':
      case 'r':
        return read_number_term(word, rest);
      default:
        break;
    }
  }
  Term term;
  term.value = word;
  if (word != ".") term.pattern = TRY(Pattern::compile(word));  // no record is empty: it is every one
  return term;
}

Result<Term> read_term_or_key(const std::string& word) {
  const auto colon = word.find(':');
  const bool is_letter = colon == 1 && std::string_view("FfEeRr").find(word[0]) != std::string_view::npos;
  const auto kind = colon == std::string::npos || is_letter ? std::nullopt : find_kind(word.substr(0, colon));
  if (!kind) return read_term(word);
  Term term;
  term.kind = Term::Kind::key;
  term.key = TRY(make_key(*kind, word.substr(colon + 1)));
  return term;
}

// The key that a column is compared with, where its value has several spellings.
std::optional<Key> spelled_value(std::uint8_t field, std::string_view value) {
  auto key = spelled_key(value);
  const auto names = kind_names();
  const bool is_of_field = key && std::any_of(names.begin(), names.end(), [&](const KindName& one) {
                             return one.field == field && key->kinds == only(one.kind);
                           });
  if (!is_of_field) key.reset();
  return key;
}

// COLUMN:PATTERN of a search. `os` is also the distribution, and the beginning of either; `state` is VMstate.
Result<Term> read_search_term(const std::string& word) {
  Term term;
  const auto colon = word.find(':');
  auto spelled = spelled_key(word);  // before the colon counts, which addresses have as well
  const auto part = spelled ? std::nullopt : spelling::part_of(word);
  if (spelled || part || colon == std::string::npos) {
    term.value = word;
    term.pattern = TRY(Pattern::glob(word, false));
    if (spelled) {
      term.kind = Term::Kind::spelled;
      term.key = *std::move(spelled);
    } else if (part) {
      term.kind = Term::Kind::part;
      if (!part->mac.empty()) term.mac = TRY(Pattern::glob(part->mac, false));
      if (!part->uuid.empty()) term.uuid = TRY(Pattern::glob(part->uuid, false));
    }
    return term;
  }
  constexpr std::uint8_t kState = 19;
  constexpr std::uint8_t kOs = 14;
  constexpr std::uint8_t kDist = 12;
  const auto name = std::string_view(word).substr(0, colon);
  term.kind = Term::Kind::field;
  term.fields.push_back(text::equal_ci(name, kStateName) ? kState : TRY(read_field(word, name, kStateName)));
  std::string value = word.substr(colon + 1);
  // What is written in many ways is found in each of them.
  if (auto key = spelled_value(term.fields.front(), value)) {
    term.kind = Term::Kind::key;
    term.key = *std::move(key);
    term.value = std::move(value);
    return term;
  }
  if (term.fields.front() == kMac) term.mac = TRY(Pattern::glob(spelling::mac_pattern(value), true));
  if (term.fields.front() == kUuidField) term.uuid = TRY(Pattern::glob(spelling::uuid_pattern(value), true));
  if (term.mac || term.uuid) term.kind = Term::Kind::part;
  if (term.fields.front() == kOs) {
    term.fields.push_back(kDist);
    value += '*';
  }
  term.pattern = TRY(Pattern::glob(value, true));
  term.value = std::move(value);
  return term;
}

enum class Operator : std::uint8_t { none, conjunction, disjunction, negation };

Operator operator_of(std::string_view word) noexcept {
  if (text::equal_ci(word, "AND")) return Operator::conjunction;
  if (text::equal_ci(word, "OR")) return Operator::disjunction;
  if (text::equal_ci(word, "NOT")) return Operator::negation;
  return Operator::none;
}

// The operators in front of the next term.
struct Pending {
  Operator binary = Operator::none;
  bool negated = false;
  std::string_view last;  // the word itself, for messages
};

// How words are read, and what an error proposes: a word that holds for every record, and one that stands for
// the text NOT.
struct Grammar {
  ReadTerm read;
  std::string_view everything;
  std::string_view literally;
};

Result<void> take_operator(Pending& pending, Operator op, std::string_view word, bool is_first,
                           const Grammar& grammar) {
  if (pending.negated) return bad_term(word, "a term is expected behind NOT", std::string(grammar.literally));
  if (op == Operator::negation) {
    pending.negated = true;
  } else {
    if (is_first || pending.binary != Operator::none)
      return bad_term(word, is_first ? "nothing stands in front of it" : "two operators follow each other",
                      "write a term there; " + std::string(grammar.everything) + " holds for every record");
    pending.binary = op;
  }
  pending.last = word;
  return {};
}

Result<Query> parse(std::span<const std::string> words, const Grammar& grammar) {
  Query query;
  Pending pending;
  std::size_t count = 0;
  for (const auto& word : words) {
    // It would hold for every record, and is most often a variable of a script that has no value.
    if (word.empty())
      return bad_term(
          word, "an empty word says nothing of a machine",
          "write what should match; " + std::string(grammar.everything) + " holds for every record");
    const auto op = operator_of(word);
    if (op != Operator::none) {
      TRY_VOID(take_operator(pending, op, word, count == 0, grammar));
      continue;
    }
    if (++count > kMaxTerms)
      return fail(Exit::usage, "the query is too long",
                  "it has more than " + std::to_string(kMaxTerms) + " terms");
    auto term = TRY(grammar.read(word));
    term.text = word;
    term.negated = pending.negated;
    if (pending.binary != Operator::disjunction) query.clauses.emplace_back();
    query.clauses.back().push_back(std::move(term));
    pending = {};
  }
  if (!pending.last.empty())
    return bad_term(
        pending.last, "a term is expected behind it",
        "write what should match; " + std::string(grammar.everything) + " holds for every record");
  // What holds for every record needs no look at one.
  std::erase_if(query.clauses, [](const std::vector<Term>& clause) {
    return clause.size() == 1 && !clause[0].negated && clause[0].kind == Term::Kind::line &&
           clause[0].pattern.matches_everything();
  });
  return query;
}

// What is no address has no usual form.
bool is_usual(const Pattern& pattern, std::string_view form) {
  return !form.empty() && pattern.matches(form);
}

bool holds_part(const Term& term, Cells& cells) {
  thread_local std::string scratch;
  return term.pattern.matches(term.fields.empty() ? cells.line() : cells.get(term.fields.front())) ||
         (term.mac && is_usual(*term.mac, spelling::usual_mac(cells.get(kMac), scratch))) ||
         (term.uuid && is_usual(*term.uuid, spelling::usual_uuid(cells.get(kUuidField), scratch)));
}

bool holds_plain(const Term& term, Cells& cells, std::uint64_t number) {
  switch (term.kind) {
    case Term::Kind::line:
      return term.pattern.matches(cells.line());
    case Term::Kind::field:
      return std::any_of(term.fields.begin(), term.fields.end(),
                         [&](auto field) { return term.pattern.matches(cells.get(field)); });
    case Term::Kind::contains: {
      const auto inner = cells.get(term.fields[1]);
      return cells.get(term.fields[0]).find(inner) != std::string_view::npos;
    }
    case Term::Kind::number:
      return number >= term.first && number <= term.last;
    case Term::Kind::key:
      return inventory::holds(term.key, cells.line()) != 0;
    case Term::Kind::spelled:
      return term.pattern.matches(cells.line()) || inventory::holds(term.key, cells.line()) != 0;
    case Term::Kind::part:
      return holds_part(term, cells);
    case Term::Kind::members:
      return std::any_of(term.keys.begin(), term.keys.end(),
                         [&](const Key& key) { return inventory::holds(key, cells.line()) != 0; });
  }
  return false;
}

std::string explain(const Term& term) {
  const std::string negation(term.negated ? "not " : "");
  const auto field = [&](std::size_t at) {
    return "field " + std::to_string(term.fields[at]) + " (" +
           std::string(model::columns(model::Layout::enumerate)[term.fields[at] - 1U].title) + ")";
  };
  switch (term.kind) {
    case Term::Kind::line:
      return negation + "the record matches " + in_quotes(term.value);
    case Term::Kind::spelled:
      return negation + "the record holds " + in_quotes(term.value) + " in any spelling";
    case Term::Kind::field: {
      std::string fields = field(0);
      for (std::size_t at = 1; at < term.fields.size(); ++at) fields += " or " + field(at);
      return negation + fields + " matches " + in_quotes(term.value);
    }
    case Term::Kind::part:
      return negation + (term.fields.empty() ? "the record" : field(0)) + " matches " +
             in_quotes(term.value) + " in any spelling";
    case Term::Kind::contains:
      return negation + field(0) + " contains " + field(1);
    case Term::Kind::number:
      return negation + "its number is " + std::to_string(term.first) +
             (term.last == term.first ? "" : " to " + std::to_string(term.last));
    case Term::Kind::key:
      return negation + "a key is " + in_quotes(term.text);
    case Term::Kind::members:
      return negation + "it belongs to the group " + in_quotes(term.text);
  }
  return {};
}

}  // namespace

bool Query::needs_numbers() const noexcept {
  return std::any_of(clauses.begin(), clauses.end(), [](const auto& clause) {
    return std::any_of(clause.begin(), clause.end(),
                       [](const Term& t) { return t.kind == Term::Kind::number; });
  });
}

Result<Query> parse_query(std::span<const std::string> words, Keys keys, const ReadGroup& groups) {
  const auto read_word = keys == Keys::yes ? read_term_or_key : read_term;
  const auto read = [&](const std::string& word) -> Result<Term> {
    auto members = groups ? TRY(groups(word)) : std::nullopt;
    if (!members) return read_word(word);
    Term term;
    term.kind = Term::Kind::members;
    term.keys = *std::move(members);
    return term;
  };
  return parse(words, {read, "'.'", "for the word itself as a pattern write it in brackets: [N]OT"});
}
void add_clause(Query& query, Term term) {
  query.clauses.emplace_back().push_back(std::move(term));
}
Result<Query> parse_search(std::span<const std::string> words) {
  return parse(words, {read_search_term, "'*'", "for the word itself as a text write NOT*"});
}

bool holds(const Term& term, Cells& cells, std::uint64_t number) {
  return holds_plain(term, cells, number) != term.negated;
}

bool holds(const Query& query, std::string_view line, std::uint64_t number) {
  Cells cells(line);
  return std::all_of(query.clauses.begin(), query.clauses.end(), [&](const auto& clause) {
    return std::any_of(clause.begin(), clause.end(),
                       [&](const Term& term) { return holds(term, cells, number); });
  });
}

std::string explain(const Query& query) {
  if (query.is_everything()) return "every record\n";
  std::string out;
  for (const auto& clause : query.clauses) {
    out += out.empty() ? "records where " : "and ";
    for (std::size_t at = 0; at < clause.size(); ++at) out += (at > 0 ? ", or " : "") + explain(clause[at]);
    out += '\n';
  }
  return out;
}

}  // namespace ctys::inventory
