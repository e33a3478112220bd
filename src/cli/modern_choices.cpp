// Options of the modern grammar that do not go together.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/modern_options.hpp"

#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

namespace ctys::cli {
namespace {

using model::Action;
using model::CancelMethod;
using model::Console;
using model::CreateMode;
using model::Format;

// Two options of which the line may have one.
struct Conflict {
  Opt one{};
  Opt other{};
  std::string_view why;  // empty: it is plain
};

constexpr std::array kConflicts{
    Conflict{Opt::wait, Opt::no_wait, {}},
    Conflict{Opt::boot, Opt::kernel, {}},
    Conflict{Opt::user, Opt::all_users, {}},
    Conflict{Opt::self, Opt::no_wait, "this host is ended once no machine runs on it any more"},
    Conflict{Opt::client, Opt::method, "clients have no power to switch"},
    Conflict{Opt::client, Opt::force, "clients have no power to switch"},
    Conflict{Opt::client, Opt::delay, "clients are closed at once"},
    Conflict{Opt::client, Opt::no_wait, "clients are closed at once"},
    Conflict{Opt::format, Opt::quick_tab, {}},
    Conflict{Opt::format, Opt::quick_list, {}},
    Conflict{Opt::json, Opt::quick_tab, {}},
    Conflict{Opt::json, Opt::quick_list, {}},
    Conflict{Opt::quick_tab, Opt::quick_list, {}},
    Conflict{Opt::yes, Opt::plan, {}},
    Conflict{Opt::list_copies, Opt::remove_copies, {}},
    Conflict{Opt::fresh, Opt::cached, {}},
    Conflict{Opt::fresh, Opt::max_age, {}},
    Conflict{Opt::cached, Opt::max_age, "nobody is asked, whatever the age"},
};

std::string name_of(Opt id, const ModernLine& line) {
  for (const auto* options : {&line.options, &line.implied})
    if (const auto* given = find(*options, id)) return "--" + std::string(given->option->name);
  return {};
}

tl::unexpected<Error> exclude(const std::string& one, const std::string& other, std::string_view why) {
  return fail(Exit::usage, in_quotes(one) + " and " + in_quotes(other) + " exclude each other",
              std::string(why), "leave out one of them");
}

Result<void> check_pairs(const ModernLine& line) {
  for (const auto& [id, other, why] : kConflicts) {
    const auto one = name_of(id, line);
    const auto two = name_of(other, line);
    const bool by_alias = find(line.options, id) == nullptr && find(line.options, other) == nullptr;
    if (!one.empty() && !two.empty() && !by_alias) return exclude(one, two, why);
  }
  return {};
}

// The first of `ids` that the line itself has.
const GivenOption* first_of(const ModernLine& line, std::initializer_list<Opt> ids) {
  for (const auto id : ids)
    if (const auto* given = find(line.options, id)) return given;
  return nullptr;
}

Result<void> check_create(const model::Request& request, const ModernLine& line) {
  const auto& create = request.create;
  if (create.boot_mode != "KERNEL" && (!create.initrd.empty() || !create.append.empty()))
    return fail(Exit::usage, "'--initrd' and '--append' need a kernel", {}, "add --kernel FILE");
  if (create.mode == CreateMode::connect || create.mode == CreateMode::resume)
    if (const auto* boot = first_of(line, {Opt::boot, Opt::kernel}))
      return exclude("--" + std::string(boot->option->name),
                     create.mode == CreateMode::connect ? "--connect" : "--resume",
                     "a machine that goes on is not booted");
  const auto needs = [&](const GivenOption* option, std::string_view what) -> Result<void> {
    if (option == nullptr) return {};
    return fail(Exit::usage, "'--" + std::string(option->option->name) + "' has no effect",
                "there is no " + std::string(what), "leave it out, or choose another --console");
  };
  if (create.console == Console::none)
    return needs(first_of(line, {Opt::escape, Opt::geometry, Opt::display}), "console to open");
  if (create.console == Console::cli)
    return needs(first_of(line, {Opt::geometry, Opt::display}), "window with --console cli");
  if (create.console == Console::vnc)
    return needs(first_of(line, {Opt::escape}), "text console with --console vnc");
  return {};
}

Result<void> check_cancel(const model::Request& request, const ModernLine& line) {
  const auto& cancel = request.cancel;
  if (!cancel.all && find(line.options, Opt::all_users) != nullptr)
    return fail(Exit::usage, "'--all-users' has no effect", "it belongs to --all",
                "add --all, or leave it out");
  const auto method = cancel.method;
  if (cancel.force && (method == CancelMethod::reboot || method == CancelMethod::init))
    return fail(Exit::usage, "'--force' has no effect", "only the guest's own system can do that",
                "leave it out, or have the hypervisor restart the machine: --method reset");
  const bool keeps_state = method == CancelMethod::pause || method == CancelMethod::suspend;
  if (cancel.force && keeps_state)
    return fail(Exit::usage, "'--force' has no effect", "the machine is not switched off",
                "leave it out, or switch it off: ctys kill");
  if (cancel.force && cancel.delay)
    return fail(Exit::usage, "'--delay' has no effect", "the power is taken away at once",
                "leave it out, or ask the guest first: ctys stop --delay");
  const bool at_once = method == CancelMethod::reset || keeps_state;
  if (at_once && cancel.delay)
    return fail(Exit::usage, "'--delay' has no effect", "the method asks no guest that could take its time",
                "leave it out; --deadline limits how long ctys waits");
  return {};
}

// What the line would change, and how less of it is named; nothing: it changes nothing.
std::optional<std::string> way_to_narrow(const model::Request& request) {
  switch (request.action) {
    case Action::jobs:
      if (request.jobs.verb == model::JobsVerb::cancel) return "name the jobs: ctys jobs cancel 1 2";
      if (request.jobs.verb == model::JobsVerb::remove) return "name the jobs: ctys jobs remove 1 2";
      return std::nullopt;
    case Action::persist:
      if (request.persist.verb == model::PersistVerb::end) return "leave it out: all that is kept is ended";
      return std::nullopt;
    case Action::attribute:
      if (request.attribute.verb == model::AttributeVerb::set ||
          request.attribute.verb == model::AttributeVerb::erase)
        return "leave it out: the machine is named by its address";
      return std::nullopt;
    case Action::distribute:
      if (request.distribute.verb == model::CopyVerb::list) return std::nullopt;
      return "name the hosts: ctys distribute lab01 lab02" +
             std::string(request.distribute.verb == model::CopyVerb::remove ? " --remove" : "");
    case Action::import:
      // Without --yes it may ask, and then writes all there is.
      if (request.plan) return std::nullopt;
      return "to see less of them add --plan; to have fewer in the group write them into its file";
    case Action::macmap:
      if ((request.macmap.sources.empty() && request.macmap.hosts.empty()) || request.macmap.print)
        return std::nullopt;
      return "name one source: --from KIND:PLACE; to see some of its rows add --print";
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<void> check_filter(const model::Request& request, const ModernLine& line) {
  if (find(line.options, Opt::filter) == nullptr) return {};
  auto fix = way_to_narrow(request);
  if (!fix) return {};
  return fail(Exit::usage, "'--filter' does not narrow what is changed", "it chooses rows of the output only",
              *std::move(fix));
}

Result<void> check_choices(const model::Request& request, const ModernLine& line) {
  TRY_VOID(check_pairs(line));
  const auto format = request.output.format;
  if (find(line.options, Opt::json) != nullptr && format != Format::json)
    return exclude("--json", "--format", {});
  if (format == Format::machine && find(line.options, Opt::columns) != nullptr)
    return exclude("--columns", "--format machine", "machine is every numbered column");
  if (request.action == Action::create) return check_create(request, line);
  if (request.action == Action::cancel) return check_cancel(request, line);
  return {};
}

}  // namespace ctys::cli
