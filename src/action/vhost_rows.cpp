// Rows of an answer from the inventory: keeping them, and the text of their columns.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/vhost.hpp"
#include "base/text.hpp"
#include "model/lexer.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>

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
  if (field == Field::index) return into = std::to_string(row.number);
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

std::string address_of(const model::Request& request, inventory::Cells& cells) {
  struct Letter {
    Field field;
    std::string_view key;
  };
  constexpr std::array kLetters{Letter{Field::label, "l:"}, Letter{Field::id, "i:"},
                                Letter{Field::uuid, "u:"}, Letter{Field::mac, "m:"},
                                Letter{Field::tcp, "t:"}};
  std::string out(cells.get(static_cast<std::size_t>(Field::host)));
  if (cells.get(static_cast<std::size_t>(Field::type)) == "PM") return out;
  std::string keys;
  const auto add = [&](const Letter& letter) {
    const auto value = cells.get(static_cast<std::size_t>(letter.field));
    if (value.empty()) return;
    keys.append(keys.empty() ? "" : ",").append(letter.key).append(model::escaped(value, ",", false));
  };
  for (const auto& column : request.output.columns)
    for (const auto& letter : kLetters)
      if (letter.field == column.field) add(letter);
  if (keys.empty()) add(kLetters[1]);
  return out + '[' + keys + ']';
}

}  // namespace ctys::action
