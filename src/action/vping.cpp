// `ctys vping`: which hosts answer, and to which of them can one log in? Every target has one row.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/actions.hpp"
#include "action/finish.hpp"
#include "action/groups_print.hpp"
#include "action/probe.hpp"
#include "action/search.hpp"
#include "action/ssh_place.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "groups/expand.hpp"
#include "inventory/line.hpp"
#include "inventory/view.hpp"
#include "plugin/collector.hpp"
#include "remote/command.hpp"
#include "remote/links.hpp"
#include "ui/progress.hpp"

#include <ctys/abi.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ctys::action {
namespace {

using model::Record;
using model::VpingForm;
using std::chrono::milliseconds;

constexpr milliseconds kToFindPlaces{10'000};
constexpr char kYes = '+';
constexpr char kNo = '-';
constexpr char kUnknown = '?';

// One target, and what is known of it.
struct Checked {
  model::Target target;
  Asked asked;
  bool has_place = false;  // `asked` says where the SSH configuration leads
  char ping = kUnknown;
  char ssh = kUnknown;
  char inventory = kUnknown;
  std::string detail = {};
};

Result<groups::Hosts> targets_of(const model::VpingOptions& options) {
  constexpr std::size_t kMostTargets = 10'000;
  const auto source = groups::usual_source();
  auto words = options.words;
  if (words.empty() && !TRY(source.load("all", 0)))
    return fail(Exit::usage, "vping has no host", "there is no group all either",
                "name hosts or groups: ctys vping lab01 @lab");
  if (words.empty()) words.emplace_back("@all");
  auto hosts = TRY(groups::expand(words, source, {}));
  if (hosts.empty() && text::trim(text::join(words, " ")).empty())
    return fail(Exit::usage, "the name of a target is empty", {},
                "name a host, or leave it out to mean @all");
  if (hosts.empty())
    return fail(Exit::usage, "no host is left of '" + text::join(words, " ") + "'", {},
                "see what groups hold: ctys groups tree");
  if (hosts.size() > kMostTargets)
    return fail(Exit::usage, "there are more than " + std::to_string(kMostTargets) + " targets",
                std::to_string(hosts.size()) + " hosts are named", "check them in parts");
  return hosts;
}

Result<std::vector<Checked>> to_check(const groups::Hosts& hosts, const std::string& login) {
  std::vector<Checked> all;
  all.reserve(hosts.size());
  for (const auto& host : hosts) {
    Checked one;
    one.target = TRY(model::parse_target(host.name));
    if (one.target.user.empty()) one.target.user = user_of(host);
    if (one.target.user.empty()) one.target.user = login;
    one.target.name = host.name;
    one.asked.host = one.target.host;
    all.push_back(std::move(one));
  }
  return all;
}

// Has the inventory a record of it, by the name or the address of the machine or of what holds it?
void look_up(std::vector<Checked>& all) {
  const auto view = inventory::open_view(inventory::view_directories({}));
  if (!view) return;
  std::multimap<std::string, Checked*, std::less<>> wanted;
  for (auto& one : all) {
    one.inventory = kNo;
    for (const auto& name : {one.target.host, one.asked.host, one.asked.address})
      if (!name.empty()) wanted.emplace(text::lower(name), &one);
  }
  for (const auto& source : *view) {
    inventory::Reader reader(source);
    inventory::Line line;
    while (reader.next(line))
      for (const auto field : {Field::host, Field::label, Field::tcp, Field::net_name}) {
        const auto value = inventory::field(line.text, static_cast<std::size_t>(field));
        if (value.empty()) continue;
        const auto [begin, end] = wanted.equal_range(text::lower(value));
        std::for_each(begin, end, [](auto& entry) { entry.second->inventory = kYes; });
      }
    if (const auto status = reader.status(); !status)
      log::write(log::Severity::warning, "vping", status.error().summary + ": " + status.error().why);
  }
}

// What arrived until somebody ended it is worth having.
Result<void> ping_until_asked_to_end(std::span<Asked> asked, const model::VpingOptions& options) {
  const plugin::TakenSignals signals;
  return ask_by_ping(asked, kToFindPlaces + options.ping_trials * options.ping_timeout,
                     {options.ping_trials, options.ping_timeout, signals.fd()});
}

Result<void> configure_until_asked_to_end(std::span<Asked* const> asked) {
  const plugin::TakenSignals signals;
  return configure_by_ssh(asked, kToFindPlaces, signals.fd());
}

// Where hosts are is known to the SSH configuration, and which of them stand behind others.
Result<void> find_places(std::vector<Checked>& all, const model::Request& request) {
  std::vector<Asked*> unknown;
  for (auto& one : all)
    if (!one.has_place) unknown.push_back(&one.asked);
  if (!unknown.empty() && plugin::asked_to_end() == 0) TRY_VOID(configure_until_asked_to_end(unknown));
  for (auto& one : all) one.asked.behind = one.asked.behind || !request.where.via.empty();
  return {};
}

void judge_ping(Checked& one, bool pinged, bool interrupted) {
  const bool is_known = pinged && !one.asked.behind && (one.asked.answers || !interrupted);
  one.ping = !is_known ? kUnknown : one.asked.answers ? kYes : kNo;
  if (!one.detail.empty()) return;  // why there is no login
  if (interrupted && !one.asked.answers)
    one.detail = plugin::interrupted().summary;
  else if (one.asked.behind)
    one.detail = "it is reached through other hosts";
  else if (one.asked.address.empty())
    one.detail = "its name is not known here";
}

Result<void> ping(std::vector<Checked>& all, const model::Request& request) {
  const auto& options = request.vping;
  TRY_VOID(find_places(all, request));
  std::vector<Asked> asked;
  asked.reserve(all.size());
  for (const auto& one : all) asked.push_back(one.asked);
  auto pinged = plugin::asked_to_end() != 0 ? Result<void>() : ping_until_asked_to_end(asked, options);
  if (!pinged && !options.ssh) {
    pinged.error().fix = "see who lets one in: --ssh; or let this user ping: " + std::string(kAllowPing);
    return pinged;
  }
  if (!pinged)
    log::write(log::Severity::warning, "vping",
               pinged.error().summary + ": " + pinged.error().why +
                   "; nothing is said of pings (let this user ping: " + std::string(kAllowPing) + ")");
  const bool interrupted = plugin::asked_to_end() != 0;
  for (std::size_t at = 0; at < all.size(); ++at) {
    all[at].asked = std::move(asked[at]);
    judge_ping(all[at], pinged.has_value(), interrupted);
  }
  return {};
}

// Was the login behind it, whatever came then?
bool logged_in(const remote::Links& links, std::size_t job) {
  return links.greeted(job) || links.reached(job).size() > CTYS_REACHED_LOGIN - CTYS_REACHED_NAME;
}

// Logs in to these as every action does, without a question to anybody; what runs there needs no ctys.
void log_in(const std::vector<Checked*>& hosts, const model::Request& request) {
  ui::Progress progress(ui::terminal());
  plugin::Options how;
  how.progress = [&](std::string_view line) { progress.show(line); };
  auto way = way_of(request);
  way.may_ask = false;
  way.tells_steps = true;
  way.command = remote::greeting_command();
  std::vector<remote::Job> jobs;
  for (const auto* one : hosts) {
    wire::Call call;
    call.verb = wire::Verb::probe;
    call.deadline_ms = static_cast<int>(request.vping.ssh_timeout.count());
    jobs.push_back({one->target, std::move(call)});
  }
  remote::Links links(std::move(jobs), way, how);
  plugin::wait_for(links);
  const auto each = links.take_each();
  for (std::size_t at = 0; at < hosts.size(); ++at) {
    auto& one = *hosts[at];
    const auto& failures = each[at].failures;
    const bool interrupted = !failures.empty() && plugin::is_interrupted(failures.front());
    if (const auto* place = links.leads_to(at)) {
      one.asked.host = place->host;
      one.asked.port = static_cast<std::uint16_t>(place->port);
      one.asked.behind = place->behind;
      one.has_place = true;
    }
    one.ssh = logged_in(links, at) ? kYes : interrupted ? kUnknown : kNo;
    one.detail.clear();
    if (one.ssh == kYes || failures.empty()) continue;
    const auto& error = failures.front().error;
    one.detail = error.summary + (error.why.empty() ? "" : ": " + error.why);
  }
}

// Who refused a login is not asked again, who could not be reached is.
void log_in_to_all(std::vector<Checked>& all, const model::Request& request) {
  std::vector<Checked*> left;
  left.reserve(all.size());
  for (auto& one : all) left.push_back(&one);
  for (unsigned trial = 0; trial < request.vping.ssh_trials && !left.empty(); ++trial) {
    if (plugin::asked_to_end() != 0) return;
    log_in(left, request);
    std::erase_if(left, [](const Checked* one) { return one->ssh == kYes; });
  }
}

bool is_reached(const Checked& one, const model::VpingOptions& options) {
  return (options.ssh ? one.ssh : one.ping) == kYes;
}

Record row_of(const Checked& one, const model::VpingOptions& options) {
  Record row;
  row.set(Field::host, one.target.name).set(Field::tcp, one.asked.address);
  row.set(Field::state, std::string(1, one.ping));
  if (options.ssh) row.set(Field::result, std::string(1, one.ssh));
  row.set(Field::value, std::string(1, one.inventory));
  if (!is_reached(one, options)) row.set(Field::detail, one.detail);
  return row;
}

bool print_reached(const std::vector<Checked>& all, const groups::Hosts& hosts,
                   const model::VpingOptions& options) {
  model::GroupsOptions paste;
  paste.mode = 4;
  paste.terse = true;
  groups::Hosts reached;
  std::vector<std::string> words;
  for (std::size_t at = 0; at < all.size(); ++at) {
    if (!is_reached(all[at], options)) continue;
    reached.push_back(hosts[at]);
    const auto& asked = all[at].asked;
    words.push_back(text::shell_quoted(options.form == VpingForm::names ? all[at].target.name
                                       : asked.address.empty()          ? asked.host
                                                                        : asked.address));
  }
  if (reached.empty()) return true;
  return print(options.form == VpingForm::targets ? member_text(reached, paste)
                                                  : text::join(words, " ") + "\n");
}

Result<Exit> run(const model::Request& request) {
  const auto& options = request.vping;
  const auto hosts = TRY(targets_of(options));
  auto all = TRY(to_check(hosts, options.login));
  if (options.form == VpingForm::expanded) {
    model::GroupsOptions lines;
    lines.mode = options.one_line ? 4 : 3;
    lines.terse = options.one_line;
    return print(member_text(hosts, lines)) ? Exit::ok : Exit::failed;
  }
  if (options.checks) {
    const plugin::TakenSignals signals;            // from the first question to the last: also between them
    if (options.ssh) log_in_to_all(all, request);  // which tells where they are, too
    TRY_VOID(ping(all, request));
  }
  Exit status = Exit::ok;
  if (options.checks &&
      !std::all_of(all.begin(), all.end(), [&](const Checked& one) { return is_reached(one, options); }))
    status = Exit::unreachable;
  if (options.form != VpingForm::table) return print_reached(all, hosts, options) ? status : Exit::failed;
  look_up(all);
  plugin::Outcome outcome;
  for (const auto& one : all) outcome.records.push_back(row_of(one, options));
  return worse(status, finish(model::Layout::vping, outcome, request));
}

}  // namespace

Exit vping(const model::Request& request) {
  const auto status = run(request);
  return status ? *status : finish(status.error(), request);
}

}  // namespace ctys::action
