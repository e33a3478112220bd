// The options of the modern grammar.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/modern_options.hpp"

#include "base/text.hpp"
#include "cli/inventory_options.hpp"
#include "cli/persist_options.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace ctys::cli {
namespace {

using model::Action;

constexpr std::array kModes{Opt::connect, Opt::reuse, Opt::reconnect, Opt::resume};
constexpr std::array kParts{Opt::both, Opt::server, Opt::client};  // as model::Part

// Which one of several options that exclude each other is there.
template <std::size_t N>
Result<std::optional<Opt>> one_of(const std::vector<GivenOption>& options, const std::array<Opt, N>& ids) {
  const GivenOption* found = nullptr;
  for (const auto id : ids) {
    const auto* given = find(options, id);
    if (given == nullptr) continue;
    if (found != nullptr)
      return fail(
          Exit::usage,
          "'" + name_of(*found->option) + "' and '" + name_of(*given->option) + "' exclude each other", {},
          "choose one of them");
    found = given;
  }
  if (found == nullptr) return std::nullopt;
  return found->option->id;
}

// poweroff, reset, ..., init:N.
Result<void> set_method(Draft& draft, const std::string& option, const std::string& value) {
  constexpr std::string_view kWords = "poweroff|reset|reboot|pause|suspend|init";  // as model::CancelMethod
  auto& cancel = draft.request.cancel;
  const auto colon = value.find(':');
  const auto word = std::string_view(value).substr(0, colon);
  const auto words = text::split(kWords, '|');
  const auto at =
      std::find_if(words.begin(), words.end(), [&](auto known) { return text::equal_ci(known, word); });
  if (at == words.end()) return bad_word(option, word, kWords);
  cancel.method = static_cast<model::CancelMethod>(at - words.begin());
  const bool is_init = cancel.method == model::CancelMethod::init;
  if (is_init != (colon != std::string::npos))
    return bad_value(option, value, is_init ? "the run level is missing" : "only init has a number",
                     "write " + option + (is_init ? " init:3" : " " + std::string(word)));
  if (is_init) cancel.level = TRY(parse_number(option, value.substr(colon + 1), 6));
  return {};
}

// MODE[:PATH]
Result<void> set_boot_option(Draft& draft, const std::string& option, const std::string& value) {
  const auto colon = value.find(':');
  std::vector<std::string> parts{value.substr(0, colon)};
  if (colon != std::string::npos) parts.push_back(value.substr(colon + 1));
  return set_boot(draft, option, parts);
}

// ^] or a character.
Result<void> set_escape(Draft& draft, const std::string& option, const std::string& value) {
  auto& escape = draft.request.create.escape;
  if (value.size() == 1) {
    escape = value[0];
  } else if (value.size() == 2 && value[0] == '^' && value[1] >= '?' && value[1] <= 'z') {
    escape = static_cast<char>(static_cast<unsigned char>(value[1]) & 0x1FU);
    if (value[1] == '?') escape = 0x7f;
  } else {
    return bad_value(option, value, "this is no key", "write it like ^] or ^A");
  }
  return {};
}

Result<void> set_wait(Draft& draft, const std::string& option, const std::string& value) {
  constexpr std::string_view kLevels = "none|running|net|ssh|agent";  // as model::WaitFor
  const auto words = text::split(kLevels, '|');
  const auto at =
      std::find_if(words.begin(), words.end(), [&](auto word) { return text::equal_ci(word, value); });
  if (at == words.end()) return bad_word(option, value, kLevels);
  draft.request.create.wait = static_cast<model::WaitFor>(at - words.begin());
  return {};
}

Result<void> add_names(std::vector<std::string>& names, const std::string& option, const std::string& list) {
  for (const auto name : text::split(list, ',')) {
    if (name.empty() || text::printable(name) != name) return bad_value(option, list, "this is no user name");
    tell_unknown_name(name, true);
    names.emplace_back(name);
  }
  return {};
}

Result<void> add_bases(Draft& draft, const std::string& option, const std::vector<std::string>& values) {
  const bool lists = draft.request.action == Action::vdbgen;
  for (const auto& value : values)
    for (const auto base : lists ? text::split(value, ',') : std::vector<std::string_view>{value}) {
      if (base.empty() || text::printable(base) != base)
        return bad_value(option, value, "the path is empty, or holds control characters");
      draft.request.enumerate.bases.emplace_back(base);
    }
  return {};
}

// The options of CREATE but the modes.
Result<void> apply_create(Draft& draft, const GivenOption& given) {
  auto& create = draft.request.create;
  const auto option = name_of(*given.option);
  const auto value = given.values.empty() ? std::string() : given.values.back();
  switch (given.option->id) {
    case Opt::boot:
      return set_boot_option(draft, option, value);
    case Opt::kernel:
      return set_boot(draft, option, {"KERNEL", value});
    case Opt::initrd:
      TRY_VOID(check_boot_path(option, value));
      create.initrd = value;
      return {};
    case Opt::append:
      create.append = value;
      return {};
    case Opt::console:
      return set_console(draft, option, value);
    case Opt::escape:
      return set_escape(draft, option, value);
    case Opt::display:
      return set_display(draft, option, value);
    case Opt::geometry:
      return set_geometry(draft, option, value);
    case Opt::wait:
      return set_wait(draft, option, value);
    case Opt::no_wait:
      create.wait = model::WaitFor::none;
      return {};
    default:
      return {};
  }
}

Result<void> apply_cancel(Draft& draft, const GivenOption& given) {
  auto& cancel = draft.request.cancel;
  const auto option = name_of(*given.option);
  switch (given.option->id) {
    case Opt::all:
      cancel.all = true;
      return {};
    case Opt::method:
      return set_method(draft, option, given.values.back());
    case Opt::force:
      cancel.force = true;
      return {};
    case Opt::self:
      cancel.self = true;
      return {};
    case Opt::delay:
      cancel.delay = std::chrono::ceil<std::chrono::seconds>(TRY(parse_time(option, given.values.back())));
      return {};
    case Opt::no_wait:
      cancel.wait = false;
      return {};
    default:
      return {};
  }
}

// What several actions have in common.
Result<void> apply_common(Draft& draft, const GivenOption& given) {
  auto& request = draft.request;
  const auto option = name_of(*given.option);
  switch (given.option->id) {
    case Opt::type:
      request.types.clear();
      for (const auto& value : given.values) TRY_VOID(add_types(draft, option, value));
      return {};
    case Opt::user:
      for (const auto& value : given.values) TRY_VOID(add_names(request.scope.users, option, value));
      request.scope.all = false;
      return {};
    case Opt::all_users:
      request.scope.all = true;
      return {};
    case Opt::deadline:
      request.deadline = TRY(parse_time(option, given.values.back()));
      if (request.deadline->count() == 0)
        return bad_value(option, given.values.back(), "nothing can be done in no time",
                         "allow some time, 10s for example, or leave the option out");
      return {};
    case Opt::on:
      for (const auto& value : given.values) TRY_VOID(add_targets(draft, option, value));
      return {};
    case Opt::via:
      return set_via(draft, option, given.values.back());
    case Opt::chain:
      request.where.chain = true;
      return {};
    case Opt::hops:
      if (const auto known = given.option->choices; !is_one_of(given.values.back(), known))
        return bad_word(option, given.values.back(), known);
      if (text::equal_ci(given.values.back(), "chain"))
        request.where.chain = true;
      else
        draft.star = true;
      return {};
    case Opt::no_copy:
      request.where.may_copy = false;
      return {};
    case Opt::persist:
      // --persist=TIME says more, wherever it stands.
      if (!request.where.persist) request.where.persist = kPersistTime;
      return {};
    case Opt::persist_for:
      request.where.persist =
          TRY(parse_time(option == "--persist-for" ? "--persist" : option, given.values.back()));
      return {};
    case Opt::fresh:
      request.list.fresh = true;
      return {};
    case Opt::cached:
      request.list.cached = true;
      return {};
    case Opt::max_age:
      request.list.max_age = TRY(parse_time(option, given.values.back()));
      return {};
    case Opt::fanout: {
      constexpr unsigned kMost = 1000;
      request.where.fanout = TRY(parse_number(option, given.values.back(), kMost));
      if (request.where.fanout == 0)
        return bad_value(option, "0", "at least one host at a time is asked", "write 1 or more");
      return {};
    }
    case Opt::list_copies:
      request.distribute.verb = model::CopyVerb::list;
      return {};
    case Opt::remove_copies:
      request.distribute.verb = model::CopyVerb::remove;
      return {};
    case Opt::yes:
      request.import.yes = true;
      return {};
    case Opt::background:
      request.background = true;
      return {};
    case Opt::plan:
      request.plan = true;
      return {};
    case Opt::verbose:
      request.verbosity = static_cast<unsigned>(std::min<std::size_t>(given.count, 2) + 1);
      return {};
    case Opt::inventory:
      return set_lookup(draft, option, given.values.back());
    case Opt::database:
      return set_databases(draft, option, given.values.back());
    case Opt::base:
      return add_bases(draft, option, given.values);
    case Opt::state:
      for (const auto& value : given.values) {
        std::vector<std::string> words;
        for (const auto word : text::split(value, ',')) words.emplace_back(word);
        TRY_VOID(add_states(draft, option, words));
      }
      return {};
    default:
      return apply_output(draft, given);
  }
}

}  // namespace

