// LIST: sessions that run, and what ctys started beside them. ISACTIVE and GETCLIENTPORT ask the same.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/acting.hpp"
#include "action/actions.hpp"
#include "action/answer.hpp"
#include "action/finish.hpp"
#include "action/known.hpp"
#include "action/match.hpp"
#include "action/plan.hpp"
#include "action/remembered.hpp"
#include "action/search.hpp"
#include "base/file.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "client/registry.hpp"
#include "ui/render.hpp"
#include "ui/select.hpp"
#include "ui/terminal.hpp"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>

namespace ctys::action {
using model::Pair;
using model::Record;
namespace {

// `interfaces`: stored records, where the MAC address of any interface may count.
bool means(const model::Address& address, const Record& record, std::span<const Record> interfaces) {
  return !matching(address, std::span(&record, 1)).empty() ||
         std::any_of(interfaces.begin(), interfaces.end(), [&](const Record& interface) {
           return same_machine(interface, record) && !matching(address, std::span(&interface, 1)).empty();
         });
}

bool wanted(const model::Request& request, const Record& record, std::span<const Record> interfaces) {
  const auto& part = record.get(Field::cs_type);
  if (part == "C" ? !request.list.clients : part == "T" ? !request.list.tunnels : !request.list.servers)
    return false;
  if (!in_scope(request.scope, record)) return false;
  return request.machines.empty() ||
         std::any_of(request.machines.begin(), request.machines.end(),
                     [&](const model::Address& a) { return means(a, record, interfaces); });
}

// Whether what is shown depends on a field: some cost the hypervisor or a guest a question.
bool needs(const model::Output& output, Field field) {
  const auto format = ui::format_of(model::Layout::list, output, ui::terminal());
  const bool is_table = format == model::Format::table || format == model::Format::tab_tcp;
  const bool by_default = !is_table || field != Field::hyper_rel_run;
  return (output.columns.empty() && by_default) || output.sort.field == field ||
         std::any_of(output.columns.begin(), output.columns.end(),
                     [&](const auto& column) { return column.field == field; }) ||
         std::any_of(output.filters.begin(), output.filters.end(),
                     [&](const auto& filter) { return filter.field.value_or(field) == field; });
}

bool needs_addresses(const model::Request& request) {
  return needs(request.output, Field::tcp) || needs(request.output, Field::address_source) ||
         std::any_of(request.machines.begin(), request.machines.end(),
                     [](const model::Address& a) { return needs_of(a).guest_address; });
}

bool needs_interfaces(const model::Request& request) {
  return std::any_of(request.machines.begin(), request.machines.end(),
                     [](const model::Address& a) { return needs_of(a).every_mac; });
}

void add_clients(plugin::Outcome& outcome, const model::Request& request) {
  auto clients = client::clients();
  if (!clients) {
    outcome.failures.push_back({std::move(clients).error(), paths::host_name(), {}});
    return;
  }
  for (auto& client : *clients) {
    const auto& types = request.types;
    // Whoever asks other hosts only wants what he has open there.
    const auto& host = client.record.get(Field::host);
    const auto& targets = request.where.targets;
    if (!asks_here(request) &&
        std::none_of(targets.begin(), targets.end(), [&](const auto& target) { return target.name == host; }))
      continue;
    const bool of_type =
        types.empty() || std::find(types.begin(), types.end(), client.record.get(Field::type)) != types.end();
    if (of_type) outcome.records.push_back(std::move(client.record));
  }
}

// The fixed lines of the two helpers, which scripts read.
Exit print_lines(const std::string& lines, std::vector<plugin::Failure> failures,
                 const model::Request& request) {
  set_beside_answers(failures, request, !lines.empty());
  const std::string message =
      request.message.empty() ? std::string() : text::printable(request.message) + "\n";
  Exit status = print(message + lines) ? Exit::ok : Exit::failed;
  for (const auto& error : ui::fold(failures)) status = worse(status, finish(error, request));
  return status;
}

// A plugin that cannot be loaded is no failure where another one has the machine.
plugin::Outcome planned_look(const model::Request& request, std::string_view question) {
  auto plan = planned_questions(request, question, wire::Verb::list);
  std::erase_if(plan.failures, [](const plugin::Failure& failure) { return failure.error.no_plugin; });
  return plan;
}

Error missing(const Target& target) {
  auto error = the_one(target.address, {}, {}).error();
  explain_missing(target.known, error);
  return error;
}

bool add_once(std::vector<std::string>& texts, const std::string& text) {
  const bool is_new = std::find(texts.begin(), texts.end(), text) == texts.end();
  if (is_new) texts.push_back(text);
  return is_new;
}

// That a machine of another host does not run here is an answer, but hardly to the question that was meant:
// the line says no, and this says who was not asked.
void tell_unasked(const Target& target) {
  auto error = missing(target);
  error.summary += " on this host";
  if (const auto& elsewhere = target.known.elsewhere;
      !elsewhere.empty() && !elsewhere.front().get(Field::host).empty()) {
    const auto& machine = elsewhere.front();
    const auto& uuid = machine.get(Field::uuid);
    error.why = "no other host was asked; " + error.why;
    error.fix =
        "ask there: ctys isactive " +
        text::printable(uuid.empty() || elsewhere.size() > 1 ? machine.get(Field::label) : "uuid:" + uuid) +
        " --on " + text::printable(machine.get(Field::host));
  }
  (void)write_all(STDERR_FILENO, ui::describe(error, ui::terminal()));
}

}  // namespace

Exit list(const model::Request& given) {
  const auto named = without_numbers(given);
  if (!named) return finish(named.error(), given);
  const auto& request = *named;
  plugin::Outcome outcome;
  auto asked = request;  // those that the inventory does not answer for
  std::string note;
  const bool asks = answer_from_inventory(outcome, asked, note);
  if (request.plan)
    return finish(model::Layout::result,
                  asks ? planned_questions(asked, "sessions", wire::Verb::list) : plugin::Outcome(), request);
  std::vector<Pair> options;
  if (request.list.inactive) options.push_back({"ALL", ""});
  if (needs_addresses(request)) options.push_back({"ADDRESSES", ""});
  if (needs(request.output, Field::hyper_rel_run)) options.push_back({"RELEASE", ""});
  std::vector<Pair> there;
  if (request.list.clients) there.push_back({std::string(kClients), ""});
  std::vector<Record> interfaces;
  if (asks) {
    tell_if_unusable(asked);
    if (needs_interfaces(asked)) interfaces = ask(asked, wire::Verb::enumerate, {}).records;
    plugin::Outcome answer;
    if (request.list.servers || asks_elsewhere(asked)) answer = ask(asked, wire::Verb::list, options, there);
    if (request.list.clients) add_clients(answer, asked);
    remember(asked, answer, request.list.inactive && request.list.servers);
    // Formats for programs have no room for what is not known for sure.
    if (ui::shows_failures(model::Layout::list, request.output, ui::terminal()))
      add_silent_hosts(answer, asked);
    std::move(answer.records.begin(), answer.records.end(), std::back_inserter(outcome.records));
    std::move(answer.failures.begin(), answer.failures.end(), std::back_inserter(outcome.failures));
  }
  std::erase_if(outcome.records, [&](const Record& record) { return !wanted(request, record, interfaces); });
  const bool unseen = leave_machines_unseen(outcome.failures);  // then they are all that is known
  for (const auto& address : request.machines)
    if (!unseen && std::none_of(outcome.records.begin(), outcome.records.end(),
                                [&](const Record& record) { return means(address, record, interfaces); }))
      outcome.failures.push_back(no_machine(address, request.list.inactive ? "machine" : "running machine"));
  // Tables and JSON have their age in each row.
  if (!note.empty() && !ui::shows_failures(model::Layout::list, request.output, ui::terminal()))
    (void)write_all(STDERR_FILENO, "ctys: " + note + "\n");
  return finish(model::Layout::list, outcome, request);
}

namespace {

std::string answer_name(const Record& machine) {
  const auto& id = machine.get(Field::id);
  return "ISACTIVE(" + machine.get(Field::type) + "," +
         text::printable(id.empty() ? machine.get(Field::label) : id) + ")";
}

// Would the lines of two machines of one host be about the same? An ID is the path of a file, and several
// machines may have one.
bool sound_alike(std::span<const Record> machines) {
  std::set<std::string> names;
  return std::any_of(machines.begin(), machines.end(), [&](const Record& machine) {
    return !names.insert(machine.get(Field::host) + ' ' + answer_name(machine)).second;
  });
}

}  // namespace

Exit is_active(const model::Request& request) {
  if (request.plan) return finish(model::Layout::result, planned_look(request, "its state"), request);
  auto looked = find_machines(request, false, Purpose::reading);
  if (!looked) return finish(looked.error(), request);
  auto& found = *looked;
  set_unloaded_aside(request, found);
  plugin::Outcome outcome{{}, found.failures};
  const bool is_json = request.output.format == model::Format::json;
  std::string lines;
  std::vector<std::string> absent;  // each once, as the machines are, by however many addresses
  std::vector<Record> told;
  for (const auto& target : found.targets) {
    if (target.matches.empty() && !add_once(absent, target.address.text)) continue;
    if (target.matches.empty() && target.known.contradicted) {
      outcome.failures.push_back({*target.known.contradicted, {}, {}});
      continue;
    }
    // Whoever could not be asked may know it: then there is no answer, but the failure.
    if (target.matches.empty() && found.failures.empty()) {
      lines += "ISACTIVE(," + text::printable(target.address.text) + ")=0\n";
      if (is_json)
        outcome.failures.push_back({missing(target), {}, {}});
      else if (!target.known.hint.empty())
        tell_unasked(target);
    }
    if (!is_json && !request.allow_ambiguous && sound_alike(target.matches)) {
      outcome.failures.push_back({the_one(target.address, target.matches, {}).error(), {}, {}});
      continue;
    }
    for (const auto& match : target.matches) {
      const auto before = told.size();
      add_once(told, match);
      if (told.size() == before) continue;
      if (auto error = mistaken(target, match)) {
        outcome.failures.push_back(failure_of(match, *std::move(error)));
        continue;
      }
      const auto& state = match.get(Field::state);
      const bool active = state != "stopped" && state != "saved" && state != "defined" && !state.empty();
      lines += answer_name(match) + "=" + (active ? "1" : "0") + "\n";
      auto record = match;
      outcome.records.push_back(record.set(Field::result, active ? "active" : "inactive"));
    }
  }
  if (is_json) return finish(model::Layout::result, outcome, request);
  return print_lines(lines, outcome.failures, request);
}

Exit client_port(const model::Request& request) {
  if (request.plan) return finish(model::Layout::result, planned_look(request, "its port"), request);
  auto looked = find_machines(request, false, Purpose::reading);
  if (!looked) return finish(looked.error(), request);
  auto& found = *looked;
  set_unloaded_aside(request, found);
  plugin::Outcome outcome{{}, found.failures};
  std::string lines;
  for (const auto& target : found.targets) {
    auto machine = the_one(target.address, target.matches, found.failures);
    if (machine)
      if (auto error = mistaken(target, *machine)) machine = tl::unexpected<Error>(*std::move(error));
    if (!machine) {
      if (target.matches.empty()) explain_missing(target.known, machine.error());
      outcome.failures.push_back({std::move(machine).error(), {}, {}});
      continue;
    }
    const auto& port = machine->get(Field::client_port);
    lines += "CLIENTPORT(" + machine->get(Field::type) + "," + machine->get(Field::host) + "," +
             text::printable(machine->get(Field::label)) + ")=" + (port.empty() ? "NO-CPORT" : port) + "\n";
    outcome.records.push_back(std::move(*machine));
  }
  // Why one could not be found is told with that machine.
  const bool told = std::any_of(found.targets.begin(), found.targets.end(),
                                [](const Target& target) { return target.matches.empty(); });
  if (told && !found.failures.empty()) outcome.failures.erase(outcome.failures.begin());
  if (request.output.format == model::Format::json) return finish(model::Layout::list, outcome, request);
  return print_lines(lines, outcome.failures, request);
}

}  // namespace ctys::action
