// From the words of a request to what is looked for in the inventory.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/vhost.hpp"
#include "base/text.hpp"
#include "groups/expand.hpp"
#include "model/address.hpp"
#include "model/lexer.hpp"

#include <algorithm>

namespace ctys::action {
namespace {

using inventory::Pattern;
using inventory::Query;
using inventory::Term;

constexpr std::uint8_t kType = 2;
constexpr std::uint8_t kPath = 4;

bool is_operator(std::string_view word) {
  return text::equal_ci(word, "AND") || text::equal_ci(word, "OR") || text::equal_ci(word, "NOT");
}

Term key_term(inventory::Key key, std::string text) {
  Term term;
  term.kind = Term::Kind::key;
  term.key = std::move(key);
  term.text = std::move(text);
  return term;
}

Result<Term> field_term(std::uint8_t field, const std::string& expression) {
  Term term;
  term.kind = Term::Kind::field;
  term.fields.push_back(field);
  term.pattern = TRY(Pattern::compile(expression));
  term.text = term.value = expression;
  return term;
}

tl::unexpected<Error> bad_address(std::string_view word, std::string why) {
  return fail(Exit::usage, "cannot read the stack address " + model::in_quotes(word), std::move(why),
              "write host[label:web01]");
}

// The keys of one machine of a stack address.
Result<void> add_keys(Query& query, std::string_view word, std::string_view inner) {
  for (const auto& pair : TRY(model::parse_address(inner)).keys) {
    if (pair.key == "FILENAME") {
      Term term;
      term.kind = Term::Kind::field;
      term.fields.push_back(kPath);
      term.pattern = TRY(Pattern::glob(pair.value, false));
      term.text = term.value = pair.value;
      inventory::add_clause(query, std::move(term));
    } else if (pair.key == "WORD") {
      inventory::add_clause(query, key_term(TRY(inventory::make_key(pair.value)), pair.value));
    } else if (const auto kind = inventory::find_kind(pair.key)) {
      inventory::add_clause(query, key_term(TRY(inventory::make_key(*kind, pair.value)), pair.value));
    } else {
      return bad_address(word, "the inventory is not searched by " + pair.key);
    }
  }
  return {};
}

// host, host[keys], host[keys][keys]: of a stack the topmost machine is meant.
Result<void> add_stack_address(Query& query, const std::string& word) {
  if (word.find('[') == std::string::npos) {
    inventory::add_clause(query, key_term(TRY(inventory::make_key(inventory::Kind::host, word)), word));
    inventory::add_clause(query, TRY(field_term(kType, "^PM$")));
    return {};
  }
  const auto placed = model::placed_address(word);
  if (!placed) return bad_address(word, "the last bracket is not closed");
  if (const std::string host(placed->host); !host.empty() && !placed->is_stack)
    inventory::add_clause(query, key_term(TRY(inventory::make_key(inventory::Kind::host, host)), host));
  return add_keys(query, word, placed->keys);
}

Result<Query> stack_addresses(std::span<const std::string> words) {
  Query query;
  if (words.size() != 1)
    return fail(Exit::usage, "-i CTYSADDRESS takes one stack address",
                std::to_string(words.size()) + " were given",
                "write ctys vhost -i ctysaddress 'host[label:web01]'");
  TRY_VOID(add_stack_address(query, words.front()));
  return query;
}

Result<void> add_types(Query& query, std::span<const std::string> types) {
  if (types.empty()) return {};
  std::string expression = "^(";
  for (const auto& type : types) expression += (expression.size() > 2 ? "|" : "") + type;
  inventory::add_clause(query, TRY(field_term(kType, expression + ")$")));
  return {};
}

std::string_view without_at(std::string_view word) {
  return word.substr(word.starts_with('@') ? 1 : 0);
}
Result<bool> is_group(std::string_view word) {
  const std::string name(without_at(word));
  return groups::is_group_name(name) && TRY(groups::usual_source().load(name, 0)).has_value();
}

// -C GROUPS: a word that is the name of a group stands for the records of its members, and of all machines on
// those that are hosts.
Result<std::optional<std::vector<inventory::Key>>> members_of(const std::string& word) {
  constexpr std::size_t kMost = 10'000;
  if (!TRY(is_group(word))) return std::nullopt;
  const auto source = groups::usual_source();
  const std::string name(without_at(word));
  groups::Rules rules;
  rules.stacks = true;
  const std::vector<std::string> words{"@" + name};
  std::vector<inventory::Key> keys;
  for (const auto& host : groups::names_of(TRY(groups::expand(words, source, rules)))) {
    const auto target = TRY(model::parse_target(host));
    keys.push_back(TRY(inventory::make_key(target.host)));
    keys.back().kinds |= inventory::only(inventory::Kind::host);
  }
  if (keys.size() > kMost)
    return fail(Exit::usage, "the group " + model::in_quotes(name) + " is too large for a query",
                "it has " + std::to_string(keys.size()) + " members, at most " + std::to_string(kMost) +
                    " can be looked for");
  return keys;
}

// What the search is for when a word is no key: whether it is one is seen in the records.
bool may_be_key(const std::string& word) {
  return !word.empty() && word != "." && !is_operator(word) &&
         !(word.size() > 1 && word[1] == ':' &&
           std::string_view("FfEeRr").find(word[0]) != std::string_view::npos);
}

// The key that the words are: WORD, or NOT WORD. Under the classic name words are regular expressions.
Result<void> read_key(const model::InventoryRequest& inventory, Lookup& lookup) {
  const auto& words = inventory.words;
  const bool is_negated = words.size() == 2 && text::equal_ci(words[0], "NOT");
  if (inventory.is_classic || words.empty() || words.size() > (is_negated ? 2U : 1U)) return {};
  const auto& word = words.back();
  if (!may_be_key(word) || (inventory.names_groups && TRY(is_group(word)))) return {};
  auto key = inventory::parse_key(word);
  if (!key) return {};  // then it is an expression
  lookup.key = *std::move(key);
  lookup.is_negated = is_negated;
  return {};
}

}  // namespace

Result<Lookup> lookup_of(const model::Request& request) {
  const auto& inventory = request.inventory;
  Lookup lookup;
  if (inventory.is_address) {
    lookup.query = TRY(stack_addresses(inventory.words));
  } else if (inventory.is_search) {
    lookup.query = TRY(inventory::parse_search(inventory.words));
  } else {
    const auto keys = inventory.is_classic ? inventory::Keys::no : inventory::Keys::yes;
    TRY_VOID(read_key(inventory, lookup));
    const auto groups = inventory.names_groups ? inventory::ReadGroup(members_of) : inventory::ReadGroup();
    auto query = inventory::parse_query(inventory.words, keys, groups);
    if (query)
      lookup.query = *std::move(query);
    else if (!lookup.key)
      return tl::unexpected<Error>(std::move(query).error());
    else  // a path or a name that is no regular expression can still be a key
      lookup.bad_query = std::move(query).error();
  }
  TRY_VOID(add_types(lookup.besides, request.types));
  const auto filters = TRY(inventory::parse_search(inventory.filters));
  lookup.besides.clauses.insert(lookup.besides.clauses.end(), filters.clauses.begin(), filters.clauses.end());
  return lookup;
}

}  // namespace ctys::action