Result<void> apply_option(Draft& draft, const GivenOption& given) {
  draft.refuse_if(name_of(*given.option), given.option->refused);
  TRY_VOID(apply_common(draft, given));
  if (draft.request.action == Action::create) return apply_create(draft, given);
  if (draft.request.action == Action::cancel) return apply_cancel(draft, given);
  if (draft.request.action == Action::vdbgen) return apply_vdbgen(draft, given);
  if (draft.request.action == Action::list && given.option->id == Opt::all)
    draft.request.list.inactive = true;
  return {};
}

// The options that exclude each other, and what is left out with others.
Result<void> apply_choices(Draft& draft, const ModernLine& line) {
  auto& request = draft.request;
  auto mode = TRY(one_of(line.options, kModes));
  if (!mode) mode = TRY(one_of(line.implied, kModes));
  if (mode)
    request.create.mode = *mode == Opt::connect     ? model::CreateMode::connect
                          : *mode == Opt::reuse     ? model::CreateMode::reuse
                          : *mode == Opt::reconnect ? model::CreateMode::reconnect
                                                    : model::CreateMode::resume;
  const auto part = TRY(one_of(line.options, kParts));
  if (request.action == Action::list && part) {
    request.list.clients = *part != Opt::server;
    request.list.servers = *part != Opt::client;
    request.list.tunnels = *part == Opt::both;
  }
  if (request.action == Action::cancel && part) {
    const auto* const at = std::find(kParts.begin(), kParts.end(), *part);
    request.cancel.part = static_cast<model::Part>(at - kParts.begin());
  }
  if (request.action == Action::cancel) TRY_VOID(check_self(request.cancel));
  return {};
}

const GivenOption* find(const std::vector<GivenOption>& options, Opt id) {
  const auto at =
      std::find_if(options.begin(), options.end(), [&](const auto& o) { return o.option->id == id; });
  return at == options.end() ? nullptr : &*at;
}

}  // namespace ctys::cli
