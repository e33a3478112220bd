// Finds the machine of a CREATE, or defines it from a file.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "libvirt/create_source.hpp"

#include "libvirt/ctys_file.hpp"
#include "libvirt/domain.hpp"

#include <libvirt/virterror.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace ctys::libvirt {
namespace {

// What the user told ctys about the machine survives a new definition, as far as the file says nothing else.
void keep_attributes(virDomainPtr domain, const Attributes& attributes, const Attributes& old) {
  // In their old order: what is the same as before reads the same.
  Attributes merged;
  for (const auto& [key, value] : old.pairs)
    merged.set(key, attributes.has(key) ? attributes.get(key) : value);
  for (const auto& [key, value] : attributes.pairs) merged.set(key, value);
  if (merged.pairs == attributes.pairs) return;
  if (virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, metadata_xml(merged).c_str(), kMetadataPrefix,
                           kMetadataUri, VIR_DOMAIN_AFFECT_CONFIG) < 0)
    throw last_error_of(domain, "cannot keep the attributes of");
}

// What libvirt says of a file's content, and not of the host or of itself.
bool is_about_content(int code) {
  constexpr std::array kCodes{VIR_ERR_XML_ERROR, VIR_ERR_XML_DETAIL, VIR_ERR_XML_INVALID_SCHEMA,
                              VIR_ERR_OS_TYPE,   VIR_ERR_NO_OS,      VIR_ERR_CONFIG_UNSUPPORTED,
                              VIR_ERR_NO_NAME,   VIR_ERR_INVALID_MAC};
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

Error definition_error(const Domain& wanted) {
  const int code = last_reason().code;
  const bool clash = code == VIR_ERR_OPERATION_FAILED;  // another UUID has the name, or the reverse
  Error error = last_error("cannot define " + wanted.name);
  if (clash && error.fix.empty()) {
    error.code = Exit::refused;
    error.fix = "rename one of the two, or give the file the UUID of the machine that it means";
  } else if (error.fix.empty()) {
    error.fix = "correct the file that describes it";
    if (is_about_content(code)) error.code = Exit::usage;
  }
  return error;
}

// As it can be defined again: with its secrets.
std::string stored_xml(virDomainPtr domain) {
  return xml_of(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
}

Machine define(const Driver& driver, const Connection& connection, const Request& request,
               const std::string& path, const Call& call) {
  const std::string xml = domain_xml_from_file(path, driver);
  const Domain wanted = parse_domain(xml);
  warn_of_bad_values(path, wanted, call);
  require_same_machine(request, wanted);
  Machine machine{
      DomainHandle(virDomainLookupByUUIDString(connection.get(), wanted.uuid.c_str())), false, {}, {}};
  Attributes old;
  std::string old_xml;
  if (machine.handle) {
    const State now = state_of(machine.handle.get());
    if (now.is_active() || now.saved) return machine;
    old_xml = stored_xml(machine.handle.get());
    old = parse_domain(old_xml).attributes;
  } else if (last_reason().code != VIR_ERR_NO_DOMAIN) {
    throw last_error("cannot look for " + wanted.name);
  }
  const bool is_new = !machine.handle;
  DomainHandle defined(virDomainDefineXML(connection.get(), xml.c_str()));
  if (!defined) throw definition_error(wanted);  // before any handle is let go: that forgets the reason
  machine = {std::move(defined), is_new, old_xml, path};
  try {
    keep_attributes(machine.handle.get(), wanted.attributes, old);
    if (!is_new && stored_xml(machine.handle.get()) == old_xml) machine.replaced.clear();
  } catch (Error& error) {
    add_reason(error, take_back(connection, machine));
    throw;
  }
  return machine;
}

}  // namespace

void add_reason(Error& error, const std::string& reason) {
  if (!reason.empty()) error.why += (error.why.empty() ? "" : "; ") + reason;
}

std::string take_back(const Connection& connection, const Machine& machine) {
  if (!machine.is_new && machine.replaced.empty()) return {};
  // Somebody else was faster: his machine is left alone.
  if (virDomainIsActive(machine.handle.get()) == 1) return {};
  if (machine.is_new) {
    if (virDomainUndefineFlags(machine.handle.get(), VIR_DOMAIN_UNDEFINE_KEEP_NVRAM) == 0) return {};
    // Drivers that have no such memory refuse the flag.
    if (virDomainUndefine(machine.handle.get()) == 0) return {};
    return "it stays defined: " + last_reason().text;
  }
  if (DomainHandle(virDomainDefineXML(connection.get(), machine.replaced.c_str()))) return {};
  return "its former definition could not be restored: " + last_reason().text;
}

namespace {

// The file itself, and not the domain that was made of it before.
bool means_file(const Request& request, const std::string& path) {
  std::error_code ignored;
  return !path.empty() &&
         (!names_domain(request) || (request.has("BYFILE") && std::filesystem::exists(path, ignored)));
}

}  // namespace

Found look_at(const Driver& driver, const Connection& connection, const Request& request) {
  const std::string path(request.address("ID").value_or(""));
  DomainHandle domain;
  Found found;
  if (!means_file(request, path)) domain = find_domain_unless_file(connection, request);
  const bool by_file = !domain;
  if (by_file) {
    found.xml = domain_xml_from_file(path, driver);
    const Domain wanted = parse_domain(found.xml);
    require_same_machine(request, wanted);
    domain.reset(virDomainLookupByUUIDString(connection.get(), wanted.uuid.c_str()));
    if (!domain && last_reason().code != VIR_ERR_NO_DOMAIN)
      throw last_error("cannot look for " + wanted.name);
  }
  if (domain) found.state = state_of(domain.get());
  // An inactive one would be redefined by its file.
  if (domain && (!by_file || found.state.is_active() || found.state.saved))
    found.xml = xml_of(domain.get(), found.state.is_active() ? 0 : VIR_DOMAIN_XML_INACTIVE);
  return found;
}

Machine machine_of(const Driver& driver, const Connection& connection, const Request& request,
                   const Call& call) {
  const std::string path(request.address("ID").value_or(""));
  if (!means_file(request, path))
    if (DomainHandle domain = find_domain_unless_file(connection, request))
      return {std::move(domain), false, {}, {}};
  try {
    return define(driver, connection, request, path, call);
  } catch (Error& error) {
    if (error.where.empty()) error.where = path;
    throw;
  }
}

}  // namespace ctys::libvirt
