// -x: keeps or marks the records whose machine answers, or the host that holds it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/probe.hpp"
#include "action/ssh_place.hpp"
#include "action/vhost.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <tuple>
#include <utility>

namespace ctys::action {
namespace {

using inventory::Cells;
using model::Reachability;

constexpr std::chrono::milliseconds kDeadline{10'000};

std::string_view cell(Cells& cells, Field field) {
  return cells.get(static_cast<std::size_t>(field));
}

// How a host is reached: by what the inventory says of it, else by its name, which the user's SSH
// configuration may know more about.
struct Way {
  std::string address;
  std::uint16_t port = 22;
  bool by_name = false;   // nothing but the host's own name is known
  std::string name = {};  // of the host; empty: of a machine
};
using Ways = std::map<std::string, Way, std::less<>>;

std::uint16_t port_of(std::string_view list) {
  const auto number = text::number(list.substr(0, list.find_first_of("%, ")));
  return number && *number > 0 && *number <= 0xffff ? static_cast<std::uint16_t>(*number) : std::uint16_t{22};
}

// The records of physical machines are the ones that know their addresses.
Result<Ways> ways_to_hosts(const inventory::Records& view) {
  Ways ways;
  inventory::Term is_host;
  is_host.kind = inventory::Term::Kind::field;
  is_host.fields.push_back(static_cast<std::uint8_t>(Field::type));
  is_host.pattern = TRY(inventory::Pattern::compile("^PM$"));
  inventory::Query query;
  inventory::add_clause(query, std::move(is_host));
  inventory::ScanOptions options;
  options.addresses = &view.addresses;
  (void)TRY(inventory::scan(view.files, query, options, [&](const inventory::Selected& record) {
    Cells cells(record.line);
    if (const auto address = cell(cells, Field::tcp); !address.empty())
      ways.try_emplace(std::string(cell(cells, Field::host)),
                       Way{std::string(address), port_of(cell(cells, Field::ssh_port))});
    return true;
  }));
  return ways;
}

Way way_to(std::string_view line, bool of_vm, const Ways& hosts) {
  Cells cells(line);
  if (of_vm) {
    const auto address = cell(cells, Field::tcp);
    return {std::string(address.empty() ? cell(cells, Field::net_name) : address),
            port_of(cell(cells, Field::ssh_port))};
  }
  const auto host = cell(cells, Field::host);
  const auto known = hosts.find(host);
  auto way = known == hosts.end() ? Way{std::string(host), 22, true} : known->second;
  way.name = host;
  return way;
}

// What the user's SSH configuration knows of these hosts: where they are, and who stands in front of them. A
// place that the inventory knows is kept.
Result<void> configure(std::vector<Asked>& asked, const std::vector<Way>& ways,
                       std::chrono::milliseconds time) {
  std::vector<Asked> named;
  std::vector<std::size_t> whose;
  for (std::size_t at = 0; at < ways.size(); ++at) {
    if (ways[at].name.empty()) continue;
    named.push_back({ways[at].name});
    whose.push_back(at);
  }
  std::vector<Asked*> pointers;
  pointers.reserve(named.size());
  for (auto& host : named) pointers.push_back(&host);
  if (!named.empty()) TRY_VOID(configure_by_ssh(pointers, time));
  for (std::size_t at = 0; at < named.size(); ++at) {
    auto& host = asked[whose[at]];
    host.behind = named[at].behind;
    if (ways[whose[at]].by_name) std::tie(host.host, host.port) = std::tie(named[at].host, named[at].port);
  }
  return {};
}

void tell_behind(const std::vector<Asked>& asked) {
  const auto count = std::count_if(asked.begin(), asked.end(), [](const Asked& host) { return host.behind; });
  if (count > 0)
    log::write(
        log::Severity::warning, "vhost",
        std::to_string(count) + (count == 1 ? " host is" : " hosts are") +
            " reached through others (ProxyJump), and cannot be asked from here; ctys vping -s logs in");
}

std::vector<plugin::Failure> tell_unheard(const std::vector<Asked>& asked, const Reachability& wanted) {
  const auto count =
      std::count_if(asked.begin(), asked.end(), [](const Asked& host) { return host.unheard; });
  if (count == 0) return {};
  return {{{Exit::deadline,
            "the deadline was reached before " + std::to_string(count) + " of " +
                std::to_string(asked.size()) + (wanted.of_vm ? " machines" : " hosts") + " could answer",
            wanted.marks ? "their records are marked with ?" : "their records are not shown",
            "give them more time with --deadline"},
           {},
           {}}};
}

// Whether it answers is not known of everybody.
char mark_of(const Asked& host) {
  return host.answers ? 'R' : host.behind || host.unheard ? '?' : '-';
}

}  // namespace

Result<std::vector<plugin::Failure>> keep_reachable(const model::Request& request,
                                                    const inventory::Records& view, Kept& rows) {
  const auto& wanted = request.inventory.reachability;
  if (wanted.how == Reachability::How::none) return std::vector<plugin::Failure>{};
  const auto hosts = wanted.of_vm ? Ways() : TRY(ways_to_hosts(view));
  std::vector<Asked> asked;
  std::map<std::pair<std::string, std::uint16_t>, std::size_t> known;
  std::vector<std::size_t> of_row;
  std::vector<Way> ways;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    auto way = way_to(rows.at(row).line, wanted.of_vm, hosts);
    const auto [at, is_new] = known.try_emplace({way.address, way.port}, asked.size());
    if (is_new) {
      asked.push_back({way.address, way.port});
      ways.push_back(std::move(way));
    }
    of_row.push_back(at->second);
  }
  auto deadline = request.deadline.value_or(kDeadline);
  const auto begin = std::chrono::steady_clock::now();
  TRY_VOID(configure(asked, ways, deadline / 2));
  deadline -= std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  TRY_VOID(wanted.how == Reachability::How::ping ? ask_by_ping(asked, deadline)
                                                 : ask_by_ssh(asked, deadline));
  std::vector<std::size_t> kept;
  for (std::size_t row = 0; row < of_row.size(); ++row) {
    const auto mark = mark_of(asked[of_row[row]]);
    if (wanted.marks) rows.mark(row, mark);
    if (wanted.marks || mark == (wanted.reversed ? '-' : 'R')) kept.push_back(row);
  }
  tell_behind(asked);
  rows.choose(kept);
  return tell_unheard(asked, wanted);
}

}  // namespace ctys::action
