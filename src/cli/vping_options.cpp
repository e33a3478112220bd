// Reads what `ctys vping` is asked for.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/vping_options.hpp"

#include "model/target.hpp"

#include <array>

namespace ctys::cli {
namespace {

using model::VpingForm;

const std::string* value_of(const ModernLine& line, Opt id) {
  const auto* given = find(line.options, id);
  return given == nullptr ? nullptr : &given->values.back();
}

Result<void> read_trials(const ModernLine& line, Opt id, const std::string& name, unsigned& trials) {
  constexpr unsigned kMost = 100;
  const auto* value = value_of(line, id);
  if (value == nullptr) return {};
  trials = TRY(parse_number(name, *value, kMost));
  if (trials == 0) return bad_value(name, *value, "nothing is found out by no trial", "write 1 or more");
  return {};
}

Result<void> read_timeout(const ModernLine& line, Opt id, const std::string& name,
                          std::chrono::milliseconds& timeout) {
  const auto* value = value_of(line, id);
  if (value == nullptr) return {};
  timeout = TRY(parse_time(name, *value));
  if (timeout.count() == 0)
    return bad_value(name, *value, "nothing answers in no time", "allow some time, 1s for example");
  return {};
}

tl::unexpected<Error> no_effect(const GivenOption& given, const std::string& why, const std::string& fix) {
  return fail(Exit::usage, "'--" + std::string(given.option->name) + "' has no effect", why, fix);
}

// Options that say something about a check that is not made.
Result<void> check_effects(const model::VpingOptions& vping, const ModernLine& line) {
  constexpr std::array kOfPing{Opt::ping_trials, Opt::ping_timeout};
  constexpr std::array kOfSsh{Opt::via, Opt::fanout, Opt::ssh_trials, Opt::ssh_timeout};
  const bool checks = vping.checks && vping.form != VpingForm::expanded;
  if (const auto* ssh = find(line.options, Opt::ssh); ssh != nullptr && !checks)
    return no_effect(*ssh, "nobody is asked", "leave it out");
  for (const auto id : kOfPing)
    if (const auto* given = find(line.options, id); given != nullptr && !checks)
      return no_effect(*given, "nobody is asked", "leave it out");
  for (const auto id : kOfSsh)
    if (const auto* given = find(line.options, id); given != nullptr && !(checks && vping.ssh))
      return no_effect(*given, "it is about logging in", "add --ssh, or leave it out");
  return {};
}

Result<void> read_form(Draft& draft, const ModernLine& line) {
  auto& vping = draft.request.vping;
  const auto* expanded = find(line.options, Opt::expanded);
  const auto* names = find(line.options, Opt::names);
  const auto* addresses = find(line.options, Opt::addresses);
  vping.one_line = find(line.options, Opt::paste) != nullptr;
  if (names != nullptr && addresses != nullptr)
    return fail(Exit::usage, "'--names' and '--addresses' exclude each other", {}, "leave out one of them");
  for (const auto* form : {names, addresses})
    if (form != nullptr && (!vping.one_line || expanded != nullptr))
      return no_effect(*form, "it says how -X prints the targets that answer",
                       expanded != nullptr ? "leave it out" : "add -X");
  if (expanded != nullptr)
    vping.form = VpingForm::expanded;
  else if (vping.one_line)
    vping.form = names != nullptr       ? VpingForm::names
                 : addresses != nullptr ? VpingForm::addresses
                                        : VpingForm::targets;
  const auto* no_check = find(line.options, Opt::no_check);
  vping.checks = no_check == nullptr;
  if (no_check != nullptr && vping.form != VpingForm::table && vping.form != VpingForm::expanded)
    return fail(Exit::usage, "'--no-check' and '--terse' exclude each other", "nobody is known to answer",
                "leave out one of them; --expanded prints all targets");
  if (vping.form == VpingForm::table) return {};
  for (const auto id : {Opt::json, Opt::format, Opt::columns, Opt::no_header, Opt::filter, Opt::sort,
                        Opt::reverse, Opt::unique})
    if (const auto* given = find(line.options, id))
      return no_effect(*given, "targets are printed, and no table", "leave it out, or print the table");
  return {};
}

}  // namespace

Result<void> read_vping(Draft& draft, const ModernLine& line) {
  auto& vping = draft.request.vping;
  vping.words = line.words;
  vping.ssh = find(line.options, Opt::ssh) != nullptr;
  if (const auto* login = value_of(line, Opt::login)) {
    if (const auto target = model::parse_target(*login + "@host"); !target || target->user != *login)
      return bad_value("--login", *login, "this is no name of a user");
    vping.login = *login;
  }
  TRY_VOID(read_form(draft, line));
  TRY_VOID(read_trials(line, Opt::ping_trials, "--ping-trials", vping.ping_trials));
  TRY_VOID(read_trials(line, Opt::ssh_trials, "--ssh-trials", vping.ssh_trials));
  TRY_VOID(read_timeout(line, Opt::ping_timeout, "--ping-timeout", vping.ping_timeout));
  TRY_VOID(read_timeout(line, Opt::ssh_timeout, "--ssh-timeout", vping.ssh_timeout));
  return check_effects(vping, line);
}

}  // namespace ctys::cli
