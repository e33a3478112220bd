// Asking the plugins.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/search.hpp"

#include "action/match.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "client/labels.hpp"
#include "plugin/find.hpp"
#include "ui/progress.hpp"

#include <algorithm>
#include <filesystem>

namespace ctys::action {
using model::Pair;
using model::Record;
namespace {

constexpr int kReadingDeadline = 10'000;  // milliseconds

int deadline_of(const model::Request& request, int otherwise) {
  return request.deadline ? static_cast<int>(std::min<long>(request.deadline->count(), INT32_MAX / 2))
                          : otherwise;
}

std::vector<std::string> addressed_bases(const model::Request& request) {
  std::vector<std::string> bases = request.enumerate.bases;
  for (const auto& address : request.machines)
    for (const auto& [key, value] : address.keys)
      if (key == "BASEPATH") bases.push_back(value);
  return bases;
}

std::vector<Pair> base_options(const model::Request& request) {
  std::vector<Pair> options;
  for (auto& base : base_folders(addressed_bases(request))) options.push_back({"BASEPATH", std::move(base)});
  return options;
}

// The plugin for a libvirt domain in a file, by the type its <domain> element names; QEMU where that says
// nothing.
std::string type_of_file(const std::filesystem::path& path) {
  constexpr std::size_t kLimit = 1U << 20;
  const auto content = path.extension() == ".xml" ? read_file(path, kLimit).value_or("") : std::string();
  const auto element = content.find("<domain");
  const auto end = content.find('>', element);
  if (element == std::string::npos || end == std::string::npos) return "QEMU";
  const auto head = std::string_view(content).substr(element, end - element);
  const auto at = head.find("type=");
  if (at == std::string_view::npos || at + 6 >= head.size()) return "QEMU";
  const auto value = head.substr(at + 6, head.find(head[at + 5], at + 6) - (at + 6));
  auto type = text::upper(value);
  return type == "KVM" || !plugin::find(type) ? "QEMU" : type;
}

// A machine file named by its path is a machine even where no search would find it.
std::optional<Record> named_file(const model::Address& address, const model::Request& request) {
  namespace fs = std::filesystem;
  for (const auto& [key, value] : address.keys) {
    const bool path_key = key == "ID" || key == "PATHNAME" || key == "WORD";
    if (!path_key || value.find('/') == std::string::npos) continue;
    const fs::path path(value);
    std::error_code error;
    if ((path.extension() != ".ctys" && path.extension() != ".xml") || !fs::is_regular_file(path, error))
      continue;
    Record record;
    record.set(Field::host, paths::host_name())
        .set(Field::type, request.types.size() == 1 ? request.types.front() : type_of_file(path))
        .set(Field::label, path.stem().string())
        .set(Field::id, fs::absolute(path, error).lexically_normal().string())
        .set(Field::state, "defined");
    return record;
  }
  return std::nullopt;
}

void append(plugin::Outcome& all, plugin::Outcome more) {
  std::move(more.records.begin(), more.records.end(), std::back_inserter(all.records));
  for (auto& failure : more.failures) {
    const bool known = std::any_of(all.failures.begin(), all.failures.end(), [&](const plugin::Failure& f) {
      return f.error.summary == failure.error.summary && f.error.where == failure.error.where;
    });
    if (!known) all.failures.push_back(std::move(failure));
  }
}

}  // namespace

std::vector<std::string> base_folders(const std::vector<std::string>& asked) {
  if (!asked.empty()) return asked;
  std::vector<std::string> folders;
  if (const auto value = paths::environment("DEFAULT_ENUM_BASE")) {
    for (const auto part : text::split(*value, ' '))
      if (!part.empty()) folders.emplace_back(part == "~" ? paths::home().string() : std::string(part));
    return folders;
  }
  return {paths::home().string(), "/etc/ctys.d", "/mntn/vmpool"};
}

std::vector<wire::Call> reading_calls(const model::Request& request, wire::Verb verb,
                                      const std::vector<Pair>& options) {
  std::vector<std::string> types = request.types;
  if (types.empty())
    for (const auto& file : plugin::find_all()) types.push_back(file.type);
  std::vector<wire::Call> calls;
  for (auto& type : types) {
    wire::Call call;
    call.verb = verb;
    call.type = std::move(type);
    call.options = options;
    call.asked_by_type = !request.types.empty();
    call.deadline_ms = deadline_of(request, kReadingDeadline);
    calls.push_back(std::move(call));
  }
  return calls;
}

plugin::Outcome ask(const model::Request& request, wire::Verb verb, const std::vector<Pair>& options) {
  ui::Progress progress(ui::terminal());
  plugin::Options how;
  how.progress = [&](std::string_view line) { progress.show(line); };
  auto outcome = plugin::collect(reading_calls(request, verb, options), how);
  const auto uri = paths::environment("LIBVIRT_DEFAULT_URI");
  if (outcome.silent && request.types.empty() && uri)
    outcome.failures.push_back({{Exit::usage,
                                 "no plugin serves LIBVIRT_DEFAULT_URI=" + text::printable(*uri),
                                 {},
                                 "unset it, or choose a type with -t; 'ctys plugins' shows which there are"},
                                paths::host_name(),
                                {}});
  return outcome;
}

void remember(const model::Request& request, const plugin::Outcome& outcome, bool every_machine) {
  // A view through another connection than the usual ones is no view of everything.
  const bool all = every_machine && request.types.empty() && outcome.failures.empty() &&
                   !paths::environment("LIBVIRT_DEFAULT_URI");
  const auto kept = client::remember_labels(outcome.records, all ? client::Seen::all : client::Seen::some);
  if (!kept) log::write(log::Severity::debug, "action", kept.error().summary + ": " + kept.error().why);
}

Found find_machines(const model::Request& request, bool may_create) {
  Needs needs;
  for (const auto& address : request.machines) {
    const auto one = needs_of(address);
    needs.guest_address |= one.guest_address;
    needs.every_mac |= one.every_mac;
    needs.files |= one.files;
  }
  std::vector<Pair> options{{"ALL", ""}};
  if (needs.guest_address) options.push_back({"ADDRESSES", ""});
  auto known = ask(request, wire::Verb::list, options);
  if (needs.every_mac) append(known, ask(request, wire::Verb::enumerate, {}));
  Found found;
  bool missing = false;
  for (const auto& address : request.machines) {
    found.targets.push_back({address, matching(address, known.records)});
    if (!found.targets.back().matches.empty() || !may_create) continue;
    if (auto file = named_file(address, request))
      found.targets.back().matches.push_back(std::move(*file));
    else
      missing = true;
  }
  if (missing) {
    auto stored = ask(request, wire::Verb::enumerate, base_options(request));
    // A broken file somewhere below the folders leaves no doubt about the machines of the others.
    for (auto& failure : stored.failures)
      if (failure.error.code == Exit::failed) found.broken_files.push_back(std::move(failure));
    std::erase_if(stored.failures, [](const plugin::Failure& f) { return f.error.code == Exit::failed; });
    append(known, std::move(stored));
    for (auto& target : found.targets)
      if (target.matches.empty()) target.matches = matching(target.address, known.records);
  }
  found.failures = std::move(known.failures);
  return found;
}

wire::Call acting_call(const model::Request& request, wire::Verb verb, const Record& machine) {
  wire::Call call;
  call.verb = verb;
  call.type = machine.get(Field::type);
  call.endpoint = machine.get(Field::context);
  call.asked_by_type = true;
  const auto add = [&](const char* key, Field field) {
    if (!machine.get(field).empty()) call.address.push_back({key, machine.get(field)});
  };
  add("UUID", Field::uuid);
  add("NAME", Field::name);
  add("LABEL", Field::label);
  add("ID", Field::id);
  if (request.deadline) call.deadline_ms = deadline_of(request, 0);
  return call;
}

}  // namespace ctys::action
