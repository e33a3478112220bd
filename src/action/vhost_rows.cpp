// Rows of an answer from the inventory: keeping them, and the text of their columns.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/vhost.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "inventory/key.hpp"
#include "inventory/merge.hpp"
#include "model/address.hpp"
#include "model/lexer.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <utility>

namespace ctys::action {
namespace {

constexpr std::size_t kLongestName = 255;

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses resolve(const std::string& name, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* list = nullptr;
  if (name.empty() || name.size() > kLongestName || ::getaddrinfo(name.c_str(), nullptr, &hints, &list) != 0)
    return nullptr;
  return Addresses(list);
}

std::string name_info(const addrinfo& address, int flags) {
  std::array<char, NI_MAXHOST> text{};
  if (::getnameinfo(address.ai_addr, address.ai_addrlen, text.data(), text.size(), nullptr, 0, flags) != 0)
    return {};
  return text.data();
}

// One answer for each text: inventories name the same hosts again and again.
template <class Ask>
const std::string& remembered(std::string_view text, Ask ask) {
  static std::map<std::string, std::string, std::less<>> known;
  const auto at = known.find(text);
  if (at != known.end()) return at->second;
  return known.emplace(std::string(text), ask(std::string(text))).first->second;
}

}  // namespace

const std::string& numeric_address(std::string_view text) {
  return remembered(text, [](const std::string& name) {
    const auto list = resolve(name, 0);
    const auto number = list ? name_info(*list, NI_NUMERICHOST) : std::string();
    return number.empty() ? name : number;
  });
}

const std::string& host_name_of(std::string_view text) {
  return remembered(text, [](const std::string& address) {
    const auto list = resolve(address, AI_NUMERICHOST);
    const auto name = list ? name_info(*list, NI_NAMEREQD) : std::string();
    return name.empty() ? address : name;
  });
}

void Kept::add(const Row& row) {
  rows_.push_back({text_.size(), static_cast<std::uint32_t>(row.line.size()), row.mark, row.number});
  text_ += row.line;
}

Row Kept::at(std::size_t index) const noexcept {
  const auto& place = rows_[index];
  return {std::string_view(text_).substr(place.begin, place.size), place.number, place.mark};
}

void Kept::choose(std::span<const std::size_t> order) {
  std::vector<Place> chosen;
  chosen.reserve(order.size());
  for (const auto index : order) chosen.push_back(rows_[index]);
  rows_ = std::move(chosen);
}

bool shows_numbers(const model::Request& request) {
  const auto& columns = request.output.columns;
  return std::any_of(columns.begin(), columns.end(),
                     [](const auto& column) { return column.field == Field::index; });
}

std::string_view cell_of(const model::Request& request, std::size_t column, inventory::Cells& cells,
                         const Row& row, std::string& into) {
  using model::View;
  const auto field = request.output.columns[column].field;
  if (field == Field::index)  // what runs and is in no record has none
    return into = row.number == 0 ? std::string() : std::to_string(row.number);
  const auto& views = request.inventory.views;
  const auto view = column < views.size() ? views[column] : View::none;
  const auto value = cells.get(static_cast<std::size_t>(field));
  if (view == View::none || (value.empty() && view == View::ip)) return value;
  if (view == View::ip) return numeric_address(value);
  // The inventory's own name for the interface is nearer than what a name server says.
  const auto name = cells.get(static_cast<std::size_t>(Field::net_name));
  const bool is_number = value.find_first_not_of("0123456789.") == std::string_view::npos ||
                         value.find(':') != std::string_view::npos;
  if (!is_number && !value.empty()) return value;
  return name.empty() ? std::string_view(host_name_of(value)) : name;
}

namespace {

struct Letter {
  Field field;
  std::string_view key;
};
constexpr std::array kLetters{Letter{Field::label, "l:"}, Letter{Field::id, "i:"}, Letter{Field::uuid, "u:"},
                              Letter{Field::mac, "m:"}, Letter{Field::tcp, "t:"}};

std::string_view text_of(inventory::Cells& cells, Field field) {
  return cells.get(static_cast<std::size_t>(field));
}

using Keys = std::vector<std::pair<std::string_view, std::string_view>>;  // letters, values

// `l:web01`, so that it reads back.
std::string key_text(std::string_view letter, std::string_view value, bool last) {
  const bool keeps_colons = letter == "m:" || letter == "t:";
  return std::string(letter) + (keeps_colons ? std::string(value) : model::escaped(value, ",:%", last));
}

// Nothing is added that no address can have.
void add_key(Keys& keys, std::string_view letter, std::string_view value) {
  if (!value.empty() && model::parse_address(key_text(letter, value, true))) keys.emplace_back(letter, value);
}

// The record and no other, as far as its fields allow: a UUID is of all interfaces of a machine. The path of
// what is libvirt's own is no machine file.
Keys exact_keys(inventory::Cells& cells) {
  Keys keys;
  add_key(keys, "u:", text_of(cells, Field::uuid));
  const auto path = text_of(cells, Field::id);
  if (keys.empty()) {
    add_key(keys, "l:", text_of(cells, Field::label));
    if (!inventory::is_libvirts_own(path, text_of(cells, Field::context))) add_key(keys, "i:", path);
  }
  add_key(keys, "m:", text_of(cells, Field::mac));
  if (keys.empty()) add_key(keys, "t:", text_of(cells, Field::tcp));
  if (keys.empty()) add_key(keys, "t:", text_of(cells, Field::net_name));
  if (keys.empty()) add_key(keys, "n:", inventory::name_in_path(path));
  return keys;
}

}  // namespace

std::string address_of(const model::Request& request, inventory::Cells& cells) {
  std::string out(text_of(cells, Field::host));
  if (text_of(cells, Field::type) == "PM") return out;
  Keys keys;
  for (const auto& column : request.output.columns)
    for (const auto& [field, letter] : kLetters)
      if (field == column.field) add_key(keys, letter, text_of(cells, field));
  if (keys.empty()) keys = exact_keys(cells);
  if (keys.empty()) {
    log::write(log::Severity::warning, "inventory",
               "no address can name the record " + model::in_quotes(text_of(cells, Field::label)) + " of " +
                   text::printable(out) + ": it is left out");
    return {};
  }
  out += '[';
  for (std::size_t at = 0; at < keys.size(); ++at)
    out += (at > 0 ? "," : "") + key_text(keys[at].first, keys[at].second, at + 1 == keys.size());
  return out + ']';
}

}  // namespace ctys::action
