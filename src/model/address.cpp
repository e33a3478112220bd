// Reads machine addresses and checks every value in them.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/address.hpp"

#include "base/text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <vector>

namespace ctys::model {
namespace {

constexpr std::array kKeys{
    AddressKey{"LABEL|L", "WORD", "the name you gave it, or the hypervisor's where you gave none", {}},
    AddressKey{"NAME|N", "WORD", "the hypervisor's name", {}},
    AddressKey{"UUID|U", "UUID", "with or without dashes", {}},
    AddressKey{"MAC|M", "xx:xx:xx:xx:xx:xx", "address of one of its network interfaces", {}},
    AddressKey{"TCP|T", "ADDRESS", "guest address or name", {}},
    AddressKey{"ID|I", "PATH", "absolute path of its .xml or .ctys file", {}},
    AddressKey{"PATHNAME|PNAME|P", "PATH", "the same as ID", {}},
    AddressKey{"FILENAME|FNAME|F", "TEXT", "part of the path of its file; must lead to one machine", {}},
    AddressKey{"BASEPATH|BASE|B", "DIRECTORY[%DIRECTORY]", "where to look for files", {}},
    AddressKey{"DBRECORD|DBREC|DR",
               "INDEX",
               "number of its record in the inventory; other keys must hold for it as well",
               {}},
};

constexpr std::size_t kMaxName = 255;  // a longer name could not be the name of a file
constexpr std::size_t kMaxPath = 4096;

bool is_hex(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

bool is_ipv6(const std::string& text) noexcept {
  in6_addr ignored{};
  return inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
}

// An IPv6 address with or without a zone, as it stands alone or in brackets: fe80::1%eth0. In front of the
// zone the '%' may be written twice, as in other values. nullopt: `text` is none.
std::optional<std::string> ipv6_host(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  const auto percent = text.find('%');
  std::string host(text.substr(0, percent));
  if (!is_ipv6(host)) return std::nullopt;
  if (percent == std::string_view::npos) return host;
  const auto zone = text.find_first_not_of('%', percent);
  if (zone == std::string_view::npos) return std::nullopt;
  return host.append("%").append(text.substr(zone));
}

bool is_ipv6_host(std::string_view text) {
  return ipv6_host(text) == text;
}

// What stands in {UUID} and behind urn:uuid:; else the text as it is.
std::string_view undecorated(std::string_view text) {
  constexpr std::string_view kUrn = "urn:uuid:";
  if (text.size() < 2) return text;
  const auto inner = text.substr(1, text.size() - 2);
  if (text.front() == '{' && text.back() == '}' && canonical_uuid(inner)) return inner;
  const bool is_urn = text::equal_ci(text.substr(0, kUrn.size()), kUrn);
  return is_urn && canonical_uuid(text.substr(kUrn.size())) ? text.substr(kUrn.size()) : text;
}

bool is_host_or_address(std::string_view text) noexcept {
  const bool is_dots = text.find_first_not_of('.') == std::string_view::npos;
  return !is_dots && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_' || c == ':' || c == '%';
  });
}

tl::unexpected<Error> bad_value(std::string_view key, std::string_view value, std::string why,
                                std::string fix = {}) {
  const auto prefix = key == "WORD" ? std::string() : text::lower(key) + ":";
  return fail(Exit::usage, "bad machine address " + in_quotes(prefix + std::string(value)), std::move(why),
              std::move(fix));
}

// What holds for every value, whatever its key.
Result<void> check_text(std::string_view key, std::string_view value) {
  const std::size_t limit = key == "LABEL" || key == "NAME" || key == "TCP" ? kMaxName : kMaxPath;
  if (value.empty()) return bad_value(key, value, "the value is empty", "give it one, or leave it out");
  if (value.size() > limit)
    return bad_value(key, value,
                     "the value is too long: " + std::to_string(value.size()) + " bytes, at most " +
                         std::to_string(limit));
  if (text::printable(value) != value)
    return bad_value(key, value, "the value holds control characters or is not UTF-8",
                     "write it as plain text in UTF-8");
  return {};
}

Result<std::string> canonical(std::string_view key, std::string value) {
  TRY_VOID(check_text(key, value));
  if (key == "UUID") {
    auto uuid = canonical_uuid(undecorated(value));
    if (!uuid)
      return bad_value(key, value, "this is no UUID", "write 32 hexadecimal digits, with or without dashes");
    return *std::move(uuid);
  }
  if (key == "MAC") {
    auto mac = canonical_mac(value);
    if (!mac) return bad_value(key, value, "this is no MAC address", "write it like 52:54:00:12:34:56");
    return *std::move(mac);
  }
  if (key == "TCP") {
    value = ipv6_host(value).value_or(value);
    if (!is_host_or_address(value))
      return bad_value(key, value, "this is neither an IP address nor a host name");
  }
  if (key == "PATHNAME" && value.front() != '/')
    return bad_value(key, value, "the path is not absolute", "write the path from '/' on");
  if (key == "DBRECORD" && !text::number(value))
    return bad_value(key, value, "this is no number",
                     "records have numbers from 1: ctys vhost -o index,label .");
  return value;
}

void replace(Address& address, std::string_view key, std::vector<std::string> new_values) {
  auto& keys = address.keys;
  keys.erase(std::remove_if(keys.begin(), keys.end(), [&](const Pair& pair) { return pair.key == key; }),
             keys.end());
  for (auto& value : new_values) keys.push_back({std::string(key), std::move(value)});
}

// Two names are two machines: dropping one of them would act on the other alone. The same once more is
// harmless.
Result<void> add(Address& address, std::string_view key, std::string value) {
  const auto before = std::find_if(address.keys.begin(), address.keys.end(),
                                   [&](const Pair& pair) { return pair.key == key; });
  const std::string what =
      key == "WORD" ? "two names of one machine" : "two values of the address key " + std::string(key);
  if (before == address.keys.end())
    address.keys.push_back({std::string(key), std::move(value)});
  else if (before->value != value)
    return fail(Exit::usage, what + ": " + in_quotes(before->value) + " and " + in_quotes(value), {},
                "name one machine here, and another one by an address of its own");
  return {};
}

std::string unknown_key_fix(std::string_view word) {
  std::vector<std::string_view> known;
  known.reserve(kKeys.size());
  for (const auto& key : kKeys) known.push_back(key.words.substr(0, key.words.find('|')));
  const auto best = text::nearest(word, known);
  if (!best.empty()) return "did you mean '" + text::lower(best) + "'?";
  std::string all;
  for (const auto key : known) all += (all.empty() ? "the keys are " : ", ") + text::lower(key);
  return all;
}

bool is_path(std::string_view word) {
  return word.front() == '/' || word.front() == '.';
}

// Words that may hold colons as they are.
bool is_verbatim(const std::string& word) {
  return is_path(word) ||
         (word.find(':') != std::string::npos && (canonical_mac(word) || is_ipv6_host(word)));
}

// A term that has no known key. What is decorated as a UUID or an address is no label.
Result<void> add_word(Address& address, const Term& term) {
  const auto inner = undecorated(term.text);
  if (inner.size() != term.text.size())
    return add(address, "UUID", TRY(canonical("UUID", std::string(inner))));
  if (term.text.starts_with('[') && ipv6_host(term.text))
    return add(address, "TCP", TRY(canonical("TCP", term.text)));
  const auto whole = ipv6_host(term.text).value_or(term.text);
  const bool verbatim = whole != term.text || is_verbatim(whole);
  if (!verbatim && term.argument)
    return fail(Exit::usage, "unknown address key " + in_quotes(term.key), "in " + in_quotes(term.text),
                unknown_key_fix(term.key));
  std::string word = verbatim ? whole : term.key;
  TRY_VOID(check_text("WORD", word));
  return add(address, "WORD", std::move(word));
}

}  // namespace

