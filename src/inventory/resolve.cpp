// Which machine does an address mean, by what the inventory knows?
// SPDX-License-Identifier: GPL-3.0-or-later
#include "inventory/resolve.hpp"

#include "base/paths.hpp"
#include "base/text.hpp"
#include "inventory/compose.hpp"
#include "inventory/find.hpp"
#include "inventory/key.hpp"
#include "inventory/line.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace ctys::inventory {
using model::Address;
using model::Pair;
using model::Record;
namespace {

// Keys of an address by how few machines they can mean; the first that is given is looked up.
struct Way {
  std::string_view key;
  Kind kind;
};
constexpr std::array kWays = {Way{"UUID", Kind::uuid},   Way{"MAC", Kind::mac}, Way{"ID", Kind::id},
                              Way{"PATHNAME", Kind::id}, Way{"TCP", Kind::tcp}, Way{"LABEL", Kind::label},
                              Way{"NAME", Kind::name}};
// What a bare word is, the first of these that any machine has.
constexpr std::array kReadings = {Way{"LABEL", Kind::label}, Way{"NAME", Kind::name}, Way{"UUID", Kind::uuid},
                                  Way{"MAC", Kind::mac},     Way{"TCP", Kind::tcp},   Way{"ID", Kind::id}};

const Pair* find_key(const Address& address, std::string_view key) {
  const auto at = std::find_if(address.keys.begin(), address.keys.end(),
                               [&](const Pair& pair) { return pair.key == key; });
  return at == address.keys.end() ? nullptr : &*at;
}

// Is the path that of a connection? It is the same for all its machines, and no name of one is read from it.
bool is_path_shared(std::string_view line) {
  constexpr std::size_t kContext = 42;
  const auto path = field(line, 4);
  return !path.empty() && field(line, kContext).ends_with(path);
}

bool holds_key(const Pair& pair, std::string_view line) {
  const auto& [key, value] = pair;
  if (key == "WORD") {  // beside other keys
    const auto wanted = make_key(value);
    return wanted && holds(*wanted, line) != 0;
  }
  if (key == "FILENAME") return field(line, 4).find(recorded_text(value)) != std::string_view::npos;
  if (key == "NAME" && is_path_shared(line)) return true;  // the hypervisor knows it
  for (const auto& way : kWays) {
    if (way.key != key) continue;
    const auto wanted = make_key(way.kind, value);
    if (wanted && holds(*wanted, line) != 0) return true;
    if (way.kind != Kind::tcp) return false;
    const auto name = make_key(Kind::netname, value);
    return name && holds(*name, line) != 0;
  }
  return true;  // BASEPATH, DBRECORD: where to search is no property of a machine
}

// A record that was found by a name that is none.
bool is_guess(Kind kind, std::string_view line) {
  return kind == Kind::name && is_path_shared(line);
}

bool holds_all(const Address& address, std::string_view line) {
  return std::all_of(address.keys.begin(), address.keys.end(),
                     [&](const Pair& pair) { return holds_key(pair, line); });
}

Result<std::vector<std::string>> lines_of(const Records& view, const Key& key, Resolution& resolution) {
  auto found = TRY(find_completed(view.files, key, view.addresses));
  resolution.warnings = std::move(found.warnings);
  std::vector<std::string> lines;
  for (auto& match : found.matches) lines.push_back(std::move(match.line));
  return lines;
}

// A bare word: replaced in `address` by what it turned out to be.
Result<std::vector<std::string>> lines_of_word(const Records& view, Resolution& resolution) {
  auto& address = resolution.address;
  const auto word = std::find_if(address.keys.begin(), address.keys.end(),
                                 [](const Pair& pair) { return pair.key == "WORD"; });
  const auto key = make_key(word->value);
  if (!key) return std::vector<std::string>{};  // no record can hold what is no key
  auto found = TRY(find_completed(view.files, *key, view.addresses));
  resolution.warnings = std::move(found.warnings);
  std::vector<std::string> lines;
  for (const auto& reading : kReadings) {
    auto kinds = only(reading.kind);
    if (reading.kind == Kind::tcp) kinds |= only(Kind::netname);
    for (auto& match : found.matches)
      if ((match.kinds & kinds) != 0 && !is_guess(reading.kind, match.line))
        lines.push_back(std::move(match.line));
    if (lines.empty()) continue;
    word->key = reading.key;
    break;
  }
  return lines;
}

// DBRECORD: the number that queries show, from 1 through the files of the view.
Result<std::vector<std::string>> numbered_line(const Records& view, const std::string& number) {
  const auto wanted = text::number(number).value_or(0);
  std::uint64_t count = 0;
  std::string longer;
  for (const auto& source : view.files) {
    Reader reader(source);
    Line line;
    while (reader.next(line))
      if (++count == wanted) return std::vector{std::string(view.addresses.complete(line.text, longer))};
    TRY_VOID(reader.status());
  }
  return fail(Exit::nothing, "there is no record " + number + " in the inventory",
              "it has " + std::to_string(count) + (count == 1 ? " record" : " records"));
}

Result<std::vector<std::string>> scanned_lines(const Records& view, const Address& address) {
  std::vector<std::string> lines;
  std::string longer;
  for (const auto& source : view.files) {
    Reader reader(source);
    Line line;
    while (reader.next(line))
      if (const auto record = view.addresses.complete(line.text, longer); holds_all(address, record))
        lines.emplace_back(record);
    TRY_VOID(reader.status());
  }
  return lines;
}

Result<std::vector<std::string>> candidates(const Records& view, Resolution& resolution) {
  const auto& address = resolution.address;
  if (const auto* number = find_key(address, "DBRECORD")) return numbered_line(view, number->value);
  for (const auto& way : kWays) {
    const auto* pair = find_key(address, way.key);
    if (pair == nullptr) continue;
    const auto key = make_key(way.kind, pair->value);
    if (!key) return std::vector<std::string>{};
    auto lines = TRY(lines_of(view, *key, resolution));
    const auto name = make_key(Kind::netname, pair->value);
    std::erase_if(lines, [&](const std::string& line) { return is_guess(way.kind, line); });
    if (lines.empty() && way.kind == Kind::tcp && name) return lines_of(view, *name, resolution);
    return lines;
  }
  if (find_key(address, "WORD") != nullptr) return lines_of_word(view, resolution);
  if (find_key(address, "FILENAME") != nullptr) return scanned_lines(view, address);
  return std::vector<std::string>{};
}

bool is_machine(const Record& record, std::span<const std::string> types) {
  const auto& type = record.get(Field::type);
  // PM, and VM when it is a guest: records that hosts keep of themselves.
  if (text::equal_ci(type, "PM") || text::equal_ci(type, "VM") || record.get(Field::category) == "PMs")
    return false;
  return types.empty() || std::any_of(types.begin(), types.end(), [&](const std::string& wanted) {
           return may_be_of_type(record, wanted);
         });
}

bool same_machine(const Record& a, const Record& b) {
  if (!paths::same_host(a.get(Field::host), b.get(Field::host))) return false;
  if (!b.get(Field::type).empty() && !may_be_of_type(a, b.get(Field::type))) return false;
  const bool by_uuid = !a.get(Field::uuid).empty() && !b.get(Field::uuid).empty();
  if (by_uuid) return is_same(a.get(Field::uuid), b.get(Field::uuid));
  // A record that was entered by hand may say less.
  const bool agrees =
      a.get(Field::id).empty() || b.get(Field::id).empty() || a.get(Field::id) == b.get(Field::id);
  return agrees && a.get(Field::label) == b.get(Field::label);
}

struct Machine {
  Record record;
  std::vector<std::string> macs;
};

bool has_mac(const Machine& machine, std::string_view mac) {
  const auto folded = [](std::string_view text) {
    std::string scratch;
    return std::string(fold(text, scratch));
  };
  return std::any_of(machine.macs.begin(), machine.macs.end(),
                     [&](const std::string& known) { return folded(known) == folded(mac); });
}

// Records with a UUID come first. One that was entered by hand without one belongs to the machine of its
// label unless its MAC address is none of that.
void add_once(std::vector<Machine>& machines, Record record) {
  const auto& mac = record.get(Field::mac);
  const bool is_bare = record.get(Field::uuid).empty();
  const auto known = std::find_if(machines.begin(), machines.end(), [&](const Machine& machine) {
    if (!same_machine(machine.record, record)) return false;
    const bool is_proven = !is_bare || machine.record.get(Field::uuid).empty();
    return is_proven || mac.empty() || machine.macs.empty() || has_mac(machine, mac);
  });
  const std::vector<std::string> macs(mac.empty() ? 0 : 1, mac);
  if (known == machines.end())
    machines.push_back({std::move(record), macs});
  else
    known->macs.insert(known->macs.end(), macs.begin(), macs.end());
}

// "web01 (QEMU on lab01)", as the inventory has it
std::string described(std::string_view line) {
  const auto type = text::printable(field(line, 2));
  return "by the inventory, " + text::printable(field(line, 3)) + " (" + type + (type.empty() ? "" : " ") +
         "on " + text::printable(field(line, 1)) + ')';
}

// "... has MAC 52:54:..., not 52:55:...": the first key that does not fit.
std::string conflict_of(const Address& address, std::string_view line) {
  for (const auto& pair : address.keys) {
    if (holds_key(pair, line)) continue;
    const auto value = "'" + text::printable(pair.value) + "'";
    if (pair.key == "WORD") return described(line) + " is not " + value;
    const auto* way =
        std::find_if(kWays.begin(), kWays.end(), [&](const Way& w) { return w.key == pair.key; });
    const auto has = way == kWays.end() ? field(line, 4) : value_of(way->kind, line);
    return described(line) + " has " + pair.key + " '" + text::printable(has) + "', not " + value;
  }
  return {};
}

}  // namespace

