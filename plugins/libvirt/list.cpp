// LIST: one record for each domain.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/actions.hpp"
#include "libvirt/address.hpp"
#include "libvirt/inventory.hpp"
#include "libvirt/process.hpp"
#include "libvirt/record.hpp"

#include <libvirt/virterror.h>

#include <unistd.h>

#include <algorithm>
#include <future>
#include <optional>
#include <span>

namespace ctys::libvirt {
namespace {

using std::chrono::milliseconds;

// For the agents together; they are the only ones who may be slow, and there are other sources.
milliseconds limit_for_agents(const Request& request) {
  constexpr milliseconds kMost{2000};
  return std::min(kMost, request.deadline().value_or(kMost * 3) / 3);
}

// The XML of an entry as data; nothing where it has gone away meanwhile.
std::optional<Domain> read_domain(const Entry& entry) {
  const Text xml(virDomainGetXMLDesc(entry.handle.get(), 0));
  if (xml) return parse_domain(xml.get());
  if (last_reason().code == VIR_ERR_NO_DOMAIN) return std::nullopt;
  throw last_error_of(entry.handle.get(), "cannot read the configuration of");
}

void read_into(std::span<std::optional<Domain>> domains, std::span<const Entry> entries) {
  std::transform(entries.begin(), entries.end(), domains.begin(), read_domain);
}

// One domain for each entry. One that went away meanwhile is left out, with its entry.
std::vector<Domain> read_domains(std::vector<Entry>& entries) {
  constexpr std::size_t kMany = 32;
  std::vector<std::optional<Domain>> read(entries.size());
  const std::size_t half = entries.size() < kMany ? entries.size() : entries.size() / 2;
  const std::span<std::optional<Domain>> into(read);
  const std::span<const Entry> from(entries);
  // Two at once: while libvirt writes the XML of one, another one is understood.
  auto rest = std::async(half < entries.size() ? std::launch::async : std::launch::deferred,
                         [&] { read_into(into.subspan(half), from.subspan(half)); });
  read_into(into.first(half), from.first(half));
  rest.get();

  std::vector<Domain> domains;
  std::vector<Entry> there;
  domains.reserve(read.size());
  there.reserve(read.size());
  for (std::size_t at = 0; at < read.size(); ++at) {
    if (!read[at]) continue;
    domains.push_back(std::move(*read[at]));
    there.push_back(std::move(entries[at]));
  }
  entries = std::move(there);
  return domains;
}

Sources sources_of(const Connection& connection, const Request& request, const std::vector<Entry>& entries,
                   const std::vector<Domain>& domains) {
  std::vector<Domain> running;
  for (std::size_t at = 0; at < entries.size(); ++at)
    if (entries[at].active) running.push_back(domains[at]);
  return ask_sources(connection, running, limit_for_agents(request));
}

// What was looked up once for all rows.
struct Surroundings {
  std::string release;
  bool with_addresses = false;
  Sources sources;
  std::map<std::string, Process> processes;
  Process owner;  // of what has no process
};

// The system's machines are root's, a session's are those of whoever asks.
Process owner_of_stored(const Connection& connection) {
  const bool own = is_users_own(connection.uri());
  return {0, user_name(own ? getuid() : 0), group_name(own ? getgid() : 0)};
}

void set_owner(Row& row, const Domain& domain, const Entry& entry, const Surroundings& around) {
  const auto found = around.processes.find(domain.uuid);
  const bool has_process = entry.active && found != around.processes.end();
  const Process& owner = has_process ? found->second : around.owner;
  if (has_process) row.set(Field::pid, std::to_string(owner.pid));
  row.set(Field::user, owner.user).set(Field::group, owner.group);
}

Row list_row(const Driver& driver, const Connection& connection, const Domain& domain, const Entry& entry,
             const Surroundings& around) {
  const auto known = addresses_of(domain.attributes, 0);
  GuestAddress address = known.empty() ? GuestAddress{} : known.front();
  std::string source = address.ip.empty() ? "" : "attribute";
  if (around.with_addresses && entry.active) {
    FoundAddress found = find_address(domain, around.sources);
    address.ip = std::move(found.ip);
    source = std::move(found.source);
    if (!found.if_name.empty()) address.if_name = std::move(found.if_name);
  }
  Row row = machine_row(driver, domain, 0, address);
  row.set(Field::address_source, source);
  row.set(Field::id, configuration_file(driver, connection.uri(), domain));
  row.set(Field::context, connection.uri()).set(Field::hyper_rel_run, around.release);
  row.set(Field::state, std::string(entry.state)).set(Field::cs_type, "S");
  row.set(Field::persistent, entry.persistent ? "yes" : "no");
  set_owner(row, domain, entry, around);
  return row;
}

}  // namespace

void list(const Driver& driver, const Request& request, Call& call) {
  Surroundings around;
  around.with_addresses = driver.has_guests && request.has("ADDRESSES");
  // Only an agent asks for more than a reader's rights.
  auto connection =
      Connection::open(std::string(request.endpoint()), around.with_addresses ? Access::any : Access::read);
  auto entries = inventory(connection, request.has("ALL") ? Which::all : Which::active);
  const auto domains = read_domains(entries);
  const bool any_active =
      std::any_of(entries.begin(), entries.end(), [](const Entry& e) { return e.active; });

  if (request.has("RELEASE")) around.release = hypervisor_release(connection, driver);
  around.owner = owner_of_stored(connection);
  if (any_active && driver.has_processes && is_local(connection.uri()))
    around.processes = machine_processes();
  if (around.with_addresses) around.sources = sources_of(connection, request, entries, domains);
  for (const Domain& domain : domains) warn_of_ignored(domain, call);
  for (std::size_t at = 0; at < entries.size(); ++at)
    call.emit(list_row(driver, connection, domains[at], entries[at], around));
  if (!driver.has_daemon) Connection::keep_until_exit(std::move(connection));
}

Row session_row(const Driver& driver, const Connection& connection, virDomainPtr domain,
                milliseconds agent_limit) {
  const Entry entry = entry_of(domain);
  const Domain parsed = parse_domain(xml_of(domain));
  Surroundings around;
  around.owner = owner_of_stored(connection);
  around.with_addresses = driver.has_guests;
  if (entry.active && driver.has_processes && is_local(connection.uri()))
    around.processes = machine_processes();
  if (entry.active && driver.has_guests) around.sources = ask_sources(connection, {&parsed, 1}, agent_limit);
  return list_row(driver, connection, parsed, entry, around);
}

}  // namespace ctys::libvirt