std::span<const AddressKey> address_keys() {
  return kKeys;
}

const AddressKey* find_address_key(std::string_view word) {
  for (const auto& key : kKeys)
    for (const auto known : text::split(key.words, '|'))
      if (text::equal_ci(word, known)) return &key;
  return nullptr;
}

Result<void> add_to_address(Address& address, const AddressKey& key, const Term& term) {
  const auto name = key.words.substr(0, key.words.find('|'));
  if (!term.argument || term.argument->empty())
    return fail(Exit::usage, "the address key " + in_quotes(term.key) + " has no value", {},
                "write " + text::lower(name) + ":" + std::string(key.value));
  // `::` is an escaped colon everywhere but in an IPv6 address, and '%' begins its zone there.
  auto given =
      name == "TCP" && ipv6_host(*term.argument) ? std::vector{*term.argument} : values(*term.argument);
  if (given.size() > 1 && name != "BASEPATH")
    return bad_value(name, *term.argument, "there is more than one value", "write '%%' for a percent sign");
  for (auto& value : given) value = TRY(canonical(name, std::move(value)));
  // Where to look is no machine: the last one holds.
  if (name == "BASEPATH") return replace(address, name, std::move(given)), Result<void>();
  return add(address, name, std::move(given.front()));
}

Result<Address> parse_address(std::string_view text) {
  Address address;
  address.text = std::string(text);
  for (const auto& term : TRY(lex_suboptions(text))) {
    const auto* key = term.argument ? find_address_key(term.key) : nullptr;
    TRY_VOID(key != nullptr ? add_to_address(address, *key, term) : add_word(address, term));
  }
  if (address.keys.empty())
    return fail(Exit::usage, "the machine address is empty", {},
                "name the machine: web01; 'ctys list --all' shows what there is");
  return address;
}

