// Which machine does an address mean?
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/match.hpp"

#include "action/acting.hpp"
#include "action/machine_file.hpp"
#include "action/remedies.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "inventory/compose.hpp"
#include "inventory/key.hpp"
#include "model/remedy.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace ctys::action {
using model::Record;
namespace {

bool all_of(std::string_view s, std::string_view allowed) {
  return !s.empty() && s.find_first_not_of(allowed) == std::string_view::npos;
}
bool like_mac(std::string_view s) {
  return s.size() == 17 && all_of(s, "0123456789abcdefABCDEF:-");
}
bool like_address(std::string_view s) {
  s = s.substr(0, s.find('%'));  // without the zone
  return all_of(s, "0123456789.") ||
         (s.find(':') != std::string_view::npos && all_of(s, "0123456789abcdefABCDEF:."));
}

// The address with its bare word read as `key`.
bool holds_all(const Record& record, const model::Address& address, std::string_view word_key) {
  return std::all_of(address.keys.begin(), address.keys.end(), [&](const model::Pair& pair) {
    return holds(record, pair.key == "WORD" ? word_key : std::string_view(pair.key), pair.value);
  });
}

// Of machines that a record has under one name, those that are called just so are meant where there are any.
void prefer_exact(std::vector<Record>& found, const model::Address& address, std::string_view word_key) {
  const auto is_exact = [&](const Record& record) {
    return std::all_of(address.keys.begin(), address.keys.end(), [&](const model::Pair& pair) {
      const auto key = pair.key == "WORD" ? word_key : std::string_view(pair.key);
      if (key == "LABEL") return record.get(Field::label) == pair.value;
      if (key == "NAME") return record.get(Field::name) == pair.value;
      return (key != "ID" && key != "PATHNAME") || record.get(Field::id) == pair.value;
    });
  };
  if (std::any_of(found.begin(), found.end(), is_exact))
    std::erase_if(found, [&](const Record& record) { return !is_exact(record); });
}

std::string described(const Record& record) {
  std::string line = record.get(Field::label) + " (" + record.get(Field::type);
  if (!record.get(Field::host).empty()) line += " on " + record.get(Field::host);
  for (const auto field : {Field::uuid, Field::context, Field::state, Field::id})
    if (!record.get(field).empty()) line += ", " + record.get(field);
  return text::printable(line + ")");
}

// What --on calls the host of a machine.
std::string host_word(const Record& record) {
  const auto& host = record.get(Field::host);
  return host == paths::host_name() ? "localhost" : text::printable(host);
}

bool all_differ(std::span<const Record> records, Field field) {
  std::set<std::string_view> seen;
  return std::all_of(records.begin(), records.end(), [&](const Record& record) {
    return !record.get(field).empty() && seen.insert(record.get(field)).second;
  });
}

bool all_agree(std::span<const Record> records, Field field) {
  return std::all_of(records.begin(), records.end(),
                     [&](const Record& record) { return record.get(field) == records.front().get(field); });
}

// What has to be written to mean one of several machines.
std::string way_to_tell(std::span<const Record> matches) {
  const auto& first = matches.front();
  const std::string uuid =
      all_differ(matches, Field::uuid) ? "uuid:" + text::printable(first.get(Field::uuid)) : std::string();
  if (!all_agree(matches, Field::host)) {
    // A host that has one of them only leaves no doubt.
    const auto alone = std::find_if(matches.begin(), matches.end(), [&](const Record& one) {
      return std::count_if(matches.begin(), matches.end(), [&](const Record& other) {
               return one.get(Field::host) == other.get(Field::host);
             }) == 1;
    });
    const auto& meant = alone == matches.end() ? first : *alone;
    return "name the host: --on " + host_word(meant) + (uuid.empty() ? "" : ", or the UUID: " + uuid);
  }
  if (!uuid.empty()) return "name one by its UUID: " + uuid;
  if (!all_agree(matches, Field::type)) return "name the type: -t " + text::printable(first.get(Field::type));
  if (all_differ(matches, Field::context))
    return "name the connection: LIBVIRT_DEFAULT_URI=" + text::printable(first.get(Field::context));
  return "name one by its path (id:...)";
}

// Where a source is that failed.
std::string place_of(const plugin::Failure& failure) {
  const auto& where = failure.error.where;
  if (failure.host.empty() || where.starts_with(failure.host)) return where;
  return where.empty() ? failure.host : failure.host + ", " + where;
}

// Several hosts did not answer, of which the error tells one: each of them may have the machine.
void tell_others(std::span<const plugin::Failure> unseen, Error& error) {
  constexpr std::size_t kMost = 8;
  const auto& first = unseen.front();
  std::vector<std::string> alike{first.host};  // what is to be done there is the same
  std::size_t more = 0;
  for (const auto& other : unseen.subspan(1)) {
    if (!other.no_answer || !other.type.empty() || other.host == first.host) continue;
    const auto& cause = other.error;
    if (cause.fix == first.error.fix) alike.push_back(other.host);
    if (++more >= kMost) continue;
    const bool same = cause.summary == first.error.summary && cause.why == first.error.why;
    if (same)
      error.where += "; " + place_of(other);
    else
      error.why +=
          "; " + place_of(other) + ": " + cause.summary + (cause.why.empty() ? "" : ": " + cause.why);
  }
  if (alike.size() > 1) error.fix = with_each_host(first.error.fix, std::move(alike));
  if (more >= kMost) error.where += "; and " + std::to_string(more + 1 - kMost) + " more";
}

// A daemon that died leaves its socket, and its machines running.
bool is_dead_daemon(const Error& error) {
  return error.why.find("Connection refused") != std::string::npos;
}

// Only files have the machine, which would be defined where nobody answers: there it may well be stored, as
// something else.
bool hides(const plugin::Failure& failure, std::span<const Record> matches) {
  return failure.error.code == Exit::unreachable && !matches.empty() &&
         std::all_of(matches.begin(), matches.end(), [&](const Record& match) {
           return match.get(Field::state) == "defined" && match.get(Field::type) == failure.type &&
                  failure.error.where.ends_with(match.get(Field::context));
         });
}

// Where a machine was found, nothing runs where nothing can be reached, or nothing is there to reach it by.
// But a source that hangs or broke could know another machine, and so could every other host that was not
// seen whole.
bool leaves_doubt(const plugin::Failure& failure, const Record& found) {
  const auto& error = failure.error;
  if (keeps_another_host_unseen(failure, found)) return true;
  if (error.absent || error.no_plugin || error.code == Exit::usage) return false;
  return is_dead_daemon(error) || error.code != Exit::unreachable;
}

// A machine was found, and `failure` leaves it open whether there is another one.
tl::unexpected<Error> uncertain(const std::string& what, const plugin::Failure& failure, std::string fix) {
  Error error{Exit::refused, "cannot tell whether '" + what + "' is the only one, nothing was done",
              failure.error.summary + (failure.error.why.empty() ? "" : ": " + failure.error.why),
              std::move(fix), place_of(failure)};
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace

bool holds(const Record& record, std::string_view key, std::string_view value) {
  if (key == "LABEL") return inventory::recorded_alike(record.get(Field::label), value);
  if (key == "NAME") return inventory::recorded_alike(record.get(Field::name), value);
  if (key == "UUID") return !value.empty() && inventory::is_same(record.get(Field::uuid), value);
  if (key == "MAC") return !value.empty() && inventory::is_same(record.get(Field::mac), value);
  if (key == "TCP") return !value.empty() && inventory::is_same(record.get(Field::tcp), value);
  if (key == "ID" || key == "PATHNAME")
    return !value.empty() && inventory::recorded_alike(record.get(Field::id), value);
  if (key == "FILENAME")
    return !value.empty() &&
           inventory::recorded_text(record.get(Field::id)).find(inventory::recorded_text(value)) !=
               std::string::npos;
  // Where to search is no property of a machine.
  return key == "BASEPATH";
}

void add_once(std::vector<Record>& found, const Record& record) {
  const bool known = std::any_of(found.begin(), found.end(),
                                 [&](const Record& other) { return same_machine(other, record); });
  if (!known) found.push_back(record);
}

bool in_scope(const model::Scope& scope, const Record& record) {
  const auto has = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (scope.all || (scope.users.empty() && scope.groups.empty())) return true;
  return has(scope.users, record.get(Field::user)) || has(scope.groups, record.get(Field::group));
}

bool keeps_another_host_unseen(const plugin::Failure& failure, const Record& machine) {
  // A host that does not answer is something else than one that says that nothing can run there.
  if (failure.no_answer && failure.type.empty()) return true;
  return !failure.error.absent && !failure.host.empty() && failure.host != machine.get(Field::host);
}

Needs needs_of(const model::Address& address) {
  Needs needs;
  for (const auto& [key, value] : address.keys) {
    const bool word = key == "WORD";
    needs.guest_address |= key == "TCP" || (word && like_address(value));
    needs.every_mac |= key == "MAC" || (word && like_mac(value));
    needs.files |= key == "FILENAME" || key == "BASEPATH" || key == "PATHNAME" ||
                   ((key == "ID" || word) && value.find('/') != std::string::npos);
  }
  return needs;
}

bool same_machine(const Record& a, const Record& b) {
  for (const auto field : {Field::host, Field::type, Field::context})
    if (a.get(field) != b.get(field)) return false;
  const auto identity = a.get(Field::uuid).empty() || b.get(Field::uuid).empty() ? Field::id : Field::uuid;
  return a.get(identity) == b.get(identity);
}

std::vector<Record> matching(const model::Address& address, std::span<const Record> candidates) {
  constexpr std::array<std::string_view, 6> kReadings{"LABEL", "NAME", "UUID", "MAC", "TCP", "ID"};
  std::vector<Record> found;
  for (const auto reading : kReadings) {
    for (const auto& record : candidates)
      if (holds_all(record, address, reading)) add_once(found, record);
    prefer_exact(found, address, reading);
    const bool has_word = std::any_of(address.keys.begin(), address.keys.end(),
                                      [](const model::Pair& pair) { return pair.key == "WORD"; });
    if (!found.empty() || !has_word) break;
  }
  return found;
}

std::optional<plugin::Failure> told_twice(std::span<const Record> machines) {
  std::map<std::string_view, const Record*> known;
  for (const auto& machine : machines) {
    const auto& uuid = machine.get(Field::uuid);
    if (uuid.empty() || is_off(machine.get(Field::state))) continue;
    const auto& other = *known.try_emplace(uuid, &machine).first->second;
    if (other.get(Field::host) == machine.get(Field::host)) continue;
    const auto name = [](const Record& record, Field field) { return text::printable(record.get(field)); };
    return plugin::Failure{
        {Exit::refused,
         "'" + name(machine, Field::label) + "' may be one machine on " + name(other, Field::host) +
             " and on " + name(machine, Field::host) + ", nothing was done",
         "both tell of the UUID " + name(machine, Field::uuid) + ", as two names of one host do",
         "name each host once, or call ctys once for each"},
        {},
        {}};
  }
  return std::nullopt;
}

plugin::Failure no_machine(const model::Address& address, std::string_view kind) {
  return {{Exit::nothing,
           "there is no " + std::string(kind) + " '" + text::printable(address.text).substr(0, 200) + "'",
           {},
           "see what there is: ctys list --all"},
          {},
          {}};
}

bool leave_machines_unseen(std::span<const plugin::Failure> failures) {
  return std::any_of(failures.begin(), failures.end(), [](const plugin::Failure& failure) {
    const auto& error = failure.error;
    return failure.no_answer || error.no_plugin || (error.code != Exit::failed && !error.absent);
  });
}

Result<Record> the_one(const model::Address& address, std::vector<Record> matches,
                       std::span<const plugin::Failure> failures) {
  const std::string what = text::printable(address.text).substr(0, 200);
  if (std::any_of(failures.begin(), failures.end(), plugin::is_interrupted))
    return fail(Exit::failed, "interrupted, nothing was done", {}, "run the command again");
  // Who wrote a path means that file.
  const bool by_path = std::any_of(address.keys.begin(), address.keys.end(), names_path);
  const auto unseen = std::find_if(failures.begin(), failures.end(), [&](const plugin::Failure& failure) {
    return matches.empty() || (!by_path && hides(failure, matches));
  });
  if (unseen != failures.end()) {
    // One message: what kept it from being found is why it was not.
    const auto& cause = unseen->error;
    Error error = cause;
    error.summary = "cannot find machine '" + what + "'";
    error.why = cause.summary + (cause.why.empty() ? "" : ": " + cause.why);
    error.fix = model::with_host(cause.fix, unseen->host);
    error.where = place_of(*unseen);
    tell_others(std::span(&*unseen, static_cast<std::size_t>(failures.end() - unseen)), error);
    return tl::unexpected<Error>(std::move(error));
  }
  if (matches.empty())
    return fail(Exit::nothing, "there is no machine '" + what + "'", {},
                "see what there is: ctys list --all");
  if (matches.size() > 1) {
    std::string list;
    for (const auto& record : matches) list += "\n    " + described(record);
    return fail(Exit::refused, "'" + what + "' is ambiguous, nothing was done",
                std::to_string(matches.size()) + " machines match:" + list, way_to_tell(matches));
  }
  const auto& found = matches.front();
  const auto& uuid = found.get(Field::uuid);
  const std::string or_uuid = uuid.empty() ? "" : ", or name the UUID: uuid:" + text::printable(uuid);
  const bool by_uuid = std::any_of(address.keys.begin(), address.keys.end(),
                                   [](const model::Pair& pair) { return pair.key == "UUID"; });
  for (const auto& failure : failures) {
    if (by_uuid || !leaves_doubt(failure, found)) continue;
    if (keeps_another_host_unseen(failure, found))
      return uncertain(what, failure, "name the host: --on " + host_word(found) + or_uuid);
    if (is_dead_daemon(failure.error)) return uncertain(what, failure, failure.error.fix + or_uuid);
    return uncertain(what, failure, "name the type: -t " + text::printable(found.get(Field::type)) + or_uuid);
  }
  return std::move(matches.front());
}

}  // namespace ctys::action