bool may_be_of_type(const Record& record, std::string_view type) {
  const auto& recorded = record.get(Field::type);
  return recorded.empty() || text::equal_ci(recorded, type);
}

Result<Resolution> resolve(const Records& view, const Address& address, std::string_view host,
                           std::span<const std::string> types) {
  Resolution resolution;
  resolution.address = address;
  auto lines = TRY(candidates(view, resolution));
  std::stable_partition(lines.begin(), lines.end(),
                        [](const std::string& line) { return !value_of(Kind::uuid, line).empty(); });
  std::vector<Machine> here;
  std::vector<Machine> away;
  for (const auto& line : lines) {
    auto record = record_of(line);
    if (!is_machine(record, types)) {
      if (find_key(address, "DBRECORD") != nullptr)
        resolution.conflict =
            described(line) + " is " +
            (is_machine(record, {}) ? "of another type" : "no machine, but a host's own record");
      continue;
    }
    if (!holds_all(resolution.address, line)) {
      if (resolution.conflict.empty()) resolution.conflict = conflict_of(resolution.address, line);
      continue;
    }
    auto& machines = paths::same_host(record.get(Field::host), host) ? here : away;
    add_once(machines, std::move(record));
  }
  if (here.empty() && away.empty()) {
    resolution.address = address;
    return resolution;
  }
  resolution.conflict.clear();
  resolution.verdict = here.empty() ? Verdict::elsewhere : here.size() == 1 ? Verdict::one : Verdict::several;
  for (auto& machine : here.empty() ? away : here) {
    std::move(machine.macs.begin(), machine.macs.end(), std::back_inserter(resolution.macs));
    resolution.machines.push_back(std::move(machine.record));
  }
  return resolution;
}

}  // namespace ctys::inventory