namespace {

// What must be escaped to be read back. A person writes no more than that: a lone colon in an argument is
// itself.
std::string_view special_in(const Pair& pair) {
  const auto& [key, value] = pair;
  if (key == "WORD") {
    const bool like_key = !is_path(value) && find_address_key(value.substr(0, value.find(':'))) != nullptr;
    return is_verbatim(value) && !like_key ? "," : ",:";
  }
  if (value.starts_with(':')) return ",:%";
  if (key == "TCP" && is_ipv6_host(value)) return ",";
  const bool has_escapes = value.find("::") != std::string::npos || value.find("\\:") != std::string::npos;
  return has_escapes ? ",:%" : ",%";
}

}  // namespace

std::string to_text(const Address& address) {
  std::string out;
  bool in_list = false;
  for (std::size_t i = 0; i < address.keys.size(); ++i) {
    const auto& [key, value] = address.keys[i];
    const bool last = i + 1 == address.keys.size();
    if (i > 0) out += in_list ? "%" : ",";
    if (!in_list && key != "WORD") out += key + ":";
    in_list = !last && key == "BASEPATH" && address.keys[i + 1].key == key;
    out += escaped(value, special_in(address.keys[i]), last || in_list);
  }
  return out;
}

std::optional<PlacedAddress> placed_address(std::string_view text) {
  if (text.empty() || text.back() != ']') return std::nullopt;
  auto keys = text.find('[');
  auto host = text.substr(0, keys);
  // [2001:db8::1][KEYS] is no stack.
  const auto end = text.find(']');
  if (const auto inner = text.substr(0, end); keys == 0 && is_ipv6_host(inner.substr(1))) {
    host = inner.substr(1);
    keys = text.find('[', end);
  }
  if (keys == std::string_view::npos) return std::nullopt;
  const auto inner = text.substr(keys + 1, text.size() - keys - 2);
  const auto next = inner.rfind("][");
  if (next == std::string_view::npos) return PlacedAddress{host, inner};
  return PlacedAddress{host, inner.substr(next + 2), true};
}

bool is_placed(std::string_view text) {
  const auto placed = placed_address(text);
  const auto colon = placed ? placed->keys.find(':') : std::string_view::npos;
  return colon != std::string_view::npos && find_address_key(placed->keys.substr(0, colon)) != nullptr &&
         (placed->host.find_first_of(":,/") == std::string_view::npos || is_ipv6_host(placed->host));
}

std::optional<std::string> canonical_uuid(std::string_view text) {
  constexpr std::size_t kLength = 36;
  constexpr std::array<std::size_t, 4> kDashes{8, 13, 18, 23};
  std::string out(text);
  if (out.size() == 32)
    for (const auto at : kDashes) out.insert(at, 1, '-');
  if (out.size() != kLength) return std::nullopt;
  for (std::size_t i = 0; i < kLength; ++i) {
    const bool dash = std::find(kDashes.begin(), kDashes.end(), i) != kDashes.end();
    if (dash ? out[i] != '-' : !is_hex({&out[i], 1})) return std::nullopt;
  }
  return text::lower(out);
}

std::optional<std::string> canonical_mac(std::string_view text) {
  // 52:54:00:12:34:56, 52-54-00-12-34-56, 5254.0012.3456, 525400123456: one kind of mark, at equal distances.
  constexpr std::size_t kDigits = 12;
  const auto mark = text.find_first_of(":-.");
  const std::size_t group = mark == std::string_view::npos ? kDigits : mark;
  if (group != 2 && group != 4 && group != kDigits) return std::nullopt;
  if (text.size() != kDigits + kDigits / group - 1) return std::nullopt;
  std::string mac;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % (group + 1) == group) {
      if (text[i] != text[mark]) return std::nullopt;
      continue;
    }
    if (!is_hex(text.substr(i, 1))) return std::nullopt;
    if (!mac.empty() && mac.size() % 3 == 2) mac += ':';
    mac += text[i];
  }
  return text::lower(mac);
}

}  // namespace ctys::model
